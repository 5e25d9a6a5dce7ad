//! For admins (`ADMIN_EMAILS`): how much is used, and transcripts and activity for research. Whoever takes something away is
//! written down first. Users are pseudonyms there, unless they agreed to be named.

use std::collections::HashMap;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::IntoParams;

use super::State;
use super::error::{ApiError, Problem};
use super::export::now;
use super::input::read_query;
use super::me::personal;
use super::user::Login;
use crate::auth::{digest, random_secret};
use crate::domain::export::csv;
use crate::domain::ids::{DiscussionId, UserId};
use crate::domain::message::{AuthorKind, Message};
use crate::domain::protocol::{Audience, for_audience};
use crate::domain::text::Moment;
use crate::store::{StoreError, Window};

/// Name under which the secret is kept that makes pseudonyms: without it nobody can compute one.
const PSEUDONYMS: &str = "pseudonyms";
/// The preference by which somebody agrees to be named.
const CONSENT: &str = "share_with_research";
const PAGE: i64 = 20;
const ACTIVITY_PAGE: i64 = 500;
const DAY_MS: i64 = 24 * 3_600_000;

fn admin(login: &Login) -> Result<(), ApiError> {
    if login.0.is_admin {
        return Ok(());
    }
    tracing::warn!(user.id = %login.id(), "Somebody who is no admin asked for what is theirs");
    Err(ApiError::NotAllowed("This is for admins of this ChatLab (ADMIN_EMAILS)."))
}

/// How many use it, what was used by model (turns, summaries and all else, of those too who are deleted), and what goes on now.
#[utoipa::path(
    get, path = "/api/admin/usage", tag = "admin", security(("bearer" = [])),
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 403, body = Problem))
)]
pub async fn usage(login: Login, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    admin(&login)?;
    let store = state.store();
    let month = now().plus_ms(-30 * DAY_MS);
    Ok(personal(&json!({
        "totals": store.count_all().await?,
        "tokens": store.sum_usage(Moment(0)).await?,
        "tokens_30_days": store.sum_usage(month).await?,
        "live": {"discussions": state.registry.count().await, "connections": crate::bus::watching()},
    })))
}

/// Who took what away.
#[utoipa::path(
    get, path = "/api/admin/actions", tag = "admin", security(("bearer" = [])),
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 403, body = Problem))
)]
pub async fn actions(login: Login, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    admin(&login)?;
    Ok(personal(&json!({"items": state.store().list_admin_actions(1_000).await?, "next_cursor": null})))
}

#[derive(Deserialize, IntoParams)]
pub struct Query {
    /// `jsonl` (default) or `csv`.
    format: Option<String>,
}

/// Every message of every discussion, a line each. The words of a struck one are for its owner alone.
#[utoipa::path(
    get, path = "/api/admin/transcripts", tag = "admin", params(Query), security(("bearer" = [])),
    responses((status = 200, description = "JSON lines or CSV"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem))
)]
pub async fn transcripts(request: HttpRequest, login: Login, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let rows = Rows::open(&request, &login, &state, "transcripts").await?;
    let columns = &["discussion", "user", "topic", "position", "at", "author_kind", "author", "status", "model", "text"];
    Ok(rows.stream(columns, None, async |rows: &mut Rows, after: Option<DiscussionId>| {
        let ids = rows.state.store().list_all_discussions(after, PAGE).await?;
        let mut lines = vec![];
        for id in &ids {
            if let Some(record) = rows.state.store().find_discussion(*id).await? {
                let user = rows.name(record.owner).await?;
                let messages = rows.state.store().list_messages(*id, Window::All).await?;
                lines.extend(messages.iter().map(|message| line(&record, &user, message)));
            }
        }
        Ok((lines, ids.last().copied()))
    }))
}

fn line(record: &crate::domain::change::Record, user: &Value, message: &Message) -> Value {
    let message = for_audience(message, Audience::Host);
    // A user's own name is theirs to give: here they are the host.
    let author = match message.author.kind {
        AuthorKind::User => "Host",
        AuthorKind::Audience => "Class",
        AuthorKind::Character | AuthorKind::Notice => message.author.name.as_str(),
    };
    json!({
        "discussion": record.id, "user": user, "topic": record.topic, "position": message.position,
        "at": message.created_at, "author_kind": message.author.kind, "author": author, "status": message.status,
        "model": message.usage.as_ref().map(|usage| &usage.model), "text": message.text,
    })
}

/// Every page view and action, a line each.
#[utoipa::path(
    get, path = "/api/admin/activity", tag = "admin", params(Query), security(("bearer" = [])),
    responses((status = 200, description = "JSON lines or CSV"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem))
)]
pub async fn activity(request: HttpRequest, login: Login, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let rows = Rows::open(&request, &login, &state, "activity").await?;
    Ok(rows.stream(&["user", "kind", "at", "received_at", "data"], None, async |rows: &mut Rows, after| {
        let kept = rows.state.store().list_all_activity(after, ACTIVITY_PAGE).await?;
        let mut lines = vec![];
        for (user, kept) in &kept {
            let (user, done) = (rows.name(*user).await?, &kept.activity);
            lines.push(json!({
                "user": user, "kind": done.kind, "at": done.at, "received_at": kept.received_at, "data": done.data,
            }));
        }
        Ok((lines, kept.last().map(|(_, kept)| kept.id)))
    }))
}

/// A download in the making.
struct Rows {
    state: web::Data<State>,
    csv: bool,
    file: String,
    secret: SecretString,
    names: HashMap<UserId, Value>,
}

impl Rows {
    /// Checks who asks and writes it down.
    async fn open(
        request: &HttpRequest,
        login: &Login,
        state: &web::Data<State>,
        what: &'static str,
    ) -> Result<Self, ApiError> {
        admin(login)?;
        state.rates.export.check(&login.id())?;
        let query: Query = read_query(request)?;
        let format = query.format.as_deref().unwrap_or("jsonl");
        if !matches!(format, "jsonl" | "csv") {
            return Err(ApiError::field("format", "This must be `jsonl` or `csv`."));
        }
        state.store().insert_admin_action(login.id(), what, format.to_owned()).await?;
        tracing::info!(user.id = %login.id(), what, "An admin takes away data for research");
        let secret = state.store().find_or_insert_secret(PSEUDONYMS, random_secret().into()).await?;
        let file = format!("chatlab-{what}.{format}");
        Ok(Self { state: state.clone(), csv: format == "csv", file, secret, names: HashMap::new() })
    }

    /// A pseudonym, or who it is where they agreed.
    async fn name(&mut self, user: UserId) -> Result<Value, StoreError> {
        if let Some(name) = self.names.get(&user) {
            return Ok(name.clone());
        }
        let found = self.state.store().find_user(user).await?;
        let agreed = found.filter(|user| user.preferences[CONSENT] == true);
        let name = match agreed {
            Some(user) => json!(user.email.unwrap_or(user.name)),
            None => {
                let whole = digest(&format!("{}:{user}", self.secret.expose_secret()));
                json!(format!("user-{}", &whole[..16]))
            }
        };
        self.names.insert(user, name.clone());
        Ok(name)
    }

    /// The answer, page by page.
    fn stream<K: Copy + 'static>(
        self,
        columns: &'static [&'static str],
        first: Option<K>,
        page: impl AsyncFn(&mut Self, Option<K>) -> Result<(Vec<Value>, Option<K>), StoreError> + 'static,
    ) -> HttpResponse {
        let kind = if self.csv { "text/csv; charset=utf-8" } else { "application/jsonl; charset=utf-8" };
        let disposition = format!("attachment; filename=\"{}\"", self.file);
        let head = if self.csv { format!("{}\r\n", columns.join(",")) } else { String::new() };
        let page = std::rc::Rc::new(page);
        let pieces = stream::unfold(Some((self, first, head)), move |at| {
            let page = std::rc::Rc::clone(&page);
            async move {
                let (mut rows, after, mut text) = at?;
                match page(&mut rows, after).await {
                    Ok((lines, next)) => {
                        lines.iter().for_each(|line| text.push_str(&rows.write(columns, line)));
                        let more = next.map(|next| (rows, Some(next), String::new()));
                        Some((Ok(Bytes::from(text)), more))
                    }
                    Err(error) => {
                        tracing::error!(%error, "A download for research broke off");
                        Some((Err(std::io::Error::other(error)), None))
                    }
                }
            }
        });
        HttpResponse::Ok()
            .content_type(kind)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_DISPOSITION, disposition))
            .streaming(pieces)
    }

    fn write(&self, columns: &[&str], line: &Value) -> String {
        if !self.csv {
            return format!("{line}\n");
        }
        let none = Map::new();
        let fields = line.as_object().unwrap_or(&none);
        let cells: Vec<String> = columns.iter().map(|column| cell(fields.get(*column).unwrap_or(&Value::Null))).collect();
        format!("{}\r\n", cells.join(","))
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => csv::cell(text),
        // A number, or JSON that its braces keep from being a formula.
        other => csv::cell(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_never_a_formula() {
        assert_eq!(cell(&json!("a \"b\", c")), "\"a \"\"b\"\", c\"");
        for (formula, told) in [("=HYPERLINK(1)", "'=HYPERLINK(1)"), (" \n@SUM(1)", " \n'@SUM(1)"), ("＝1", "'＝1")] {
            assert_eq!(cell(&json!(formula)), format!("\"{told}\""));
        }
        assert_eq!((cell(&json!(5)), cell(&Value::Null)), ("\"5\"".to_owned(), String::new()));
    }
}
