//! What clients send about the class.

use serde::Deserialize;

use super::{Choice, RulesPatch, StagePatch};
use crate::domain::ids::QuestionId;
use crate::domain::protocol::Audience;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClassFrame {
    Ask {
        id: String,
        text: String,
    },
    /// For a question, or for what the next speaker will do.
    Vote {
        id: String,
        question: Option<QuestionId>,
        /// False takes the vote back.
        up: Option<bool>,
        prediction: Option<Choice>,
    },
    React {
        id: String,
        emoji: String,
    },
    Approve {
        id: String,
        question: QuestionId,
    },
    Dismiss {
        id: String,
        question: QuestionId,
    },
    /// The question becomes a message, and a character is called to answer.
    Pose {
        id: String,
        question: QuestionId,
        character_id: Option<String>,
    },
    Class {
        id: String,
        #[serde(flatten)]
        rules: RulesPatch,
    },
    Stage {
        id: String,
        #[serde(flatten)]
        stage: StagePatch,
    },
}

impl ClassFrame {
    /// Whether frames of this type are about the class.
    pub fn knows(kind: &str) -> bool {
        ["ask", "vote", "react", "approve", "dismiss", "pose", "class", "stage"].contains(&kind)
    }

    /// The client's own name for the command.
    pub fn id(&self) -> &str {
        match self {
            Self::Ask { id, .. }
            | Self::Vote { id, .. }
            | Self::React { id, .. }
            | Self::Approve { id, .. }
            | Self::Dismiss { id, .. }
            | Self::Pose { id, .. }
            | Self::Class { id, .. }
            | Self::Stage { id, .. } => id,
        }
    }

    /// Who may send it.
    pub fn is_for(&self, audience: Audience) -> bool {
        match self {
            Self::Ask { .. } | Self::Vote { .. } | Self::React { .. } => true,
            Self::Approve { .. } | Self::Dismiss { .. } | Self::Pose { .. } | Self::Class { .. } | Self::Stage { .. } => {
                audience == Audience::Host
            }
        }
    }
}
