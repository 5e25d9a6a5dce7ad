//! Commands one by one, for networks that forbid WebSockets. Answered as a socket would be.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value};

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::user::{User, own_discussion};
use crate::discussion::DiscussionHandle;
use crate::domain::change::CommandKey;
use crate::domain::ids::WatcherId;
use crate::domain::protocol::{Audience, ClientFrame, Person, encode_ack, encode_pong};
use crate::ws::{self, Done, Objection};

/// One command of the host: the frame as docs/protocol.md has it. A refusal is an error with the same `code`.
#[utoipa::path(
    post, path = "/api/discussions/{id}/commands", tag = "live", params(("id" = String, Path)), request_body = Object,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "`ack` or `pong`, docs/protocol.md"), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)
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
    let body: Map<String, Value> = read_json(&request, payload, state.config.ws.frame_bytes).await?;
    let discussion = state.registry.wake(record.id).await?;
    answer(&state, &discussion, Person::Host(user.id()), body).await
}

/// Carries out a frame of this person.
pub async fn answer(
    state: &State,
    discussion: &DiscussionHandle,
    person: Person,
    frame: Map<String, Value>,
) -> Result<HttpResponse, ApiError> {
    let invalid = |(_, message)| ApiError::Objected(Objection { code: "invalid_command", message });
    let frame = ClientFrame::parse(&Value::Object(frame).to_string()).map_err(invalid)?;
    state.rates.commands.check(&match person {
        Person::Host(user) => WatcherId(user.0),
        Person::Watcher(watcher) => watcher,
    })?;
    let limits = state.config.ws;
    let done = match (&frame, person) {
        (ClientFrame::Ping { id }, _) => return Ok(json(encode_pong(id))),
        (ClientFrame::Class(frame), _) => {
            ws::carry_out(discussion, person, limits, frame).await.map_err(ApiError::Objected)?
        }
        (_, Person::Watcher(_)) => return Err(ApiError::Objected(Objection::not_for(Audience::Observer))),
        (frame, Person::Host(user)) => {
            let command = ws::command(frame, limits).map_err(ApiError::Objected)?;
            let key = CommandKey { user, id: frame.id().to_owned() };
            Done { seq: discussion.command(Some(key), command).await??.seq, question: None }
        }
    };
    Ok(json(encode_ack(frame.id(), done.seq, done.question)))
}

fn json(answer: String) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").insert_header((header::CACHE_CONTROL, "no-store")).body(answer)
}
