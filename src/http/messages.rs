//! The messages of a discussion, and their versions.

use std::fmt;
use std::str::FromStr;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::{Fields, List, cursor, limit, read_query};
use super::me::personal;
use super::openapi::{ListOfMessages, ListOfVersions, MessageSchema};
use super::user::{User, own_discussion};
use crate::domain::change::VersionKind;
use crate::domain::discussion::Command;
use crate::domain::ids::{DiscussionId, MessageId, NotAnId};
use crate::domain::message::{Author, Message};
use crate::domain::protocol::{Audience, for_audience};
use crate::domain::text::MAX_REASON_CHARS;
use crate::store::{Store, Window};

#[derive(Deserialize, IntoParams)]
pub struct Query {
    cursor: Option<String>,
    limit: Option<i64>,
    /// The newest ones before this position.
    before: Option<i64>,
    /// Those changed since this `seq`.
    after: Option<i64>,
}

/// Where a list of messages goes on: from a position on, or before one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    From(i64),
    Before(i64),
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::From(position) => write!(f, "f{position}"),
            Self::Before(position) => write!(f, "b{position}"),
        }
    }
}

impl FromStr for Cursor {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let position = text.get(1..).and_then(|digits| digits.parse().ok()).ok_or(NotAnId)?;
        match text.as_bytes() {
            [b'f', ..] => Ok(Self::From(position)),
            [b'b', ..] => Ok(Self::Before(position)),
            _ => Err(NotAnId),
        }
    }
}

/// In order of position.
#[utoipa::path(
    get, path = "/api/discussions/{id}/messages", tag = "messages", params(("id" = String, Path), Query),
    security(("bearer" = [])),
    responses(
        (status = 200, body = ListOfMessages), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)
    )
)]
pub async fn list(
    request: HttpRequest,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    answer(&request, &state, record.id, Audience::Host).await
}

/// The page that the query asks for, as this audience sees it.
pub async fn answer(
    request: &HttpRequest,
    state: &State,
    of: DiscussionId,
    audience: Audience,
) -> Result<HttpResponse, ApiError> {
    let query: Query = read_query(request)?;
    let limit = limit(query.limit)?;
    let from: Option<Cursor> = cursor(query.cursor.as_deref())?;
    let begin = query.before.map_or(Cursor::From(0), Cursor::Before);
    let (items, next) = page(state.store(), of, from.unwrap_or(begin), query.after, limit).await?;
    let items: Vec<Message> = items.iter().map(|message| for_audience(message, audience)).collect();
    Ok(personal(&List { items, next_cursor: next.map(|next| next.to_string()) }))
}

/// One page and where the next begins. One more than asked for tells whether there is a next.
async fn page(
    store: &Store,
    of: DiscussionId,
    from: Cursor,
    after: Option<i64>,
    limit: i64,
) -> Result<(Vec<Message>, Option<Cursor>), ApiError> {
    let size = usize::try_from(limit).expect("1 to 100");
    match (from, after) {
        (Cursor::Before(position), None) => {
            let mut found = store.list_messages(of, Window::Before { position, limit: limit + 1 }).await?;
            let excess = found.len().saturating_sub(size);
            let found = found.split_off(excess);
            let next = found.first().filter(|_| excess > 0).map(|first| Cursor::Before(first.position));
            Ok((found, next))
        }
        (Cursor::From(position), None) => {
            let found = store.list_messages(of, Window::From { position, limit: limit + 1 }).await?;
            Ok(cut(found, size))
        }
        (Cursor::From(position) | Cursor::Before(position), Some(seq)) => {
            let (from, before) = match from {
                Cursor::From(_) => (position, i64::MAX),
                Cursor::Before(_) => (0, position),
            };
            let changed = Window::After { seq, from, before, limit: limit + 1 };
            Ok(cut(store.list_messages(of, changed).await?, size))
        }
    }
}

fn cut(mut found: Vec<Message>, size: usize) -> (Vec<Message>, Option<Cursor>) {
    let next = found.get(size).map(|next| Cursor::From(next.position));
    found.truncate(size);
    (found, next)
}

#[derive(Deserialize, ToSchema)]
pub struct EditBody {
    #[schema(required = true)]
    text: Option<String>,
    /// Why, for the record.
    reason: Option<String>,
}

/// Other words for a message; all earlier versions stay.
#[utoipa::path(
    patch, path = "/api/discussions/{id}/messages/{mid}", tag = "messages", request_body = EditBody,
    params(("id" = String, Path), ("mid" = String, Path)), security(("bearer" = [])),
    responses(
        (status = 200, body = MessageSchema), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)
    )
)]
pub async fn edit(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    path: web::Path<(String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let (id, message) = path.into_inner();
    let record = own_discussion(&state, &user, &id).await?;
    let message: MessageId = message.parse().map_err(|_| ApiError::NotFound)?;
    let body: EditBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let text = fields.text("text", body.text.as_deref(), state.config.limits.message_chars);
    let reason = fields.optional("reason", body.reason.as_deref(), MAX_REASON_CHARS);
    let discussion = state.registry.wake(record.id).await?;
    if state.store().find_message(record.id, message).await?.is_none() {
        return Err(ApiError::NotFound);
    }
    fields.done()?;
    discussion.command(None, Command::EditMessage { message, text, reason }).await??;
    let edited = state.store().find_message(record.id, message).await?.ok_or(ApiError::NotFound)?;
    Ok(personal(&for_audience(&edited, Audience::Host)))
}

#[derive(Deserialize, IntoParams)]
pub struct VersionsQuery {
    cursor: Option<String>,
    limit: Option<i64>,
}

/// Every version of a message, the first one first, page by page.
#[utoipa::path(
    get, path = "/api/discussions/{id}/messages/{mid}/versions", tag = "messages",
    params(("id" = String, Path), ("mid" = String, Path), VersionsQuery), security(("bearer" = [])),
    responses(
        (status = 200, body = ListOfVersions), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)
    )
)]
pub async fn versions(
    request: HttpRequest,
    user: User,
    path: web::Path<(String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let (id, message) = path.into_inner();
    let record = own_discussion(&state, &user, &id).await?;
    let message: MessageId = message.parse().map_err(|_| ApiError::NotFound)?;
    let query: VersionsQuery = read_query(&request)?;
    let limit = limit(query.limit)?;
    let first = cursor(query.cursor.as_deref())?.unwrap_or(1);
    let author = state.store().find_message(record.id, message).await?.ok_or(ApiError::NotFound)?.author.name;
    let mut versions = state.store().list_versions_from(record.id, message, first, limit + 1).await?;
    let size = usize::try_from(limit).expect("1 to 100");
    let next_cursor = versions.get(size).map(|next| next.version.to_string());
    versions.truncate(size);
    let host = Author::host().name;
    let item = |version: &crate::domain::message::Version| {
        json!({
            "version": version.version, "current": version.current, "text": version.text, "status": version.status,
            "finish": version.finish, "usage": version.usage, "error": version.error, "created_at": version.created_at,
            "kind": version.kind, "reason": version.reason, "struck_at": version.struck_at,
            "earlier_reason": version.earlier_reason, "words_of": version.words_of,
            "prompt_version": version.prompt_version,
            "by": if version.kind == VersionKind::Edited { &host } else { &author },
        })
    };
    Ok(personal(&List { items: versions.iter().map(item).collect(), next_cursor }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_is_one() {
        for cursor in [Cursor::From(12), Cursor::Before(7)] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in ["", "f", "12", "x12", "ü1", "f1.5"] {
            assert_eq!(text.parse::<Cursor>(), Err(NotAnId), "{text}");
        }
    }
}
