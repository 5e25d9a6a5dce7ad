//! The ring of frames that a feed's observers go through, each with a cursor, and the snapshots behind which they may go on.

use std::collections::{HashSet, VecDeque};
use std::ops::Range;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use tokio::sync::Notify;

use super::super::Item;
use super::super::frame::{Frame, Framing};
use super::super::place::{Cursor, Place};

const RING_FRAMES: usize = 256;
const RING_BYTES: usize = 256 * 1024;
/// A snapshot serves later joiners too while no more than so many frames came behind it.
const SNAPSHOT_FRAMES: u64 = 32;
/// Snapshots that are kept at once, each for another `after`; whoever finds theirs gone asks again.
const MAX_SNAPSHOTS: usize = 16;

/// The frames of a discussion as one audience sees it, and who is how far.
#[derive(Default)]
pub struct Ring {
    frames: VecDeque<Rc<Frame>>,
    /// Number of the first frame in the ring; frames are counted from 0.
    pub first: u64,
    bytes: usize,
    snapshots: Vec<Cut>,
    /// Snapshots that the discussion is asked for.
    asked: HashSet<Option<i64>>,
    pub to_ask: Vec<Option<i64>>,
    pub places: Vec<Option<Place>>,
    pub free: Vec<usize>,
    /// The end of the ring for several readers who are equally far behind.
    joined: Option<(u64, u64, Framing, Bytes)>,
    pub closed: Option<u16>,
}

/// A snapshot: the state before frame `at`.
struct Cut {
    after: Option<i64>,
    at: u64,
    frame: Rc<Frame>,
}

impl Ring {
    pub fn next(&self) -> u64 {
        self.first + self.frames.len() as u64
    }

    pub fn take(&mut self, item: Item) {
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

    pub fn push(&mut self, frame: Frame) {
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
    pub fn lose(&mut self) {
        self.first = self.next() + 1;
        self.frames.clear();
        self.bytes = 0;
        self.snapshots.clear();
        self.asked.clear();
        self.joined = None;
    }

    pub fn close(&mut self, code: u16) {
        self.closed.get_or_insert(code);
    }

    /// Gets what is new to those in these places; whether there are more behind them.
    pub fn deliver(&mut self, some: Range<usize>) -> bool {
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

    pub fn seat(&mut self, place: Place) -> usize {
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

    pub fn place(&mut self, number: usize) -> &mut Place {
        self.places[number].as_mut().expect("a subscriber keeps its place until it is dropped")
    }

    /// The snapshot for this `after`; asks for one if there is none.
    pub fn snapshot(&mut self, after: Option<i64>, news: &Notify) -> Option<(u64, Rc<Frame>)> {
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
    pub fn read(&mut self, from: u64, framing: Framing) -> Bytes {
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
