//! What the class and its host can do, and what comes of it.

use serde::{Deserialize, Serialize};

use super::moment::Choice;
use super::{Asking, Rules, Show, Stage};
use crate::domain::ids::{QuestionId, WatcherId};

/// How much a class may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Questions that wait or are open, of one watcher.
    pub questions_per_watcher: usize,
    /// The same, of all.
    pub questions: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Ask { watcher: WatcherId, question: QuestionId, text: String },
    Vote { watcher: WatcherId, question: QuestionId, up: bool },
    Predict { watcher: WatcherId, choice: Choice },
    React { watcher: WatcherId, emoji: String },
    Approve { question: QuestionId },
    Dismiss { question: QuestionId },
    Set { rules: RulesPatch, stage: StagePatch },
}

/// What a command comes to.
#[derive(Debug, PartialEq)]
pub enum Decision {
    /// It is so already.
    Nothing,
    /// To be written down, then applied.
    Write(Write),
    /// Takes effect at once and is not written down: a reaction, a prediction.
    Now(Momentary),
}

/// What belongs to the moment: gone with the turn, and with a restart.
#[derive(Debug, PartialEq)]
pub enum Momentary {
    Predict { watcher: WatcherId, choice: Choice },
    React { watcher: WatcherId, emoji: &'static str },
}

/// A change to write down.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    Ask { question: QuestionId, asker: WatcherId, text: String },
    Vote { question: QuestionId, watcher: WatcherId, up: bool },
    Approve(QuestionId),
    Dismiss(QuestionId),
    Setup { rules: RulesPatch, stage: StagePatch },
}

/// The rules that change; the others stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RulesPatch {
    pub questions: Option<Asking>,
    pub reactions: Option<bool>,
    pub predictions: Option<bool>,
}

/// What changes on the stage; the rest stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StagePatch {
    pub blank: Option<bool>,
    pub pause: Option<bool>,
    pub words_per_minute: Option<u32>,
    pub type_size: Option<u32>,
    pub show_code: Option<bool>,
    pub show: Option<Show>,
}

impl RulesPatch {
    pub fn onto(self, rules: Rules) -> Rules {
        Rules {
            questions: self.questions.unwrap_or(rules.questions),
            reactions: self.reactions.unwrap_or(rules.reactions),
            predictions: self.predictions.unwrap_or(rules.predictions),
        }
    }
}

impl StagePatch {
    /// # Errors
    /// A number that no reader or screen could use.
    pub fn onto(self, stage: Stage) -> Result<Stage, Refusal> {
        if self.words_per_minute.is_some_and(|words| words != 0 && !(40..=1_000).contains(&words)) {
            return Err(Refusal::WordsPerMinute);
        }
        if self.type_size.is_some_and(|percent| !(50..=300).contains(&percent)) {
            return Err(Refusal::TypeSize);
        }
        Ok(Stage {
            blank: self.blank.unwrap_or(stage.blank),
            pause: self.pause.unwrap_or(stage.pause),
            words_per_minute: self.words_per_minute.unwrap_or(stage.words_per_minute),
            type_size: self.type_size.unwrap_or(stage.type_size),
            show_code: self.show_code.unwrap_or(stage.show_code),
            show: self.show.unwrap_or(stage.show),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    QuestionsOff,
    QuestionsFrozen,
    ReactionsOff,
    NothingToPredict,
    UnknownQuestion,
    UnknownReaction,
    TooManyOwn(usize),
    TooManyQuestions,
    TooManyApproved(usize),
    WordsPerMinute,
    TypeSize,
    StorageUnavailable,
}

impl Refusal {
    /// The stable code that programs read.
    pub fn code(self) -> &'static str {
        match self {
            Self::QuestionsOff | Self::QuestionsFrozen | Self::ReactionsOff | Self::NothingToPredict => "not_allowed",
            Self::UnknownQuestion => "unknown_question",
            Self::UnknownReaction | Self::WordsPerMinute | Self::TypeSize => "invalid_command",
            Self::TooManyOwn(_) | Self::TooManyQuestions | Self::TooManyApproved(_) => "limit_reached",
            Self::StorageUnavailable => "storage_unavailable",
        }
    }

    /// What happened and what to do, for people.
    pub fn message(self) -> String {
        match self {
            Self::QuestionsOff => "Questions are switched off here.".to_owned(),
            Self::QuestionsFrozen => "Questions are closed just now. Wait until they open again.".to_owned(),
            Self::ReactionsOff => "Reactions are switched off here.".to_owned(),
            Self::NothingToPredict => "There is nothing to predict just now. Wait for the next turn.".to_owned(),
            Self::UnknownQuestion => "This question is not open (any more).".to_owned(),
            Self::UnknownReaction => "This reaction is not among those that are counted.".to_owned(),
            Self::TooManyOwn(max) => format!("You have {max} questions waiting. Wait until one is answered."),
            Self::TooManyQuestions => "There are very many questions already. Vote for one of them.".to_owned(),
            Self::TooManyApproved(max) => format!("{max} questions are open already. Ask or dismiss one first."),
            Self::WordsPerMinute => "`words_per_minute` must be 0 or 40 to 1000.".to_owned(),
            Self::TypeSize => "`type_size` must be 50 to 300 percent.".to_owned(),
            Self::StorageUnavailable => {
                "This could not be written down just now. Nothing was changed; try again in a moment.".to_owned()
            }
        }
    }
}
