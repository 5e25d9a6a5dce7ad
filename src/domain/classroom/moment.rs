//! What belongs to the moment: reactions to the turn, and predictions of the next.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::input::Momentary;
use super::view::{PredictionView, ReactionsView, RevealedView, Split};
use super::{ClassEvent, Classroom, Question, QuestionStatus};
use crate::domain::ids::{CharacterId, MessageId, WatcherId};
use crate::domain::message::{Status, words};
use crate::domain::protocol::Event;

/// Reactions that are counted.
pub const REACTIONS: [&str; 5] = ["👏", "❤️", "💡", "🤔", "😮"];

words!(
    /// What the next speaker will do.
    Choice {
        Agree = "agree",
        Object = "object",
        /// Turn the question round.
        Turn = "turn",
    }
);

/// The reaction of this name, among those that are counted.
pub(super) fn reaction(emoji: &str) -> Option<&'static str> {
    REACTIONS.into_iter().find(|known| *known == emoji)
}

#[derive(Default)]
pub(super) struct Now {
    /// The turn that reactions are to: the running one, or the last.
    turn: Option<MessageId>,
    /// Everybody counts once for each.
    reactions: HashSet<(WatcherId, &'static str)>,
    reactions_changed: bool,
    /// Who is predicted: the next to speak, or who speaks now.
    speaker: Option<CharacterId>,
    /// The running turn, in whose time nothing is predicted.
    running: Option<MessageId>,
    choices: HashMap<WatcherId, Choice>,
    choices_changed: bool,
    revealed: Option<RevealedView>,
}

/// What an event of the discussion changed here.
pub(super) enum Heard {
    Nothing,
    Prediction,
    TurnBegan,
}

impl Now {
    /// Whether there is somebody to predict.
    pub fn predicts(&self) -> bool {
        self.running.is_none() && self.speaker.is_some()
    }

    pub fn take(&mut self, momentary: Momentary) {
        match momentary {
            Momentary::React { watcher, emoji } => self.reactions_changed |= self.reactions.insert((watcher, emoji)),
            Momentary::Predict { watcher, choice } => {
                self.choices_changed |= self.choices.insert(watcher, choice) != Some(choice);
            }
        }
    }

    /// Whether reactions and predictions have changed since this was asked last.
    pub fn take_changes(&mut self) -> (bool, bool) {
        (std::mem::take(&mut self.reactions_changed), std::mem::take(&mut self.choices_changed))
    }

    pub fn forget_predictions(&mut self) {
        self.choices.clear();
        self.choices_changed = false;
        self.revealed = None;
    }

    pub fn hear(&mut self, event: &Event) -> Heard {
        match event {
            Event::Discussion { discussion, .. } => self.expect(discussion.next.clone()),
            // Another version of what was said is no new turn to predict.
            Event::TurnStarted { turn, .. } if turn.version == 1 => {
                if self.speaker.as_ref() != Some(&turn.character_id) {
                    // The host chose another: nobody has predicted this one.
                    self.choices.clear();
                }
                self.speaker = Some(turn.character_id.clone());
                (self.turn, self.running) = (Some(turn.id), Some(turn.id));
                self.reactions.clear();
                self.take_changes();
                Heard::TurnBegan
            }
            Event::TurnEnded { message, .. } if self.running == Some(message.id) => {
                self.running = None;
                let choices = std::mem::take(&mut self.choices);
                if message.status != Status::Failed && !choices.is_empty() {
                    let split = Split::of(choices.values());
                    self.revealed = self.speaker.clone().map(|character_id| RevealedView {
                        message_id: message.id,
                        character_id,
                        split,
                    });
                }
                Heard::Prediction
            }
            _ => Heard::Nothing,
        }
    }

    /// Who is next has changed: what was predicted of somebody else is void.
    pub fn expect(&mut self, next: Option<CharacterId>) -> Heard {
        if self.running.is_some() || self.speaker == next {
            return Heard::Nothing;
        }
        self.speaker = next;
        self.choices.clear();
        self.choices_changed = false;
        Heard::Prediction
    }
}

impl Classroom {
    /// Begins with who is next when the discussion is woken.
    pub fn expect(&mut self, next: Option<CharacterId>) {
        self.now.expect(next);
    }

    pub fn reactions(&self) -> ReactionsView {
        let count = |emoji: &str| self.now.reactions.iter().filter(|(_, other)| *other == emoji).count();
        let counts = REACTIONS.into_iter().map(|emoji| (emoji, count(emoji))).filter(|(_, count)| *count > 0);
        ReactionsView { turn: self.now.turn, counts: counts.collect() }
    }

    pub fn prediction(&self) -> Option<PredictionView> {
        if !self.setup.rules.predictions {
            return None;
        }
        Some(PredictionView {
            character_id: self.now.speaker.clone(),
            open: self.now.predicts(),
            votes: self.now.choices.len(),
            revealed: self.now.revealed.clone(),
        })
    }
}

impl Question {
    /// The event that tells it. What was never on a phone is told to hosts only.
    pub(super) fn told(&self, status: QuestionStatus) -> ClassEvent {
        ClassEvent::Question { question: self.view(status), public: self.approved }
    }
}
