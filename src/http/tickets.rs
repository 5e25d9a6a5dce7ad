//! Tickets for the live events.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::me::personal;
use super::user::{User, own_discussion};
use crate::accounts::{Credential, TICKET_LIFE, Ticket};
use crate::domain::ids::DiscussionId;
use crate::domain::protocol::{Audience, Person};

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
    Ok(issue(&state, Person::Host(user.id()), Some(user.0.credential), record.id))
}

/// Gives out a ticket; a host's rests on what they are known by.
pub fn issue(state: &State, person: Person, credential: Option<Credential>, discussion: DiscussionId) -> HttpResponse {
    personal(&TicketView {
        ticket: state.tickets.issue(Ticket { person, credential, discussion }),
        expires_in: TICKET_LIFE.as_secs(),
        discussion_id: discussion.to_string(),
        role: person.audience(),
    })
}
