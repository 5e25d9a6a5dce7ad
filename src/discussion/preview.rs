//! A turn to try a character out, before there is a discussion: spoken by the configured voices, kept nowhere. It is paid
//! for like any other: reserved before, settled after.

use std::time::Instant;

use actix_web::rt;
use futures_util::StreamExt;
use uuid::Uuid;

use super::House;
use super::budget::{Budget, Reservation};
use crate::domain::character::Character;
use crate::domain::discussion::Limit;
use crate::domain::ids::{DiscussionId, MessageId, UserId};
use crate::domain::labels::LabelGuard;
use crate::domain::message::Usage;
use crate::domain::prompt::{Scene, Task};
use crate::domain::style::Style;
use crate::llm::prices::Prices;
use crate::llm::{Attempted, End, Speech, SpeechStream};
use crate::store::{Attempt, Store, StoreError};

/// Bytes of text to a token, where nobody counts them.
const BYTES_PER_TOKEN: usize = 4;
/// Tokens that such a turn is expected to say.
const USUAL_OUTPUT: i64 = 400;

/// Why there is no turn.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    #[error("a limit on cost is reached")]
    Budget(Limit),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is heard of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Text(String),
    /// Why it takes longer.
    Notice(String),
    /// It is over; with words if it did not go well.
    End(Option<String>),
}

/// A turn on its way. Dropping it closes the provider's connection; what was said by then is paid for.
pub struct Preview {
    speech: SpeechStream,
    guard: LabelGuard,
    account: Option<Account>,
    asked_tokens: i64,
    said_bytes: usize,
    over: bool,
}

/// Who pays.
struct Account {
    store: Store,
    budget: std::sync::Arc<Budget>,
    prices: Prices,
    user: UserId,
    provider: &'static str,
    turn: MessageId,
    since: Instant,
    first: bool,
    settled: bool,
    _reservation: Reservation,
}

/// Lets the character speak first on the topic.
///
/// # Errors
/// The budget is used up, or cannot be read.
pub async fn preview(
    house: &House,
    user: UserId,
    character: Character,
    topic: &str,
    style: Style,
) -> Result<Preview, PreviewError> {
    let speaker = character.id.clone();
    let guard = LabelGuard::new(&character.name, &["Host", "Class"]);
    let scene = Scene { style, ..Scene::new(topic, vec![character].into(), vec![]) };
    let task = Task::Turn { scene, speaker };
    let rendered = task.render();
    let asked_tokens = tokens(rendered.system.len() + rendered.cue.len());
    let account = match house.voices.is_demo() {
        true => None,
        false => Some(Account::open(house, user, asked_tokens).await?),
    };
    Ok(Preview { speech: house.voices.speak(task), guard, account, asked_tokens, said_bytes: 0, over: false })
}

impl Account {
    async fn open(house: &House, user: UserId, asked_tokens: i64) -> Result<Self, PreviewError> {
        house.budget.learn_user(&house.store, user).await?;
        let usage = Usage { input_tokens: asked_tokens, output_tokens: USUAL_OUTPUT, ..Usage::default() };
        let reserved = house.budget.reserve(user, None, house.prices.reckon(&usage));
        let mut reservation = reserved.map_err(PreviewError::Budget)?;
        reservation.begun = true;
        Ok(Self {
            store: house.store.clone(),
            budget: std::sync::Arc::clone(&house.budget),
            prices: house.prices.clone(),
            user,
            provider: house.voices.first(),
            turn: MessageId::new(),
            since: Instant::now(),
            first: true,
            settled: false,
            _reservation: reservation,
        })
    }

    fn attempted(&mut self, attempted: Attempted) {
        let Attempted { mut usage, duration, outcome } = attempted;
        usage.cost_usd = self.prices.cost(&usage);
        let reckoned_usd = self.prices.reckon(&usage);
        self.budget.spend(self.user, None, reckoned_usd);
        let attempt = Attempt {
            user: self.user,
            // Of no discussion.
            discussion: DiscussionId(Uuid::nil()),
            message: self.turn,
            first: std::mem::take(&mut self.first),
            usage,
            reckoned_usd,
            duration_ms: i64::try_from(duration.as_millis()).unwrap_or(i64::MAX),
            outcome,
        };
        self.settled = true;
        self.since = Instant::now();
        let store = self.store.clone();
        rt::spawn(async move {
            if let Err(cause) = store.insert_attempt(attempt).await {
                tracing::error!(error = %cause, "An attempt could not be written down");
            }
        });
    }
}

impl Preview {
    /// What is heard next; `None`: nothing any more.
    pub async fn next(&mut self) -> Option<Heard> {
        while !self.over {
            match self.speech.next().await {
                Some(Speech::Thinking) => self.unsettle(),
                Some(Speech::Attempt(attempted)) => {
                    if let Some(account) = &mut self.account {
                        account.attempted(attempted);
                    }
                }
                Some(Speech::Notice(notice)) => {
                    self.unsettle();
                    return Some(Heard::Notice(notice.text));
                }
                Some(Speech::Text(text)) => {
                    self.unsettle();
                    self.said_bytes += text.len();
                    let text = self.guard.push(&text);
                    self.over = self.guard.ended();
                    if !text.is_empty() {
                        return Some(Heard::Text(text));
                    }
                }
                Some(Speech::End(outcome)) => {
                    let rest = self.guard.finish();
                    self.over = true;
                    let why = match outcome.end {
                        End::Complete | End::Length => None,
                        End::Refusal => Some("The model declined to answer this.".to_owned()),
                        End::Interrupted(why) | End::Failed(why) => Some(why),
                    };
                    return Some(match (rest.is_empty(), why) {
                        (false, None) => Heard::Text(rest),
                        (_, why) => Heard::End(why),
                    });
                }
                None => self.over = true,
            }
        }
        None
    }

    fn unsettle(&mut self) {
        if let Some(account) = &mut self.account {
            account.settled = false;
        }
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let (asked_tokens, said) = (self.asked_tokens, tokens(self.said_bytes));
        let Some(account) = self.account.as_mut().filter(|account| !account.settled) else { return };
        let usage = Usage {
            provider: account.provider.to_owned(),
            input_tokens: asked_tokens,
            output_tokens: said,
            estimated: true,
            ..Usage::default()
        };
        let duration = account.since.elapsed();
        account.attempted(Attempted { usage, duration, outcome: "stopped" });
    }
}

fn tokens(bytes: usize) -> i64 {
    i64::try_from(bytes.div_ceil(BYTES_PER_TOKEN)).unwrap_or(i64::MAX)
}
