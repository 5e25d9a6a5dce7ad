//! An observer's place in a feed: how far they have read, and how what is new gets to them.

use std::rc::Rc;
use std::task::{Context, Waker};

use bytes::{Buf, Bytes};

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
    /// What the kernel did not take at once: the connection's to send. A part of what all share, never a copy.
    rest: Bytes,
    /// What the reader is asked behind that.
    question: Bytes,
    waker: Option<Waker>,
}

impl Place {
    pub fn new(reader: Reader) -> Self {
        let (framing, wire, progress) = match reader.way {
            Way::WebSocket { wire, progress } => (Framing::WebSocket, wire, Some(progress)),
            Way::Sse => (Framing::Sse, None, None),
        };
        let cursor = Cursor::Waiting(reader.after);
        Self { cursor, framing, wire, progress, clear: false, rest: Bytes::new(), question: Bytes::new(), waker: None }
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
    pub fn occupy(&mut self) {
        self.clear = false;
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

    /// Sends as much as the kernel takes at once. Only where nothing is left of what was sent before.
    pub fn send(&mut self, bytes: Bytes) {
        let question = self.progress.as_ref().and_then(|progress| progress.sent(bytes.len()));
        self.rest = self.push(bytes);
        if let Some(sent) = question {
            let question = Frame::question(sent);
            self.question = if self.rest.is_empty() { self.push(question) } else { question };
        }
    }

    /// What the kernel did not take.
    fn push(&self, mut bytes: Bytes) -> Bytes {
        if let Some(wire) = &self.wire {
            bytes.advance(wire.send(&bytes));
        }
        bytes
    }

    /// The same for a connection that sleeps: it is woken for what is left.
    pub fn send_or_wake(&mut self, bytes: Bytes) {
        self.send(bytes);
        if !(self.rest.is_empty() && self.question.is_empty()) {
            self.wake();
        }
    }

    /// The next of what is left to be sent through the HTTP server.
    pub fn take_rest(&mut self) -> Option<Bytes> {
        let left = if self.rest.is_empty() { &mut self.question } else { &mut self.rest };
        (!left.is_empty()).then(|| std::mem::take(left))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    fn place(wire: Option<Wire>) -> Place {
        let way = Way::WebSocket { wire: wire.map(Rc::new), progress: Rc::default() };
        Place::new(Reader { audience: Audience::Observer, after: None, way })
    }

    #[test]
    fn what_the_kernel_does_not_take_is_kept_without_a_copy_and_the_question_stays_behind_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut phone = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();
        server.set_nonblocking(true).unwrap();
        let mut place = place(Some(Wire::to(&server).unwrap()));
        let snapshot = Bytes::from(vec![b'x'; 32 << 20]);
        place.send(snapshot.clone());
        let rest = place.take_rest().unwrap();
        assert!(rest.len() < snapshot.len(), "the kernel took some");
        assert_eq!(rest.as_ptr_range().end, snapshot.as_ptr_range().end, "every phone that is slow shares it");
        assert_eq!(place.take_rest(), Some(Frame::question(snapshot.len() as u64)));
        assert_eq!(place.take_rest(), None);
        drop((server, place));
        let mut read = vec![];
        phone.read_to_end(&mut read).unwrap();
        assert_eq!(read.len(), snapshot.len() - rest.len(), "nothing came between");
    }

    #[test]
    fn without_a_wire_everything_goes_through_the_server() {
        let mut place = place(None);
        place.send(Bytes::from_static(b"first"));
        assert_eq!(place.take_rest(), Some(Bytes::from_static(b"first")));
        assert_eq!(place.take_rest(), Some(Frame::question(5)));
        place.send(Bytes::from_static(b"next"));
        assert_eq!((place.take_rest(), place.take_rest()), (Some(Bytes::from_static(b"next")), None));
    }
}
