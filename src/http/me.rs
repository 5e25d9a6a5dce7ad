//! The user: profile and preferences.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::Fields;
use super::user::{Login, User};
use crate::accounts::Identity;
use crate::store;

pub const MAX_NAME_CHARS: usize = 100;
/// Largest preferences in bytes of JSON.
const MAX_PREFERENCES_BYTES: usize = 16 * 1024;
/// Discussions to end at once when a user is deleted.
const PAGE: i64 = 100;

#[derive(Serialize, ToSchema)]
pub struct UserView {
    #[schema(format = "uuid")]
    id: String,
    /// `guest` or `account`.
    kind: &'static str,
    name: String,
    email: Option<String>,
    /// The address was confirmed to be theirs.
    email_confirmed: bool,
    /// One can sign in with a password, and change it. Whoever came by Google or Microsoft has none here.
    has_password: bool,
    /// `user`, `owner` or `admin`.
    role: &'static str,
    #[schema(value_type = Object)]
    preferences: Value,
}

impl UserView {
    /// Whoever asks, with the rights that they have by what they are known by: Supabase's are in the token.
    pub fn known(user: &store::User, identity: &Identity, state: &State) -> Self {
        let view = Self::of(user, state);
        match identity.is_admin {
            true => Self { role: "admin", ..view },
            false => view,
        }
    }

    pub fn of(user: &store::User, state: &State) -> Self {
        let role = match user.role {
            _ if state.accounts.is_admin(user) => "admin",
            store::UserRole::Owner => "owner",
            store::UserRole::User => "user",
        };
        Self {
            id: user.id.to_string(),
            kind: user.kind.as_str(),
            name: user.name.clone(),
            email: user.email.clone(),
            email_confirmed: user.email_confirmed_at.is_some(),
            has_password: user.password_hash.is_some(),
            role,
            preferences: user.preferences.clone(),
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct MeBody {
    name: Option<String>,
    /// Replaces what is named; a null removes it.
    #[schema(value_type = Option<Object>)]
    preferences: Option<Map<String, Value>>,
}

#[utoipa::path(
    get, path = "/api/me", tag = "me", security(("bearer" = [])),
    responses((status = 200, body = UserView), (status = 401, body = Problem))
)]
pub async fn get(user: User, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    Ok(personal(&UserView::known(&state.accounts.find(user.id()).await?, &user.0, &state)))
}

#[utoipa::path(
    patch, path = "/api/me", tag = "me", request_body = MeBody, security(("bearer" = [])),
    responses((status = 200, body = UserView), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn patch(
    request: HttpRequest,
    payload: web::Payload,
    user: Login,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let body: MeBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let name = body.name.as_deref().map(|name| fields.text("name", Some(name), MAX_NAME_CHARS));
    if let Some(changed) = &body.preferences {
        let merged = store::merged(state.accounts.find(user.id()).await?.preferences, changed.clone());
        if merged.to_string().len() > MAX_PREFERENCES_BYTES {
            fields.wrong("preferences", format!("These may have at most {MAX_PREFERENCES_BYTES} bytes."));
        }
    }
    fields.done()?;
    let patch = store::UserPatch { name, preferences: body.preferences, ..store::UserPatch::default() };
    Ok(personal(&UserView::known(&state.accounts.update(user.id(), patch).await?, &user.0, &state)))
}

/// Deletes the user with everything that is theirs.
#[utoipa::path(
    delete, path = "/api/me", tag = "me", security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem))
)]
pub async fn delete(user: Login, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let store = &state.registry.house().store;
    // Those in memory first: a running turn must not write into what is being deleted.
    let mut cursor = None;
    loop {
        let page = store.list_discussions(user.id(), store::Search::default(), cursor, PAGE).await?;
        for listed in page.items {
            state.shares.forget(listed.record.id);
            state.registry.delete(listed.record.id).await;
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    state.accounts.delete(user.id()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// An answer that no cache may keep.
pub fn personal<T: Serialize>(body: &T) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}
