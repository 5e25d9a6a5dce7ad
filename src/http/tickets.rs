//! Tickets for the live events.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::me::personal;
use super::user::{User, own_discussion};
use crate::accounts::{TICKET_LIFE, Ticket};
use crate::domain::protocol::Audience;

#[derive(Serialize, ToSchema)]
pub struct TicketView {
    ticket: String,
    /// Seconds.
    expires_in: u64,
    discussion_id: String,
    /// `host` or `observer`.
    #[schema(value_type = String)]
    role: Audience,
}

/// A ticket for one connection to the live events, within half a minute.
#[utoipa::path(
    post, path = "/api/discussions/{id}/ticket", tag = "live", params(("id" = String, Path)), security(("bearer" = [])),
    responses(
        (status = 200, body = TicketView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 429, body = Problem)
    )
)]
pub async fn create(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    state.rates.ticket.check(&user.id())?;
    let record = own_discussion(&state, &user, &id).await?;
    let ticket = Ticket { user: Some((user.id(), user.0.credential)), discussion: record.id, role: Audience::Host };
    Ok(personal(&TicketView {
        ticket: state.tickets.issue(ticket),
        expires_in: TICKET_LIFE.as_secs(),
        discussion_id: record.id.to_string(),
        role: ticket.role,
    }))
}
