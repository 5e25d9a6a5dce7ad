//! What a join code opens: to look, to read, to watch live. No account, no name, no cookie.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::Fields;
use super::me::personal;
use super::openapi::{ListOfMessages, ParticipantSchema};
use super::tickets::TicketView;
use super::{join, messages, tickets};
use crate::auth::digest;
use crate::domain::ids::{DiscussionId, WatcherId};
use crate::domain::protocol::{Audience, ClientFrame, ParticipantView, Person, encode_ack, encode_pong};
use crate::domain::text::Moment;
use crate::ws::{self, Objection};

/// Length of the random key that a page keeps.
const KEY_CHARS: std::ops::RangeInclusive<usize> = 16..=128;

/// What a join page shows before one joins.
#[derive(Serialize, ToSchema)]
pub struct WatchView {
    discussion_id: String,
    topic: String,
    title: String,
    #[schema(value_type = Vec<ParticipantSchema>)]
    participants: Vec<ParticipantView>,
    message_count: i64,
    /// When the code ends.
    #[schema(value_type = String, format = "date-time")]
    expires_at: Moment,
}

#[utoipa::path(
    get, path = "/api/watch/{code}", tag = "share", params(("code" = String, Path)), security(()),
    responses((status = 200, body = WatchView), (status = 404, body = Problem), (status = 429, body = Problem))
)]
pub async fn get(request: HttpRequest, code: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let share = join::find(&request, &state, &code, &state.rates.watch).await?;
    let view = state.registry.wake(share.discussion).await?.look().await?.view;
    Ok(personal(&WatchView {
        discussion_id: view.id,
        topic: view.topic,
        title: view.title,
        participants: view.participants,
        message_count: view.message_count,
        expires_at: share.expires_at,
    }))
}

/// In order of position, as observers see them.
#[utoipa::path(
    get, path = "/api/watch/{code}/messages", tag = "share", params(("code" = String, Path), messages::Query),
    security(()),
    responses(
        (status = 200, body = ListOfMessages), (status = 404, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)
    )
)]
pub async fn list(request: HttpRequest, code: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let share = join::find(&request, &state, &code, &state.rates.watch).await?;
    messages::answer(&request, &state, share.discussion, Audience::Observer).await
}

#[derive(Deserialize, ToSchema)]
pub struct WatcherBody {
    /// A random key of the page's own, 16 to 128 characters, made anew for each discussion: who comes back with it does not
    /// vote twice. Nothing else is known of an observer.
    key: Option<String>,
}

/// A ticket for one connection to the live events, within half a minute.
#[utoipa::path(
    post, path = "/api/watch/{code}/ticket", tag = "share", params(("code" = String, Path)), request_body = WatcherBody,
    security(()),
    responses(
        (status = 200, body = TicketView), (status = 404, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)
    )
)]
pub async fn ticket(
    request: HttpRequest,
    payload: web::Payload,
    code: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let share = join::find(&request, &state, &code, &state.rates.join).await?;
    let body: WatcherBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let watcher = match &body.key {
        Some(key) => watcher(share.discussion, key)?,
        None => WatcherId(Uuid::new_v4()),
    };
    Ok(tickets::issue(&state, Person::Watcher(watcher), None, share.discussion))
}

/// One command of an observer, for networks that forbid WebSockets: the frame as docs/protocol.md has it, with the page's `key`
/// beside it. Answered as a socket would be; a refusal is an error with the same `code`.
#[utoipa::path(
    post, path = "/api/watch/{code}/commands", tag = "share", params(("code" = String, Path)), request_body = CommandBody,
    security(()),
    responses(
        (status = 200, description = "`ack` or `pong`, docs/protocol.md"), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)
    )
)]
pub async fn command(
    request: HttpRequest,
    payload: web::Payload,
    code: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let share = join::find(&request, &state, &code, &state.rates.watch).await?;
    let body: CommandBody = read_json(&request, payload, state.config.ws.frame_bytes).await?;
    let watcher = watcher(share.discussion, &body.key)?;
    let invalid = |(_, message)| ApiError::Objected(Objection { code: "invalid_command", message });
    let frame = ClientFrame::parse(&Value::Object(body.frame).to_string()).map_err(invalid)?;
    state.rates.commands.check(&watcher)?;
    let answer = match &frame {
        ClientFrame::Ping { id } => encode_pong(id),
        ClientFrame::Class(of_class) => {
            let discussion = state.registry.wake(share.discussion).await?;
            let done = ws::carry_out(&discussion, Person::Watcher(watcher), state.config.ws, of_class).await;
            let done = done.map_err(ApiError::Objected)?;
            encode_ack(frame.id(), done.seq, done.question)
        }
        _ => return Err(ApiError::Objected(Objection::not_for(Audience::Observer))),
    };
    Ok(HttpResponse::Ok().content_type("application/json").insert_header((header::CACHE_CONTROL, "no-store")).body(answer))
}

#[derive(Deserialize, ToSchema)]
pub struct CommandBody {
    /// The one that the ticket was asked for with.
    key: String,
    /// `type`, `id` and what belongs to the command.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    frame: Map<String, Value>,
}

/// The same key is another watcher in another discussion: nobody can be followed.
pub fn watcher(discussion: DiscussionId, key: &str) -> Result<WatcherId, ApiError> {
    let mut fields = Fields::default();
    if !KEY_CHARS.contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let (min, max) = (KEY_CHARS.start(), KEY_CHARS.end());
        fields.wrong("key", format!("This must be {min} to {max} visible ASCII characters, drawn at random."));
    }
    fields.done()?;
    let hash = digest(&format!("{discussion} {key}"));
    let half = u128::from_str_radix(&hash[..32], 16).expect("a digest is hexadecimal");
    Ok(WatcherId(Uuid::from_u128(half)))
}
