//! Summaries of a discussion: made, told line by line, kept in versions.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::rt::task::JoinHandle;
use actix_web::{HttpRequest, HttpResponse, rt, web};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;
use utoipa::{IntoParams, ToSchema};

use super::State;
use super::error::{ApiError, Problem};
use super::input::{List, cursor, idempotency_key, limit, read_query, within};
use super::me::personal;
use super::openapi::SummarySchema;
use super::turns::{event_stream, wants_events};
use super::user::{User, own_discussion};
use crate::discussion::Progress;
use crate::domain::ids::{DiscussionId, MessageId, UserId};
use crate::store::{IdempotencyKey, Store, Summary};

/// A comment in between, so that nothing on the way believes the connection dead while a model thinks.
const STILL_HERE: Duration = Duration::from_secs(15);

#[derive(Deserialize, IntoParams)]
pub struct Query {
    /// Which one; none: the newest.
    version: Option<i32>,
}

#[derive(Deserialize, IntoParams)]
pub struct ListQuery {
    cursor: Option<String>,
    limit: Option<i64>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
pub struct ListOfSummaries {
    items: Vec<SummarySchema>,
    next_cursor: Option<String>,
}

/// Makes a new summary of what was said so far. With `Accept: text/event-stream` it is told while it is written: `draft` has the
/// lines that are whole, `summary` the kept one, `problem` why there is none. A repeat with the same `Idempotency-Key` is answered
/// with the version that was made then.
#[utoipa::path(
    post, path = "/api/discussions/{id}/summary", tag = "discussions",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), security(("bearer" = [])),
    responses(
        (status = 201, body = SummarySchema), (status = 401, body = Problem), (status = 402, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem)
    )
)]
pub async fn create(
    request: HttpRequest,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    state.rates.create.check(&user.id())?;
    let key = idempotency_key(&request, "POST /api/discussions/{id}/summary")?.map(|key| within(record.id, &key));
    let (mut progress, remembered) = begin(&state, user.id(), record.id, key).await?;
    if wants_events(&request) {
        return Ok(event_stream().streaming(events(progress, state, record.id)));
    }
    let ended = progress.wait_for(|progress| progress.end.is_some()).await;
    let end = ended.map_err(|_| ApiError::Closing)?.end.clone().ok_or(ApiError::Closing)?;
    if let Some(remembered) = remembered {
        remembered.await.map_err(ApiError::internal)?;
    }
    let view = current(&state, record.id, &*end?).await?;
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(view))
}

/// A summary on its way, and what remembers its version for a repeat: whoever asks again may have gone meanwhile. Or the one that
/// was made before with this key.
async fn begin(
    state: &web::Data<State>,
    user: UserId,
    of: DiscussionId,
    key: Option<IdempotencyKey>,
) -> Result<(watch::Receiver<Progress>, Option<JoinHandle<()>>), ApiError> {
    let store = state.store();
    if let Some(key) = key.clone()
        && let Some(version) = store.find_idempotent(user, key).await?
        && let Some(made) = find_version(store, of, &version).await?
    {
        let (_, mut made) = watch::channel(Progress { draft: None, end: Some(Ok(Arc::new(made))) });
        made.mark_changed();
        return Ok((made, None));
    }
    let discussion = state.registry.wake(of).await?;
    let progress = state.summaries.begin(state.registry.house(), user, &discussion).await?;
    let remembered = key.map(|key| rt::spawn(remember(store.clone(), user, key, progress.clone())));
    Ok((progress, remembered))
}

async fn find_version(store: &Store, of: DiscussionId, version: &Value) -> Result<Option<Summary>, ApiError> {
    match version.as_i64().and_then(|version| i32::try_from(version).ok()) {
        Some(version) => Ok(store.find_summary_version(of, version).await?),
        None => Ok(None),
    }
}

/// Ends with the summary. A failure is not remembered: whoever asks again may have more luck.
async fn remember(store: Store, user: UserId, key: IdempotencyKey, mut progress: watch::Receiver<Progress>) {
    let Ok(end) = progress.wait_for(|progress| progress.end.is_some()).await.map(|progress| progress.end.clone()) else {
        return;
    };
    if let Some(Ok(summary)) = end
        && let Err(error) = store.find_or_insert_idempotent(user, key, json!(summary.version)).await
    {
        tracing::warn!(%error, "The name of a summary was not remembered");
    }
}

/// The newest summary, or another version.
#[utoipa::path(
    get, path = "/api/discussions/{id}/summary", tag = "discussions", params(("id" = String, Path), Query),
    security(("bearer" = [])),
    responses(
        (status = 200, body = SummarySchema), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)
    )
)]
pub async fn get(
    request: HttpRequest,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    let query: Query = read_query(&request)?;
    let summary = match query.version {
        Some(version) => state.store().find_summary_version(record.id, version).await?,
        None => state.store().find_summary(record.id).await?,
    };
    let missing = if query.version.is_some() { "There is no such version." } else { "No summary was made yet." };
    Ok(personal(&current(&state, record.id, &summary.ok_or(ApiError::NotHere(missing))?).await?))
}

/// All versions, the newest first, page by page.
#[utoipa::path(
    get, path = "/api/discussions/{id}/summaries", tag = "discussions", params(("id" = String, Path), ListQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, body = ListOfSummaries), (status = 401, body = Problem), (status = 404, body = Problem),
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
    let query: ListQuery = read_query(&request)?;
    let limit = limit(query.limit)?;
    let before = cursor(query.cursor.as_deref())?.unwrap_or(i32::MAX);
    let mut kept = state.store().list_summaries(record.id, before, limit + 1).await?;
    let size = usize::try_from(limit).expect("1 to 100");
    let more = kept.len() > size;
    kept.truncate(size);
    let next_cursor = kept.last().filter(|_| more).map(|last| last.version.to_string());
    let places = state.store().list_places(record.id).await?;
    let items: Vec<Value> = kept.iter().map(|summary| told(view(summary), &places)).collect();
    Ok(personal(&List { items, next_cursor }))
}

/// Every summary as it may be shown now, the newest first.
pub async fn all(state: &State, of: DiscussionId) -> Result<Vec<Value>, ApiError> {
    let places = state.store().list_places(of).await?;
    let kept = state.store().list_summaries(of, i32::MAX, i64::MAX).await?;
    Ok(kept.iter().map(|summary| told(view(summary), &places)).collect())
}

/// The summary as it may be shown now.
async fn current(state: &State, of: DiscussionId, summary: &Summary) -> Result<Value, ApiError> {
    Ok(told(view(summary), &state.store().list_places(of).await?))
}

/// A summary with the places of the messages that it rests on. A line that rests on a message which was struck since is gone with
/// it: it may repeat its words.
fn told(mut view: Value, places: &HashMap<MessageId, i64>) -> Value {
    let place = |id: &Value| Some((id.as_str()?.to_owned(), json!(places.get(&id.as_str()?.parse().ok()?)?)));
    let mut positions = serde_json::Map::new();
    for list in ["insights", "agreements", "tensions", "questions"] {
        if let Some(lines) = view.get_mut(list).and_then(Value::as_array_mut) {
            lines.retain(|line| {
                let ids = line["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
                let found: Vec<_> = ids.iter().filter_map(place).collect();
                let whole = found.len() == ids.len();
                positions.extend(found.into_iter().filter(|_| whole));
                whole
            });
        }
    }
    view["positions"] = positions.into();
    view
}

fn view(summary: &Summary) -> Value {
    let mut view = summary.content.clone();
    // Summaries of earlier versions of ChatLab do not say.
    for (key, unknown) in [("model", Value::Null), ("prompt_version", json!(0))] {
        if view.get(key).is_none() {
            view[key] = unknown;
        }
    }
    view["version"] = json!(summary.version);
    view["created_at"] = json!(summary.created_at);
    view["last_seq"] = json!(summary.seq);
    view
}

/// The events of a summary on its way, up to its end.
fn events(
    progress: watch::Receiver<Progress>,
    state: web::Data<State>,
    of: DiscussionId,
) -> impl stream::Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(Some((progress, state)), move |at| async move {
        let (mut progress, state) = at?;
        match tokio::time::timeout(STILL_HERE, progress.changed()).await {
            Err(_) => return Some((Ok(Bytes::from_static(b": still here\n\n")), Some((progress, state)))),
            Ok(Err(_)) => return Some((Ok(problem(&ApiError::Closing)), None)),
            Ok(Ok(())) => {}
        }
        let Progress { draft, end } = progress.borrow_and_update().clone();
        let Some(end) = end else {
            let draft = match draft {
                Some(draft) => state.store().list_places(of).await.map(|places| told(json!(*draft), &places)),
                None => Ok(Value::Null),
            };
            return Some(match draft {
                Ok(draft) => (Ok(event("draft", &draft)), Some((progress, state))),
                Err(error) => (Ok(problem(&error.into())), None),
            });
        };
        let kept = match end {
            Ok(summary) => current(&state, of, &summary).await,
            Err(error) => Err(error.into()),
        };
        Some((Ok(kept.map_or_else(|error| problem(&error), |view| event("summary", &view))), None))
    })
}

fn problem(error: &ApiError) -> Bytes {
    event("problem", &json!(error.problem()))
}

fn event(name: &str, data: &Value) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}
