//! What a discussion has cost, and its owner today.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::me::personal;
use super::user::{User, own_discussion};
use crate::discussion::{Left, midnight};
use crate::domain::text::Moment;
use crate::store::{Spender, Spent};

#[derive(Serialize)]
struct View<'a> {
    last_turn: Option<Spent>,
    discussion: Spent,
    today: Spent,
    left: LeftView,
    prices_as_of: &'a str,
}

#[derive(Serialize)]
struct LeftView {
    turns: Option<i64>,
    usd: Option<f64>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
pub struct Usages {
    /// The turn spoken last, with all its attempts; null before there is one.
    last_turn: Option<SpentSchema>,
    /// With its summaries and recaps.
    discussion: SpentSchema,
    /// Of the owner since midnight UTC.
    today: SpentSchema,
    /// Until the nearest limit is reached.
    left: LeftSchema,
    /// The day of the price list.
    prices_as_of: String,
}

#[derive(ToSchema)]
#[schema(as = Spent)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
struct SpentSchema {
    turns: i64,
    /// Requests to providers: a turn may need several.
    attempts: i64,
    input_tokens: i64,
    cache_read_tokens: i64,
    cache_write_tokens: i64,
    output_tokens: i64,
    /// Of the models whose price is known.
    cost_usd: f64,
    /// Requests that used something of a model whose price is not known: what they cost comes on top.
    unpriced_attempts: i64,
}

#[derive(ToSchema)]
#[schema(as = LeftToSpend)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
struct LeftSchema {
    /// Null: there is no limit.
    turns: Option<i64>,
    /// Null: there is no limit.
    usd: Option<f64>,
}

#[utoipa::path(
    get, path = "/api/discussions/{id}/usage", tag = "discussions", params(("id" = String, Path)),
    security(("bearer" = [])),
    responses((status = 200, body = Usages), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn get(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    let store = state.store();
    let discussion = store.find_spent(Spender::Discussion(record.id), Moment(0)).await?;
    let today = store.find_spent(Spender::User(user.id()), midnight()).await?;
    let last_turn = store.find_last_turn(record.id).await?;
    let budget = &state.registry.house().budget;
    budget.learn(store, user.id(), Some(record.id)).await?;
    let Left { turns, usd } = budget.left(user.id(), record.id);
    let left = LeftView { turns, usd };
    Ok(personal(&View { last_turn, discussion, today, left, prices_as_of: &state.config.prices.as_of }))
}
