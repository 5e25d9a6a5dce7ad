//! The response's body of a live connection: first what is for this connection alone, then what is in the feed, then the end.

use std::any::Any;
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use actix_http::ws::{CloseCode, CloseReason, Parser};
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_ws::Session;
use bytes::{Bytes, BytesMut};
use futures_util::task::AtomicWaker;

use super::Seat;
use crate::bus::{Out, Progress, Subscriber, Wire};

/// What a connection's reader tells its body.
#[derive(Default)]
pub struct Connection {
    closing: Cell<Option<u16>>,
    /// How far the reader is.
    pub progress: Rc<Progress>,
    bell: Arc<Bell>,
}

/// Rings when there is something for this connection alone. Frames for everyone are the many: for them nobody looks there.
#[derive(Default)]
struct Bell {
    rung: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl Connection {
    /// The other side answered a ping that carried this.
    pub fn answered(&self, ping: &[u8]) {
        let held = self.progress.is_held();
        self.progress.answered(ping);
        if held && !self.progress.is_held() {
            self.bell.wake_by_ref();
        }
    }

    /// Closes with this code, after what is in the feed already.
    pub fn close(&self, code: u16) {
        if self.closing.get().is_none() {
            self.closing.set(Some(code));
        }
        self.bell.wake_by_ref();
    }
}

pub struct LiveBody {
    /// actix-ws's own body: pongs, acknowledgements, errors. None for SSE.
    private: Option<BoxBody>,
    subscriber: Option<Subscriber>,
    connection: Rc<Connection>,
    /// Where the end of the body is the end of the connection.
    wire: Option<Rc<Wire>>,
    /// Rings the connection's bell: what the private body is polled with.
    ringer: Waker,
    /// Kept until the end: a refused connection's session, an SSE connection's seat.
    _kept: Option<Box<dyn Any>>,
    /// What of the feed's last piece is still to be sent.
    rest: Bytes,
    over: bool,
}

/// Most bytes handed out at once. The connection's write buffer keeps what it once took, so whole snapshots would cost each watcher
/// up to 128 KiB for as long as they stay; with the response's head a piece stays within one page of memory.
const PIECE: usize = 2048;

impl LiveBody {
    pub fn web_socket(private: BoxBody, subscriber: Subscriber, connection: Rc<Connection>) -> Self {
        Self::new(Some(private), Some(subscriber), connection, None)
    }

    pub fn refused(private: BoxBody, session: Session, connection: Rc<Connection>) -> Self {
        Self::new(Some(private), None, connection, Some(Box::new(session)))
    }

    pub fn sse(subscriber: Subscriber, connection: Rc<Connection>, seat: Option<Seat>) -> Self {
        let kept = seat.map(|seat| Box::new(seat) as Box<dyn Any>);
        Self::new(None, Some(subscriber), connection, kept)
    }

    /// The connection ends with this body.
    pub fn on(self, wire: Option<Rc<Wire>>) -> Self {
        Self { wire, ..self }
    }

    fn new(
        private: Option<BoxBody>,
        subscriber: Option<Subscriber>,
        connection: Rc<Connection>,
        kept: Option<Box<dyn Any>>,
    ) -> Self {
        // The first look finds what was there before, and leaves the ringer behind.
        connection.bell.rung.store(true, Ordering::Release);
        let ringer = Waker::from(Arc::clone(&connection.bell));
        Self { private, subscriber, connection, wire: None, ringer, _kept: kept, rest: Bytes::new(), over: false }
    }

    /// What is for this connection alone; `Pending` also when nobody has rung since the last look.
    fn poll_private(&mut self) -> Poll<Option<Result<Bytes, Box<dyn std::error::Error>>>> {
        let bell = &self.connection.bell;
        match &mut self.private {
            Some(private) if bell.rung.swap(false, Ordering::AcqRel) => {
                let polled = Pin::new(private).poll_next(&mut Context::from_waker(&self.ringer));
                if polled.is_ready() {
                    // There may be more.
                    bell.rung.store(true, Ordering::Release);
                }
                polled
            }
            _ => Poll::Pending,
        }
    }

    fn next_piece(&mut self) -> Bytes {
        let length = self.rest.len().min(PIECE);
        self.rest.split_to(length)
    }

    /// The close frame, where there are frames. Nothing of the feed comes behind it.
    fn end(&mut self, code: u16) -> Poll<Option<Result<Bytes, Box<dyn std::error::Error>>>> {
        self.over = true;
        self.subscriber = None;
        if self.private.is_none() {
            // An event stream has no close codes of its own.
            let told = Bytes::from(format!("data: {{\"type\":\"closed\",\"code\":{code}}}\n\n"));
            return Poll::Ready(Some(Ok(told)));
        }
        let mut frame = BytesMut::new();
        Parser::write_close(&mut frame, Some(CloseReason::from(CloseCode::from(code))), false);
        Poll::Ready(Some(Ok(frame.freeze())))
    }

    /// Whoever asks for more has handed all that came before to the kernel.
    fn finish(&mut self) -> Poll<Option<Result<Bytes, Box<dyn std::error::Error>>>> {
        self.over = true;
        self.subscriber = None;
        if let Some(wire) = self.wire.take() {
            wire.finish();
        }
        Poll::Ready(None)
    }
}

impl MessageBody for LiveBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.over {
            return self.finish();
        }
        let this = &mut *self;
        if let Some(subscriber) = &mut this.subscriber {
            subscriber.occupy();
            if this.rest.is_empty() {
                this.rest = subscriber.take_rest().unwrap_or_default();
            }
        }
        if !self.rest.is_empty() {
            // Nothing may come between the parts of a frame.
            return Poll::Ready(Some(Ok(self.next_piece())));
        }
        match self.poll_private() {
            Poll::Ready(Some(piece)) => return Poll::Ready(Some(piece)),
            // The reader has ended, and with it the connection.
            Poll::Ready(None) if self.connection.closing.get().is_none() => return self.finish(),
            Poll::Ready(None) | Poll::Pending => {}
        }
        match self.subscriber.as_mut().map(|subscriber| subscriber.poll(cx)) {
            Some(Poll::Ready(Out::Bytes(bytes))) => {
                self.rest = bytes;
                return Poll::Ready(Some(Ok(self.next_piece())));
            }
            Some(Poll::Ready(Out::Close(code))) => return self.end(code),
            Some(Poll::Pending) | None => {}
        }
        match self.connection.closing.get() {
            Some(code) => self.end(code),
            None => {
                let bell = &self.connection.bell;
                bell.task.register(cx.waker());
                if self.private.is_some() && bell.rung.load(Ordering::Acquire) {
                    cx.waker().wake_by_ref();
                }
                Poll::Pending
            }
        }
    }
}
