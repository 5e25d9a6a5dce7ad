//! The live protocol: what clients send and what they are told. docs/protocol.md is its description for people.
//!
//! There are two audiences. Hosts see what a turn used and why it failed; observers never do.

mod frame;
mod views;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::classroom::{ClassEvent, RoomView};
use super::ids::{CharacterId, MessageId, QuestionId, UserId, WatcherId};
use super::message::{Message, Status};
use super::text::Moment;

pub use frame::{ClientFrame, MAX_COMMAND_ID_CHARS};
pub use views::{AutoView, DiscussionView, FigureView, ForkView, ParticipantView, RecapView, seats};

/// Newest messages in a snapshot; older ones are fetched when they are wanted.
pub const SNAPSHOT_MESSAGES: usize = 200;

/// Who watches: within one audience all see the same events in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Host,
    Observer,
}

/// Who is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Person {
    Host(UserId),
    Watcher(WatcherId),
}

impl Person {
    pub fn audience(self) -> Audience {
        match self {
            Self::Host(_) => Audience::Host,
            Self::Watcher(_) => Audience::Observer,
        }
    }
}

/// What everyone who watches is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Discussion {
        seq: i64,
        discussion: Box<DiscussionView>,
    },
    Message {
        seq: i64,
        message: Message,
    },
    TurnStarted {
        seq: i64,
        turn: TurnView,
    },
    Delta {
        turn: MessageId,
        from: usize,
        text: String,
    },
    TurnEnded {
        seq: i64,
        message: Message,
    },
    Presence {
        observers: usize,
        hosts: usize,
    },
    Notice {
        code: &'static str,
        text: String,
        turn: Option<MessageId>,
        retry_after_ms: Option<u64>,
    },
    Class(ClassEvent),
    /// What is remembered of the earlier part has changed; hosts only.
    Recap {
        recap: Option<RecapView>,
    },
}

impl Event {
    /// The event as one JSON text for this audience.
    pub fn encode(&self, audience: Audience) -> String {
        match self {
            Self::Discussion { seq, discussion } => {
                json!({"type": "discussion", "seq": seq, "discussion": discussion}).to_string()
            }
            Self::Message { seq, message } => {
                json!({"type": "message", "seq": seq, "message": for_audience(message, audience)}).to_string()
            }
            Self::TurnStarted { seq, turn } => json!({"type": "turn_started", "seq": seq, "turn": turn}).to_string(),
            Self::Delta { turn, from, text } => encode_delta(*turn, *from, text),
            Self::TurnEnded { seq, message } => {
                json!({"type": "turn_ended", "seq": seq, "message": for_audience(message, audience)}).to_string()
            }
            Self::Presence { observers, hosts } => {
                json!({"type": "presence", "observers": observers, "hosts": hosts}).to_string()
            }
            Self::Notice { code, text, turn, retry_after_ms } => {
                // Which provider failed, and which one is asked instead, is the host's business. A wait names none.
                let told = audience == Audience::Host || *code == "retrying";
                let text = if told { text } else { "The answer takes a little longer." };
                json!({"type": "notice", "code": code, "text": text, "turn": turn, "retry_after_ms": retry_after_ms})
                    .to_string()
            }
            Self::Class(event) => event.encode(),
            Self::Recap { recap } => json!({"type": "recap", "recap": recap}).to_string(),
        }
    }

    /// Whether this audience is told it at all.
    pub fn is_for(&self, audience: Audience) -> bool {
        match self {
            Self::Class(event) => event.is_for(audience),
            Self::Recap { .. } => audience == Audience::Host,
            // What else there may be to notice (a budget, a limit) concerns those who steer.
            Self::Notice { code, .. } => audience == Audience::Host || matches!(*code, "retrying" | "failover"),
            _ => true,
        }
    }

    /// The number of the change it tells, if it tells one.
    pub fn seq(&self) -> Option<i64> {
        match self {
            Self::Discussion { seq, .. }
            | Self::Message { seq, .. }
            | Self::TurnStarted { seq, .. }
            | Self::TurnEnded { seq, .. } => Some(*seq),
            Self::Delta { .. } | Self::Presence { .. } | Self::Notice { .. } | Self::Class(_) | Self::Recap { .. } => None,
        }
    }

    /// Whether both audiences are told the very same text, so that it is made once.
    pub fn same_for_all(&self) -> bool {
        !matches!(self, Self::Message { .. } | Self::TurnEnded { .. } | Self::Notice { .. })
    }
}

/// A delta is the one event made many times a second: no tree of values in between.
fn encode_delta(turn: MessageId, from: usize, text: &str) -> String {
    #[derive(Serialize)]
    struct Delta<'a> {
        r#type: &'static str,
        turn: MessageId,
        from: usize,
        text: &'a str,
    }
    let delta = Delta { r#type: "delta", turn, from, text };
    serde_json::to_string(&delta).expect("strings and numbers always encode")
}

/// The message as this audience may see it: a struck one has no words, observers see no usage and no reason.
pub fn for_audience(message: &Message, audience: Audience) -> Message {
    let mut seen = message.clone();
    if audience == Audience::Observer {
        seen.usage = None;
        seen.error = None;
    }
    if seen.status == Status::Struck {
        seen.text.clear();
    }
    seen
}

/// The running turn, as `turn_started` and the snapshot tell it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TurnView {
    /// The id of the message to come.
    pub id: MessageId,
    pub character_id: CharacterId,
    pub name: String,
    pub version: i32,
    /// Where the message will stand.
    pub position: i64,
    pub started_at: Moment,
    /// `thinking` before the first text, then `speaking`; in snapshots only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// The text so far; in snapshots only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The first frame, and whenever an observer has to be made whole.
pub struct Snapshot<'a> {
    pub seq: i64,
    /// Null: it replaces everything. A number: only messages changed since are in it.
    pub after: Option<i64>,
    pub discussion: DiscussionView,
    pub messages: &'a [&'a Message],
    /// Older messages stand before this position.
    pub more_before: Option<i64>,
    pub turn: Option<TurnView>,
    pub recap: Option<RecapView>,
    /// The class, as this audience sees it.
    pub room: RoomView,
}

impl Snapshot<'_> {
    pub fn encode(&self, audience: Audience) -> String {
        let messages: Vec<Message> = self.messages.iter().map(|message| for_audience(message, audience)).collect();
        let room = &self.room;
        let recap = self.recap.filter(|_| audience == Audience::Host);
        json!({
            "type": "snapshot", "seq": self.seq, "after": self.after, "role": audience, "discussion": self.discussion,
            "messages": messages, "more_before": self.more_before, "turn": self.turn, "recap": recap,
            "class": room.class, "stage": room.stage, "questions": room.questions, "reactions": room.reactions,
            "prediction": room.prediction,
        })
        .to_string()
    }
}

/// The command took effect (or had before): `seq` is the change's number, `question` what was asked.
pub fn encode_ack(id: &str, seq: Option<i64>, question: Option<QuestionId>) -> String {
    let mut ack = json!({"type": "ack", "id": id});
    if let Some(seq) = seq {
        ack["seq"] = json!(seq);
    }
    if let Some(question) = question {
        ack["question"] = json!(question);
    }
    ack.to_string()
}

/// The command did not take effect.
pub fn encode_error(id: Option<&str>, code: &str, message: &str) -> String {
    match id {
        Some(id) => json!({"type": "error", "id": id, "code": code, "message": message}).to_string(),
        None => json!({"type": "error", "code": code, "message": message}).to_string(),
    }
}

pub fn encode_pong(id: &str) -> String {
    json!({"type": "pong", "id": id}).to_string()
}

/// Close codes of our own beside those of RFC 6455; docs/protocol.md says which are final.
pub mod close {
    /// Not text.
    pub const UNSUPPORTED: u16 = 1003;
    pub const BAD_UTF8: u16 = 1007;
    pub const TOO_LARGE: u16 = 1009;
    /// The server restarts: reconnect at once.
    pub const RESTART: u16 = 1012;
    /// Ticket invalid, used or expired.
    pub const TICKET: u16 = 4401;
    /// The share has ended.
    pub const SHARE_ENDED: u16 = 4403;
    pub const NO_SUCH_DISCUSSION: u16 = 4404;
    /// Too many connections or messages.
    pub const TOO_MANY: u16 = 4429;
}
