//! Accounts of ChatLab's own: opening one, signing in, the links for an address and a password.

use actix_web::{HttpRequest, HttpResponse, web};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::State;
use super::auth::{COOKIE, GrantView, granted, same_site};
use super::error::{ApiError, Problem};
use super::extract::{client_address, read_json};
use super::input::Fields;
use super::letters::Letter;
use super::limit::counted;
use super::me::{MAX_NAME_CHARS, UserView, personal};
use super::user::{Login, bearer};
use crate::accounts::{AccountsError, Credential, Identity, email_address};
use crate::store;

/// Longest secret of a link that is looked at.
const MAX_SECRET_BYTES: usize = 200;

#[derive(Deserialize, ToSchema)]
pub struct RegisterBody {
    #[schema(required = true)]
    email: Option<String>,
    /// 8 to 200 characters.
    #[schema(required = true, value_type = String)]
    password: Option<SecretString>,
    #[schema(required = true)]
    name: Option<String>,
    /// The secret of an invitation, where one is needed.
    invitation: Option<String>,
}

/// Opens an account. Whoever is a guest (access token or cookie) keeps everything that is theirs.
#[utoipa::path(
    post, path = "/api/auth/register", tag = "auth", request_body = RegisterBody, security(()),
    responses(
        (status = 200, body = GrantView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn register(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    own_accounts(&state)?;
    same_site(&request, &state)?;
    state.rates.register.check(&counted(client_address(&request)))?;
    let body: RegisterBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let name = fields.text("name", body.name.as_deref(), MAX_NAME_CHARS);
    let email = email(&mut fields, body.email.as_deref());
    let password = new_password(&mut fields, "password", body.password, &email, &state);
    fields.done()?;
    let guest = guest(&request, &state).await?;
    let grant = state.accounts.register(guest, email, password, name, body.invitation.as_deref()).await?;
    match write_confirmation(&state, &grant.user).await {
        // The account stands; its letter can be asked for again.
        Err(ApiError::RateLimited(_)) => {}
        written => written?,
    }
    granted(grant, &request, &state).await
}

/// The guest who is asking, by the access token or cookie of their login: a script's token, however it is scoped, makes nobody
/// an account. An account's own identity is no obstacle to opening another.
pub async fn guest(request: &HttpRequest, state: &State) -> Result<Option<store::User>, ApiError> {
    let by_token = match bearer(request) {
        Some(token) => match state.accounts.identify(token).await {
            Ok(Identity { user, credential: Credential::Login(_), .. }) => Some(state.accounts.find(user).await?),
            Ok(_) | Err(AccountsError::Unauthorized) => None,
            Err(error) => return Err(error.into()),
        },
        None => None,
    };
    let found = match (by_token, request.cookie(COOKIE)) {
        (Some(user), _) => Some(user),
        (None, Some(cookie)) => state.accounts.find_by_refresh(cookie.value()).await?,
        (None, None) => None,
    };
    Ok(found.filter(|user| user.kind == store::UserKind::Guest))
}

#[derive(Deserialize, ToSchema)]
pub struct LoginBody {
    #[schema(required = true)]
    email: Option<String>,
    #[schema(required = true, value_type = String)]
    password: Option<SecretString>,
}

/// Signs in. An unknown address and a wrong password are answered alike.
#[utoipa::path(
    post, path = "/api/auth/login", tag = "auth", request_body = LoginBody, security(()),
    responses(
        (status = 200, body = GrantView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn login(request: HttpRequest, payload: web::Payload, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    own_accounts(&state)?;
    same_site(&request, &state)?;
    let body: LoginBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let email = email(&mut fields, body.email.as_deref());
    let password = given_password(&mut fields, "password", body.password);
    fields.done()?;
    let attempt = state.rates.login.attempt(counted(client_address(&request)), &email)?;
    let grant = state.accounts.login(&email, password).await?;
    attempt.succeeded();
    granted(grant, &request, &state).await
}

#[derive(Deserialize, ToSchema)]
pub struct ResetBody {
    #[schema(required = true)]
    email: Option<String>,
}

/// Sends a link for a new password, if there is a confirmed account with this address. The answer tells nobody.
#[utoipa::path(
    post, path = "/api/auth/reset", tag = "auth", request_body = ResetBody, security(()),
    responses((status = 202), (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem))
)]
pub async fn reset(request: HttpRequest, payload: web::Payload, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    own_accounts(&state)?;
    same_site(&request, &state)?;
    state.rates.register.check(&counted(client_address(&request)))?;
    let body: ResetBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let email = email(&mut fields, body.email.as_deref());
    fields.done()?;
    if state.mail.is_none() {
        return Err(ApiError::NotHere("This ChatLab sends no mail. Ask whoever runs it for a link (chatlab reset-link)."));
    }
    state.rates.letters.check(&email)?;
    // Answered before anything is looked up: how long that takes would tell.
    actix_web::rt::spawn(async move {
        match state.accounts.new_reset(&email, false).await {
            Ok(Some((user, secret))) => state.write_to(&user, Letter::Reset, &secret),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "A link for a new password could not be made"),
        }
    });
    Ok(HttpResponse::Accepted().json(json!({})))
}

#[derive(Deserialize, ToSchema)]
pub struct NewPasswordBody {
    /// The link's secret.
    #[schema(required = true)]
    token: Option<String>,
    #[schema(required = true, value_type = String)]
    password: Option<SecretString>,
}

/// Sets a new password with a link's secret and signs in; all other logins and all tokens for scripts end.
#[utoipa::path(
    post, path = "/api/auth/reset/confirm", tag = "auth", request_body = NewPasswordBody, security(()),
    responses((status = 200, body = GrantView), (status = 403, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem))
)]
pub async fn new_password_by_link(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    own_accounts(&state)?;
    same_site(&request, &state)?;
    state.rates.register.check(&counted(client_address(&request)))?;
    let body: NewPasswordBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let password = new_password(&mut fields, "password", body.password, "", &state);
    fields.done()?;
    let grant = state.accounts.reset(&secret(body.token)?, password).await?;
    granted(grant, &request, &state).await
}

#[derive(Deserialize, ToSchema)]
pub struct ConfirmBody {
    /// The link's secret. Without one a new link is sent.
    token: Option<String>,
}

/// Confirms one's own address with the secret of a link; without a secret a new link is sent (202).
#[utoipa::path(
    post, path = "/api/auth/confirm", tag = "auth", request_body = ConfirmBody, security(("bearer" = [])),
    responses(
        (status = 200, body = UserView), (status = 202), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn confirm(
    request: HttpRequest,
    payload: web::Payload,
    login: Login,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    own_accounts(&state)?;
    let body: ConfirmBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    if body.token.is_some() {
        let user = state.accounts.confirm(login.id(), &secret(body.token)?).await?;
        return Ok(personal(&UserView::of(&user, &state)));
    }
    if state.mail.is_none() {
        return Err(ApiError::NotHere("This ChatLab sends no mail. Ask whoever runs it for a link (chatlab confirm-link)."));
    }
    write_confirmation(&state, &state.accounts.find(login.id()).await?).await?;
    Ok(HttpResponse::Accepted().json(json!({})))
}

/// Sends a link where there is an address to confirm. It is counted before the link is made: a new one ends the one that is in
/// the last letter.
async fn write_confirmation(state: &State, user: &store::User) -> Result<(), ApiError> {
    let Some(email) = user.email.as_ref().filter(|_| state.mail.is_some() && user.email_confirmed_at.is_none()) else {
        return Ok(());
    };
    state.rates.letters.check(email)?;
    if let Some((user, secret)) = state.accounts.new_confirmation(user.id).await? {
        state.write_to(&user, Letter::Confirm, &secret);
    }
    Ok(())
}

#[derive(Deserialize, ToSchema)]
pub struct PasswordBody {
    #[schema(required = true, value_type = String)]
    old: Option<SecretString>,
    /// 8 to 200 characters.
    #[schema(required = true, value_type = String)]
    new: Option<SecretString>,
}

/// Another password. All other logins end, and with them all tokens for scripts.
#[utoipa::path(
    post, path = "/api/me/password", tag = "me", request_body = PasswordBody, security(("bearer" = [])),
    responses((status = 200, body = GrantView), (status = 401, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem))
)]
pub async fn change_password(
    request: HttpRequest,
    payload: web::Payload,
    login: Login,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    own_accounts(&state)?;
    // Judging a new one takes milliseconds of a worker.
    state.rates.create.check(&login.id())?;
    let body: PasswordBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let email = state.accounts.find(login.id()).await?.email.unwrap_or_default();
    let mut fields = Fields::default();
    let old = given_password(&mut fields, "old", body.old);
    let new = new_password(&mut fields, "new", body.new, &email, &state);
    fields.done()?;
    let attempt = state.rates.login.attempt(counted(client_address(&request)), &login.id().to_string())?;
    let grant = state.accounts.change_password(login.id(), old, new).await?;
    attempt.succeeded();
    granted(grant, &request, &state).await
}

/// With Supabase there are no passwords here.
fn own_accounts(state: &State) -> Result<(), ApiError> {
    match state.accounts.supabase() {
        None => Ok(()),
        Some(_) => Err(ApiError::NotHere("One signs in with Supabase here.")),
    }
}

fn email(fields: &mut Fields, given: Option<&str>) -> String {
    let email = given.and_then(email_address);
    if email.is_none() {
        fields.wrong("email", "This must be an e-mail address.");
    }
    email.unwrap_or_default()
}

/// A password to be checked: only what cannot be one is refused.
fn given_password(fields: &mut Fields, field: &str, given: Option<SecretString>) -> SecretString {
    use secrecy::ExposeSecret;
    let given = given.unwrap_or_default();
    if given.expose_secret().is_empty() || given.expose_secret().len() > 4 * crate::accounts::MAX_PASSWORD_CHARS {
        fields.wrong(field, "This must be your password.");
    }
    given
}

fn new_password(fields: &mut Fields, field: &str, given: Option<SecretString>, email: &str, state: &State) -> SecretString {
    let given = given.unwrap_or_default();
    if let Some(objection) = state.accounts.password_objection(&given, email) {
        fields.wrong(field, objection);
    }
    given
}

fn secret(given: Option<String>) -> Result<String, ApiError> {
    given.filter(|secret| secret.len() <= MAX_SECRET_BYTES).ok_or_else(|| AccountsError::DeadLink.into())
}
