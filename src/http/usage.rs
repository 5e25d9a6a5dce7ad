//! What a discussion has cost, and its owner today.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::me::personal;
use super::user::{User, own_discussion};
use crate::discussion::{Allowance, midnight};
use crate::domain::text::Moment;
use crate::store::{Spender, Spent};

#[derive(Serialize)]
struct View<'a> {
    last_turn: Option<Spent>,
    discussion: Spent,
    today: Spent,
    limits: Limits,
    prices_as_of: &'a str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = UsageLimits)]
struct Limits {
    discussion: Most,
    /// Of the owner each day.
    today: Most,
}

/// Null: no limit.
#[derive(Serialize, ToSchema)]
#[schema(as = UsageLimit)]
struct Most {
    turns: Option<i64>,
    usd: Option<f64>,
}

impl Most {
    fn of(Allowance { turns, usd }: Allowance) -> Self {
        Self { turns: Some(turns).filter(|turns| *turns > 0), usd: Some(usd).filter(|usd| *usd > 0.0) }
    }
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
pub struct Usages {
    /// Null before the first.
    last_turn: Option<SpentSchema>,
    discussion: SpentSchema,
    /// Of the owner since midnight UTC.
    today: SpentSchema,
    limits: Limits,
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
    /// Attempts whose price is not known: they are not in the sum.
    unpriced: i64,
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
    let limits = state.config.discussion.limits;
    let limits = Limits { discussion: Most::of(limits.discussion), today: Most::of(limits.user_day) };
    Ok(personal(&View { last_turn, discussion, today, limits, prices_as_of: &state.config.prices.as_of }))
}
