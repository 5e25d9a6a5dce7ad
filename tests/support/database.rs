//! A look into the database's file from outside, while no server has it open.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

/// Changes the database of a server that does not run.
pub fn run(database: &Path, sql: &str) {
    let mut conn = SqliteConnection::establish(&database.display().to_string()).unwrap();
    conn.batch_execute(sql).unwrap();
}

/// So many seconds from now, as the database writes it.
pub fn in_seconds(seconds: u64) -> u128 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    (since + std::time::Duration::from_secs(seconds)).as_millis()
}

/// Makes a discussion older by so many days.
pub fn age(database: &Path, discussion: &str, days: i64) {
    let mut conn = SqliteConnection::establish(&database.display().to_string()).unwrap();
    diesel::sql_query(format!("UPDATE discussions SET updated_at = updated_at - {} WHERE id = ?", days * 86_400_000))
        .bind::<diesel::sql_types::Text, _>(discussion)
        .execute(&mut conn)
        .unwrap();
}

/// The names of its tables, without those that only serve the search or the migrations.
pub fn tables(database: &Path) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Table {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let mut conn = SqliteConnection::establish(&database.display().to_string()).unwrap();
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'texts_*' AND name NOT GLOB '__diesel*' \
        AND name NOT GLOB 'sqlite_*' ORDER BY name";
    let rows: Vec<Table> = diesel::sql_query(sql).load(&mut conn).unwrap();
    rows.into_iter().map(|row| row.name).collect()
}
