//! Starting, renewing and ending a login.

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::State;
use super::device::device;
use super::error::{ApiError, Problem};
use super::extract::{client_address, origin_allowed, read_json};
use super::input::{idempotency_key, read_query};
use super::limit::counted;
use super::me::UserView;
use super::user::Login;
use crate::accounts::{Asker, Credential, Grant, REFRESH_LIFE};
use crate::store::UserKind;

/// Name of the cookie that holds the refresh token.
pub const COOKIE: &str = "chatlab_refresh";
const COOKIE_PATH: &str = "/api/auth";
/// Name of the cookie by which the page knows that there is a login to be renewed, and of what kind. It opens nothing: without it
/// the page would have to ask, and every first visit would begin with a refusal.
const MARKER: &str = "chatlab_login";

#[derive(Deserialize, ToSchema)]
pub struct GuestBody {
    /// The owner's one-time code, where guests need one.
    code: Option<String>,
}

/// What a login is answered; the refresh token comes as a cookie that no script can read.
#[derive(Serialize, ToSchema)]
pub struct GrantView {
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    user: UserView,
}

/// Starts without an account.
#[utoipa::path(
    post, path = "/api/auth/guest", tag = "auth", request_body = GuestBody, security(()),
    responses((status = 200, body = GrantView), (status = 403, body = Problem), (status = 429, body = Problem))
)]
pub async fn guest(request: HttpRequest, payload: web::Payload, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    same_site(&request, &state)?;
    state.rates.guest.check(&counted(client_address(&request)))?;
    let body: GuestBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let grant = state.accounts.guest(body.code.as_deref()).await?;
    granted(grant, &request, &state).await
}

#[derive(Deserialize, IntoParams)]
pub struct RefreshQuery {
    /// The asker's tabs take turns: none asks with the same cookie while another one does. Without it the answer waits for them a moment.
    alone: Option<bool>,
}

/// A new access token for the refresh cookie, which is renewed. An answer that got lost is given again for the same
/// `Idempotency-Key`, for ten minutes; otherwise a cookie that was used before ends the login.
#[utoipa::path(
    post, path = "/api/auth/refresh", tag = "auth", security(("refresh" = [])),
    params(RefreshQuery, ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = GrantView), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn refresh(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    same_site(&request, &state)?;
    let token = request.cookie(COOKIE).ok_or(ApiError::Unauthorized)?;
    let key = idempotency_key(&request, "POST /api/auth/refresh")?.map(|key| key.key);
    let alone = read_query::<RefreshQuery>(&request)?.alone.unwrap_or_default();
    let grant = state.accounts.refresh(token.value(), Asker { key: key.as_deref(), alone }).await?;
    Ok(renewed(grant, &state))
}

/// Somebody whom Supabase has named and who is new here takes over what they have as a guest of this browser (its cookie).
#[utoipa::path(
    post, path = "/api/auth/adopt", tag = "auth", security(("bearer" = [], "refresh" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem))
)]
pub async fn adopt(request: HttpRequest, login: Login, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    same_site(&request, &state)?;
    let guest = match request.cookie(COOKIE) {
        Some(token) => state.accounts.find_by_refresh(token.value()).await?,
        None => None,
    };
    let named = matches!(login.0.credential, Credential::Until(_)) && login.0.kind == UserKind::Account;
    match guest.filter(|_| named) {
        Some(guest) if state.accounts.adopt(login.id(), guest.id).await? => Ok(HttpResponse::NoContent().finish()),
        _ => Err(ApiError::Taken("Only who is new here can take over what a guest has.")),
    }
}

#[derive(Default, Deserialize, ToSchema)]
pub struct LogoutBody {
    /// Every login of this user, not only the one here, and their tokens for scripts.
    #[serde(default)]
    everywhere: bool,
}

/// Ends the login, by its cookie or its access token; its sockets are closed.
#[utoipa::path(
    post, path = "/api/auth/logout", tag = "auth", request_body = LogoutBody, security(()), responses((status = 204))
)]
pub async fn logout(request: HttpRequest, payload: web::Payload, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    same_site(&request, &state)?;
    let body: LogoutBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let cookie_user = match request.cookie(COOKIE) {
        Some(token) => {
            let user = state.accounts.find_by_refresh(token.value()).await?.map(|user| user.id);
            state.accounts.logout(token.value()).await?;
            user
        }
        None => None,
    };
    let here = Login::extract(&request).await.ok();
    if let Some(login) = &here {
        state.accounts.end_credential(&login.0).await?;
    }
    if let Some(user) = here.map(|login| login.id()).or(cookie_user).filter(|_| body.everywhere) {
        state.accounts.end_logins(user).await?;
    }
    let mut answer = HttpResponse::NoContent();
    for mut gone in [refresh_cookie(String::new(), &state), marker(UserKind::Guest, &state)] {
        gone.make_removal();
        answer.cookie(gone);
    }
    Ok(answer.finish())
}

/// The cookie goes with every request a browser makes, so a page of another site must not start one.
pub fn same_site(request: &HttpRequest, state: &State) -> Result<(), ApiError> {
    match origin_allowed(request, state) {
        true => Ok(()),
        false => Err(ApiError::NotAllowed("Pages of this origin may not sign in here.")),
    }
}

/// The answer to a sign-in. What signed in is written down for the list of one's logins.
pub async fn granted(grant: Grant, request: &HttpRequest, state: &State) -> Result<HttpResponse, ApiError> {
    state.store().update_login_device(grant.login, device(request)).await?;
    Ok(renewed(grant, state))
}

fn renewed(grant: Grant, state: &State) -> HttpResponse {
    let view = GrantView {
        access_token: grant.access_token,
        token_type: "Bearer",
        expires_in: grant.expires_in.as_secs(),
        user: UserView::of(&grant.user, state),
    };
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .cookie(refresh_cookie(grant.refresh_token, state))
        .cookie(marker(grant.user.kind, state))
        .json(view)
}

pub fn refresh_cookie(value: String, state: &State) -> Cookie<'static> {
    let mut cookie = lasting(COOKIE, value, COOKIE_PATH, state);
    cookie.set_http_only(true);
    cookie
}

/// Says to the page's scripts that there is a login, and whether a guest's or an account's.
pub fn marker(kind: UserKind, state: &State) -> Cookie<'static> {
    lasting(MARKER, kind.as_str().to_owned(), "/", state)
}

/// As long as a login.
fn lasting(name: &'static str, value: String, path: &'static str, state: &State) -> Cookie<'static> {
    let life = i64::try_from(REFRESH_LIFE.as_secs()).expect("thirty days");
    Cookie::build(name, value)
        .path(path)
        .same_site(SameSite::Lax)
        .secure(state.public_url.scheme() == "https")
        .max_age(time::Duration::seconds(life))
        .finish()
}
