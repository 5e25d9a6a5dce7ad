//! Sharing: a join code that lets anybody watch, without an account.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, rt, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::Fields;
use super::me::personal;
use super::reach::warnings;
use super::user::{User, own_discussion};
use crate::domain::ids::DiscussionId;
use crate::domain::text::Moment;
use crate::store::Share;

/// How long a code may open, in seconds: a minute to thirty days.
const LIFE: std::ops::RangeInclusive<u64> = 60..=30 * 24 * 60 * 60;
/// Codes whose time is over are looked for so often.
const LOOK_EVERY: Duration = Duration::from_secs(1);

#[derive(Deserialize, ToSchema)]
pub struct ShareBody {
    /// Seconds until the code ends; 12 hours unless said.
    expires_in: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct ShareView {
    code: String,
    url: String,
    #[schema(value_type = String, format = "date-time")]
    expires_at: Moment,
    /// In plain words why phones may not reach the address, and what to do.
    warnings: Vec<String>,
}

impl ShareView {
    fn of(state: &State, share: &Share) -> Self {
        let address = &state.public_url;
        Self {
            code: share.code.clone(),
            url: state.link(&format!("/watch/{}", share.code)),
            expires_at: share.expires_at,
            warnings: warnings(address.scheme(), address.host_str().unwrap_or_default()),
        }
    }
}

/// Opens the discussion to observers. One that is open keeps its code; `expires_in` changes when it ends.
#[utoipa::path(
    post, path = "/api/discussions/{id}/share", tag = "share", params(("id" = String, Path)), request_body = ShareBody,
    security(("bearer" = [])),
    responses(
        (status = 200, body = ShareView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)
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
    state.rates.create.check(&user.id())?;
    let body: ShareBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    if body.expires_in.is_some_and(|seconds| !LIFE.contains(&seconds)) {
        fields.wrong("expires_in", format!("This must be {} to {} seconds.", LIFE.start(), LIFE.end()));
    }
    fields.done()?;
    let share = state.shares.begin(record.id, body.expires_in.map(Duration::from_secs)).await?;
    if let Some(discussion) = state.registry.find_live(record.id).await {
        // Gone already is as good: who wakes it finds it shared.
        let _ = discussion.begin_share().await;
    }
    Ok(personal(&ShareView::of(&state, &share)))
}

#[utoipa::path(
    get, path = "/api/discussions/{id}/share", tag = "share", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = ShareView), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn get(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    let share = state.shares.of(record.id).ok_or(ApiError::NotHere("This discussion is not shared."))?;
    Ok(personal(&ShareView::of(&state, &share)))
}

/// Ends it: the code opens nothing any more, everyone who watches by it is disconnected (4403).
#[utoipa::path(
    delete, path = "/api/discussions/{id}/share", tag = "share", params(("id" = String, Path)),
    security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn delete(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    state.shares.end(record.id).await?;
    disconnect(&state, record.id).await;
    Ok(HttpResponse::NoContent().finish())
}

/// Disconnects the observers of every discussion whose code's time is over. Runs as long as the server.
pub async fn end_expired(state: web::Data<State>) {
    let mut look = rt::time::interval(LOOK_EVERY);
    loop {
        look.tick().await;
        for discussion in state.shares.take_expired() {
            disconnect(&state, discussion).await;
        }
    }
}

async fn disconnect(state: &State, discussion: DiscussionId) {
    if let Some(discussion) = state.registry.find_live(discussion).await {
        // Gone already is as good.
        let _ = discussion.end_share().await;
    }
}
