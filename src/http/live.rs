//! The live events of a discussion: the door to `ws`.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use tracing::debug;

use super::State;
use super::error::ApiError;
use super::extract::origin_allowed;
use crate::accounts::Ticket;
use crate::discussion::{DiscussionHandle, WakeError};
use crate::domain::ids::DiscussionId;
use crate::domain::protocol::{Person, close};
use crate::ws::{self, Visitor};

#[derive(Deserialize)]
pub struct Query {
    ticket: Option<String>,
    /// The last `seq` the client has.
    after: Option<String>,
}

/// The WebSocket. Every handshake is completed; a refused one is closed with its code at once.
#[utoipa::path(
    get, path = "/api/discussions/{id}/live", tag = "live",
    params(("id" = String, Path), ("ticket" = String, Query), ("after" = Option<i64>, Query)),
    responses((status = 101, description = "docs/protocol.md"), (status = 403)), security(("ticket" = []))
)]
pub async fn live(
    request: HttpRequest,
    payload: web::Payload,
    id: web::Path<String>,
    query: web::Query<Query>,
    state: web::Data<State>,
) -> Result<HttpResponse, actix_web::Error> {
    if !origin_allowed(&request, &state) {
        return Err(ApiError::NotAllowed("Pages of this origin may not open sockets here.").into());
    }
    match admit(&id, &query, &state).await {
        Ok((discussion, visitor)) => ws::serve(&request, payload, discussion, visitor, state.config.ws),
        Err(code) => ws::refuse(&request, payload, code),
    }
}

/// The same events as `text/event-stream`, for networks that forbid WebSockets.
#[utoipa::path(
    get, path = "/api/discussions/{id}/events", tag = "live",
    params(("id" = String, Path), ("ticket" = String, Query), ("after" = Option<i64>, Query)),
    responses((status = 200, description = "docs/protocol.md", content_type = "text/event-stream"), (status = 401), (status = 404)),
    security(("ticket" = []))
)]
pub async fn events(
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<Query>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    if !origin_allowed(&request, &state) {
        return Err(ApiError::NotAllowed("Pages of this origin may not read events here."));
    }
    match admit(&id, &query, &state).await {
        Ok((discussion, visitor)) => Ok(ws::serve_events(&discussion, visitor)),
        Err(close::TICKET) => Err(ApiError::Unauthorized),
        Err(close::TOO_MANY) => Err(ApiError::RateLimited(std::time::Duration::from_secs(10))),
        Err(close::RESTART) => Err(ApiError::Closing),
        Err(close::SHARE_ENDED) => Err(ApiError::NotHere("This is not shared any more.")),
        Err(_) => Err(ApiError::NotFound),
    }
}

/// Lets in whoever has a ticket for this discussion, else says the code to close with.
async fn admit(id: &str, query: &Query, state: &State) -> Result<(DiscussionHandle, Visitor), u16> {
    let id: DiscussionId = id.parse().map_err(|_| close::TICKET)?;
    let ticket = query.ticket.as_deref().and_then(|code| state.tickets.redeem(code));
    let ticket = ticket.filter(|ticket| ticket.discussion == id).ok_or(close::TICKET)?;
    let discussion = state.registry.wake(id).await.map_err(|error| match error {
        WakeError::NotFound => close::NO_SUCH_DISCUSSION,
        WakeError::Closing | WakeError::Store(_) => {
            debug!(%error, "A socket has to come back");
            close::RESTART
        }
    })?;
    let visitor = seat(&discussion, ticket, query, state).await?;
    Ok((discussion, visitor))
}

async fn seat(discussion: &DiscussionHandle, ticket: Ticket, query: &Query, state: &State) -> Result<Visitor, u16> {
    let limits = &state.config.limits;
    let seat = match ticket.person {
        Person::Host(user) => {
            let credential = ticket.credential.ok_or(close::TICKET)?;
            let seat = state.seats.take(user, credential, limits.sockets_per_user).ok_or(close::TOO_MANY)?;
            // Looked at when seated, so that whoever ends the login meanwhile finds the seat.
            match state.accounts.is_alive(credential).await {
                Ok(true) => Some(seat),
                Ok(false) => return Err(close::TICKET),
                Err(_) => return Err(close::RESTART),
            }
        }
        Person::Watcher(_) => {
            let (observers, _) = discussion.watchers().await.map_err(|_| close::RESTART)?;
            if observers >= limits.observers {
                return Err(close::TOO_MANY);
            }
            // Last of all, so that nothing is awaited between this and joining: who ends a share disconnects those who joined.
            state.shares.of(ticket.discussion).ok_or(close::SHARE_ENDED)?;
            None
        }
    };
    let after = query.after.as_deref().and_then(|after| after.parse().ok());
    Ok(Visitor { person: ticket.person, after, seat })
}
