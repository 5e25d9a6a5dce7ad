//! A worker's end: one feed for each discussion and audience that somebody on this worker watches.
//!
//! A feed is a bounded ring of frames on one thread. An observer is a place with a cursor into it: nothing is queued, copied or
//! awaited for one observer. Whose cursor fell off the ring, and who joins, waits for a snapshot and goes on right behind it;
//! one snapshot serves all who came with the same `after`.
//!
//! A new frame goes from the ring straight into the sockets of those who wait for it; only who cannot take it at once, and who
//! is behind, is woken to send it through the HTTP server.

mod ring;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::rt;
use bytes::Bytes;
use tokio::sync::{Notify, mpsc};

use self::ring::Ring;
use super::frame::Frame;
use super::place::{Cursor, Place, Reader};
use super::{Item, Link, Out, Shared, Source, pace};
use crate::domain::ids::DiscussionId;
use crate::domain::protocol::{Audience, close};

/// Observers served in one go; between two goes whatever else this worker has to do takes its turn.
const BATCH: usize = 64;
/// Dead sockets are noticed by a missing answer to these.
const HEARTBEAT: Duration = Duration::from_secs(15);

type Key = (DiscussionId, Audience);

thread_local! {
    static FEEDS: RefCell<HashMap<Key, Weak<Feed>>> = RefCell::default();
}

/// One discussion as one audience sees it, on this worker's thread.
struct Feed {
    key: Key,
    ring: RefCell<Ring>,
    shared: Arc<Shared>,
    /// Told when a snapshot is wanted, and at the feed's end.
    news: Rc<Notify>,
}

/// One observer of a feed.
pub struct Subscriber {
    feed: Rc<Feed>,
    place: usize,
}

/// Everyone who watches anything in this process.
static WATCHING: AtomicUsize = AtomicUsize::new(0);

/// How many watch in this process.
pub fn watching() -> usize {
    WATCHING.load(Ordering::Relaxed)
}

/// Joins the worker's feed of this discussion, which is made if nobody here watches it yet.
pub fn join<S: Source>(id: DiscussionId, reader: Reader, source: S) -> Subscriber {
    let key = (id, reader.audience);
    let found = FEEDS.with_borrow(|feeds| feeds.get(&key).and_then(Weak::upgrade));
    let feed = found.filter(|feed| feed.ring.borrow().closed.is_none()).unwrap_or_else(|| Feed::start(key, source));
    let place = feed.ring.borrow_mut().seat(Place::new(reader));
    feed.shared.watchers.fetch_add(1, Ordering::Relaxed);
    WATCHING.fetch_add(1, Ordering::Relaxed);
    Subscriber { feed, place }
}

impl Feed {
    fn start<S: Source>(key: Key, source: S) -> Rc<Self> {
        let (link, items, shared, id) = Link::pair(key.1);
        let news = Rc::new(Notify::new());
        let feed = Rc::new(Self { key, ring: RefCell::default(), shared, news: Rc::clone(&news) });
        FEEDS.with_borrow_mut(|feeds| feeds.insert(key, Rc::downgrade(&feed)));
        let pump = Pump { feed: Rc::downgrade(&feed), news, link: id, items };
        rt::spawn(pump.run(source, link));
        feed
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.news.notify_one();
        // At the thread's end the table may be gone already; then there is nothing to tidy.
        let _ = FEEDS.try_with(|feeds| {
            let mut feeds = feeds.borrow_mut();
            // A new feed of the same discussion may have taken the place.
            if feeds.get(&self.key).is_some_and(|feed| feed.strong_count() == 0) {
                feeds.remove(&self.key);
            }
        });
    }
}

/// Carries items into the ring, asks for snapshots, and beats. Ends with the feed's last observer, or with the discussion.
struct Pump {
    feed: Weak<Feed>,
    news: Rc<Notify>,
    link: u64,
    items: mpsc::Receiver<Item>,
}

impl Pump {
    async fn run<S: Source>(mut self, source: S, link: Link) {
        let mut heart = tokio::time::interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
        let mut reachable = source.subscribe(link).await.is_ok();
        while let Some(feed) = self.feed.upgrade() {
            let asks = std::mem::take(&mut feed.ring.borrow_mut().to_ask);
            drop(feed);
            for after in asks {
                reachable = reachable && source.snapshot(self.link, after).await.is_ok();
            }
            if !reachable {
                break;
            }
            tokio::select! {
                biased;
                item = self.items.recv() => match item {
                    Some(item) => self.take(item),
                    None => reachable = false,
                },
                () = self.news.notified() => continue,
                _ = heart.tick() => self.with_ring(|ring| ring.push(Frame::heartbeat())),
            }
            let rest = pace::rest_after(self.deliver().await);
            if !rest.is_zero() {
                tokio::time::sleep(rest).await;
            }
        }
        // The discussion is gone without a word: whoever comes back finds it woken again.
        self.with_ring(|ring| ring.close(close::RESTART));
        self.deliver().await;
    }

    /// Takes this item and all that are there already.
    fn take(&mut self, item: Item) {
        let Some(feed) = self.feed.upgrade() else { return };
        let mut ring = feed.ring.borrow_mut();
        ring.take(item);
        while let Ok(item) = self.items.try_recv() {
            ring.take(item);
        }
        if feed.shared.lost.load(Ordering::Acquire) {
            ring.lose();
        }
        match feed.shared.closed.load(Ordering::Acquire) {
            0 => {}
            code => ring.close(code),
        }
    }

    fn with_ring(&self, change: impl FnOnce(&mut Ring)) {
        if let Some(feed) = self.feed.upgrade() {
            change(&mut feed.ring.borrow_mut());
        }
    }

    /// Gets what is new to everyone, some at a time. The time it took, without that of others in between.
    async fn deliver(&self) -> Duration {
        let mut took = Duration::ZERO;
        for start in (0..).step_by(BATCH) {
            let Some(feed) = self.feed.upgrade() else { break };
            let began = Instant::now();
            let more = feed.ring.borrow_mut().deliver(start..start + BATCH);
            took += began.elapsed();
            drop(feed);
            if !more {
                break;
            }
            tokio::task::yield_now().await;
        }
        took
    }
}

impl Subscriber {
    /// The connection is about to send something of its own: until [`Subscriber::poll`] is pending again nothing overtakes it.
    pub fn occupy(&mut self) {
        self.feed.ring.borrow_mut().place(self.place).occupy();
    }

    /// What has to go before anything else: the end of a frame whose beginning is on the wire.
    pub fn take_rest(&mut self) -> Option<Bytes> {
        self.feed.ring.borrow_mut().place(self.place).take_rest()
    }

    /// What is there to be sent now, and did not go the short way; never twice the same, never with a hole. While this is
    /// pending new frames may go straight to the socket: everything the connection sent before must be with the kernel.
    pub fn poll(&mut self, cx: &mut Context) -> Poll<Out> {
        let mut ring = self.feed.ring.borrow_mut();
        loop {
            let place = ring.place(self.place);
            if let Some(rest) = place.take_rest() {
                return Poll::Ready(Out::Bytes(rest));
            }
            let (cursor, framing) = (place.cursor, place.framing);
            let (bytes, now) = match cursor {
                _ if place.is_held() => break,
                Cursor::At(at) if at < ring.first => {
                    ring.place(self.place).cursor = Cursor::Waiting(None);
                    continue;
                }
                Cursor::At(at) if at < ring.next() => (ring.read(at, framing), ring.next()),
                Cursor::Waiting(after) if ring.closed.is_none() => match ring.snapshot(after, &self.feed.news) {
                    Some((at, frame)) => (frame.framed(framing).clone(), at),
                    None => break,
                },
                Cursor::At(_) | Cursor::Waiting(_) | Cursor::Closed => break,
            };
            let place = ring.place(self.place);
            place.cursor = Cursor::At(now);
            place.send(bytes);
        }
        let closed = ring.closed;
        let place = ring.place(self.place);
        match closed {
            Some(code) if place.cursor != Cursor::Closed => {
                place.cursor = Cursor::Closed;
                Poll::Ready(Out::Close(code))
            }
            _ => {
                place.wait(cx);
                Poll::Pending
            }
        }
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        let mut ring = self.feed.ring.borrow_mut();
        ring.places[self.place] = None;
        ring.free.push(self.place);
        self.feed.shared.watchers.fetch_sub(1, Ordering::Relaxed);
        WATCHING.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
