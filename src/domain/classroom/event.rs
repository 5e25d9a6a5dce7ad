//! What everyone is told of the class. Each event says how things are now, so that repeating one changes nothing.

use std::collections::HashMap;

use serde::Serialize;

use super::Stage;
use super::view::{ClassView, PredictionView, QuestionView, ReactionsView};
use crate::domain::ids::QuestionId;
use crate::domain::protocol::Audience;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClassEvent {
    /// What the class may do.
    Class {
        class: ClassView,
    },
    Stage {
        stage: Stage,
    },
    /// A question is new or has changed.
    Question {
        question: QuestionView,
        /// Whether it is or was on the phones; else it is for hosts alone.
        #[serde(skip)]
        public: bool,
    },
    /// Counts that have changed.
    Votes {
        votes: HashMap<QuestionId, usize>,
    },
    Reaction {
        #[serde(flatten)]
        reactions: ReactionsView,
    },
    Prediction {
        prediction: Option<PredictionView>,
    },
}

impl ClassEvent {
    pub fn is_for(&self, audience: Audience) -> bool {
        !matches!(self, Self::Question { public: false, .. } if audience == Audience::Observer)
    }

    /// The event as one JSON text.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers always encode")
    }
}
