//! What clients send, and who may.

use serde::Deserialize;
use serde_json::Value;

use super::Audience;
use crate::domain::classroom::ClassFrame;
use crate::domain::ids::MessageId;

/// Longest name a client may give a command, in characters.
pub const MAX_COMMAND_ID_CHARS: usize = 64;

/// A frame from a client.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    Next { id: String, character_id: Option<String> },
    Say { id: String, text: String },
    Stop { id: String, turn: Option<MessageId> },
    Auto { id: String, turns: Option<u32>, until: Option<String> },
    Regenerate { id: String, message_id: MessageId },
    Continue { id: String, message_id: MessageId },
    Strike { id: String, message_id: MessageId, reason: Option<String> },
    Mute { id: String, character_id: String, muted: Option<bool> },
    Ping { id: String },
    Class(ClassFrame),
}

impl ClientFrame {
    /// Reads a text frame. The id is given back, where it can be read, so that the answer can name the command.
    pub fn parse(text: &str) -> Result<Self, (Option<String>, String)> {
        let value: Value = serde_json::from_str(text).map_err(|_| (None, "This frame is no JSON object.".to_owned()))?;
        let id = value.get("id").and_then(Value::as_str).map(str::to_owned);
        let short = |id: &String| id.chars().count() <= MAX_COMMAND_ID_CHARS;
        if !value.is_object() {
            return Err((None, "A frame is one JSON object with a field `type`.".to_owned()));
        }
        match &id {
            Some(text) if !short(text) => {
                return Err((None, format!("`id` may have at most {MAX_COMMAND_ID_CHARS} characters.")));
            }
            Some(text) if text.is_empty() || text.chars().any(char::is_control) => {
                return Err((None, "`id` must not be empty and have no control characters.".to_owned()));
            }
            _ => {}
        }
        let of_class = value.get("type").and_then(Value::as_str).is_some_and(ClassFrame::knows);
        let read = match of_class {
            true => serde_json::from_value(value).map(Self::Class),
            false => serde_json::from_value(value),
        };
        read.map_err(|error| (id, format!("This command was not understood: {error}.")))
    }

    /// The client's own name for the command.
    pub fn id(&self) -> &str {
        match self {
            Self::Next { id, .. }
            | Self::Say { id, .. }
            | Self::Stop { id, .. }
            | Self::Auto { id, .. }
            | Self::Regenerate { id, .. }
            | Self::Continue { id, .. }
            | Self::Strike { id, .. }
            | Self::Mute { id, .. }
            | Self::Ping { id } => id,
            Self::Class(frame) => frame.id(),
        }
    }

    /// Who may send it: what is not open to all is the host's.
    pub fn is_for(&self, audience: Audience) -> bool {
        match self {
            Self::Ping { .. } => true,
            Self::Class(frame) => frame.is_for(audience),
            _ => audience == Audience::Host,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_and_unknown_fields_are_ignored() {
        let frame = ClientFrame::parse(r#"{"type":"next","id":"a","character_id":"john-dewey","x":1}"#);
        assert_eq!(frame, Ok(ClientFrame::Next { id: "a".into(), character_id: Some("john-dewey".into()) }));
    }

    #[test]
    fn a_refused_frame_names_its_command_where_it_can() {
        let refused = |text: &str| ClientFrame::parse(text).expect_err("refused").0;
        assert_eq!(refused(r#"{"type":"dance","id":"a"}"#), Some("a".to_owned()));
        assert_eq!(refused(r#"{"type":"say","id":"a","text":5}"#), Some("a".to_owned()));
        assert_eq!(refused("[1]"), None);
        assert_eq!(refused("{"), None);
        assert_eq!(refused(&format!(r#"{{"type":"ping","id":"{}"}}"#, "x".repeat(65))), None);
    }
}
