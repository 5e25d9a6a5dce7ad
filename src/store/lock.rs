//! One ChatLab for each database: a second one refuses to start.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::Conn;
use super::error::{ConnectError, OpenError};

/// An operating system lock on a file beside the database. It ends with the process, however that ends, so that nothing
/// stale is ever in the way of a restart.
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock or says who has it.
    pub fn take(database: &Path) -> Result<Self, OpenError> {
        let name = format!("{}.lock", database.display());
        let file = match File::create(&name) {
            Ok(file) => file,
            Err(error) => return Err(OpenError::Lock(name, error)),
        };
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::FileInUse(database.display().to_string())),
            Err(TryLockError::Error(error)) => Err(OpenError::Lock(name, error)),
        }
    }
}

/// Session locks are counted by database; the number says "ChatLab" to nobody else.
const TRY_ADVISORY_LOCK: &str = "pg_try_advisory_lock(7161132565001)";
const ATTEMPTS: u32 = 20;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(100);

/// In Postgres the writer's own session holds the lock: who lost it cannot write either.
///
/// The server may take a moment to see that a killed ChatLab's session is gone, so this asks for two seconds.
pub fn take_session_lock(conn: &mut Conn) -> Result<(), OpenError> {
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            std::thread::sleep(BETWEEN_ATTEMPTS);
        }
        let taken: bool = diesel::select(sql::<Bool>(TRY_ADVISORY_LOCK)).get_result(conn).map_err(ConnectError::from)?;
        if taken {
            return Ok(());
        }
    }
    Err(OpenError::DatabaseInUse)
}
