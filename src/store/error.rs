//! What can go wrong between ChatLab and its database, in the store's own words.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Why something was not read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// What was to be changed, or what a new row belongs to, is not there (any more).
    #[error("what was to be changed is not there")]
    NotFound,
    /// It would stand beside something that there may be only one of (an e-mail address, a join code, a turn's end).
    #[error("there is one already: {0}")]
    Conflict(String),
    /// The database cannot be reached or does not take the change; nothing of it was written.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A row does not read back as what it should be.
    #[error("the database holds what this version cannot read: {0}")]
    Unreadable(String),
}

impl StoreError {
    /// The store was closed, or its writer is gone.
    pub(super) fn closed() -> Self {
        Self::Unavailable("the store is closed".to_owned())
    }

    pub(super) fn unreadable(what: &str, value: &str) -> Self {
        Self::Unreadable(format!("{what} `{value}`"))
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Conflict(info.constraint_name().unwrap_or_else(|| info.message()).to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => Self::NotFound,
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// Why the store could not be opened: one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "{0} is in use by another ChatLab. SQLite means exactly one instance: stop the other one, or give this one its own DATABASE_URL"
    )]
    FileInUse(String),
    #[error("the Postgres database is in use by another ChatLab: stop the other one, or give this one its own database")]
    DatabaseInUse,
    #[error(
        "the Postgres host {0} is outside private networks and this build speaks no TLS: build with `--features pg-tls`, or use a private address"
    )]
    NeedsTls(String),
    #[error("cannot find the Postgres host {0}: {1}")]
    UnknownHost(String, std::io::Error),
    #[error(
        "the Postgres host {0} is outside private networks: its URL must not say sslmode={1} (use require or verify-full)"
    )]
    WeakTls(String, String),
    #[error("cannot open the database: {0}")]
    Connect(#[from] ConnectError),
    #[error("cannot lock {0}: {1}")]
    Lock(String, std::io::Error),
    #[error("cannot bring the database up to date: {0}")]
    Migration(String),
    #[error("the database was made by a newer ChatLab (it has the migration {0}): use that version or a newer one")]
    Newer(String),
    #[error("cannot recover after the last run: {0}")]
    Recovery(#[from] StoreError),
}

/// The true cause of a failed connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(transparent)]
    Connection(#[from] diesel::ConnectionError),
    #[error(transparent)]
    Setup(#[from] DieselError),
    #[error("{0}: {1}")]
    File(String, std::io::Error),
}
