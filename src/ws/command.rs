//! What a host sends, as a command of the discussion, its texts checked.

use super::Limits;
use super::class::Objection;
use crate::domain::discussion::{Command, Refusal};
use crate::domain::ids::MessageId;
use crate::domain::protocol::ClientFrame;
use crate::domain::text::{self, MAX_REASON_CHARS, Moment, TextError};

/// Turns that may follow by themselves.
const MAX_AUTO_TURNS: u32 = 1_000;

/// # Errors
/// Why it is none; frames about the class are none either.
pub fn command(frame: &ClientFrame, limits: Limits) -> Result<Command, Objection> {
    let fresh = MessageId::new();
    match frame {
        ClientFrame::Next { character_id: None, .. } => Ok(Command::Next { fresh, character: None }),
        ClientFrame::Next { character_id: Some(id), .. } => match id.parse() {
            Ok(id) => Ok(Command::Next { fresh, character: Some(id) }),
            Err(_) => Err(Refusal::UnknownCharacter.into()),
        },
        ClientFrame::Say { text, .. } => match text::parse(text, limits.message_chars) {
            Ok(text) => Ok(Command::Say { fresh, text }),
            Err(error) => Err(error.into()),
        },
        ClientFrame::Stop { turn, .. } => Ok(Command::Stop { turn: *turn }),
        ClientFrame::Auto { turns, until, .. } => auto(*turns, until.as_deref()),
        ClientFrame::Regenerate { message_id, .. } => Ok(Command::Regenerate { message: *message_id }),
        ClientFrame::Continue { message_id, .. } => Ok(Command::Continue { message: *message_id }),
        ClientFrame::Strike { message_id, reason, .. } => {
            let reason = reason.as_deref().map(|reason| text::parse(reason, MAX_REASON_CHARS));
            match reason {
                Some(Err(TextError::TooLong(max))) => {
                    Err(Objection { code: "too_long", message: format!("A reason may have at most {max} characters.") })
                }
                reason => Ok(Command::Strike { message: *message_id, reason: reason.and_then(Result::ok) }),
            }
        }
        ClientFrame::Mute { character_id, muted, .. } => match character_id.parse() {
            Ok(character) => Ok(Command::Mute { character, muted: muted.unwrap_or(true) }),
            Err(_) => Err(Refusal::UnknownCharacter.into()),
        },
        ClientFrame::Ping { .. } | ClientFrame::Class(_) => {
            Err(Objection::new("invalid_command", "This is no command of the discussion."))
        }
    }
}

/// So many turns, or until a time; one of the two must be there.
fn auto(turns: Option<u32>, until: Option<&str>) -> Result<Command, Objection> {
    let wrong = |message: &str| Err(Objection::new("invalid_command", message));
    let until = match until.map(Moment::parse) {
        Some(None) => return wrong("`until` must be a time such as 2026-11-23T10:45:00Z."),
        until => until.flatten(),
    };
    match turns {
        None if until.is_none() => wrong("Say how many `turns`, or `until` when."),
        Some(turns) if turns > MAX_AUTO_TURNS => wrong("At most 1,000 `turns` follow by themselves. Ask again after them."),
        turns => Ok(Command::Auto { turns: turns.unwrap_or(MAX_AUTO_TURNS), until }),
    }
}
