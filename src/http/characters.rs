//! Characters: the built-in ones, and a user's own.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::State;
use super::character_input::{CharacterBody, character_from};
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::{List, idempotency_key, limit, read_query};
use super::me::personal;
use super::user::User;
use crate::domain::cast::builtin;
use crate::domain::character::{Character, Idea, Quotation, Work};
use crate::domain::ids::{CharacterId, UserId};
use crate::portraits::Portraits;
use crate::store::{CardToKeep, IdempotencyKey, Store};

/// Most characters of one's own.
pub const MAX_OWN: i64 = 500;

#[derive(Serialize, ToSchema)]
pub struct CharacterView {
    /// A built-in one's slug, or a UUID.
    id: String,
    /// The pack it belongs to; `own` for one's own.
    pack: String,
    name: String,
    tagline: String,
    bio: String,
    born: Option<String>,
    died: Option<String>,
    /// Alive today: a narrator reports the ideas.
    living: bool,
    /// `Name: text` each.
    key_ideas: Vec<String>,
    #[schema(value_type = Vec<Object>)]
    ideas: Vec<Idea>,
    #[schema(value_type = Vec<Object>)]
    works: Vec<Work>,
    voice: String,
    dissent: Vec<String>,
    cautions: Vec<String>,
    #[schema(value_type = Option<Object>)]
    quotation: Option<Quotation>,
    /// On light paper, `#rrggbb`.
    color: String,
    /// On dark paper.
    color_dark: String,
    emblem: Option<String>,
    portrait: Option<PortraitView>,
    /// It has a picture that was uploaded.
    picture: bool,
    /// The picture or photograph, else the emblem, else null: initials.
    avatar_url: Option<String>,
    builtin: bool,
}

/// A photograph that was fetched, with what its licence asks to be shown.
#[derive(Serialize, ToSchema)]
pub struct PortraitView {
    url: String,
    author: String,
    licence: String,
    source_url: String,
}

impl CharacterView {
    pub fn of(character: &Character, portraits: &Portraits) -> Self {
        let portrait = portrait(character, portraits);
        Self {
            id: character.id.to_string(),
            pack: character.pack.clone(),
            name: character.name.clone(),
            tagline: character.tagline.clone(),
            bio: character.bio.clone(),
            born: character.born.clone(),
            died: character.died.clone(),
            living: character.living,
            key_ideas: character.ideas.iter().map(Idea::line).collect(),
            ideas: character.ideas.clone(),
            works: character.works.clone(),
            voice: character.voice.clone(),
            dissent: character.dissent.clone(),
            cautions: character.cautions.clone(),
            quotation: character.quotation.clone(),
            color: character.color.light.clone(),
            color_dark: character.color.dark.clone(),
            emblem: character.emblem.clone(),
            avatar_url: portrait.as_ref().map(|portrait| portrait.url.clone()).or_else(|| character.avatar_url()),
            portrait,
            picture: character.picture.is_some(),
            builtin: character.is_builtin(),
        }
    }
}

pub fn portrait(character: &Character, portraits: &Portraits) -> Option<PortraitView> {
    let portrait = character.portrait.as_ref().filter(|_| portraits.has(&character.id))?;
    Some(PortraitView {
        url: format!("/api/portraits/{}", character.id),
        author: portrait.author.clone(),
        licence: portrait.licence.clone(),
        source_url: portrait.source_url(),
    })
}

/// The built-in character, or one of this user's own; anybody else's looks like an unknown one.
pub async fn find(store: &Store, user: UserId, id: &CharacterId) -> Result<Option<Character>, ApiError> {
    match builtin().find(id) {
        Some(character) => Ok(Some(character.clone())),
        None => Ok(store.find_character(user, id).await?),
    }
}

#[derive(Deserialize, IntoParams)]
pub struct Query {
    cursor: Option<String>,
    limit: Option<i64>,
}

/// The built-in ones pack by pack, then one's own, oldest first.
#[utoipa::path(
    get, path = "/api/characters", tag = "characters", params(Query), security(("bearer" = [])),
    responses((status = 200, body = inline(ListOfCharacters)), (status = 401, body = Problem))
)]
pub async fn list(request: HttpRequest, user: User, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let query: Query = read_query(&request)?;
    let limit = usize::try_from(limit(query.limit)?).expect("1 to 100");
    let own = state.store().list_characters(user.id()).await?;
    let all: Vec<&Character> = builtin().characters.iter().chain(&own).collect();
    let from = match query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        Some(cursor) => after(&all, cursor).ok_or_else(unknown_cursor)?,
        None => 0,
    };
    let page = &all[from..all.len().min(from + limit)];
    let more = from + page.len() < all.len();
    let items = page.iter().map(|character| CharacterView::of(character, &state.portraits)).collect();
    let next_cursor = page.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(personal(&List { items, next_cursor }))
}

/// Where the list goes on behind the character that the cursor names. One's own sort by their ids, so a deleted one still
/// has a place.
fn after(all: &[&Character], cursor: &str) -> Option<usize> {
    let cursor: CharacterId = cursor.parse().ok()?;
    match all.iter().position(|character| character.id == cursor) {
        Some(at) => Some(at + 1),
        None => {
            uuid::Uuid::try_parse(cursor.as_str()).ok()?;
            let behind = |character: &&Character| !character.is_builtin() && character.id > cursor;
            Some(all.iter().position(behind).unwrap_or(all.len()))
        }
    }
}

fn unknown_cursor() -> ApiError {
    ApiError::field("cursor", "This is no cursor of this list. Begin again without one.")
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the list in the OpenAPI document")]
struct ListOfCharacters {
    items: Vec<CharacterView>,
    next_cursor: Option<String>,
}

#[utoipa::path(
    get, path = "/api/characters/{id}", tag = "characters", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = CharacterView), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn get(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let character = known(&state, &user, &id).await?;
    Ok(personal(&CharacterView::of(&character, &state.portraits)))
}

#[utoipa::path(
    post, path = "/api/characters", tag = "characters", request_body = CharacterBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = CharacterView), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn create(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let key = idempotency_key(&request, "POST /api/characters")?;
    let mut body: CharacterBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    if let Some(made) = made_before(&state, &user, key.as_ref()).await? {
        return Ok(created(&made, &state));
    }
    state.rates.create.check(&user.id())?;
    let copy_of = match body.copy_of.take() {
        Some(id) => Some(own_card(&state, &user, &id).await?),
        None => None,
    };
    let count = state.store().count_characters(user.id()).await?;
    let character = character_from(body, CharacterId::generate(), state.config.limits.card_chars, count)?;
    may_have_more(count, 1)?;
    let card = match copy_of {
        Some(from) => CardToKeep { character, ..from },
        None => CardToKeep::new(character),
    };
    let made = state.store().insert_character(user.id(), card, key).await?.made;
    Ok(created(&made, &state))
}

fn created(made: &Character, state: &State) -> HttpResponse {
    HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/characters/{}", made.id)))
        .json(CharacterView::of(made, &state.portraits))
}

/// The character that an earlier request with this key made, before any limit is looked at: nothing is made.
async fn made_before(state: &State, user: &User, key: Option<&IdempotencyKey>) -> Result<Option<Character>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    let Some(made) = state.store().find_idempotent(user.id(), key.clone()).await? else { return Ok(None) };
    let Some(id) = made.as_str().and_then(|id| id.parse().ok()) else { return Ok(None) };
    Ok(state.store().find_card(user.id(), &id).await?.map(|kept| kept.character))
}

/// Replaces the card. Discussions keep the character as it was when they began.
#[utoipa::path(
    put, path = "/api/characters/{id}", tag = "characters", params(("id" = String, Path)), request_body = CharacterBody,
    security(("bearer" = [])),
    responses(
        (status = 200, body = CharacterView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)
    )
)]
pub async fn replace(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let old = own(&state, &user, &id).await?;
    let mut body: CharacterBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    // A voice keeps its colour unless it is given another.
    if body.color.is_none() && body.color_dark.is_none() {
        body.color = Some(old.color.light.clone());
        body.color_dark = Some(old.color.dark.clone());
    }
    let character = character_from(body, old.id, state.config.limits.card_chars, 0)?;
    let character = state.store().update_character(user.id(), character).await?;
    Ok(personal(&CharacterView::of(&character, &state.portraits)))
}

#[utoipa::path(
    delete, path = "/api/characters/{id}", tag = "characters", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem))
)]
pub async fn delete(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let character = own(&state, &user, &id).await?;
    state.store().delete_character(user.id(), &character.id).await?;
    state.store().fold().await;
    Ok(HttpResponse::NoContent().finish())
}

/// Nobody has more characters than the limit says.
pub fn may_have_more(count: i64, more: usize) -> Result<(), ApiError> {
    match count.saturating_add(i64::try_from(more).unwrap_or(i64::MAX)) > MAX_OWN {
        true => Err(ApiError::LimitReached(format!("Nobody has more than {MAX_OWN} characters. Delete some first."))),
        false => Ok(()),
    }
}

/// The character that a copy is made of: its picture and the card it came from come along.
async fn own_card(state: &State, user: &User, id: &str) -> Result<CardToKeep, ApiError> {
    let unknown = || ApiError::field("copy_of", "There is no such character of yours.");
    let id: CharacterId = id.parse().map_err(|_| unknown())?;
    state.store().find_card(user.id(), &id).await?.ok_or_else(unknown)
}

pub async fn known(state: &State, user: &User, id: &str) -> Result<Character, ApiError> {
    let id: CharacterId = id.parse().map_err(|_| ApiError::NotFound)?;
    find(state.store(), user.id(), &id).await?.ok_or(ApiError::NotFound)
}

/// One that may be changed.
pub async fn own(state: &State, user: &User, id: &str) -> Result<Character, ApiError> {
    let character = known(state, user, id).await?;
    match character.is_builtin() {
        true => Err(ApiError::NotAllowed("Built-in characters stay as they are. Duplicate this one and change the copy.")),
        false => Ok(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_behind_its_cursor_even_if_that_one_is_gone() {
        let own = |id: CharacterId| Character { id, pack: Character::OWN.to_owned(), ..builtin().characters[0].clone() };
        let ids: Vec<CharacterId> = (0..3).map(|_| CharacterId::generate()).collect();
        let there = [builtin().characters[0].clone(), own(ids[0].clone()), own(ids[2].clone())];
        let all: Vec<&Character> = there.iter().collect();
        assert_eq!(after(&all, there[0].id.as_str()), Some(1));
        assert_eq!(after(&all, ids[1].as_str()), Some(2));
        assert_eq!(after(&all, CharacterId::generate().as_str()), Some(3));
        assert_eq!(after(&all, "nobody"), None);
    }
}
