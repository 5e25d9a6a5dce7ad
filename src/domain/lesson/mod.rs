//! A lesson: who discusses what, how, and what the host means to say on the way, as one file that a teacher can read and
//! write (docs/lessons.md). Nothing of it is ever said by itself.

mod read;
mod shelf;
#[cfg(test)]
mod tests;
mod write;

use serde::{Deserialize, Serialize};

use super::character::Character;
use super::ids::CharacterId;
use super::order::TurnOrder;
use super::style::Style;

pub use read::{LessonError, Limits, MAX_FILE_BYTES, MAX_STEPS, read};
pub use shelf::{Shelved, shelf};
pub use write::{file_name, write};

#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    pub about: About,
    pub topic: String,
    pub turn_order: TurnOrder,
    pub style: Style,
    /// So many turns follow by themselves when the host lets them.
    pub auto_turns: Option<u32>,
    /// In speaking order, 1 to 6.
    pub cast: Vec<Member>,
    pub plan: Vec<Step>,
}

/// What a lesson is for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    pub title: String,
    /// For whom, e.g. `Age 14 to 16`.
    pub audience: String,
    pub minutes: Option<u32>,
    pub aims: Vec<String>,
    /// For the teacher.
    pub notes: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Member {
    /// A built-in one.
    Known(CharacterId),
    /// One that the file brings along.
    Own(Box<Character>),
}

/// Something that the host means to say.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    /// After so many turns of the characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_turns: Option<u32>,
    /// In words, e.g. `when they agree`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub when: String,
    pub say: String,
    /// Why: for the teacher.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// What a discussion keeps of its lesson, for its host alone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    pub about: About,
    pub auto_turns: Option<u32>,
    pub steps: Vec<PlannedStep>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PlannedStep {
    #[serde(flatten)]
    pub step: Step,
    pub said: bool,
}

impl Plan {
    /// Nothing of it has been said yet.
    pub fn new(about: About, auto_turns: Option<u32>, steps: Vec<Step>) -> Self {
        let steps = steps.into_iter().map(|step| PlannedStep { step, said: false }).collect();
        Self { about, auto_turns, steps }
    }
}
