//! Discussions made from others: one that goes its own way from a message on, and one with the same cast.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::State;
use super::discussions::{created, made_before, may_have_another, title_from};
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::{Fields, idempotency_key};
use super::openapi::DiscussionSchema;
use super::user::{User, own_discussion};
use crate::domain::discussion::Refusal;
use crate::domain::ids::MessageId;
use crate::domain::lesson::Plan;
use crate::domain::message::Status;
use crate::domain::protocol::DiscussionView;
use crate::store::{NewDiscussion, StoreError};

#[derive(Deserialize, ToSchema)]
pub struct ForkBody {
    /// The last message that the new discussion takes along.
    #[schema(required = true)]
    at: Option<String>,
}

/// A new discussion with the messages up to one of them, without those that were struck.
#[utoipa::path(
    post, path = "/api/discussions/{id}/fork", tag = "discussions", request_body = ForkBody, security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = DiscussionSchema), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)
    )
)]
pub async fn fork(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    let key = idempotency_key(&request, "POST /api/discussions/{id}/fork")?;
    let body: ForkBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    if let Some(made) = made_before(&state, &user, key.as_ref()).await? {
        return Ok(created(&DiscussionView::of(&made)));
    }
    state.rates.create.check(&user.id())?;
    let unknown = || ApiError::field("at", "No such message is in this discussion.");
    let at: MessageId = body.at.as_deref().and_then(|at| at.parse().ok()).ok_or_else(unknown)?;
    let found = state.store().find_message(record.id, at).await?.ok_or_else(unknown)?;
    if found.status == Status::Streaming {
        return Err(Refusal::TurnInProgress.into());
    }
    may_have_another(&state, &user).await?;
    let made = state.store().fork_discussion(record.id, at, key).await.map_err(|error| match error {
        StoreError::NotFound => unknown(),
        other => other.into(),
    })?;
    Ok(created(&DiscussionView::of(&made.made)))
}

#[derive(Deserialize, ToSchema)]
pub struct DuplicateBody {
    /// The new topic; without it the same one.
    topic: Option<String>,
    /// Whether the demo voices speak, whatever is set up; without it as there.
    rehearsal: Option<bool>,
}

/// A new discussion with the same cast and settings.
#[utoipa::path(
    post, path = "/api/discussions/{id}/duplicate", tag = "discussions", request_body = DuplicateBody,
    security(("bearer" = [])), params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = DiscussionSchema), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)
    )
)]
pub async fn duplicate(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    let key = idempotency_key(&request, "POST /api/discussions/{id}/duplicate")?;
    let body: DuplicateBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    if let Some(made) = made_before(&state, &user, key.as_ref()).await? {
        return Ok(created(&DiscussionView::of(&made)));
    }
    state.rates.create.check(&user.id())?;
    let mut fields = Fields::default();
    let max = state.config.limits.topic_chars;
    let topic = body.topic.as_deref().map(|topic| fields.text("topic", Some(topic), max)).unwrap_or(record.topic);
    fields.done()?;
    may_have_another(&state, &user).await?;
    let plan = state.store().find_plan(record.id).await?;
    let unsaid =
        |plan: Plan| Plan::new(plan.about, plan.auto_turns, plan.steps.into_iter().map(|planned| planned.step).collect());
    let new = NewDiscussion {
        owner: user.id(),
        title: title_from(&topic),
        topic,
        turn_order: record.turn_order,
        style: record.style,
        participants: record.participants,
        former: vec![],
        forked_from: None,
        rehearsal: body.rehearsal.unwrap_or(record.rehearsal),
        plan: plan.map(unsaid),
    };
    let made = state.store().insert_discussion(new, key).await?.made;
    Ok(created(&DiscussionView::of(&made)))
}
