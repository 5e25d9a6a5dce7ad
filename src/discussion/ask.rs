//! Asking the model outside a turn: reserved before, written down request by request, settled after.

use futures_util::StreamExt;
use tracing::error;

use super::House;
use super::budget::Share;
use crate::bus::Gone;
use crate::domain::discussion::Limit;
use crate::domain::ids::{DiscussionId, UserId};
use crate::domain::message::Usage;
use crate::domain::prompt::Task;
use crate::llm::{Attempted, End, Outcome, Speech, Unanswered};
use crate::store::{Attempt, Purpose, StoreError};

/// Tokens that an answer is expected to have.
const USUAL_OUTPUT: i64 = 800;

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AskError {
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    /// The model answered, but not with what it was asked for.
    #[error("The model's answer could not be used. Try again.")]
    Unusable,
    /// Nobody has said anything yet.
    #[error("nothing was said yet")]
    NothingSaid,
    #[error("{}", .0.message())]
    BudgetExhausted(Limit),
    #[error("the discussion left the memory")]
    Gone,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Gone> for AskError {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

/// Who asks, and what for.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    pub user: UserId,
    /// `None`: before there is one.
    pub discussion: Option<DiscussionId>,
    pub purpose: Purpose,
    /// The demo voices answer, whatever is set up.
    pub rehearsal: bool,
}

/// A whole reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub text: String,
    /// Of the attempt that answered; `None`: the demo voices did.
    pub usage: Option<Usage>,
}

/// Asks and gives the whole reply; `heard` is told each piece as it comes.
pub async fn ask(
    house: &House,
    question: Question,
    task: Task,
    mut heard: impl FnMut(&str) + Send,
) -> Result<Answer, AskError> {
    let share = reserve(house, question, &task).await?;
    let mut speech = match question.rehearsal {
        true => house.voices.rehearse_at_once(&task),
        false => house.voices.answer(task),
    };
    let mut text = String::new();
    let mut first = question.purpose.counts();
    let mut outcome = None;
    while let Some(piece) = speech.next().await {
        match piece {
            Speech::Text(more) => {
                heard(&more);
                text.push_str(&more);
            }
            Speech::Attempt(attempted) => write_down(house, question, std::mem::take(&mut first), attempted).await,
            Speech::Asked(_) | Speech::Thinking | Speech::Notice(_) => {}
            Speech::End(end) => outcome = Some(end),
        }
    }
    drop(share);
    match outcome {
        Some(Outcome { end: End::Complete | End::Length, usage }) => Ok(Answer { text, usage }),
        Some(Outcome { end: End::Refusal, .. }) => Err(Unanswered::Refused.into()),
        Some(Outcome { end: End::Interrupted(why) | End::Failed(why), .. }) => Err(Unanswered::Failed(why).into()),
        None => Err(AskError::Unusable),
    }
}

/// Tries each provider out, on the account of whoever asks; the demo voices need no trial.
pub async fn test_voices(house: &House, user: UserId) -> Result<Vec<crate::llm::Tested>, AskError> {
    let question = Question { user, discussion: None, purpose: Purpose::Test, rehearsal: false };
    let share = reserve(house, question, &Task::Test).await?;
    let tested = house.voices.test().await;
    for one in &tested {
        write_down(house, question, false, one.attempted.clone()).await;
    }
    drop(share);
    Ok(tested)
}

/// A share of the budget; the demo voices cost nothing.
pub async fn reserve(
    house: &House,
    question: Question,
    task: &Task,
) -> Result<Option<super::budget::Reservation>, AskError> {
    let Question { user, discussion, purpose, rehearsal } = question;
    if rehearsal || house.voices.is_demo() {
        return Ok(None);
    }
    house.budget.learn(&house.store, user, discussion).await?;
    let input_tokens = i64::try_from(task.render().tokens()).unwrap_or(i64::MAX);
    let usage = Usage { input_tokens, output_tokens: USUAL_OUTPUT, ..house.voices.expect() };
    let share = Share { user, discussion, turns: i64::from(purpose.counts()), usd: house.prices.reckon(&usage) };
    let mut reservation = house.budget.reserve(share).map_err(AskError::BudgetExhausted)?;
    // What is asked counts, whatever comes of it.
    reservation.begun = true;
    Ok(Some(reservation))
}

async fn write_down(house: &House, question: Question, first: bool, attempted: Attempted) {
    let Question { user, discussion, purpose, .. } = question;
    let attempt = settle(house, (user, discussion), attempted);
    let attempt = Attempt { purpose, first, ..attempt };
    if let Err(cause) = house.store.insert_attempt(attempt).await {
        error!(error = %cause, "An attempt could not be written down");
    }
}

/// An attempt as a row, its cost taken from the budget. It is told for a turn unless that is changed.
pub fn settle(house: &House, (user, discussion): (UserId, Option<DiscussionId>), attempted: Attempted) -> Attempt {
    let Attempted { mut usage, duration, outcome } = attempted;
    usage.cost_usd = house.prices.cost(&usage);
    let reckoned_usd = house.prices.reckon(&usage);
    house.budget.spend(user, discussion, reckoned_usd);
    let duration_ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Attempt {
        user,
        discussion,
        message: None,
        purpose: Purpose::Turn,
        first: false,
        usage,
        reckoned_usd,
        duration_ms,
        outcome,
    }
}
