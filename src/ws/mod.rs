//! One connection to a discussion's live events: WebSocket, or SSE where a network forbids that.

mod body;
mod class;
mod command;
mod reader;
mod seats;

use std::rc::Rc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, rt, web};

use crate::bus::{self, Reader, Way, Wire};
use crate::discussion::DiscussionHandle;
use crate::domain::protocol::{Person, close};

use body::{Connection, LiveBody};

pub use class::{Done, Objection, carry_out};
pub use command::command;
pub use seats::{Seat, Seats};

/// Who is connecting, to what, and how far they got.
pub struct Visitor {
    pub person: Person,
    /// The last `seq` they have.
    pub after: Option<i64>,
    /// Held as long as the connection lasts: it counts against the user's sockets.
    pub seat: Option<Seat>,
}

/// Limits of a connection (`MAX_FRAME_BYTES`, `MAX_MESSAGE_CHARS`, `MAX_QUESTION_CHARS`, `RATE_LIMIT_COMMAND`).
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub frame_bytes: usize,
    pub message_chars: usize,
    pub question_chars: usize,
    /// Commands at once; then ten a second.
    pub commands: std::num::NonZeroU32,
}

/// Nothing was heard for so long, not even an answer to a ping: the socket is dead.
const SILENCE: Duration = Duration::from_secs(50);

/// Completes the handshake and serves the discussion.
pub fn serve(
    request: &HttpRequest,
    payload: web::Payload,
    discussion: DiscussionHandle,
    mut visitor: Visitor,
    limits: Limits,
) -> Result<HttpResponse, actix_web::Error> {
    let (response, session, messages) = actix_ws::handle(request, payload)?;
    let connection = Rc::new(Connection::default());
    let wire = request.conn_data::<Rc<Wire>>().cloned();
    let way = Way::WebSocket { wire: wire.clone(), progress: Rc::clone(&connection.progress) };
    let reader = Reader { audience: visitor.person.audience(), after: visitor.after, way };
    let subscriber = bus::join(discussion.id(), reader, discussion.clone());
    let messages = messages.max_frame_size(limits.frame_bytes).aggregate_continuations();
    see_out(&connection, visitor.seat.as_mut());
    let reader = reader::Reader::new(session, Rc::clone(&connection), discussion, visitor, limits);
    rt::spawn(reader.run(messages.max_continuation_size(limits.frame_bytes)));
    Ok(response.map_body(|_, body| LiveBody::web_socket(body, subscriber, connection).on(wire)).map_into_boxed_body())
}

/// Closes the connection when the login that it rests on has ended.
fn see_out(connection: &Rc<Connection>, seat: Option<&mut Seat>) {
    let Some(called) = seat.map(Seat::called_away) else { return };
    let connection = Rc::downgrade(connection);
    rt::spawn(async move {
        if called.await
            && let Some(connection) = connection.upgrade()
        {
            connection.close(close::TICKET);
        }
    });
}

/// Completes the handshake only to close with a code: a browser cannot read a refused handshake.
pub fn refuse(request: &HttpRequest, payload: web::Payload, code: u16) -> Result<HttpResponse, actix_web::Error> {
    let (response, session, _) = actix_ws::handle(request, payload)?;
    let connection = Rc::new(Connection::default());
    connection.close(code);
    let wire = request.conn_data::<Rc<Wire>>().cloned();
    Ok(response.map_body(|_, body| LiveBody::refused(body, session, connection).on(wire)).map_into_boxed_body())
}

/// The same events as `text/event-stream`.
pub fn serve_events(discussion: &DiscussionHandle, mut visitor: Visitor) -> HttpResponse {
    let connection = Rc::new(Connection::default());
    see_out(&connection, visitor.seat.as_mut());
    let reader = Reader { audience: visitor.person.audience(), after: visitor.after, way: Way::Sse };
    let subscriber = bus::join(discussion.id(), reader, discussion.clone());
    HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .body(LiveBody::sse(subscriber, connection, visitor.seat))
}
