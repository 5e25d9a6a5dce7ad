//! What is kept: the one room that knows the database. Everything here speaks the domain's words; rows stay inside.
//!
//! One thread writes ([`writer`]), committing what waits together; a few connections read. A write is answered when it is
//! on disk.

mod activity;
mod api_tokens;
mod attempts;
mod characters;
mod classroom;
mod column;
mod commands;
mod commit;
mod connection;
mod discussions;
mod error;
mod fold;
mod forks;
mod idempotency;
mod identities;
mod links;
mod lock;
mod logins;
mod messages;
mod migrate;
mod perspectives;
mod pictures;
mod plans;
mod prune;
mod recaps;
mod recovery;
mod research;
mod schema;
mod search;
mod secrets;
mod shares;
mod summaries;
mod takeaway;
mod url;
mod users;
mod writer;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::prelude::*;

use connection::{Conn, Manager, Role};
use lock::FileLock;
use writer::Writer;

pub use activity::{Activity, KeptActivity};
pub use api_tokens::ApiToken;
pub use attempts::{Attempt, Purpose, Spender, Spent};
pub use characters::{CardToKeep, KeptCard};
pub use classroom::Kept as KeptClassroom;
pub use column::now;
pub use discussions::{Created, Cursor, Listed, NewDiscussion, Page};
pub use error::{ConnectError, OpenError, StoreError};
pub use idempotency::IdempotencyKey;
pub use identities::{IdentityKey, Opened, Opening};
pub use links::{Invitation, LinkKind, NewLink};
pub use logins::{Login, Rotation};
pub use messages::Window;
pub use recaps::NewRecap;
pub use research::{AdminAction, Totals, UsedTokens};
pub use search::{Search, Snippet};
pub use shares::Share;
pub use summaries::Summary;
pub use url::{DatabaseUrl, DatabaseUrlError};
pub use users::{NewUser, User, UserKind, UserPatch, UserRole, merged};

/// Where and how things are kept; `config` fills it.
#[derive(Debug, Clone)]
pub struct Settings {
    pub url: DatabaseUrl,
    /// Connections that read, 1 to 32.
    pub readers: u32,
    /// How long a statement waits for a lock that somebody outside holds, and a reader for a free connection.
    pub busy_timeout: Duration,
    /// Discussions and activity that nobody touched for so long are deleted (`RETENTION_DAYS`); `None`: they stay.
    pub retention: Option<Duration>,
}

impl Settings {
    /// Measured to be enough for thousands of observers, who never touch the database.
    pub const READERS: u32 = 4;
    /// Long enough for a backup that reads the file, short enough to be told before a person gives up.
    pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

    /// The defaults, for a database.
    pub fn new(url: DatabaseUrl) -> Self {
        Self { url, readers: Self::READERS, busy_timeout: Self::BUSY_TIMEOUT, retention: None }
    }
}

/// The way to the database. Clones share it; dropping the last one ends the writer after what waits.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None` only while being dropped.
    writer: Option<Writer>,
    readers: r2d2::Pool<Manager>,
    /// The writer's thread, until it is waited for.
    thread: Mutex<Option<JoinHandle<()>>>,
    reads: AtomicUsize,
}

impl Store {
    /// Opens the database: locks it, brings it up to date, and ends what the last run was cut off in. Blocks.
    pub fn open(settings: &Settings) -> Result<Self, OpenError> {
        let url = settings.url.guarded()?;
        let lock = url.file().map(FileLock::take).transpose()?;
        let mut conn = connection::connect(&url, Role::Writer, settings.busy_timeout)?;
        lock::take_session_lock(&mut conn)?;
        migrate::migrate(&mut conn)?;
        conn.begin_writing().map_err(StoreError::from)?;
        let cut_off = recovery::interrupt_all(&mut conn)?;
        search::index_missing(&mut conn)?;
        conn.commit().map_err(StoreError::from)?;
        if cut_off > 0 {
            tracing::info!(cut_off, "{cut_off} turns were cut off when ChatLab last ended; what was written down is kept");
        }
        let readers = r2d2::Pool::builder()
            .max_size(settings.readers.clamp(1, 32))
            .min_idle(Some(1))
            .connection_timeout(settings.busy_timeout)
            .error_handler(Box::new(connection::TellErrors))
            .build_unchecked(Manager { url: url.clone(), busy_timeout: settings.busy_timeout });
        let (writer, thread) = Writer::start(conn, lock, url, settings.busy_timeout, settings.retention)
            .map_err(|error| OpenError::Recovery(StoreError::Unavailable(error.to_string())))?;
        Ok(Self {
            inner: Arc::new(Inner {
                writer: Some(writer),
                readers,
                thread: Mutex::new(Some(thread)),
                reads: AtomicUsize::new(0),
            }),
        })
    }

    /// Whether the database and its migrations are reachable and what is written gets there. After a failed write this
    /// writes a row itself to see whether it works again.
    pub async fn ready(&self) -> bool {
        let current = self.read(|conn| Ok(migrate::is_current(conn))).await;
        if !matches!(current, Ok(true)) {
            return false;
        }
        self.writer().is_well() || self.beat().await.is_ok()
    }

    /// Writes a row about nothing: to see whether writing works, and so that what has expired goes.
    pub async fn beat(&self) -> Result<(), StoreError> {
        self.write(|conn| {
            let beat = schema::heartbeats::table.find(1);
            diesel::update(beat).set(schema::heartbeats::beat_at.eq(now().0)).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Writes what waits, folds SQLite's log into its file and lets go of the database. Whatever is asked afterwards is
    /// answered [`StoreError::Unavailable`].
    pub async fn close(&self) {
        self.writer().close().await;
        let thread = self.inner.take_thread();
        let joined = tokio::task::spawn_blocking(move || thread.map(JoinHandle::join)).await;
        if !matches!(joined, Ok(None | Some(Ok(())))) {
            tracing::error!("The database's writer did not end well");
        }
    }

    /// Folds SQLite's log into its file and empties it, so that what was deleted is nowhere any more. Elsewhere there is
    /// nothing to do.
    pub async fn fold(&self) {
        self.writer().fold().await;
    }

    /// How often readers were asked so far.
    pub fn reads(&self) -> &AtomicUsize {
        &self.inner.reads
    }

    fn writer(&self) -> &Writer {
        self.inner.writer.as_ref().expect("taken only when the last clone is dropped")
    }

    async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer().write(work).await
    }

    /// Reads off the caller's thread: diesel blocks.
    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    {
        self.inner.reads.fetch_add(1, Ordering::Relaxed);
        let readers = self.inner.readers.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let mut conn = readers.get().map_err(|error| StoreError::Unavailable(error.to_string()))?;
            work(&mut conn)
        });
        reading.await.unwrap_or_else(|error| Err(StoreError::Unavailable(error.to_string())))
    }
}

impl Inner {
    fn take_thread(&self) -> Option<JoinHandle<()>> {
        self.thread.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }
}

impl Drop for Inner {
    /// Waits for the writer (milliseconds), so that whoever opens the database next finds it free.
    fn drop(&mut self) {
        self.writer = None;
        if let Some(thread) = self.take_thread()
            && thread.join().is_err()
        {
            tracing::error!("The database's writer did not end well");
        }
    }
}
