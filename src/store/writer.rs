//! The one thread that writes: whatever waits goes into one transaction, so that one `fsync` serves many.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::connection::Connection;
use tokio::sync::{mpsc, oneshot};

use super::connection::{Conn, Role, connect};
use super::error::StoreError;
use super::lock::{FileLock, take_session_lock};
use super::prune;
use super::url::DatabaseUrl;

/// Most writes in one transaction.
const MAX_BATCH: usize = 256;
/// Writes that may wait; then the senders do.
const MAX_WAITING: usize = 1024;
/// How often what has expired is thrown away.
const PRUNE_EVERY: Duration = Duration::from_secs(600);

/// Runs in its own savepoint, and gives back whom to tell once the transaction is committed, or that it is not. Without a
/// connection there is only somebody to tell.
type Job = Box<dyn FnOnce(Result<&mut Conn, StoreError>) -> Written + Send>;

enum Message {
    Write(Job),
    /// The log is to be folded into the file; told when that was tried.
    Fold(oneshot::Sender<()>),
    /// Nothing more is taken; what waits is still done.
    Close,
}

struct Written {
    /// The database itself refused, not what was asked of it.
    broken: bool,
    tell: Box<dyn FnOnce(Result<(), StoreError>)>,
}

/// The way to the writer. When the last one is dropped the writer ends, after what waits.
pub struct Writer {
    messages: mpsc::Sender<Message>,
    well: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread on a connection that is set up, locked and migrated.
    pub fn start(
        conn: Conn,
        lock: Option<FileLock>,
        url: DatabaseUrl,
        busy: Duration,
        retention: Option<Duration>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (messages, waiting) = mpsc::channel(MAX_WAITING);
        let well = Arc::new(AtomicBool::new(true));
        let thread = Thread {
            conn: Some(conn),
            url,
            busy,
            retention,
            fold_due: false,
            well: well.clone(),
            prune_at: Instant::now(),
            _lock: lock,
        };
        let handle = std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || thread.run(waiting))?;
        Ok((Self { messages, well }, handle))
    }

    /// Whether the last transaction was committed.
    pub fn is_well(&self) -> bool {
        self.well.load(Ordering::Acquire) && !self.messages.is_closed()
    }

    /// Does `work` in a savepoint of the next transaction and answers when that is on disk.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            let result = conn.and_then(|conn| conn.transaction(work));
            let broken = matches!(result, Err(StoreError::Unavailable(_)));
            // Whoever asked may be gone by now: the write stands all the same.
            let tell = Box::new(move |committed: Result<(), StoreError>| drop(answer.send(committed.and(result))));
            Written { broken, tell }
        });
        self.messages.send(Message::Write(job)).await.map_err(|_| StoreError::closed())?;
        answered.await.unwrap_or_else(|_| Err(StoreError::closed()))
    }

    /// Folds the log into the file, after what waits.
    pub async fn fold(&self) {
        let (tell, told) = oneshot::channel();
        if self.messages.send(Message::Fold(tell)).await.is_ok() {
            // An error: the writer has ended, and folds as the last thing it does.
            let _ = told.await;
        }
    }

    /// Ends the writer after what waits.
    pub async fn close(&self) {
        // An error means that it has ended already.
        drop(self.messages.send(Message::Close).await);
    }
}

/// What SQLite answers: 1 if somebody was reading.
#[derive(diesel::QueryableByName)]
struct Folded {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy: i32,
}

struct Thread {
    /// `None` after it broke, until the next write needs it.
    conn: Option<Conn>,
    url: DatabaseUrl,
    busy: Duration,
    retention: Option<Duration>,
    /// Somebody was reading when the log was to be folded: once more after the next writes.
    fold_due: bool,
    well: Arc<AtomicBool>,
    prune_at: Instant,
    /// Held for life; the last field, so that it is let go of after the connection.
    _lock: Option<FileLock>,
}

impl Thread {
    fn run(mut self, mut waiting: mpsc::Receiver<Message>) {
        let mut messages = Vec::with_capacity(MAX_BATCH);
        while waiting.blocking_recv_many(&mut messages, MAX_BATCH) > 0 {
            let mut batch = Vec::with_capacity(messages.len());
            let mut folds = vec![];
            for message in messages.drain(..) {
                match message {
                    Message::Write(job) => batch.push(job),
                    Message::Fold(tell) => folds.push(tell),
                    Message::Close => waiting.close(),
                }
            }
            if !batch.is_empty() {
                self.write_batch(batch);
            }
            if self.fold_due || !folds.is_empty() {
                self.fold_due = !self.fold();
            }
            for tell in folds {
                // Whoever asked may be gone.
                let _ = tell.send(());
            }
        }
        self.fold();
    }

    /// Whether the log is empty now.
    fn fold(&mut self) -> bool {
        let Some(Conn::Sqlite(conn)) = &mut self.conn else { return true };
        match diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result::<Folded>(conn) {
            Ok(folded) => folded.busy == 0,
            Err(error) => {
                tracing::warn!(%error, "The database's log was not folded into it; it is tried again");
                false
            }
        }
    }

    /// Every job is told, the same if the transaction fails; if one panics, by their senders' end.
    fn write_batch(&mut self, batch: Vec<Job>) {
        if catch_unwind(AssertUnwindSafe(|| self.write_all(batch))).is_err() {
            tracing::error!("A write panicked; its transaction is rolled back");
            self.well.store(false, Ordering::Release);
            self.conn = None;
        }
    }

    /// Whoever is told of a failure finds the store unwell.
    fn write_all(&mut self, batch: Vec<Job>) {
        if let Err(error) = self.begin() {
            self.fail(&error);
            for job in batch {
                (job(Err(error.clone())).tell)(Err(error.clone()));
            }
            return;
        }
        let conn = self.conn.as_mut().expect("a transaction has begun on it");
        let retention = self.retention;
        let written: Vec<Written> = batch.into_iter().map(|job| job(Ok(&mut *conn))).collect();
        if self.prune_at <= Instant::now() {
            self.prune_at = Instant::now() + PRUNE_EVERY;
            // What expired leaves the log too.
            self.fold_due = true;
            if let Err(error) = conn.transaction(|conn| prune::prune(conn, retention)) {
                tracing::warn!(%error, "What has expired was not thrown away");
            }
        }
        let committed = conn.commit().map_err(StoreError::from);
        if let Err(error) = &committed {
            self.fail(error);
        }
        let well = committed.is_ok() && written.iter().all(|each| !each.broken);
        self.well.store(well, Ordering::Release);
        for each in written {
            (each.tell)(committed.clone());
        }
    }

    fn fail(&mut self, error: &StoreError) {
        tracing::error!(%error, "The database does not take what is to be written");
        self.well.store(false, Ordering::Release);
        self.conn = None;
    }

    /// A connection that was lost meanwhile is opened again, once: nothing of the batch has been done yet.
    fn begin(&mut self) -> Result<(), StoreError> {
        let was_open = self.conn.is_some();
        match self.try_begin() {
            Err(_) if was_open && self.url.file().is_none() => {
                self.conn = None;
                self.try_begin()
            }
            result => result,
        }
    }

    fn try_begin(&mut self) -> Result<(), StoreError> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            none => {
                let unavailable = |error: &dyn std::fmt::Display| StoreError::Unavailable(error.to_string());
                let mut conn = connect(&self.url, Role::Writer, self.busy).map_err(|error| unavailable(&error))?;
                take_session_lock(&mut conn).map_err(|error| unavailable(&error))?;
                none.insert(conn)
            }
        };
        conn.begin_writing().map_err(StoreError::from)
    }
}
