//! All of one's data as one ZIP, written while it is read: never the whole of it in memory.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;
use serde_json::{Value, json};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::State;
use super::error::{ApiError, Problem};
use super::logins::LoginView;
use super::me::UserView;
use super::tokens::TokenView;
use super::user::Login;
use crate::domain::change::Record;
use crate::domain::ids::{CharacterId, UserId};
use crate::domain::protocol::DiscussionView;
use crate::store::{Cursor, Search, StoreError, Window};

const PAGE: i64 = 50;
/// Rows in one file.
const ROWS: i64 = 1_000;

/// All of one's data as a ZIP: profile, characters with their pictures and cards, discussions with every version of every message and
/// what the class asked, what each request to a provider used, activity.
#[utoipa::path(
    get, path = "/api/me/export", tag = "me", security(("bearer" = [])),
    responses(
        (status = 200, description = "A ZIP", content_type = "application/zip"), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn get(login: Login, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    state.rates.export.check(&login.id())?;
    let user = login.id();
    let profile = profile(user, &state).await?;
    let archive = Archive::new();
    let first = Step::Profile(Box::new(profile));
    let pieces = stream::unfold(Some((archive, first)), move |at| {
        let state = state.clone();
        async move {
            let (mut archive, step) = at?;
            match advance(&mut archive, step, user, &state).await {
                Ok(Some(next)) => Some((Ok(archive.take()), Some((archive, next)))),
                Ok(None) => Some((archive.finish(), None)),
                Err(error) => {
                    tracing::error!(%error, "An export broke off");
                    Some((Err(error), None))
                }
            }
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"chatlab-my-data.zip\""))
        .streaming(pieces))
}

/// What is written next.
enum Step {
    Profile(Box<Value>),
    /// Pictures, and the cards that characters came from.
    Characters(Vec<CharacterId>),
    Discussions(Option<Cursor>),
    /// Requests to providers.
    Usage(i64, usize),
    Activity(Option<uuid::Uuid>, usize),
}

async fn profile(user: UserId, state: &State) -> Result<Value, ApiError> {
    let store = state.store();
    let tokens = store.list_api_tokens(user).await?.into_iter().map(|kept| TokenView::of(kept, None));
    let logins = store.list_logins(user).await?;
    let logins = logins.into_iter().map(|login| LoginView::of(login, None));
    let found = state.accounts.find(user).await?;
    let mut all = json!({
        "profile": UserView::of(&found, state),
        "created_at": found.created_at,
        "last_seen_at": found.last_seen_at,
        "email_confirmed_at": found.email_confirmed_at,
        "tokens": tokens.collect::<Vec<_>>(),
        "logins": logins.collect::<Vec<_>>(),
        "characters": store.list_characters(user).await?,
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut all, store.find_belongings(user).await?) {
        all.extend(more);
    }
    Ok(all)
}

async fn advance(archive: &mut Archive, step: Step, user: UserId, state: &State) -> io::Result<Option<Step>> {
    let store = state.store();
    match step {
        Step::Profile(profile) => {
            archive.add("profile.json", &profile)?;
            let own = store.list_characters(user).await.map_err(io::Error::other)?;
            Ok(Some(Step::Characters(own.into_iter().map(|character| character.id).collect())))
        }
        Step::Characters(mut left) => {
            let Some(id) = left.pop() else { return Ok(Some(Step::Discussions(None))) };
            let kept = store.find_card(user, &id).await.map_err(io::Error::other)?;
            let kept = kept.map(|kept| (kept.source.map(String::into_bytes), kept.picture)).unwrap_or_default();
            for (bytes, end) in [(kept.0, "card.json"), (kept.1, "jpg")] {
                if let Some(bytes) = bytes {
                    archive.add_bytes(&format!("characters/{id}.{end}"), &bytes)?;
                }
            }
            Ok(Some(Step::Characters(left)))
        }
        Step::Discussions(cursor) => {
            let page = store.list_discussions(user, Search::default(), cursor, PAGE).await.map_err(io::Error::other)?;
            for listed in page.items {
                let whole = discussion(&listed.record, state).await.map_err(io::Error::other)?;
                archive.add(&format!("discussions/{}.json", listed.record.id), &whole)?;
            }
            Ok(Some(match page.next {
                Some(next) => Step::Discussions(Some(next)),
                None => Step::Usage(0, 1),
            }))
        }
        Step::Usage(after, number) => {
            let (items, last) = store.list_asked(user, after, ROWS).await.map_err(io::Error::other)?;
            let Some(last) = last else { return Ok(Some(Step::Activity(None, 1))) };
            archive.add(&format!("usage/{number}.json"), &items)?;
            Ok(Some(Step::Usage(last, number + 1)))
        }
        Step::Activity(after, number) => {
            let kept = store.list_activity(user, after, ROWS).await.map_err(io::Error::other)?;
            let Some(last) = kept.last().map(|kept| kept.id) else { return Ok(None) };
            let items: Vec<Value> = kept
                .iter()
                .map(|kept| {
                    let activity = &kept.activity;
                    json!({"kind": activity.kind, "at": activity.at, "data": activity.data, "received_at": kept.received_at})
                })
                .collect();
            archive.add(&format!("activity/{number}.json"), &items)?;
            Ok(Some(Step::Activity(Some(last), number + 1)))
        }
    }
}

/// A discussion with what its owner alone may read: every version, struck words too.
async fn discussion(record: &Record, state: &State) -> Result<Value, StoreError> {
    let messages = state.store().list_messages(record.id, Window::All).await?;
    let mut whole = Vec::with_capacity(messages.len());
    for message in messages {
        let versions = state.store().list_versions(record.id, message.id).await?;
        whole.push(json!({"message": message, "versions": versions}));
    }
    let plan = state.store().find_plan(record.id).await?;
    let class = state.store().find_class(record.id).await?;
    let recaps = state.store().list_recaps(record.id).await?;
    let summaries = state.store().list_summaries(record.id, i32::MAX, i64::MAX).await?;
    let summaries: Vec<Value> = summaries
        .into_iter()
        .map(|kept| json!({"version": kept.version, "created_at": kept.created_at, "summary": kept.content}))
        .collect();
    Ok(json!({
        "discussion": DiscussionView::of(record), "plan": plan, "messages": whole, "recaps": recaps,
        "summaries": summaries, "class": class,
    }))
}

/// A ZIP whose bytes are taken as they come.
struct Archive {
    zip: ZipWriter<StreamWriter<Shared>>,
    bytes: Shared,
}

#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Archive {
    fn new() -> Self {
        let bytes = Shared::default();
        Self { zip: ZipWriter::new_stream(bytes.clone()), bytes }
    }

    fn add<T: Serialize>(&mut self, name: &str, value: &T) -> io::Result<()> {
        self.begin(name)?;
        serde_json::to_writer_pretty(&mut self.zip, value).map_err(io::Error::other)
    }

    fn add_bytes(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.begin(name)?;
        self.zip.write_all(bytes)
    }

    fn begin(&mut self, name: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.zip.start_file(name, options).map_err(io::Error::other)
    }

    fn take(&mut self) -> Bytes {
        Bytes::from(std::mem::take(&mut *self.bytes.0.borrow_mut()))
    }

    fn finish(self) -> io::Result<Bytes> {
        self.zip.finish().map_err(io::Error::other)?;
        Ok(Bytes::from(self.bytes.0.take()))
    }
}
