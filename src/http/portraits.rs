//! Pictures: the fetched photographs and the drawn emblems.

use std::collections::BTreeMap;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::State;
use super::characters::{PortraitView, portrait};
use super::error::{ApiError, Problem};
use super::user::User;
use crate::domain::cast::{builtin, emblem};
use crate::domain::character::Character;
use crate::domain::ids::CharacterId;
use crate::portraits::Portraits;

const FOR_A_DAY: &str = "public, max-age=86400";
/// A picture opened by itself runs nothing and loads nothing.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

#[derive(Serialize, ToSchema)]
pub struct PortraitsView {
    /// `idle` or `running`.
    state: &'static str,
    /// How many the cast names.
    available: usize,
    fetched: usize,
    failed: Vec<FailedView>,
    /// The photographs that are here, by character: the page lays them over the drawings wherever that one appears.
    #[schema(value_type = std::collections::HashMap<String, PortraitView>)]
    items: BTreeMap<String, PortraitView>,
}

#[derive(Serialize, ToSchema)]
pub struct FailedView {
    character_id: String,
    reason: String,
}

impl PortraitsView {
    fn of(portraits: &Portraits) -> Self {
        let report = portraits.report();
        let failed = report.failed.iter();
        let failed = failed.map(|one| FailedView { character_id: one.character.to_string(), reason: one.reason.clone() });
        Self {
            state: if report.running { "running" } else { "idle" },
            available: report.available,
            fetched: report.fetched,
            failed: failed.collect(),
            items: builtin().characters.iter().filter_map(|character| photograph(portraits, character)).collect(),
        }
    }
}

fn photograph(portraits: &Portraits, character: &Character) -> Option<(String, PortraitView)> {
    Some((character.id.to_string(), portrait(character, portraits)?))
}

/// Which photographs are here. For anyone: phones that only watch show them too.
#[utoipa::path(
    get, path = "/api/portraits", tag = "characters", security(()), responses((status = 200, body = PortraitsView))
)]
pub async fn status(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-cache")).json(PortraitsView::of(&state.portraits))
}

/// Starts fetching the photographs that are missing from Wikimedia Commons.
#[utoipa::path(
    post, path = "/api/portraits", tag = "characters", security(("bearer" = [])),
    responses((status = 202, body = PortraitsView), (status = 401, body = Problem))
)]
pub async fn fetch(user: User, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    state.rates.create.check(&user.id())?;
    if state.portraits.begin() {
        let state = state.clone();
        actix_web::rt::spawn(async move { state.portraits.fetch().await });
    }
    Ok(HttpResponse::Accepted().json(PortraitsView::of(&state.portraits)))
}

/// A photograph. For anyone: the page's pictures carry no token.
#[utoipa::path(
    get, path = "/api/portraits/{id}", tag = "characters", params(("id" = String, Path)), security(()),
    responses((status = 200, description = "JPEG or PNG"), (status = 404, body = Problem))
)]
pub async fn get(id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let id: CharacterId = id.parse().map_err(|_| ApiError::NotFound)?;
    let (bytes, kind) = state.portraits.read(&id).await.map_err(ApiError::internal)?.ok_or(ApiError::NotFound)?;
    Ok(picture(kind.content_type()).body(bytes))
}

/// A drawing, in the colour of the text around it.
#[utoipa::path(
    get, path = "/api/emblems/{name}.svg", tag = "characters", params(("name" = String, Path)), security(()),
    responses((status = 200, content_type = "image/svg+xml"), (status = 404, body = Problem))
)]
pub async fn emblem_svg(name: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let svg = Some(name.as_str()).filter(|_| plain).and_then(emblem).ok_or(ApiError::NotFound)?;
    Ok(picture("image/svg+xml").body(svg.into_owned()))
}

fn picture(content_type: &'static str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .content_type(content_type)
        .insert_header((header::CACHE_CONTROL, FOR_A_DAY))
        .insert_header((header::CONTENT_SECURITY_POLICY, PICTURE_POLICY))
        // A page that is hosted apart shows them too.
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"));
    response
}
