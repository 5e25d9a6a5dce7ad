//! Sign-in by Google and Microsoft: the browser is sent there, and comes back with a code.

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::State;
use super::accounts::guest;
use super::auth::{marker, refresh_cookie};
use super::device::device;
use super::error::{ApiError, Problem};
use super::extract::client_address;
use super::input::read_query;
use super::limit::counted;
use crate::accounts::{AccountsError, Grant};
use crate::auth::{Flow, Oidc, OidcError};

/// Holds what the browser keeps while its user is at the provider.
const COOKIE: &str = "chatlab_sign_in";
const COOKIE_PATH: &str = "/api/auth";
const FLOW_SECONDS: u32 = 600;
/// Where the page says why a sign-in failed.
const FAILED: &str = "/sign-in?problem=";
const MAX_TO_BYTES: usize = 500;
const MAX_CODE_BYTES: usize = 4_096;

#[derive(Deserialize, IntoParams)]
pub struct Begin {
    /// Where to go afterwards: a path of the page.
    to: Option<String>,
    /// The secret of an invitation, where one is needed.
    invitation: Option<String>,
}

/// Sends the browser to `google` or `microsoft`.
#[utoipa::path(
    get, path = "/api/auth/{provider}", tag = "auth", params(("provider" = String, Path), Begin), security(()),
    responses((status = 302), (status = 404, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem))
)]
pub async fn begin(
    request: HttpRequest,
    name: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let provider = find(&name, &state)?;
    state.rates.guest.check(&counted(client_address(&request)))?;
    let query: Begin = read_query(&request)?;
    let to = query.to.filter(|to| is_own_path(to)).unwrap_or_else(|| "/".to_owned());
    let invitation = query.invitation.filter(|secret| secret.len() <= 200);
    let begun = provider.begin(&redirect(&name, &state), to, invitation).await.map_err(|error| {
        tracing::warn!(%error, provider = %name, "Sign-in could not begin");
        ApiError::ProviderUnavailable("This way to sign in cannot be reached just now. Try again in a moment.".to_owned())
    });
    let (url, flow) = begun?;
    let cookie = flow_cookie(state.accounts.sign_flow(&flow, FLOW_SECONDS.into()), i64::from(FLOW_SECONDS), &state);
    Ok(HttpResponse::Found()
        .insert_header((header::LOCATION, url.as_str()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .cookie(cookie)
        .finish())
}

#[derive(Deserialize, IntoParams)]
pub struct Back {
    code: Option<String>,
    state: Option<String>,
    /// What the provider says when there is no code.
    error: Option<String>,
}

/// The browser is back. Signed in, it goes on to where it wanted; else to a page that says why not.
#[utoipa::path(
    get, path = "/api/auth/{provider}/callback", tag = "auth", params(("provider" = String, Path), Back), security(()),
    responses((status = 302), (status = 404, body = Problem))
)]
pub async fn back(request: HttpRequest, name: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let provider = find(&name, &state)?;
    let query: Back = read_query(&request)?;
    let flow = request.cookie(COOKIE).and_then(|cookie| state.accounts.verify_flow(cookie.value()));
    let flow = flow.filter(|flow| flow.provider == provider.provider() && query.state.as_ref() == Some(&flow.state));
    let mut answer = HttpResponse::Found();
    answer.insert_header((header::CACHE_CONTROL, "no-store")).cookie({
        let mut gone = flow_cookie(String::new(), 0, &state);
        gone.make_removal();
        gone
    });
    let to = match flow {
        None => state.link(&format!("{FAILED}expired")),
        Some(flow) => match enter(&request, &name, provider, &query, &flow, &state).await {
            Ok(grant) => {
                answer.cookie(refresh_cookie(grant.refresh_token, &state)).cookie(marker(grant.user.kind, &state));
                state.link(&flow.to)
            }
            Err(problem) => state.link(&format!("{FAILED}{problem}")),
        },
    };
    Ok(answer.insert_header((header::LOCATION, to)).finish())
}

/// # Errors
/// The word by which the page says what went wrong.
async fn enter(
    request: &HttpRequest,
    name: &str,
    provider: &Oidc,
    query: &Back,
    flow: &Flow,
    state: &State,
) -> Result<Grant, &'static str> {
    let Some(code) = query.code.as_deref().filter(|code| code.len() <= MAX_CODE_BYTES) else {
        tracing::info!(provider = %name, denied = query.error.is_some(), "Nobody came back from sign-in");
        return Err("denied");
    };
    let person = provider.finish(&redirect(name, state), code, flow).await.map_err(|error| {
        tracing::warn!(%error, provider = %name, "A sign-in does not hold");
        match error {
            OidcError::Fetch(_) => "unavailable",
            OidcError::WrongTenant => "organisation",
            OidcError::WrongProvider | OidcError::WrongToken => "failed",
        }
    })?;
    let guest = guest(request, state).await.map_err(|_| "unavailable")?;
    let entered = state.accounts.enter(person, guest, flow.invitation.as_deref()).await;
    let grant = entered.map_err(|error| match error {
        AccountsError::InvitationNeeded => "invitation",
        AccountsError::RegistrationClosed => "closed",
        other => {
            tracing::warn!(error = %other, "A sign-in failed");
            "unavailable"
        }
    })?;
    state.store().update_login_device(grant.login, device(request)).await.map_err(|_| "unavailable")?;
    Ok(grant)
}

fn find<'a>(name: &str, state: &'a State) -> Result<&'a Oidc, ApiError> {
    state.sign_in.iter().find(|provider| provider.provider().as_str() == name).ok_or(ApiError::NotFound)
}

/// Exactly as it has to be entered at the provider.
fn redirect(name: &str, state: &State) -> String {
    state.link(&format!("/api/auth/{name}/callback"))
}

/// A path on this server and nowhere else, as browsers read it.
fn is_own_path(to: &str) -> bool {
    to.starts_with('/')
        && !to.starts_with("//")
        && to.len() <= MAX_TO_BYTES
        && to.chars().all(|c| c.is_ascii_graphic() && c != '\\')
}

/// Lax: it has to come along when the provider sends the browser back.
fn flow_cookie(value: String, seconds: i64, state: &State) -> Cookie<'static> {
    Cookie::build(COOKIE, value)
        .path(COOKIE_PATH)
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.public_url.scheme() == "https")
        .max_age(time::Duration::seconds(seconds))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::is_own_path;

    #[test]
    fn one_comes_back_to_this_server_only() {
        assert!(is_own_path("/") && is_own_path("/discussions/x?y=z#a"));
        for elsewhere in ["", "evil", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/ä"] {
            assert!(!is_own_path(elsewhere), "{elsewhere}");
        }
    }
}
