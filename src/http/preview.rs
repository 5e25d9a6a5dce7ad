//! A turn to try a character out while it is being made. Streamed, and kept nowhere.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::State;
use super::character_input::{CharacterBody, character_from};
use super::discussions::{length, level};
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::Fields;
use super::user::User;
use crate::discussion::{Heard, preview};
use crate::domain::ids::CharacterId;
use crate::domain::style::Style;

#[derive(Deserialize, ToSchema)]
pub struct PreviewBody {
    /// As for a create.
    #[schema(required = true)]
    character: Option<CharacterBody>,
    #[schema(required = true)]
    topic: Option<String>,
    /// `short` (default), `normal` or `long`.
    length: Option<String>,
    /// `10`, `14`, `18` or `adult` (default).
    level: Option<String>,
}

/// Lets the character say something on a topic, with the voices that are set up. Events: `{"type":"delta","text"}`,
/// `{"type":"notice","text"}`, and at last `{"type":"end","error"}` (null, or what went wrong). Nothing of it is kept; it
/// counts as a turn of the day's budget.
#[utoipa::path(
    post, path = "/api/characters/preview", tag = "characters", request_body = PreviewBody, security(("bearer" = [])),
    responses(
        (status = 200, description = "Events", content_type = "text/event-stream"), (status = 401, body = Problem),
        (status = 402, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn create(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.rates.preview.check(&user.id())?;
    let body: PreviewBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let topic = fields.text("topic", body.topic.as_deref(), state.config.limits.topic_chars);
    let length = length(&mut fields, body.length.as_deref().or(Some("short"))).unwrap_or_default();
    let level = level(&mut fields, body.level.as_deref()).unwrap_or_default();
    let Some(character) = body.character else {
        fields.wrong("character", "This must not be empty.");
        return Err(fields.done().err().unwrap_or(ApiError::Internal));
    };
    fields.done()?;
    let character = character_from(character, CharacterId::generate(), state.config.limits.card_chars, 0)?;
    let house = state.registry.house();
    let turn = preview(house, user.id(), character, &topic, Style { length, level }).await?;
    let events = stream::unfold(Some(turn), |turn| async move {
        let mut turn = turn?;
        let heard = turn.next().await.unwrap_or(Heard::End(None));
        let (event, left) = match heard {
            Heard::Text(text) => (json!({"type": "delta", "text": text}), Some(turn)),
            Heard::Notice(text) => (json!({"type": "notice", "text": text}), Some(turn)),
            Heard::End(error) => (json!({"type": "end", "error": error}), None),
        };
        Some((Ok::<_, std::convert::Infallible>(framed(&event)), left))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events))
}

fn framed(event: &Value) -> Bytes {
    Bytes::from(format!("data: {event}\n\n"))
}
