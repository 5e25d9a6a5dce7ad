//! Where one is signed in.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::State;
use super::error::{ApiError, Problem};
use super::input::List;
use super::me::personal;
use super::user::Login;
use crate::accounts::Credential;
use crate::store;

#[derive(Serialize, ToSchema)]
pub struct LoginView {
    #[schema(format = "uuid")]
    id: Uuid,
    /// A browser and a system, in a few words; empty where nothing is known.
    device: String,
    #[schema(format = "date-time")]
    since: String,
    /// To the quarter of an hour: a login is renewed as often while it is used.
    #[schema(format = "date-time")]
    last_seen_at: String,
    /// Unless it is used again before.
    #[schema(format = "date-time")]
    expires_at: String,
    /// The one that asks.
    current: bool,
}

impl LoginView {
    pub fn of(login: store::Login, asking: Option<Credential>) -> Self {
        Self {
            id: login.family,
            device: login.device,
            since: login.began_at.rfc3339(),
            last_seen_at: login.created_at.rfc3339(),
            expires_at: login.expires_at.rfc3339(),
            current: asking == Some(Credential::Login(login.family)),
        }
    }
}

/// Where one is signed in, the oldest first. With Supabase its project has the list; then this one is empty.
#[utoipa::path(
    get, path = "/api/me/logins", tag = "me", security(("bearer" = [])),
    responses((status = 200, body = inline(ListOfLogins)), (status = 401, body = Problem), (status = 403, body = Problem))
)]
pub async fn list(login: Login, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let mut logins = state.store().list_logins(login.id()).await?;
    logins.sort_by_key(|login| login.began_at);
    let items = logins.into_iter().map(|kept| LoginView::of(kept, Some(login.0.credential))).collect();
    Ok(personal(&List { items, next_cursor: None }))
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
struct ListOfLogins {
    items: Vec<LoginView>,
    next_cursor: Option<String>,
}

/// Signs out there: its tokens are worth nothing from now on, and its sockets are closed.
#[utoipa::path(
    delete, path = "/api/me/logins/{id}", tag = "me", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem))
)]
pub async fn delete(login: Login, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let id: Uuid = id.parse().map_err(|_| ApiError::NotFound)?;
    match state.store().find_login_user(id).await? {
        Some(user) if user == login.id() => {
            state.accounts.end_login(id).await?;
            Ok(HttpResponse::NoContent().finish())
        }
        Some(_) | None => Err(ApiError::NotFound),
    }
}
