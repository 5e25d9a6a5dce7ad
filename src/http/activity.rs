//! Page views and actions, as the page tells them.

use std::num::NonZeroU32;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::Fields;
use super::user::User;
use crate::domain::text::Moment;
use crate::store::Activity;

/// Most events at once.
const MAX_EVENTS: usize = 100;
const MAX_KIND_BYTES: usize = 64;
/// Largest `data` of an event in bytes of JSON.
const MAX_DATA_BYTES: usize = 4 * 1024;

#[derive(Deserialize, ToSchema)]
pub struct ActivityBody {
    #[schema(required = true)]
    events: Option<Vec<EventBody>>,
}

#[derive(Deserialize, ToSchema)]
pub struct EventBody {
    /// Small letters, digits, `_`, `.`, `-`.
    #[schema(required = true)]
    kind: Option<String>,
    /// By the page's clock.
    #[schema(required = true, format = "date-time")]
    at: Option<String>,
    #[schema(value_type = Option<Object>)]
    data: Option<Value>,
}

#[utoipa::path(
    post, path = "/api/activity", tag = "me", request_body = ActivityBody, security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem))
)]
pub async fn create(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.rates.activity.check(&user.id())?;
    let body: ActivityBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let events = body.events.unwrap_or_default();
    if events.is_empty() || events.len() > MAX_EVENTS {
        fields.wrong("events", format!("Send 1 to {MAX_EVENTS} events at once."));
        return fields.done().map(|()| HttpResponse::NoContent().finish());
    }
    let count = u32::try_from(events.len()).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
    state.rates.events.check_many(&user.id(), count)?;
    let read = events.into_iter().enumerate().filter_map(|(index, event)| activity(&mut fields, index, event));
    let events: Vec<Activity> = read.collect();
    fields.done()?;
    state.store().insert_activity(user.id(), events).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn activity(fields: &mut Fields, index: usize, event: EventBody) -> Option<Activity> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'-');
    let kind = event.kind.filter(|kind| (1..=MAX_KIND_BYTES).contains(&kind.len()) && kind.bytes().all(plain));
    if kind.is_none() {
        let words = format!("This must be 1 to {MAX_KIND_BYTES} small letters, digits, `_`, `.` or `-`.");
        fields.wrong(format!("events[{index}].kind"), words);
    }
    let at = event.at.as_deref().and_then(Moment::parse);
    if at.is_none() {
        fields.wrong(format!("events[{index}].at"), "This must be a time such as 2026-11-23T08:15:00.000Z.");
    }
    let data = event.data.unwrap_or(Value::Null);
    if !(data.is_object() || data.is_null()) || data.to_string().len() > MAX_DATA_BYTES {
        fields.wrong(format!("events[{index}].data"), format!("This must be an object of at most {MAX_DATA_BYTES} bytes."));
    }
    Some(Activity { kind: kind?, at: at?, data })
}
