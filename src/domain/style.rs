//! How turns are spoken: their length, and for whom.

use serde::{Deserialize, Serialize};

use super::message::words;

/// The host's wishes for every turn to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub struct Style {
    pub length: Length,
    pub level: Level,
}

words!(
    /// How long a turn is.
    #[derive(Default)]
    Length { Short = "short", #[default] Normal = "normal", Long = "long" }
);

words!(
    /// The age of those who listen.
    #[derive(Default)]
    Level { Age10 = "10", Age14 = "14", Age18 = "18", #[default] Adult = "adult" }
);

impl Length {
    /// Words that a turn is asked to have.
    pub fn words(self) -> u32 {
        match self {
            Self::Short => 60,
            Self::Normal => 120,
            Self::Long => 240,
        }
    }
}

impl Level {
    /// Whom the speaker is to reach, as an instruction.
    pub fn instruction(self) -> &'static str {
        match self {
            Self::Age10 => {
                " The listeners are ten years old: short sentences, everyday words, one example they can see before them; \
                 explain any hard word at once."
            }
            Self::Age14 => {
                " The listeners are fourteen years old: clear sentences, examples from their lives; explain technical terms."
            }
            Self::Age18 => " The listeners are about to finish school: technical terms are welcome when they are explained.",
            Self::Adult => "",
        }
    }
}
