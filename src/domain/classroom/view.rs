//! How the class looks from outside: in events, and in snapshots.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Choice, Classroom, Question, QuestionStatus, REACTIONS, Rules, Stage};
use crate::domain::ids::{CharacterId, MessageId, QuestionId};
use crate::domain::protocol::Audience;
use crate::domain::text::Moment;

/// What the class may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClassView {
    #[serde(flatten)]
    pub rules: Rules,
    /// The reactions that are counted.
    pub emoji: [&'static str; REACTIONS.len()],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuestionView {
    pub id: QuestionId,
    /// Empty once it was dismissed.
    pub text: String,
    pub votes: usize,
    pub status: QuestionStatus,
    pub asked_at: Moment,
}

/// Reactions to the running or last turn; those nobody gave are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReactionsView {
    pub turn: Option<MessageId>,
    pub counts: BTreeMap<&'static str, usize>,
}

/// What the next speaker will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PredictionView {
    /// Whom it is about: who would speak next, or speaks now.
    pub character_id: Option<CharacterId>,
    /// Whether phones may vote: not while somebody speaks.
    pub open: bool,
    /// How many have voted; for what is told after the turn.
    pub votes: usize,
    /// The last split that was told.
    pub revealed: Option<RevealedView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevealedView {
    /// The turn that was predicted.
    pub message_id: MessageId,
    pub character_id: CharacterId,
    pub split: Split,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Split {
    pub agree: usize,
    pub object: usize,
    pub turn: usize,
}

impl Split {
    pub(super) fn of<'a>(choices: impl Iterator<Item = &'a Choice>) -> Self {
        choices.fold(Self::default(), |mut split, choice| {
            match choice {
                Choice::Agree => split.agree += 1,
                Choice::Object => split.object += 1,
                Choice::Turn => split.turn += 1,
            }
            split
        })
    }
}

/// All of it, for a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoomView {
    pub class: ClassView,
    pub stage: Stage,
    /// In the order in which they were asked; observers see those that are open to votes.
    pub questions: Vec<QuestionView>,
    pub reactions: ReactionsView,
    pub prediction: Option<PredictionView>,
}

impl Classroom {
    pub fn class(&self) -> ClassView {
        ClassView { rules: self.setup.rules, emoji: REACTIONS }
    }

    pub fn view(&self, audience: Audience) -> RoomView {
        let seen = |question: &&Question| question.approved || audience == Audience::Host;
        let view = |question: &Question| {
            question.view(if question.approved { QuestionStatus::Approved } else { QuestionStatus::Waiting })
        };
        RoomView {
            class: self.class(),
            stage: self.setup.stage,
            questions: self.questions.iter().filter(seen).map(view).collect(),
            reactions: self.reactions(),
            prediction: self.prediction(),
        }
    }
}

impl Question {
    pub(super) fn view(&self, status: QuestionStatus) -> QuestionView {
        let text = if status == QuestionStatus::Dismissed { String::new() } else { self.text.clone() };
        QuestionView { id: self.id, text, votes: self.votes.len(), status, asked_at: self.asked_at }
    }
}
