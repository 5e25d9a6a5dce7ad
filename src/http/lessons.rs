//! Lesson files: the ready-made ones, one that somebody brings along, a discussion begun from one, and written down as one.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::State;
use super::characters::CharacterView;
use super::discussions::{created, made_before, may_have_another, title_from, turn_order};
use super::error::{ApiError, FieldError, Problem};
use super::export::disposition;
use super::extract::read_json;
use super::input::{Fields, idempotency_key};
use super::me::personal;
use super::openapi::DiscussionSchema;
use super::perspectives::read_cast;
use super::plans::StepView;
use super::user::{User, own_discussion};
use crate::domain::cast::builtin;
use crate::domain::change::Participant;
use crate::domain::character::Character;
use crate::domain::lesson::{self, About, Lesson, LessonError, Limits, MAX_FILE_BYTES, Member, Plan, Shelved, shelf};
use crate::domain::order::TurnOrder;
use crate::domain::protocol::DiscussionView;
use crate::domain::style::Style;
use crate::store::NewDiscussion;

/// A lesson as the page shows it.
#[derive(Serialize, ToSchema)]
pub struct LessonView {
    /// Of a ready-made one; null: it was brought along.
    id: Option<String>,
    title: String,
    topic: String,
    /// For whom, in words.
    audience: String,
    minutes: Option<u32>,
    aims: Vec<String>,
    notes: String,
    cast: Vec<CharacterView>,
    /// `balanced` or `round_robin`.
    turn_order: String,
    /// `short`, `normal` or `long`.
    length: String,
    /// `10`, `14`, `18` or `adult`.
    level: String,
    /// So many turns may follow by themselves.
    auto_turns: Option<u32>,
    plan: Vec<StepView>,
}

#[derive(Serialize, ToSchema)]
pub struct LessonsView {
    items: Vec<LessonView>,
}

impl LessonView {
    fn of(id: Option<&str>, lesson: &Lesson, state: &State) -> Self {
        let About { title, audience, minutes, aims, notes } = lesson.about.clone();
        Self {
            id: id.map(str::to_owned),
            title: if title.is_empty() { title_from(&lesson.topic) } else { title },
            topic: lesson.topic.clone(),
            audience,
            minutes,
            aims,
            notes,
            cast: cast_of(lesson).iter().map(|character| CharacterView::of(character, &state.portraits)).collect(),
            turn_order: lesson.turn_order.as_str().to_owned(),
            length: lesson.style.length.as_str().to_owned(),
            level: lesson.style.level.as_str().to_owned(),
            auto_turns: lesson.auto_turns,
            plan: lesson.plan.iter().map(|step| StepView::of(step, false)).collect(),
        }
    }
}

/// The characters themselves, in speaking order.
fn cast_of(lesson: &Lesson) -> Vec<Character> {
    let character = |member: &Member| match member {
        Member::Known(id) => builtin().find(id).cloned(),
        Member::Own(character) => Some((**character).clone()),
    };
    lesson.cast.iter().filter_map(character).collect()
}

fn limits(state: &State) -> Limits {
    let limits = &state.config.limits;
    Limits { topic: limits.topic_chars, message: limits.message_chars, card: limits.card_chars }
}

/// The ready-made lessons.
#[utoipa::path(
    get, path = "/api/lessons", tag = "lessons", security(("bearer" = [])),
    responses((status = 200, body = LessonsView), (status = 401, body = Problem))
)]
pub async fn list(_user: User, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let items = shelf().iter().map(|one| LessonView::of(Some(&one.id), &one.lesson, &state)).collect();
    Ok(personal(&LessonsView { items }))
}

/// The file of a ready-made lesson: the pattern for one's own.
#[utoipa::path(
    get, path = "/api/lessons/{id}/file", tag = "lessons", params(("id" = String, Path)), security(("bearer" = [])),
    responses(
        (status = 200, description = "TOML (docs/lessons.md)", content_type = "application/toml"),
        (status = 401, body = Problem), (status = 404, body = Problem)
    )
)]
pub async fn file(_user: User, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let shelved = on_shelf(&id).ok_or(ApiError::NotFound)?;
    Ok(toml(&shelved.lesson.about.title, shelved.file.clone()))
}

fn on_shelf(id: &str) -> Option<&'static Shelved> {
    shelf().iter().find(|one| one.id == id)
}

fn toml(title: &str, file: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/toml; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(disposition(&lesson::file_name(title)))
        .body(file)
}

#[derive(Deserialize, ToSchema)]
pub struct FileBody {
    /// A lesson file (docs/lessons.md).
    #[schema(required = true)]
    file: Option<String>,
}

/// Reads a lesson file without beginning anything. What is wrong is told by `line N`.
#[utoipa::path(
    post, path = "/api/lessons/check", tag = "lessons", request_body = FileBody, security(("bearer" = [])),
    responses(
        (status = 200, body = LessonView), (status = 401, body = Problem), (status = 422, body = Problem)
    )
)]
pub async fn check(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.rates.create.check(&user.id())?;
    let body: FileBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let lesson = read_file(&state, body.file.as_deref())?;
    Ok(personal(&LessonView::of(None, &lesson, &state)))
}

fn read_file(state: &State, file: Option<&str>) -> Result<Lesson, ApiError> {
    let file = file.unwrap_or_default().trim_start_matches('\u{feff}');
    if file.trim().is_empty() {
        return Err(ApiError::field("file", "Choose a lesson file."));
    }
    if file.len() > MAX_FILE_BYTES {
        return Err(ApiError::field("file", format!("A lesson file has at most {} KiB.", MAX_FILE_BYTES / 1024)));
    }
    let wrong = |LessonError { line, message }| FieldError { field: format!("line {line}"), message };
    lesson::read(file, limits(state)).map_err(|errors| ApiError::Invalid(errors.into_iter().map(wrong).collect()))
}

#[derive(Deserialize, ToSchema)]
pub struct StartBody {
    /// A ready-made lesson …
    lesson: Option<String>,
    /// … or a lesson file.
    file: Option<String>,
    /// The demo voices speak, whatever is set up.
    rehearsal: Option<bool>,
}

/// Begins a discussion from a lesson: its cast, topic and settings, and its plan for the host to see. Nothing is said by it.
#[utoipa::path(
    post, path = "/api/lessons", tag = "lessons", request_body = StartBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = DiscussionSchema), (status = 401, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn start(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let key = idempotency_key(&request, "POST /api/lessons")?;
    let body: StartBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    if let Some(made) = made_before(&state, &user, key.as_ref()).await? {
        return Ok(created(&DiscussionView::of(&made)));
    }
    state.rates.create.check(&user.id())?;
    let lesson = match body.lesson.as_deref() {
        Some(id) => on_shelf(id)
            .map(|one| one.lesson.clone())
            .ok_or_else(|| ApiError::field("lesson", "There is no such lesson. `GET /api/lessons` lists them."))?,
        None => read_file(&state, body.file.as_deref())?,
    };
    may_have_another(&state, &user).await?;
    let participants = cast_of(&lesson).into_iter().map(|character| Participant { character, muted: false }).collect();
    let title = if lesson.about.title.is_empty() { title_from(&lesson.topic) } else { lesson.about.title.clone() };
    let new = NewDiscussion {
        owner: user.id(),
        topic: lesson.topic,
        title,
        turn_order: lesson.turn_order,
        style: lesson.style,
        participants,
        former: vec![],
        forked_from: None,
        rehearsal: body.rehearsal.unwrap_or_default(),
        plan: Some(Plan::new(lesson.about, lesson.auto_turns, lesson.plan)),
    };
    let made = state.store().insert_discussion(new, key).await?.made;
    Ok(created(&DiscussionView::of(&made)))
}

/// A discussion as a lesson file: its cast, topic, settings and plan, to be held again.
#[utoipa::path(
    get, path = "/api/discussions/{id}/lesson", tag = "lessons", params(("id" = String, Path)), security(("bearer" = [])),
    responses(
        (status = 200, description = "TOML (docs/lessons.md)", content_type = "application/toml"),
        (status = 401, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn export(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    state.rates.export.check(&user.id())?;
    let plan = state.store().find_plan(record.id).await?.unwrap_or_default();
    let title = record.title.clone();
    let lesson = Lesson {
        about: About { title: title.clone(), ..plan.about },
        topic: record.topic,
        turn_order: record.turn_order,
        style: record.style,
        auto_turns: plan.auto_turns,
        cast: record.participants.into_iter().map(|seat| member(seat.character)).collect(),
        plan: plan.steps.into_iter().map(|planned| planned.step).collect(),
    };
    Ok(toml(&title, lesson::write(&lesson)))
}

fn member(character: Character) -> Member {
    match builtin().find(&character.id) {
        Some(known) => Member::Known(known.id.clone()),
        None => Member::Own(Box::new(character)),
    }
}

#[derive(Deserialize, ToSchema)]
pub struct DraftBody {
    #[schema(required = true)]
    topic: Option<String>,
    /// 1 to 6, each once, in speaking order.
    #[schema(required = true)]
    character_ids: Option<Vec<String>>,
    turn_order: Option<String>,
}

/// What is chosen for a discussion, as a lesson file.
#[utoipa::path(
    post, path = "/api/lessons/write", tag = "lessons", request_body = DraftBody, security(("bearer" = [])),
    responses(
        (status = 200, description = "TOML (docs/lessons.md)", content_type = "application/toml"),
        (status = 401, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn write_draft(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.rates.export.check(&user.id())?;
    let body: DraftBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let topic = fields.text("topic", body.topic.as_deref(), state.config.limits.topic_chars);
    let turn_order = turn_order(&mut fields, body.turn_order.as_deref()).unwrap_or(TurnOrder::Balanced);
    let cast = read_cast(&mut fields, state.store(), user.id(), body.character_ids).await?;
    fields.done()?;
    let title = title_from(&topic);
    let lesson = Lesson {
        about: About { title: title.clone(), ..About::default() },
        topic,
        turn_order,
        style: Style::default(),
        auto_turns: None,
        cast: cast.into_iter().map(member).collect(),
        plan: vec![],
    };
    Ok(toml(&title, lesson::write(&lesson)))
}
