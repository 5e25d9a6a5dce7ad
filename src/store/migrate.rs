//! The migrations in the binary, the same names in both dialects.

use diesel::connection::Connection;
use diesel::migration::MigrationVersion;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Conn;
use super::error::OpenError;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Brings the database up to date. One that a newer version has migrated further is left alone.
pub fn migrate(conn: &mut Conn) -> Result<(), OpenError> {
    match conn {
        Conn::Sqlite(conn) => run(conn, SQLITE),
        Conn::Postgres(conn) => run(conn, POSTGRES),
    }
}

/// Whether the database is where this version left it.
pub fn is_current(conn: &mut Conn) -> bool {
    let pending = match conn {
        Conn::Sqlite(conn) => conn.has_pending_migration(SQLITE),
        Conn::Postgres(conn) => conn.has_pending_migration(POSTGRES),
    };
    pending.is_ok_and(|pending| !pending)
}

fn run<C>(conn: &mut C, ours: EmbeddedMigrations) -> Result<(), OpenError>
where
    C: Connection + MigrationHarness<C::Backend>,
    EmbeddedMigrations: diesel::migration::MigrationSource<C::Backend>,
{
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| OpenError::Migration(error.to_string());
    let applied: Vec<MigrationVersion<'static>> = conn.applied_migrations().map_err(failed)?;
    let known = diesel::migration::MigrationSource::<C::Backend>::migrations(&ours).map_err(failed)?;
    let known: Vec<MigrationVersion<'_>> = known.iter().map(|migration| migration.name().version()).collect();
    if let Some(unknown) = applied.iter().find(|version| !known.contains(version)) {
        return Err(OpenError::Newer(unknown.to_string()));
    }
    conn.run_pending_migrations(ours).map(|_| ()).map_err(failed)
}
