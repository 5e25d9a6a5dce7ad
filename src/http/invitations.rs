//! Invitations: links with which others open accounts. Made by the owner and by admins, each of whom sees and ends their own.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::List;
use super::me::personal;
use super::user::Login;
use crate::accounts::MAX_INVITATION_USES;

/// Open invitations of one person.
const MAX_INVITATIONS: usize = 100;

#[derive(Deserialize, ToSchema)]
pub struct InvitationBody {
    /// How many accounts it may open; 1 if nothing is said, at most 500.
    uses: Option<i32>,
}

#[derive(Serialize, ToSchema)]
pub struct InvitationView {
    /// To be passed on. Shown once.
    url: String,
    /// What `/api/auth/register` takes as `invitation`.
    invitation: String,
    uses: i32,
    #[schema(format = "date-time")]
    expires_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct OpenInvitationView {
    /// Opens nothing.
    id: String,
    /// How many accounts it may open still.
    uses_left: i32,
    #[schema(format = "date-time")]
    created_at: String,
    #[schema(format = "date-time")]
    expires_at: String,
}

fn inviter(login: &Login) -> Result<(), ApiError> {
    match login.0.is_owner || login.0.is_admin {
        true => Ok(()),
        false => Err(ApiError::NotAllowed("Only the owner and admins of this ChatLab may invite others.")),
    }
}

/// A link with which others open accounts. For the owner and admins. It is shown here and never again: a repeat makes another one,
/// since an `Idempotency-Key` would have to keep it.
#[utoipa::path(
    post, path = "/api/invitations", tag = "auth", request_body = InvitationBody, security(("bearer" = [])),
    responses(
        (status = 201, body = InvitationView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn create(
    request: HttpRequest,
    payload: web::Payload,
    login: Login,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    inviter(&login)?;
    state.rates.create.check(&login.id())?;
    let body: InvitationBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let uses = body.uses.unwrap_or(1);
    if !(1..=MAX_INVITATION_USES).contains(&uses) {
        return Err(ApiError::field("uses", format!("This must be a number from 1 to {MAX_INVITATION_USES}.")));
    }
    if state.store().list_invitations(login.id()).await?.len() >= MAX_INVITATIONS {
        return Err(ApiError::LimitReached(format!("{MAX_INVITATIONS} invitations are open already. End one first.")));
    }
    let (secret, expires_at) = state.accounts.new_invitation(login.id(), uses).await?;
    let url = state.link_to_invitation(&secret);
    let view = InvitationView { url, invitation: secret, uses, expires_at: expires_at.rfc3339() };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(view))
}

/// One's own that still open something, newest first.
#[utoipa::path(
    get, path = "/api/invitations", tag = "auth", security(("bearer" = [])),
    responses(
        (status = 200, body = inline(ListOfInvitations)), (status = 401, body = Problem), (status = 403, body = Problem)
    )
)]
pub async fn list(login: Login, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    inviter(&login)?;
    let open = state.store().list_invitations(login.id()).await?;
    let items = open.into_iter().map(|invitation| OpenInvitationView {
        id: invitation.token_hash,
        uses_left: invitation.uses_left,
        created_at: invitation.created_at.rfc3339(),
        expires_at: invitation.expires_at.rfc3339(),
    });
    Ok(personal(&List { items: items.collect(), next_cursor: None }))
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
struct ListOfInvitations {
    items: Vec<OpenInvitationView>,
    next_cursor: Option<String>,
}

/// Ends an invitation: the link opens nothing from now on. Accounts it has opened stay.
#[utoipa::path(
    delete, path = "/api/invitations/{id}", tag = "auth", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem))
)]
pub async fn delete(login: Login, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    inviter(&login)?;
    match state.store().delete_invitation(login.id(), id.into_inner()).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(ApiError::NotFound),
    }
}
