//! A turn to try a character out, before there is a discussion: spoken by the configured voices, kept nowhere. It is paid
//! for like any other: reserved before, settled after.

use std::sync::Arc;
use std::time::Instant;

use actix_web::rt;
use futures_util::StreamExt;
use tracing::error;

use super::House;
use super::ask::{AskError, Question, reserve, settle};
use super::budget::Reservation;
use crate::domain::character::Character;
use crate::domain::ids::UserId;
use crate::domain::labels::LabelGuard;
use crate::domain::message::Usage;
use crate::domain::prompt::{Scene, Task};
use crate::domain::style::Style;
use crate::domain::tokens;
use crate::llm::{Attempted, End, Speech, SpeechStream};
use crate::store::{Attempt, Purpose};

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
    account: Account,
    over: bool,
}

/// Who pays.
struct Account {
    house: Arc<House>,
    user: UserId,
    /// What the request under way has used at least; `None`: none is.
    asked: Option<Usage>,
    said_bytes: usize,
    since: Instant,
    first: bool,
    /// Freed with the rest.
    _reservation: Option<Reservation>,
}

/// Lets the character speak first on the topic.
///
/// # Errors
/// The budget is used up, or cannot be read.
pub async fn preview(
    house: &Arc<House>,
    user: UserId,
    character: Character,
    topic: &str,
    style: Style,
) -> Result<Preview, AskError> {
    let speaker = character.id.clone();
    let guard = LabelGuard::new(&character.name, &["Host", "Class"]);
    let scene = Scene { style, ..Scene::new(topic, vec![character].into(), vec![]) };
    let task = Task::Turn { scene, speaker };
    let question = Question { user, discussion: None, purpose: Purpose::Preview, rehearsal: false };
    let reservation = reserve(house, question, &task).await?;
    let account = Account {
        house: Arc::clone(house),
        user,
        asked: None,
        said_bytes: 0,
        since: Instant::now(),
        first: true,
        _reservation: reservation,
    };
    Ok(Preview { speech: house.voices.speak(task), guard, account, over: false })
}

impl Account {
    fn ask(&mut self, usage: Usage) {
        self.asked = Some(usage);
        self.since = Instant::now();
    }

    fn attempted(&mut self, attempted: Attempted) {
        self.asked = None;
        let settled = settle(&self.house, (self.user, None), attempted);
        let attempt = Attempt { purpose: Purpose::Preview, first: std::mem::take(&mut self.first), ..settled };
        let store = self.house.store.clone();
        rt::spawn(async move {
            if let Err(cause) = store.insert_attempt(attempt).await {
                error!(error = %cause, "An attempt could not be written down");
            }
        });
    }
}

impl Preview {
    /// What is heard next; `None`: nothing any more.
    pub async fn next(&mut self) -> Option<Heard> {
        while !self.over {
            let Some(speech) = self.speech.next().await else {
                self.over = true;
                break;
            };
            match speech {
                Speech::Asked(usage) => self.account.ask(usage),
                Speech::Thinking => {}
                Speech::Attempt(attempted) => self.account.attempted(attempted),
                Speech::Notice(notice) => return Some(Heard::Notice(notice.text)),
                Speech::Text(text) => {
                    self.account.said_bytes += text.len();
                    let text = self.guard.push(&text);
                    self.over = self.guard.ended();
                    if !text.is_empty() {
                        return Some(Heard::Text(text));
                    }
                }
                Speech::End(outcome) => {
                    self.over = true;
                    let why = match outcome.end {
                        End::Complete | End::Length => None,
                        End::Refusal => Some("The model declined to answer this.".to_owned()),
                        End::Interrupted(why) | End::Failed(why) => Some(why),
                    };
                    let rest = self.guard.finish();
                    return Some(match (rest.is_empty(), why) {
                        (false, None) => Heard::Text(rest),
                        (_, why) => Heard::End(why),
                    });
                }
            }
        }
        None
    }
}

impl Drop for Account {
    /// A turn that is cut off leaves a request behind of which nobody tells any more.
    fn drop(&mut self) {
        let Some(asked) = self.asked.take() else { return };
        let usage = Usage { output_tokens: tokens::about(self.said_bytes), ..asked };
        let duration = self.since.elapsed();
        self.attempted(Attempted { usage, duration, outcome: "stopped" });
    }
}
