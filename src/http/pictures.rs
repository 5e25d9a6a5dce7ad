//! Pictures of one's own characters: given, taken away, and seen by whoever knows their address.
//!
//! A picture on a page carries no token, and those who watch a discussion have none. So the address cannot be guessed
//! (122 bits of chance), and nobody learns it but the owner and those who watch a discussion with that character.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use tokio::sync::Semaphore;

use super::State;
use super::characters::{CharacterView, own};
use super::error::{ApiError, Problem};
use super::extract::read_bytes;
use super::me::personal;
use super::user::User;
use crate::domain::ids::PictureId;
use crate::pictures::{self, PictureError};

/// So many pictures are decoded at once: each may take much memory for a moment.
static DECODERS: Semaphore = Semaphore::const_new(2);
/// A picture that is looked at alone runs nothing.
const POLICY: &str = "default-src 'none'; sandbox";
/// Kept by the browser that was shown it, and by nobody on the way.
const CACHE: &str = "private, max-age=86400";

/// Gives the character a picture: PNG, JPEG or WebP, at most 5 MiB. It is cut to a square, scaled and written anew; nothing
/// but its pixels is kept.
#[utoipa::path(
    put, path = "/api/characters/{id}/picture", tag = "characters", params(("id" = String, Path)),
    request_body(content_type = "image/*", content = Vec<u8>), security(("bearer" = [])),
    responses(
        (status = 200, body = CharacterView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn replace(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let character = own(&state, &user, &id).await?;
    state.rates.picture.check(&user.id())?;
    let bytes = read_bytes(&request, payload, pictures::MAX_BYTES).await?;
    let jpeg = decode(bytes).await??;
    let character = state.store().set_picture(user.id(), &character.id, jpeg).await?;
    Ok(personal(&CharacterView::of(&character, &state.portraits)))
}

/// Decodes off the worker's thread, few at a time.
pub async fn decode(bytes: bytes::Bytes) -> Result<Result<Vec<u8>, PictureError>, ApiError> {
    let _turn = DECODERS.acquire().await.map_err(ApiError::internal)?;
    web::block(move || pictures::square(&bytes)).await.map_err(ApiError::internal)
}

/// Takes the picture away.
#[utoipa::path(
    delete, path = "/api/characters/{id}/picture", tag = "characters", params(("id" = String, Path)),
    security(("bearer" = [])),
    responses(
        (status = 200, body = CharacterView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)
    )
)]
pub async fn delete(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let character = own(&state, &user, &id).await?;
    let character = state.store().delete_picture(user.id(), &character.id).await?;
    state.store().fold().await;
    Ok(personal(&CharacterView::of(&character, &state.portraits)))
}

/// A picture. For whoever knows its id: the owner, and those who watch a discussion with that character.
#[utoipa::path(
    get, path = "/api/pictures/{id}", tag = "characters", params(("id" = String, Path)), security(()),
    responses((status = 200, description = "JPEG", content_type = "image/jpeg"), (status = 404, body = Problem))
)]
pub async fn get(request: HttpRequest, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let id: PictureId = id.parse().map_err(|_| ApiError::NotFound)?;
    let (jpeg, version) = state.store().find_picture(id).await?.ok_or(ApiError::NotFound)?;
    let tag = header::EntityTag::new_strong(version.to_string());
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let seen_already = known == Some(tag.to_string().as_str());
    let mut response = if seen_already { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::CACHE_CONTROL, CACHE))
        .insert_header(header::ETag(tag))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        // A page that is hosted apart shows them too.
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"));
    Ok(match seen_already {
        true => response.finish(),
        false => response.content_type("image/jpeg").body(jpeg),
    })
}

impl From<PictureError> for ApiError {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::WrongKind => Self::WrongKind(error.to_string()),
            PictureError::TooManyPixels | PictureError::Broken => Self::field("file", error.to_string()),
        }
    }
}
