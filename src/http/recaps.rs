//! What the characters remember of the earlier part of a long discussion: for its owner to read.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::me::personal;
use super::user::{User, own_discussion};
use crate::domain::recap::{self, Recap};
use crate::domain::text::Moment;
use crate::store::Window;

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
pub struct ListOfRecaps {
    items: Vec<RecapSchema>,
    next_cursor: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = Recap)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
struct RecapSchema {
    version: i32,
    /// It covers the messages up to this position.
    position: i64,
    /// Whether it is what models are told now.
    current: bool,
    /// Null where a message that it covers was struck or changed since: it is not used any more.
    text: Option<String>,
    /// `demo`, `anthropic`, `openai` or `external`.
    provider: String,
    model: String,
    prompt_version: u32,
    #[schema(format = "date-time")]
    created_at: String,
}

#[derive(Serialize)]
struct View<'a> {
    version: i32,
    position: i64,
    current: bool,
    text: Option<&'a str>,
    provider: &'a str,
    model: &'a str,
    prompt_version: u32,
    created_at: Moment,
}

/// All versions of what is remembered, the newest first.
#[utoipa::path(
    get, path = "/api/discussions/{id}/recaps", tag = "discussions", params(("id" = String, Path)),
    security(("bearer" = [])),
    responses((status = 200, body = ListOfRecaps), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn list(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    let recaps = state.store().list_recaps(record.id).await?;
    let messages = if recaps.is_empty() { vec![] } else { state.store().list_messages(record.id, Window::All).await? };
    let current = recap::newest(&recaps, &messages, i64::MAX).map(|recap| recap.version);
    let view = |recap: &'_ Recap| {
        let Recap { version, position, prompt_version, created_at, .. } = *recap;
        json!(View {
            version,
            position,
            current: current == Some(version),
            text: recap.holds(&messages).then_some(recap.text.as_str()),
            provider: &recap.provider,
            model: &recap.model,
            prompt_version,
            created_at,
        })
    };
    let items: Vec<_> = recaps.iter().rev().map(view).collect();
    Ok(personal(&json!({"items": items, "next_cursor": null})))
}
