//! API tokens for scripts.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::{Fields, List};
use super::me::{MAX_NAME_CHARS, personal};
use super::user::Login;
use crate::accounts::Scopes;
use crate::domain::text::Moment;
use crate::store::ApiToken;

const MAX_TOKENS: usize = 100;

#[derive(Deserialize, ToSchema)]
pub struct TokenBody {
    #[schema(required = true)]
    name: Option<String>,
    /// `read` and `write`; both if nothing is said.
    scopes: Option<Vec<String>>,
    /// Unset: until it is deleted.
    #[schema(format = "date-time")]
    expires_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct TokenView {
    #[schema(format = "uuid")]
    id: Uuid,
    name: String,
    scopes: Vec<String>,
    created_at: String,
    expires_at: Option<String>,
    /// To the minute.
    last_used_at: Option<String>,
    /// Only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl TokenView {
    pub fn of(kept: ApiToken, token: Option<String>) -> Self {
        Self {
            id: kept.id,
            name: kept.name,
            scopes: kept.scopes.split_whitespace().map(str::to_owned).collect(),
            created_at: kept.created_at.rfc3339(),
            expires_at: kept.expires_at.map(Moment::rfc3339),
            last_used_at: kept.last_used_at.map(Moment::rfc3339),
            token,
        }
    }
}

#[utoipa::path(
    get, path = "/api/me/tokens", tag = "me", security(("bearer" = [])),
    responses((status = 200, body = inline(ListOfTokens)), (status = 401, body = Problem), (status = 403, body = Problem))
)]
pub async fn list(login: Login, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let kept = state.store().list_api_tokens(login.id()).await?;
    let items = kept.into_iter().map(|kept| TokenView::of(kept, None)).collect();
    Ok(personal(&List { items, next_cursor: None }))
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
struct ListOfTokens {
    items: Vec<TokenView>,
    next_cursor: Option<String>,
}

/// A new token. It is shown here and never again: a repeat makes another one, since an `Idempotency-Key` would have to keep it.
#[utoipa::path(
    post, path = "/api/me/tokens", tag = "me", request_body = TokenBody, security(("bearer" = [])),
    responses(
        (status = 201, body = TokenView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn create(
    request: HttpRequest,
    payload: web::Payload,
    login: Login,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.rates.create.check(&login.id())?;
    let body: TokenBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let name = fields.text("name", body.name.as_deref(), MAX_NAME_CHARS);
    let scopes = match &body.scopes {
        Some(words) => Scopes::from_words(words.iter().map(String::as_str)),
        None => Some(Scopes::ALL),
    };
    if scopes.is_none() {
        fields.wrong("scopes", "These must be `read`, `write` or both.");
    }
    let expires_at = body.expires_at.as_deref().map(Moment::parse);
    if expires_at.is_some_and(|at| at.is_none_or(|at| at <= super::export::now())) {
        fields.wrong("expires_at", "This must be a time to come, such as 2030-01-01T00:00:00Z.");
    }
    fields.done()?;
    if state.store().list_api_tokens(login.id()).await?.len() >= MAX_TOKENS {
        return Err(ApiError::LimitReached(format!("You have {MAX_TOKENS} tokens already. Delete one first.")));
    }
    let scopes = scopes.unwrap_or(Scopes::ALL);
    let (token, kept) = state.accounts.new_api_token(login.id(), name, scopes, expires_at.flatten()).await?;
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(TokenView::of(kept, Some(token))))
}

/// The token is worth nothing from now on; sockets that rest on it are closed.
#[utoipa::path(
    delete, path = "/api/me/tokens/{id}", tag = "me", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem))
)]
pub async fn delete(login: Login, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let id: Uuid = id.parse().map_err(|_| ApiError::NotFound)?;
    match state.accounts.delete_api_token(login.id(), id).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(ApiError::NotFound),
    }
}
