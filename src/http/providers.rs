//! Trying the configured providers out, for whoever may lead a discussion: what is wrong with a key, in plain words.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::me::personal;
use super::user::User;
use crate::discussion::test_voices;

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
pub struct ListOfTests {
    /// In the order in which they are asked; empty where only the demo voices speak.
    items: Vec<TestedView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TestedProvider)]
struct TestedView {
    /// `anthropic`, `openai` or `external`.
    provider: &'static str,
    /// As people read it.
    title: &'static str,
    /// Empty where none could be found out.
    model: String,
    works: bool,
    /// What happened and what to do, for people; never a key.
    text: String,
    duration_ms: u64,
}

/// A small request to each provider, at the expense of whoever asks.
#[utoipa::path(
    post, path = "/api/providers/test", tag = "server", security(("bearer" = [])),
    responses(
        (status = 200, body = ListOfTests), (status = 401, body = Problem), (status = 402, body = Problem),
        (status = 429, body = Problem)
    )
)]
pub async fn test(user: User, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    state.rates.provider_test.check(&user.id())?;
    let tested = test_voices(state.registry.house(), user.id()).await?;
    let items: Vec<TestedView> = tested
        .into_iter()
        .map(|one| TestedView {
            provider: one.kind.as_str(),
            title: one.kind.title(),
            model: one.model,
            works: one.works,
            text: one.told,
            duration_ms: u64::try_from(one.attempted.duration.as_millis()).unwrap_or(u64::MAX),
        })
        .collect();
    Ok(personal(&json!({"items": items})))
}
