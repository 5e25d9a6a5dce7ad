//! What each of a cast would probably say, before the discussion begins.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::Fields;
use super::me::personal;
use super::user::User;
use crate::domain::character::Character;
use crate::domain::ids::{CharacterId, UserId};
use crate::store::Store;

/// Most participants of a discussion.
pub const MAX_CAST: usize = 6;

#[derive(Deserialize, ToSchema)]
pub struct PerspectivesBody {
    #[schema(required = true)]
    topic: Option<String>,
    /// 1 to 6, each once.
    #[schema(required = true)]
    character_ids: Option<Vec<String>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
pub struct PerspectivesView {
    items: Vec<PerspectiveView>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the answer in the OpenAPI document")]
struct PerspectiveView {
    character_id: String,
    text: String,
}

#[utoipa::path(
    post, path = "/api/perspectives", tag = "discussions", request_body = PerspectivesBody, security(("bearer" = [])),
    responses(
        (status = 200, body = PerspectivesView), (status = 401, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub async fn ask(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.rates.create.check(&user.id())?;
    let body: PerspectivesBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let topic = fields.text("topic", body.topic.as_deref(), state.config.limits.topic_chars);
    let cast = read_cast(&mut fields, state.store(), user.id(), body.character_ids).await?;
    fields.done()?;
    let items = state.perspectives.ask(state.registry.house(), user.id(), &topic, cast).await?;
    Ok(personal(&json!({"items": &items[..]})))
}

/// The characters that a list of ids names: 1 to 6, each known and there once.
pub async fn read_cast(
    fields: &mut Fields,
    store: &Store,
    user: UserId,
    ids: Option<Vec<String>>,
) -> Result<Vec<Character>, ApiError> {
    let ids = ids.unwrap_or_default();
    if ids.is_empty() || ids.len() > MAX_CAST {
        fields.wrong("character_ids", format!("Choose 1 to {MAX_CAST} characters."));
        return Ok(vec![]);
    }
    let mut cast: Vec<Character> = vec![];
    for (index, text) in ids.iter().enumerate() {
        let found = match text.parse::<CharacterId>() {
            Ok(id) => super::characters::find(store, user, &id).await?,
            Err(_) => None,
        };
        let field = format!("character_ids[{index}]");
        match found {
            Some(character) if cast.iter().any(|one| one.id == character.id) => {
                fields.wrong(field, "This character is there twice.");
            }
            Some(character) => cast.push(character),
            None => fields.wrong(field, "There is no such character."),
        }
    }
    Ok(cast)
}
