//! Characters brought along as files, one card or a pack of them, and taken away as a pack.

use std::collections::HashSet;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::State;
use super::cards::{kept, written};
use super::character_input::next_color;
use super::characters::{CharacterView, known, may_have_more};
use super::error::{ApiError, Problem};
use super::export::disposition;
use super::extract::{read_bytes, read_json};
use super::input::{Fields, read_query};
use super::pictures::decode;
use super::user::User;
use crate::domain::card::pack::{self, MAX_CHARACTERS, MAX_PACK_BYTES, PackError, Packed};
use crate::domain::card::{self, CardError, MAX_NAME_CHARS, png};
use crate::domain::character::Character;
use crate::domain::export::file_stem;
use crate::domain::ids::CharacterId;
use crate::pictures;
use crate::store::CardToKeep;

/// Text of cards that one may keep altogether.
const MAX_SOURCES_BYTES: i64 = 50 * 1024 * 1024;
const ZIP: &[u8] = b"PK\x03\x04";

#[derive(Deserialize, IntoParams)]
pub struct Query {
    /// What to do where a character has the name of one that is there: `ask` (default: nothing is changed and the answer is
    /// 409 `same_name`), `both` (the new one gets a number), `replace` (it takes the other's place) or `skip`.
    same_name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SameName {
    Ask,
    Both,
    Replace,
    Skip,
}

#[derive(Serialize, ToSchema)]
pub struct ImportView {
    items: Vec<ImportedView>,
    /// Names of those that were left out because they are there already.
    skipped: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct ImportedView {
    character: CharacterView,
    /// Who made the card, and what they say about it: for people, never told to a model.
    creator: String,
    creator_notes: String,
    /// What was cut, and what is kept without being used, a sentence each.
    notes: Vec<String>,
}

/// A card as it came.
struct Arrived {
    read: card::Read,
    source: String,
    picture: Option<Vec<u8>>,
}

/// Brings characters along: a Character Card (V1, V2, V3) as JSON or PNG, or a ZIP of them. Each gets a new id.
/// There is no `Idempotency-Key`: a repeat finds the names there already and is refused, unless `same_name` says what to do.
#[utoipa::path(
    post, path = "/api/characters/import", tag = "characters", params(Query),
    request_body(content_type = "application/octet-stream", content = Vec<u8>), security(("bearer" = [])),
    responses(
        (status = 201, body = ImportView), (status = 401, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)
    )
)]
pub async fn import(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.rates.picture.check(&user.id())?;
    let query: Query = read_query(&request)?;
    let same_name = same_name(query.same_name.as_deref())?;
    let bytes = read_bytes(&request, payload, MAX_PACK_BYTES).await?;
    let own = state.store().list_characters(user.id()).await?;
    let count = i64::try_from(own.len()).unwrap_or(i64::MAX);
    let max_chars = state.config.limits.card_chars;
    let arrived = web::block(move || open(&bytes, count, max_chars)).await.map_err(ApiError::internal)??;
    let (arrived, skipped) = settle(arrived, &own, same_name)?;
    let fresh = arrived.iter().filter(|one| !own.iter().any(|other| other.id == one.read.character.id)).count();
    may_have_more(count, fresh)?;
    let more: usize = arrived.iter().map(|one| one.source.len()).sum();
    let kept = state.store().sum_sources(user.id()).await?;
    if kept.saturating_add(i64::try_from(more).unwrap_or(i64::MAX)) > MAX_SOURCES_BYTES {
        return Err(ApiError::LimitReached(
            "Your imported cards take too much room. Delete some characters first.".to_owned(),
        ));
    }
    let mut cards = vec![];
    let mut told = vec![];
    for Arrived { mut read, source, picture } in arrived {
        let picture = match picture.filter(|_| read.picture) {
            Some(bytes) => decode(Bytes::from(bytes))
                .await?
                .map_err(|_| {
                    read.notes.push("Its picture cannot be read and was left out.".to_owned());
                })
                .ok(),
            None => None,
        };
        cards.push(CardToKeep { character: read.character.clone(), source: Some(source), picture });
        told.push(read);
    }
    let made = state.store().import_characters(user.id(), cards).await?;
    let item = |(character, read): (&Character, card::Read)| ImportedView {
        character: CharacterView::of(character, &state.portraits),
        creator: read.creator,
        creator_notes: read.creator_notes,
        notes: read.notes,
    };
    let items = made.iter().zip(told).map(item).collect();
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(ImportView { items, skipped }))
}

fn same_name(given: Option<&str>) -> Result<SameName, ApiError> {
    match given.unwrap_or("ask") {
        "ask" => Ok(SameName::Ask),
        "both" => Ok(SameName::Both),
        "replace" => Ok(SameName::Replace),
        "skip" => Ok(SameName::Skip),
        _ => Err(ApiError::field("same_name", "This must be `ask`, `both`, `replace` or `skip`.")),
    }
}

/// The cards in a file; by its first bytes, since what a browser says of a file's kind is a guess.
fn open(bytes: &[u8], count: i64, max_chars: usize) -> Result<Vec<Arrived>, ApiError> {
    let packed = if bytes.starts_with(ZIP) {
        pack::read(bytes)?
    } else if png::is_png(bytes) {
        if bytes.len() > pictures::MAX_BYTES {
            return Err(ApiError::TooLarge(pictures::MAX_BYTES));
        }
        vec![Packed { card: png::card(bytes)?, picture: Some(bytes.to_vec()) }]
    } else {
        if bytes.len() > card::MAX_BYTES {
            return Err(ApiError::TooLarge(card::MAX_BYTES));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|_| ApiError::WrongKind("Choose a character card as PNG or JSON, or a ZIP of several.".to_owned()))?;
        vec![Packed { card: text.trim_start_matches('\u{feff}').to_owned(), picture: None }]
    };
    let read = |(index, packed): (i64, Packed)| {
        let read = card::read(&packed.card, CharacterId::generate(), next_color(count + index), max_chars)?;
        Ok(Arrived { read, source: packed.card, picture: packed.picture })
    };
    (0..).zip(packed).map(read).collect()
}

/// Names that are there already, dealt with as was asked; and the names that were skipped.
fn settle(arrived: Vec<Arrived>, own: &[Character], same_name: SameName) -> Result<(Vec<Arrived>, Vec<String>), ApiError> {
    let plain = |name: &str| name.to_lowercase();
    let there = |name: &str| own.iter().find(|one| plain(&one.name) == plain(name));
    let clashes: Vec<String> =
        arrived.iter().map(|one| &one.read.character.name).filter(|name| there(name).is_some()).cloned().collect();
    match same_name {
        SameName::Ask if !clashes.is_empty() => return Err(ApiError::SameName(clashes)),
        SameName::Ask => {}
        SameName::Skip => {
            let left = arrived.into_iter().filter(|one| there(&one.read.character.name).is_none()).collect();
            return Ok((left, clashes));
        }
        SameName::Replace => {
            let mut used = HashSet::new();
            let mut arrived = arrived;
            for one in &mut arrived {
                if let Some(before) = there(&one.read.character.name)
                    && used.insert(before.id.clone())
                {
                    one.read.character.id = before.id.clone();
                }
            }
            return Ok((arrived, vec![]));
        }
        SameName::Both => {}
    }
    let mut taken: HashSet<String> = own.iter().map(|one| plain(&one.name)).collect();
    let mut arrived = arrived;
    for one in &mut arrived {
        let name = free_name(&one.read.character.name, |name| !taken.contains(&plain(name)));
        taken.insert(plain(&name));
        one.read.character.name = name;
    }
    Ok((arrived, vec![]))
}

/// The name, or the name with the first number that is free.
fn free_name(name: &str, is_free: impl Fn(&str) -> bool) -> String {
    let short: String = name.chars().take(MAX_NAME_CHARS - 6).collect();
    let numbered = (2..).map(|number| format!("{short} ({number})"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| is_free(name)).expect("numbers do not end")
}

#[derive(Deserialize, ToSchema)]
pub struct ExportBody {
    /// 1 to 100.
    #[schema(required = true)]
    character_ids: Option<Vec<String>>,
    /// The pack's name.
    title: Option<String>,
}

/// Several characters as one file: a ZIP of cards with their pictures, to be brought along elsewhere.
#[utoipa::path(
    post, path = "/api/characters/export", tag = "characters", request_body = ExportBody, security(("bearer" = [])),
    responses(
        (status = 200, description = "A ZIP", content_type = "application/zip"), (status = 401, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn export(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.rates.export.check(&user.id())?;
    let body: ExportBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let title = fields.optional("title", body.title.as_deref(), MAX_NAME_CHARS).unwrap_or_default();
    let ids = body.character_ids.unwrap_or_default();
    if ids.is_empty() || ids.len() > MAX_CHARACTERS {
        fields.wrong("character_ids", format!("Choose 1 to {MAX_CHARACTERS} characters."));
    }
    fields.done()?;
    let max_chars = state.config.limits.card_chars;
    let mut cards = vec![];
    let mut total = 0;
    for (index, id) in ids.iter().enumerate() {
        let unknown = |_| ApiError::field(&format!("character_ids[{index}]"), "There is no such character.");
        let character = known(&state, &user, id).await.map_err(unknown)?;
        let kept = kept(&state, &user, character).await?;
        let (kept, card) = web::block(move || {
            let card = written(&kept, kept.picture.is_some().then_some(true), max_chars);
            (kept, card)
        })
        .await
        .map_err(ApiError::internal)?;
        let card = card?;
        total += card.len() + kept.picture.as_ref().map_or(0, Vec::len);
        if total > MAX_PACK_BYTES - 64 * 1024 {
            return Err(ApiError::LimitReached("These are too many for one file. Choose fewer at once.".to_owned()));
        }
        cards.push((file_stem(&kept.character.name, "character"), Packed { card, picture: kept.picture }));
    }
    let name = format!("{}.zip", file_stem(if title.is_empty() { "characters" } else { &title }, "characters"));
    let file = web::block(move || pack::write(&title, &cards)).await.map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(disposition(&name))
        .body(file))
}

impl From<PackError> for ApiError {
    fn from(error: PackError) -> Self {
        match error {
            PackError::TooLarge => Self::TooLarge(MAX_PACK_BYTES),
            PackError::Card(name, CardError::TooLong) => Self::field("file", format!("{name}: {}", CardError::TooLong)),
            other => Self::field("file", other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = ["Ada", "Ada (2)"];
        let free = |name: &str| !taken.contains(&name);
        assert_eq!(free_name("Bob", free), "Bob");
        assert_eq!(free_name("Ada", free), "Ada (3)");
        let long = "x".repeat(MAX_NAME_CHARS);
        assert!(free_name(&long, |name| name != long).chars().count() <= MAX_NAME_CHARS);
    }
}
