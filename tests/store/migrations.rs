//! The migrations go up, down and up again, and are the same in both dialects.

use std::collections::BTreeSet;

use chatlab::store::DatabaseUrl;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use secrecy::ExposeSecret;

use crate::place::Verbs;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

const SQLITE_SCHEMA: &str = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS name FROM sqlite_master \
    WHERE name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
const POSTGRES_SCHEMA: &str = "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS name \
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' \
    UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\\_\\_diesel%'";

/// Down to nothing, up again, and each step redone: the same schema every time.
macro_rules! go_down_and_up {
    ($conn:ident, $migrations:ident, $schema:ident) => {{
        let schema = |conn: &mut _| -> BTreeSet<String> {
            let rows: Vec<Column> = diesel::sql_query($schema).load(conn).expect("read");
            rows.into_iter().map(|row| row.name).collect()
        };
        let whole = schema(&mut $conn);
        assert!(!whole.is_empty());
        $conn.revert_all_migrations($migrations).expect("down");
        assert_eq!(schema(&mut $conn), BTreeSet::new(), "nothing is left behind");
        while $conn.has_pending_migration($migrations).expect("known") {
            $conn.run_next_migration($migrations).expect("up");
            $conn.revert_last_migration($migrations).expect("down again");
            $conn.run_next_migration($migrations).expect("redone");
        }
        assert_eq!(schema(&mut $conn), whole);
    }};
}

on_both! {
    async fn every_migration_can_be_taken_back_and_redone(place: Place) {
        let store = place.open();
        store.guest().await;
        store.close().await;
        match &place.url {
            DatabaseUrl::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy()).expect("opened");
                go_down_and_up!(conn, SQLITE, SQLITE_SCHEMA);
            }
            DatabaseUrl::Postgres(url) => {
                let mut conn = PgConnection::establish(url.expose_secret()).expect("opened");
                go_down_and_up!(conn, POSTGRES, POSTGRES_SCHEMA);
            }
        }
        let store = place.open();
        store.guest().await;
        assert!(store.ready().await);
    }
}

#[test]
fn both_dialects_have_the_same_migrations() {
    let names = |dialect: &str| -> BTreeSet<String> {
        let folder = std::fs::read_dir(format!("migrations/{dialect}")).expect("a folder");
        folder.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
