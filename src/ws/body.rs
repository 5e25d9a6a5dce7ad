//! The response's body of a live connection: first what is for this connection alone, then what is in the feed, then the end.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use actix_http::ws::{CloseCode, CloseReason, Parser};
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_ws::Session;
use bytes::{Bytes, BytesMut};

use super::Seat;
use crate::bus::{Out, Subscriber};

/// What a connection's reader tells its body.
#[derive(Default)]
pub struct Connection {
    closing: Cell<Option<u16>>,
    waker: RefCell<Option<Waker>>,
}

impl Connection {
    /// Closes with this code, after what is in the feed already.
    pub fn close(&self, code: u16) {
        if self.closing.get().is_none() {
            self.closing.set(Some(code));
        }
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }
}

pub struct LiveBody {
    /// actix-ws's own body: pongs, acknowledgements, errors. None for SSE.
    private: Option<BoxBody>,
    subscriber: Option<Subscriber>,
    connection: Rc<Connection>,
    /// Kept until the end: a refused connection's session, an SSE connection's seat.
    _kept: Option<Box<dyn Any>>,
    over: bool,
}

impl LiveBody {
    pub fn web_socket(private: BoxBody, subscriber: Subscriber, connection: Rc<Connection>) -> Self {
        Self { private: Some(private), subscriber: Some(subscriber), connection, _kept: None, over: false }
    }

    pub fn refused(private: BoxBody, session: Session, connection: Rc<Connection>) -> Self {
        Self { private: Some(private), subscriber: None, connection, _kept: Some(Box::new(session)), over: false }
    }

    pub fn sse(subscriber: Subscriber, connection: Rc<Connection>, seat: Option<Seat>) -> Self {
        let kept = seat.map(|seat| Box::new(seat) as Box<dyn Any>);
        Self { private: None, subscriber: Some(subscriber), connection, _kept: kept, over: false }
    }

    /// The close frame, where there are frames.
    fn end(&mut self, code: u16) -> Poll<Option<Result<Bytes, Box<dyn std::error::Error>>>> {
        self.over = true;
        if self.private.is_none() {
            // An event stream has no close codes of its own.
            let told = Bytes::from(format!("data: {{\"type\":\"closed\",\"code\":{code}}}\n\n"));
            return Poll::Ready(Some(Ok(told)));
        }
        let mut frame = BytesMut::new();
        Parser::write_close(&mut frame, Some(CloseReason::from(CloseCode::from(code))), false);
        Poll::Ready(Some(Ok(frame.freeze())))
    }
}

impl MessageBody for LiveBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.over {
            return Poll::Ready(None);
        }
        if let Some(private) = &mut self.private {
            match Pin::new(private).poll_next(cx) {
                Poll::Ready(Some(piece)) => return Poll::Ready(Some(piece)),
                // The reader has ended, and with it the connection.
                Poll::Ready(None) if self.connection.closing.get().is_none() => {
                    self.over = true;
                    return Poll::Ready(None);
                }
                Poll::Ready(None) | Poll::Pending => {}
            }
        }
        match self.subscriber.as_mut().map(|subscriber| subscriber.poll(cx)) {
            Some(Poll::Ready(Out::Bytes(bytes))) => return Poll::Ready(Some(Ok(bytes))),
            Some(Poll::Ready(Out::Close(code))) => return self.end(code),
            Some(Poll::Pending) | None => {}
        }
        match self.connection.closing.get() {
            Some(code) => self.end(code),
            None => {
                *self.connection.waker.borrow_mut() = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}
