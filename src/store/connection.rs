//! The two databases behind one type, and the pool of readers.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::prelude::*;
use secrecy::ExposeSecret;

use super::error::ConnectError;
use super::url::DatabaseUrl;

/// A connection to either database. The variant is chosen by the URL's scheme ([`connect`]), never by trial: the derive's
/// own `establish` hides the true cause of a failure.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Writer,
    Reader,
}

/// Opens a connection and sets it up.
pub fn connect(url: &DatabaseUrl, role: Role, busy_timeout: Duration) -> Result<Conn, ConnectError> {
    match url {
        DatabaseUrl::Sqlite(path) => connect_sqlite(path, role, busy_timeout).map(Conn::Sqlite),
        DatabaseUrl::Postgres(url) => {
            let mut conn = PgConnection::establish(url.expose_secret())?;
            // What is answered is on disk, also where the server's default is laxer.
            conn.batch_execute("SET synchronous_commit = on")?;
            Ok(Conn::Postgres(conn))
        }
    }
}

fn connect_sqlite(path: &Path, role: Role, busy_timeout: Duration) -> Result<SqliteConnection, ConnectError> {
    if role == Role::Writer {
        create_private_file(path)?;
    }
    let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
    // First the time-out: switching to WAL needs a lock too.
    conn.batch_execute(&format!("PRAGMA busy_timeout = {}", busy_timeout.as_millis()))?;
    conn.batch_execute(match role {
        Role::Writer => {
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY"
        }
        Role::Reader => "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY",
    })?;
    Ok(conn)
}

/// The file holds transcripts, hashes and secrets: it is the owner's alone from its first byte.
fn create_private_file(path: &Path) -> Result<(), ConnectError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(ConnectError::File(path.display().to_string(), error)),
    }
}

impl Conn {
    /// Begins a transaction that may write. In SQLite one that reads first and then writes would get "database is locked"
    /// at once, whatever the time-out says.
    pub fn begin_writing(&mut self) -> QueryResult<()> {
        use diesel::connection::AnsiTransactionManager as Ansi;
        match self {
            Self::Sqlite(conn) => Ansi::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
            Self::Postgres(conn) => Ansi::begin_transaction(conn),
        }
    }

    pub fn commit(&mut self) -> QueryResult<()> {
        <Self as Connection>::TransactionManager::commit_transaction(self)
    }
}

/// Makes the readers' connections.
pub struct Manager {
    pub url: DatabaseUrl,
    pub busy_timeout: Duration,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Conn;
    type Error = ConnectError;

    fn connect(&self) -> Result<Conn, ConnectError> {
        connect(&self.url, Role::Reader, self.busy_timeout)
    }

    /// A file does not go away; a server may have.
    fn is_valid(&self, conn: &mut Conn) -> Result<(), ConnectError> {
        match conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(conn) => Ok(conn.batch_execute("SELECT 1")?),
        }
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || <Conn as Connection>::TransactionManager::is_broken_transaction_manager(conn)
    }
}

/// Tells when a reader's connection fails; who waits for it is answered with the cause.
#[derive(Debug)]
pub struct TellErrors;

impl r2d2::HandleError<ConnectError> for TellErrors {
    fn handle_error(&self, error: ConnectError) {
        tracing::warn!(%error, "A connection to the database failed");
    }
}
