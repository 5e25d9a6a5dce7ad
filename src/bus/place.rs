//! An observer's place in a feed: how far they have read, and how what is new gets to them.

use std::rc::Rc;
use std::task::{Context, Waker};

use bytes::{Buf, Bytes, BytesMut};

use super::Progress;
use super::frame::{Frame, Framing};
use super::wire::Wire;
use crate::domain::protocol::Audience;

/// Who wants to read, and how.
pub struct Reader {
    pub audience: Audience,
    /// The last `seq` they have.
    pub after: Option<i64>,
    pub way: Way,
}

/// The kind of connection.
pub enum Way {
    WebSocket {
        /// The short way to the socket, where there is one.
        wire: Option<Rc<Wire>>,
        progress: Rc<Progress>,
    },
    /// Server-sent events.
    Sse,
}

/// How far an observer has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cursor {
    /// Waits for a snapshot, having got so far.
    Waiting(Option<i64>),
    /// The next frame to read.
    At(u64),
    Closed,
}

pub(super) struct Place {
    pub cursor: Cursor,
    pub framing: Framing,
    /// Only where the feed's frames are on the wire as they are.
    wire: Option<Rc<Wire>>,
    /// Only where a reader can be asked.
    progress: Option<Rc<Progress>>,
    /// The connection has nothing of its own to send before what is new: that may take the short way.
    clear: bool,
    /// What the kernel did not take at once: the connection's to send.
    rest: Bytes,
    waker: Option<Waker>,
}

impl Place {
    pub fn new(reader: Reader) -> Self {
        let (framing, wire, progress) = match reader.way {
            Way::WebSocket { wire, progress } => (Framing::WebSocket, wire, Some(progress)),
            Way::Sse => (Framing::Sse, None, None),
        };
        let cursor = Cursor::Waiting(reader.after);
        Self { cursor, framing, wire, progress, clear: false, rest: Bytes::new(), waker: None }
    }

    /// Whether a frame may be sent to this observer without their connection's task.
    pub fn is_clear(&self) -> bool {
        self.clear && self.wire.is_some()
    }

    /// Whether the reader has to catch up with what is on its way first.
    pub fn is_held(&self) -> bool {
        self.progress.as_ref().is_some_and(|progress| progress.is_held())
    }

    /// The connection is about to send something of its own, behind what is left here.
    pub fn occupy(&mut self) -> Bytes {
        self.clear = false;
        std::mem::take(&mut self.rest)
    }

    /// The connection has sent everything and sleeps.
    pub fn wait(&mut self, cx: &Context) {
        self.clear = true;
        if !self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            self.waker = Some(cx.waker().clone());
        }
    }

    pub fn wake(&mut self) {
        self.clear = false;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Sends as much as the kernel takes at once.
    pub fn send(&mut self, bytes: Bytes) {
        let question = self.progress.as_ref().and_then(|progress| progress.sent(bytes.len()));
        self.push(bytes);
        if let Some(sent) = question {
            self.push(Frame::question(sent));
        }
    }

    /// Nothing overtakes what is left.
    fn push(&mut self, mut bytes: Bytes) {
        match &self.wire {
            _ if !self.rest.is_empty() => {
                let mut all = BytesMut::from(std::mem::take(&mut self.rest));
                all.extend_from_slice(&bytes);
                bytes = all.freeze();
            }
            Some(wire) => bytes.advance(wire.send(&bytes)),
            None => {}
        }
        self.rest = bytes;
    }

    /// The same for a connection that sleeps: it is woken for what is left.
    pub fn send_or_wake(&mut self, bytes: Bytes) {
        self.send(bytes);
        if !self.rest.is_empty() {
            self.wake();
        }
    }

    /// What is left to be sent through the HTTP server.
    pub fn take_rest(&mut self) -> Option<Bytes> {
        (!self.rest.is_empty()).then(|| std::mem::take(&mut self.rest))
    }
}
