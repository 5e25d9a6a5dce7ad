//! A character to take away as a Character Card.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::State;
use super::characters::known;
use super::error::{ApiError, Problem};
use super::export::disposition;
use super::input::read_query;
use super::user::User;
use crate::domain::card::{self, CardError, Version, png};
use crate::domain::character::Character;
use crate::domain::export::file_stem;
use crate::pictures;
use crate::store::KeptCard;

#[derive(Deserialize, IntoParams)]
pub struct Query {
    /// `json` (default) or `png`.
    format: Option<String>,
}

/// The character as a Character Card: V3, or the version of the card that it came from. What ChatLab does not understand of
/// that card is in it byte for byte.
#[utoipa::path(
    get, path = "/api/characters/{id}/card", tag = "characters", params(("id" = String, Path), Query),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The file, with its name in `Content-Disposition`"), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn get(
    request: HttpRequest,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let character = known(&state, &user, &id).await?;
    state.rates.export.check(&user.id())?;
    let query: Query = read_query(&request)?;
    let as_png = match query.format.as_deref().unwrap_or("json") {
        "json" => false,
        "png" => true,
        _ => return Err(ApiError::field("format", "This must be `json` or `png`.")),
    };
    let kept = kept(&state, &user, character).await?;
    let name = file_stem(&kept.character.name, "character");
    let max_chars = state.config.limits.card_chars;
    let (bytes, kind, end) = match as_png {
        false => {
            let text = web::block(move || written(&kept, None, max_chars)).await.map_err(ApiError::internal)?;
            (text?.into_bytes(), "application/json", "card.json")
        }
        true => {
            let drawn = web::block(move || in_picture(&kept, max_chars)).await.map_err(ApiError::internal)?;
            (drawn?, "image/png", "card.png")
        }
    };
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(disposition(&format!("{name}.{end}")))
        .body(bytes))
}

/// The character with all that is kept of it.
pub async fn kept(state: &State, user: &User, character: Character) -> Result<KeptCard, ApiError> {
    if character.is_builtin() {
        return Ok(KeptCard::new(character));
    }
    state.store().find_card(user.id(), &character.id).await?.ok_or(ApiError::NotFound)
}

/// The text of the character's card.
pub fn written(kept: &KeptCard, picture: Option<bool>, max_chars: usize) -> Result<String, ApiError> {
    card::write(&kept.character, kept.source.as_deref(), picture, max_chars).map_err(ApiError::internal)
}

/// The card in the character's picture, or in a disc of its colour. Blocks.
fn in_picture(kept: &KeptCard, max_chars: usize) -> Result<Vec<u8>, ApiError> {
    let picture = match &kept.picture {
        Some(jpeg) => pictures::png_of(jpeg).map_err(ApiError::internal)?,
        None => pictures::disc(&kept.character.color),
    };
    let text = written(kept, Some(kept.picture.is_some()), max_chars)?;
    let older = card::with_version(&text, Version::V2);
    let cards: &[(&str, &str)] = match card::version_of(&text) {
        // Programs that know no V3 read the other one.
        Some(Version::V3) => &[("chara", &older), ("ccv3", &text)],
        Some(Version::V2) | None => &[("chara", &text)],
    };
    png::with_cards(&picture, cards).map_err(ApiError::internal)
}

impl From<CardError> for ApiError {
    fn from(error: CardError) -> Self {
        Self::field("file", error.to_string())
    }
}
