//! A worker's end: one feed for each discussion and audience that somebody on this worker watches.
//!
//! A feed is a bounded ring of frames on one thread. An observer is a place with a cursor into it: nothing is queued, copied or
//! awaited for one observer. Whose cursor fell off the ring, and who joins, waits for a snapshot and goes on right behind it;
//! one snapshot serves all who came with the same `after`.
//!
//! A new frame goes from the ring straight into the sockets of those who wait for it; only who cannot take it at once, and who
//! is behind, is woken to send it through the HTTP server.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::rt;
use bytes::{Bytes, BytesMut};
use tokio::sync::{Notify, mpsc};

use super::frame::{Frame, Framing};
use super::place::{Cursor, Place, Reader};
use super::{Item, Link, Out, Shared, Source};
use crate::domain::ids::DiscussionId;
use crate::domain::protocol::{Audience, close};

const RING_FRAMES: usize = 256;
const RING_BYTES: usize = 256 * 1024;
/// A snapshot serves later joiners too while no more than so many frames came behind it.
const SNAPSHOT_FRAMES: u64 = 32;
/// Snapshots that are kept at once, each for another `after`; whoever finds theirs gone asks again.
const MAX_SNAPSHOTS: usize = 16;
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

#[derive(Default)]
struct Ring {
    frames: VecDeque<Rc<Frame>>,
    /// Number of the first frame in the ring; frames are counted from 0.
    first: u64,
    bytes: usize,
    snapshots: Vec<Cut>,
    /// Snapshots that the discussion is asked for.
    asked: HashSet<Option<i64>>,
    to_ask: Vec<Option<i64>>,
    places: Vec<Option<Place>>,
    free: Vec<usize>,
    /// The end of the ring for several readers who are equally far behind.
    joined: Option<(u64, u64, Framing, Bytes)>,
    closed: Option<u16>,
}

/// A snapshot: the state before frame `at`.
struct Cut {
    after: Option<i64>,
    at: u64,
    frame: Rc<Frame>,
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
            self.deliver().await;
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

    /// Gets what is new to everyone, some at a time.
    async fn deliver(&self) {
        for start in (0..).step_by(BATCH) {
            let Some(feed) = self.feed.upgrade() else { return };
            let more = feed.ring.borrow_mut().deliver(start..start + BATCH);
            drop(feed);
            if !more {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}

impl Ring {
    fn next(&self) -> u64 {
        self.first + self.frames.len() as u64
    }

    fn take(&mut self, item: Item) {
        match item {
            Item::Event { seq, json } => self.push(Frame::new(seq, json)),
            Item::Snapshot { after, seq, json, torn } => {
                if torn {
                    self.lose();
                }
                self.asked.remove(&after);
                self.snapshots.retain(|cut| cut.after != after);
                let frame = Rc::new(Frame::new(Some(seq), json));
                self.snapshots.push(Cut { after, at: self.next(), frame });
                // Everybody may come back with an `after` of their own.
                let excess = self.snapshots.len().saturating_sub(MAX_SNAPSHOTS);
                self.snapshots.drain(..excess);
            }
            // The feed looks at the code once all that came before is taken.
            Item::Close => {}
        }
    }

    fn push(&mut self, frame: Frame) {
        if frame.is_change() {
            // Whoever joins now is told of it by a snapshot of their own.
            self.snapshots.clear();
        }
        self.bytes += frame.len();
        self.frames.push_back(Rc::new(frame));
        while self.frames.len() > RING_FRAMES || (self.bytes > RING_BYTES && self.frames.len() > 1) {
            self.bytes -= self.frames.pop_front().map_or(0, |frame| frame.len());
            self.first += 1;
        }
        let oldest = self.next().saturating_sub(SNAPSHOT_FRAMES).max(self.first);
        self.snapshots.retain(|cut| cut.at >= oldest);
    }

    /// Something was lost on the way: everyone goes on behind a new snapshot.
    fn lose(&mut self) {
        self.first = self.next() + 1;
        self.frames.clear();
        self.bytes = 0;
        self.snapshots.clear();
        self.asked.clear();
        self.joined = None;
    }

    fn close(&mut self, code: u16) {
        self.closed.get_or_insert(code);
    }

    /// Gets what is new to those in these places; whether there are more behind them.
    fn deliver(&mut self, some: Range<usize>) -> bool {
        let mut places = std::mem::take(&mut self.places);
        let end = some.end.min(places.len());
        let mut latest: Option<(u64, Framing, Bytes)> = None;
        for place in places[some.start.min(end)..end].iter_mut().flatten() {
            match place.cursor {
                Cursor::At(at) if self.closed.is_none() && (at == self.next() || place.is_held()) => {}
                Cursor::At(at) if self.closed.is_none() && at >= self.first && place.is_clear() => {
                    let bytes = match &latest {
                        Some((from, framing, bytes)) if (*from, *framing) == (at, place.framing) => bytes.clone(),
                        _ => self.read(at, place.framing),
                    };
                    latest = Some((at, place.framing, bytes.clone()));
                    place.cursor = Cursor::At(self.next());
                    place.send_or_wake(bytes);
                }
                _ => place.wake(),
            }
        }
        self.places = places;
        some.end < self.places.len()
    }

    fn seat(&mut self, place: Place) -> usize {
        match self.free.pop() {
            Some(number) => {
                self.places[number] = Some(place);
                number
            }
            None => {
                self.places.push(Some(place));
                self.places.len() - 1
            }
        }
    }

    fn place(&mut self, number: usize) -> &mut Place {
        self.places[number].as_mut().expect("a subscriber keeps its place until it is dropped")
    }

    /// The snapshot for this `after`; asks for one if there is none.
    fn snapshot(&mut self, after: Option<i64>, news: &Notify) -> Option<(u64, Rc<Frame>)> {
        if let Some(cut) = self.snapshots.iter().find(|cut| cut.after == after) {
            return Some((cut.at, Rc::clone(&cut.frame)));
        }
        if self.asked.insert(after) {
            self.to_ask.push(after);
            news.notify_one();
        }
        None
    }

    /// All frames from `from` on as one piece.
    fn read(&mut self, from: u64, framing: Framing) -> Bytes {
        let to = self.next();
        let start = usize::try_from(from - self.first).unwrap_or(usize::MAX);
        if to - from == 1 {
            return self.frames[start].framed(framing).clone();
        }
        match &self.joined {
            Some((a, b, kind, bytes)) if (*a, *b, *kind) == (from, to, framing) => bytes.clone(),
            _ => {
                let mut bytes = BytesMut::new();
                self.frames.range(start..).for_each(|frame| bytes.extend_from_slice(frame.framed(framing)));
                let bytes = bytes.freeze();
                self.joined = Some((from, to, framing, bytes.clone()));
                bytes
            }
        }
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
