//! Summaries of a discussion.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::State;
use super::error::{ApiError, Problem};
use super::me::personal;
use super::openapi::SummarySchema;
use super::user::{User, own_discussion};
use crate::domain::ids::MessageId;
use crate::store::Summary;

/// Makes a new summary of what was said so far.
#[utoipa::path(
    post, path = "/api/discussions/{id}/summary", tag = "discussions", params(("id" = String, Path)),
    security(("bearer" = [])),
    responses(
        (status = 201, body = SummarySchema), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 503, body = Problem)
    )
)]
pub async fn create(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    state.rates.create.check(&user.id())?;
    let discussion = state.registry.wake(record.id).await?;
    let summary = state.summaries.ask(state.registry.house(), &discussion).await?;
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(view(&summary)))
}

/// The newest summary.
#[utoipa::path(
    get, path = "/api/discussions/{id}/summary", tag = "discussions", params(("id" = String, Path)),
    security(("bearer" = [])),
    responses((status = 200, body = SummarySchema), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn get(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    let summary = state.store().find_summary(record.id).await?;
    let mut view = view(&summary.ok_or(ApiError::NotHere("No summary was made yet."))?);
    drop_struck(&mut view, &state.store().list_struck(record.id).await?);
    Ok(personal(&view))
}

/// A line that rests on a message which was struck since is gone with it: it may repeat its words.
fn drop_struck(view: &mut Value, struck: &[MessageId]) {
    let struck: Vec<Value> = struck.iter().map(|id| json!(id)).collect();
    for list in ["insights", "agreements", "tensions", "questions"] {
        if let Some(lines) = view[list].as_array_mut() {
            lines.retain(|line| line["messages"].as_array().is_none_or(|ids| !ids.iter().any(|id| struck.contains(id))));
        }
    }
}

fn view(summary: &Summary) -> Value {
    let mut view = summary.content.clone();
    view["version"] = json!(summary.version);
    view["created_at"] = json!(summary.created_at);
    view["last_seq"] = json!(summary.seq);
    view
}
