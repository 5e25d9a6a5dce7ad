//! From the one who knows to the many who watch: each event is made once per audience, sent once per HTTP worker, and read
//! from that worker's feed by every observer with nothing but a cursor of its own.
//!
//! `publisher` is the discussion's end, `feed` the worker's. Between them runs one bounded channel of [`Item`]s, so that a
//! snapshot and the events behind it arrive in the order they were made. Fan-out between instances will have its place here.

mod feed;
mod frame;
mod pace;
mod place;
mod progress;
mod publisher;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::sync::mpsc;

pub use feed::{Subscriber, join, watching};
pub use place::{Reader, Way};
pub use progress::Progress;
pub use publisher::Publisher;
pub use wire::Wire;

use crate::domain::protocol::Audience;

/// Items that may wait between a discussion and one worker's feed.
const CHANNEL_ITEMS: usize = 256;

/// What travels from a discussion to a feed.
#[derive(Debug)]
pub enum Item {
    Event {
        seq: Option<i64>,
        json: Bytes,
    },
    /// The state before the items that follow, for those who joined with this `after`.
    Snapshot {
        after: Option<i64>,
        seq: i64,
        json: Bytes,
        /// What came before it was lost in part.
        torn: bool,
    },
    /// Everyone is disconnected, after all that came before.
    Close,
}

/// What an observer is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Out {
    Bytes(Bytes),
    Close(u16),
}

/// The discussion's end of a channel to one feed.
#[derive(Debug)]
pub struct Link {
    pub id: u64,
    pub audience: Audience,
    items: mpsc::Sender<Item>,
    shared: Arc<Shared>,
}

/// What both ends of a link look at.
#[derive(Debug, Default)]
struct Shared {
    watchers: AtomicUsize,
    /// The channel was full: what was sent since is lost, the feed has to ask for a snapshot.
    lost: AtomicBool,
    /// The code to close with, once it is said: it must arrive also where the channel is full. 0: none.
    closed: AtomicU16,
}

/// Where a feed finds its discussion; the discussion's handle implements it.
pub trait Source: 'static {
    /// Sends everything from now on through this link.
    fn subscribe(&self, link: Link) -> impl Future<Output = Result<(), Gone>>;
    /// Sends a snapshot through the link.
    fn snapshot(&self, link: u64, after: Option<i64>) -> impl Future<Output = Result<(), Gone>>;
}

/// The discussion cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl Link {
    fn pair(audience: Audience) -> (Self, mpsc::Receiver<Item>, Arc<Shared>, u64) {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed) as u64;
        let (items, receiver) = mpsc::channel(CHANNEL_ITEMS);
        let shared = Arc::new(Shared::default());
        (Self { id, audience, items, shared: Arc::clone(&shared) }, receiver, shared, id)
    }
}
