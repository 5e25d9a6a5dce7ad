//! The live protocol: what clients send and what they are told. docs/protocol.md is its description for people.
//!
//! There are two audiences. Hosts see what a turn used and why it failed; observers never do.

mod frame;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::change::{Participant, Record};
use super::classroom::{ClassEvent, RoomView};
use super::ids::{CharacterId, DiscussionId, MessageId, QuestionId, UserId, WatcherId};
use super::message::{Message, Status};
use super::order::{Seat, TurnOrder};
use super::recap::Recap;
use super::style::Style;
use super::text::Moment;

pub use frame::{ClientFrame, MAX_COMMAND_ID_CHARS};

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

/// A discussion as clients see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DiscussionView {
    pub id: String,
    pub topic: String,
    pub title: String,
    pub participants: Vec<ParticipantView>,
    pub turn_order: TurnOrder,
    /// Who would speak now; null if everyone is muted.
    pub next: Option<CharacterId>,
    /// Who has spoken in this round.
    pub heard: Vec<CharacterId>,
    pub auto: Option<AutoView>,
    #[serde(flatten)]
    pub style: Style,
    pub archived: bool,
    pub forked_from: Option<ForkView>,
    /// The demo voices speak, whatever is set up; told only where it is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rehearsal: bool,
    pub message_count: i64,
    pub last_seq: i64,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// Turns that follow by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AutoView {
    /// With the one that is running.
    pub turns_left: u32,
    /// No turn begins after this.
    pub until: Option<Moment>,
}

impl AutoView {
    /// No further turn is to begin now.
    pub fn is_over(&self, now: Moment) -> bool {
        self.until.is_some_and(|until| now >= until)
    }
}

/// How far back the words themselves are sent to a model; what stands before is sent in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RecapView {
    pub version: i32,
    /// The messages up to this position are covered.
    pub position: i64,
    pub created_at: Moment,
}

impl RecapView {
    pub fn of(recap: &Recap) -> Self {
        Self { version: recap.version, position: recap.position, created_at: recap.created_at }
    }
}

/// Where a discussion's beginning was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ForkView {
    pub discussion_id: DiscussionId,
    pub message_id: MessageId,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParticipantView {
    pub character_id: CharacterId,
    pub name: String,
    pub tagline: String,
    pub color: String,
    pub color_dark: String,
    pub avatar_url: Option<String>,
    pub living: bool,
    /// Place in the speaking order, from 1.
    pub position: usize,
    pub muted: bool,
}

impl DiscussionView {
    pub fn of(record: &Record) -> Self {
        Self {
            id: record.id.to_string(),
            topic: record.topic.clone(),
            title: record.title.clone(),
            participants: record.participants.iter().enumerate().map(ParticipantView::of).collect(),
            turn_order: record.turn_order,
            next: record.floor.next(record.turn_order, &seats(&record.participants)),
            heard: record.floor.heard.clone(),
            auto: None,
            style: record.style,
            archived: record.archived,
            forked_from: record
                .forked_from
                .map(|fork| ForkView { discussion_id: fork.discussion, message_id: fork.message }),
            rehearsal: record.rehearsal,
            message_count: record.message_count,
            last_seq: record.last_seq,
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

impl ParticipantView {
    fn of((index, participant): (usize, &Participant)) -> Self {
        let character = &participant.character;
        Self {
            character_id: character.id.clone(),
            name: character.name.clone(),
            tagline: character.tagline.clone(),
            color: character.color.light.clone(),
            color_dark: character.color.dark.clone(),
            avatar_url: character.avatar_url(),
            living: character.living,
            position: index + 1,
            muted: participant.muted,
        }
    }
}

/// The seats at a table, as turn-taking sees them.
pub fn seats(participants: &[Participant]) -> Vec<Seat<'_>> {
    fn seat(Participant { character, muted }: &Participant) -> Seat<'_> {
        Seat { id: &character.id, name: &character.name, muted: *muted }
    }
    participants.iter().map(seat).collect()
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
