//! What the host of a discussion means to say. For the host alone; said one by one, and only when the host says so.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::Fields;
use super::me::personal;
use super::user::{User, own_discussion};
use crate::domain::change::CommandKey;
use crate::domain::discussion::Command;
use crate::domain::ids::MessageId;
use crate::domain::lesson::{MAX_STEPS, Plan, PlannedStep, Step};

const MAX_WHEN_CHARS: usize = 200;
const MAX_WHY_CHARS: usize = 1_000;
const MAX_AFTER_TURNS: u32 = 1_000;

#[derive(Serialize, ToSchema)]
pub struct PlanView {
    /// For whom the lesson is, in words.
    audience: String,
    minutes: Option<u32>,
    aims: Vec<String>,
    notes: String,
    /// So many turns may follow by themselves.
    auto_turns: Option<u32>,
    steps: Vec<StepView>,
}

#[derive(Serialize, ToSchema)]
pub struct StepView {
    /// After so many turns of the characters.
    after_turns: Option<u32>,
    /// In words, e.g. `when they agree`.
    when: String,
    say: String,
    /// Why: for the teacher.
    why: String,
    said: bool,
}

impl StepView {
    pub fn of(step: &Step, said: bool) -> Self {
        let Step { after_turns, when, say, why } = step.clone();
        Self { after_turns, when, say, why, said }
    }
}

impl PlanView {
    fn of(plan: &Plan) -> Self {
        let about = plan.about.clone();
        Self {
            audience: about.audience,
            minutes: about.minutes,
            aims: about.aims,
            notes: about.notes,
            auto_turns: plan.auto_turns,
            steps: plan.steps.iter().map(|planned| StepView::of(&planned.step, planned.said)).collect(),
        }
    }
}

/// What the host means to say. Empty where nothing is planned.
#[utoipa::path(
    get, path = "/api/discussions/{id}/plan", tag = "lessons", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = PlanView), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn get(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    Ok(personal(&PlanView::of(&state.store().find_plan(record.id).await?.unwrap_or_default())))
}

#[derive(Deserialize, ToSchema)]
pub struct PlanBody {
    #[schema(required = true)]
    steps: Option<Vec<StepBody>>,
}

#[derive(Deserialize, ToSchema)]
pub struct StepBody {
    after_turns: Option<u32>,
    when: Option<String>,
    #[schema(required = true)]
    say: Option<String>,
    why: Option<String>,
    said: Option<bool>,
}

/// Replaces what the host means to say.
#[utoipa::path(
    put, path = "/api/discussions/{id}/plan", tag = "lessons", params(("id" = String, Path)), request_body = PlanBody,
    security(("bearer" = [])),
    responses(
        (status = 200, body = PlanView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)
    )
)]
pub async fn replace(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    let body: PlanBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let given = body.steps.unwrap_or_default();
    if given.len() > MAX_STEPS {
        fields.wrong("steps", format!("There may be at most {MAX_STEPS} steps."));
    }
    let mut steps = vec![];
    for (index, step) in given.into_iter().take(MAX_STEPS).enumerate() {
        steps.push(planned(&mut fields, &format!("steps[{index}]"), step, state.config.limits.message_chars));
    }
    fields.done()?;
    let before = state.store().find_plan(record.id).await?.unwrap_or_default();
    Ok(personal(&PlanView::of(&state.store().update_plan(record.id, Plan { steps, ..before }).await?)))
}

fn planned(fields: &mut Fields, name: &str, given: StepBody, max: usize) -> PlannedStep {
    if given.after_turns.is_some_and(|turns| !(1..=MAX_AFTER_TURNS).contains(&turns)) {
        fields.wrong(format!("{name}.after_turns"), format!("This must be a number from 1 to {MAX_AFTER_TURNS}."));
    }
    let mut text = |field: &str, given: &Option<String>, max| {
        fields.optional(&format!("{name}.{field}"), given.as_deref(), max).unwrap_or_default()
    };
    let (when, why) = (text("when", &given.when, MAX_WHEN_CHARS), text("why", &given.why, MAX_WHY_CHARS));
    let say = fields.text(&format!("{name}.say"), given.say.as_deref(), max);
    let step = Step { after_turns: given.after_turns, when, say, why };
    PlannedStep { step, said: given.said.unwrap_or_default() }
}

/// Says one step of the plan (counted from 0) as the host's message. Twice is once: a step that was said is not said again.
#[utoipa::path(
    post, path = "/api/discussions/{id}/plan/{step}/say", tag = "lessons",
    params(("id" = String, Path), ("step" = usize, Path)), security(("bearer" = [])),
    responses(
        (status = 200, body = PlanView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 503, body = Problem)
    )
)]
pub async fn say(user: User, path: web::Path<(String, String)>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let (id, step) = path.into_inner();
    let record = own_discussion(&state, &user, &id).await?;
    state.rates.turn.check(&user.id())?;
    let plan = state.store().find_plan(record.id).await?.unwrap_or_default();
    let step: usize = step.parse().map_err(|_| ApiError::NotFound)?;
    let planned = plan.steps.get(step).ok_or(ApiError::NotFound)?;
    if planned.said {
        return Ok(personal(&PlanView::of(&plan)));
    }
    let text = planned.step.say.clone();
    // Its words are part of the name, so that a step that was written anew can be said.
    let key = CommandKey { user: user.id(), id: format!("plan:{step}:{}", crate::auth::digest(&text)) };
    let discussion = state.registry.wake(record.id).await?;
    discussion.command(Some(key), Command::Say { fresh: MessageId::new(), text }).await??;
    Ok(personal(&PlanView::of(&state.store().mark_said(record.id, step).await?)))
}
