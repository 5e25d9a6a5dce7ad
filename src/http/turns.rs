//! The scripted *Next Response*: a turn without a socket.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::{Fields, idempotency_key, within};
use super::me::personal;
use super::openapi::MessageSchema;
use super::user::{User, own_discussion};
use crate::bus::{self, Out, Reader, Subscriber, Way};
use crate::discussion::DiscussionHandle;
use crate::domain::change::{CommandKey, Record};
use crate::domain::discussion::{Command, Refusal};
use crate::domain::ids::{CharacterId, MessageId, UserId};
use crate::domain::message::{Message, Status};
use crate::domain::protocol::{Audience, Event, for_audience};
use crate::store::IdempotencyKey;

const ROUTE: &str = "POST /api/discussions/{id}/turns";

#[derive(Deserialize, ToSchema)]
pub struct TurnBody {
    /// Who is to speak; none: whose turn it is.
    character_id: Option<String>,
    /// What the host says before.
    say: Option<String>,
}

/// The next turn: answers when it is committed, or with `Accept: text/event-stream` with its live events.
#[utoipa::path(
    post, path = "/api/discussions/{id}/turns", tag = "messages", request_body = TurnBody, security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = MessageSchema), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    )
)]
pub async fn create(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    state.rates.turn.check(&user.id())?;
    let key = idempotency_key(&request, ROUTE)?;
    let body: TurnBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let max = state.config.limits.message_chars;
    let say = body.say.as_deref().map(|say| fields.text("say", Some(say), max));
    fields.done()?;
    let character = body.character_id.map(|id| participant(&record, &id)).transpose()?;
    let discussion = state.registry.wake(record.id).await?;
    let events = match wants_events(&request) {
        true => Some(join_before(&record, &discussion).await),
        false => None,
    };
    let asked = Asked { user: user.id(), key, character, say };
    let Begun { turn, repeated } = asked.begin(&state, &discussion).await?;
    match events {
        Some(subscriber) if !repeated => {
            Ok(event_stream().body(TurnEvents { subscriber, turn: turn.to_string(), over: false }))
        }
        // Its events were told to whoever asked first: what is left to tell is how it ended.
        Some(_) => {
            let message = ended(&state, &discussion, turn).await?;
            let event = Event::TurnEnded { seq: message.seq, message };
            Ok(event_stream().body(format!("data: {}\n\n", event.encode(Audience::Host))))
        }
        None => Ok(personal(&for_audience(&ended(&state, &discussion, turn).await?, Audience::Host))),
    }
}

pub fn event_stream() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"));
    response
}

/// Joins before the turn begins, so that nothing of it is missed, and reads the snapshot, which is not of the turn.
async fn join_before(record: &Record, discussion: &DiscussionHandle) -> Subscriber {
    let reader = Reader { audience: Audience::Host, after: Some(record.last_seq), way: Way::Sse };
    let mut subscriber = bus::join(record.id, reader, discussion.clone());
    poll_fn(|cx| subscriber.poll(cx)).await;
    subscriber
}

fn participant(record: &Record, id: &str) -> Result<CharacterId, ApiError> {
    let found = record.participants.iter().find(|seat| seat.character.id.as_str() == id);
    Ok(found.map(|seat| seat.character.id.clone()).ok_or(Refusal::UnknownCharacter)?)
}

pub fn wants_events(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.contains("text/event-stream")
}

struct Asked {
    user: UserId,
    key: Option<IdempotencyKey>,
    character: Option<CharacterId>,
    say: Option<String>,
}

struct Begun {
    turn: MessageId,
    /// The key was used before: it is the turn of then.
    repeated: bool,
}

impl Asked {
    /// Says what is to be said and begins the turn. With a key that was used before it is the turn of then.
    async fn begin(self, state: &State, discussion: &DiscussionHandle) -> Result<Begun, ApiError> {
        let turn = self.reserve(state, discussion).await?;
        let next = self.name("next");
        let repeated = match &next {
            Some(next) => discussion.find_command(next.clone()).await?.is_some(),
            None => false,
        };
        if repeated {
            return Ok(Begun { turn, repeated });
        }
        if let Some(text) = self.say.clone() {
            // Nothing is said if the turn could not follow.
            discussion.may_begin(self.character.clone()).await??;
            discussion.command(self.name("say"), Command::Say { fresh: MessageId::new(), text }).await??;
        }
        let next = discussion.command(next, Command::Next { fresh: turn, character: self.character.clone() }).await??;
        // Two at once with the same key: one has begun it.
        Ok(Begun { turn, repeated: next.turn.is_none() })
    }

    /// The id of the turn to come: the same for the same key.
    async fn reserve(&self, state: &State, discussion: &DiscussionHandle) -> Result<MessageId, ApiError> {
        let fresh = MessageId::new();
        let Some(key) = &self.key else { return Ok(fresh) };
        let key = within(discussion.id(), key);
        let kept = state.store().find_or_insert_idempotent(self.user, key, json!(fresh)).await?;
        serde_json::from_value(kept).map_err(ApiError::internal)
    }

    /// The command's name, so that it takes effect once.
    fn name(&self, what: &str) -> Option<CommandKey> {
        let key = self.key.as_ref()?;
        Some(CommandKey { user: self.user, id: format!("turns:{}:{what}", key.key) })
    }
}

/// The turn's message, once it is committed.
async fn ended(state: &State, discussion: &DiscussionHandle, turn: MessageId) -> Result<Message, ApiError> {
    if let Ok(message) = discussion.await_turn(turn).await {
        return Ok(message);
    }
    // Its actor left meanwhile; what it has written down counts.
    let kept = state.store().find_message(discussion.id(), turn).await?;
    kept.filter(|message| message.status != Status::Streaming).ok_or(ApiError::Closing)
}

/// The live events from the turn's beginning to its end.
struct TurnEvents {
    subscriber: Subscriber,
    turn: String,
    over: bool,
}

impl MessageBody for TurnEvents {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        while !self.over {
            match self.subscriber.poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Out::Close(_)) => self.over = true,
                Poll::Ready(Out::Bytes(bytes)) => {
                    let (events, over) = until_end(&bytes, &self.turn);
                    self.over = over;
                    if !events.is_empty() {
                        return Poll::Ready(Some(Ok(events)));
                    }
                }
            }
        }
        Poll::Ready(None)
    }
}

/// The events up to the end of this turn, and whether that is among them.
fn until_end(bytes: &[u8], turn: &str) -> (Bytes, bool) {
    let mut out = BytesMut::with_capacity(bytes.len());
    let text = String::from_utf8_lossy(bytes);
    for block in text.split_inclusive("\n\n") {
        out.extend_from_slice(block.as_bytes());
        if ends(block, turn) {
            return (out.freeze(), true);
        }
    }
    (out.freeze(), false)
}

/// Whether this event tells the end of the turn: as such, or in a snapshot that has its message.
fn ends(block: &str, turn: &str) -> bool {
    let data = block.lines().find_map(|line| line.strip_prefix("data: "));
    let may = |data: &&str| data.contains("\"turn_ended\"") || data.contains("\"snapshot\"");
    let Some(event) = data.filter(may).and_then(|data| serde_json::from_str::<Value>(data).ok()) else { return false };
    match event["type"].as_str() {
        Some("turn_ended") => event["message"]["id"] == turn,
        Some("snapshot") => event["messages"].as_array().is_some_and(|all| all.iter().any(|one| one["id"] == turn)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_end_with_their_turn() {
        let events = "id: 1\ndata: {\"type\":\"turn_started\",\"turn\":{\"id\":\"a\"}}\n\n: still here\n\n\
            data: {\"type\":\"delta\",\"turn\":\"a\",\"text\":\"x\"}\n\n\
            id: 2\ndata: {\"type\":\"turn_ended\",\"message\":{\"id\":\"a\"}}\n\n";
        let more = "id: 3\ndata: {\"type\":\"turn_started\",\"turn\":{\"id\":\"b\"}}\n\n";
        let (out, over) = until_end(format!("{events}{more}").as_bytes(), "a");
        assert_eq!((out.as_ref(), over), (events.as_bytes(), true));
        assert!(!until_end(events.as_bytes(), "b").1);
    }

    #[test]
    fn a_snapshot_with_its_message_ends_it_too() {
        let snapshot = "data: {\"type\":\"snapshot\",\"messages\":[{\"id\":\"a\"}],\"turn\":null}\n\n";
        assert!(until_end(snapshot.as_bytes(), "a").1);
        assert!(!until_end(snapshot.as_bytes(), "b").1);
    }
}
