//! What the discussion takes in and what it gives out.

use crate::domain::change::{CommandKey, Commit, Committed};
use crate::domain::ids::{CharacterId, MessageId, QuestionId};
use crate::domain::message::{Finish, Usage};
use crate::domain::order::TurnOrder;
use crate::domain::protocol::Event;

/// Whom to answer: the rim keeps the other end.
pub type Origin = u64;

#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    Command {
        origin: Origin,
        /// The client's name for it, where it gave one: takes effect once.
        key: Option<CommandKey>,
        command: Command,
    },
    /// Visible text of the running turn.
    Delta {
        turn: MessageId,
        text: String,
    },
    /// Something to tell about the running turn: a wait, a retry.
    Aside {
        turn: MessageId,
        code: &'static str,
        text: String,
        retry_after_ms: Option<u64>,
    },
    /// The speaker has ended.
    Ended {
        turn: MessageId,
        ending: Ending,
    },
    Committed(Committed),
    CommitFailed,
    /// Time to try a failed end of turn again.
    Retry,
    /// The server stops: no new turns, the running one ends `interrupted`.
    Close,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `fresh`: the id of the message to come.
    Next {
        fresh: MessageId,
        character: Option<CharacterId>,
    },
    Say {
        fresh: MessageId,
        text: String,
    },
    Stop {
        turn: Option<MessageId>,
    },
    /// A question of the class is put to a character.
    Pose(Posed),
    Edit {
        title: Option<String>,
        turn_order: Option<TurnOrder>,
    },
}

/// A question of the class that becomes a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Posed {
    /// The id of the message to come.
    pub fresh: MessageId,
    pub question: QuestionId,
    pub text: String,
    pub votes: usize,
    /// Who is to answer; `None`: whom it names, or whose turn it is.
    pub character: Option<CharacterId>,
}

/// How a turn ended, as the voice tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    pub kind: EndingKind,
    pub usage: Option<Usage>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum EndingKind {
    Complete(Option<Finish>),
    Stopped,
    /// Cut off; the words say why.
    Broken(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Commit(Commit),
    /// The failed end of a turn is to be tried again in a moment (`Input::Retry`).
    RetryLater,
    /// Ask this character's voice.
    Speak {
        turn: MessageId,
        speaker: CharacterId,
    },
    /// Close the provider's connection, if this turn still has one.
    Silence {
        turn: MessageId,
    },
    /// Show text of the running turn; `from` in UTF-16 units.
    Show {
        turn: MessageId,
        from: usize,
        text: String,
    },
    Tell(Event),
    Reply {
        origin: Origin,
        result: Result<Accepted, Refusal>,
    },
}

/// A command took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accepted {
    /// The change's number; `None` when nothing had to change.
    pub seq: Option<i64>,
    /// The turn that began.
    pub turn: Option<MessageId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    TurnInProgress,
    UnknownCharacter,
    UnknownQuestion,
    EveryoneMuted,
    StorageUnavailable,
    Closing,
}

impl Refusal {
    /// The stable code that programs read, on the socket and in HTTP answers alike.
    pub fn code(self) -> &'static str {
        match self {
            Self::TurnInProgress => "turn_in_progress",
            Self::UnknownCharacter => "unknown_character",
            Self::UnknownQuestion => "unknown_question",
            Self::EveryoneMuted => "not_allowed",
            Self::StorageUnavailable => "storage_unavailable",
            Self::Closing => "provider_unavailable",
        }
    }

    /// What happened and what to do, for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::TurnInProgress => "Someone is speaking. Wait, or press Stop first.",
            Self::UnknownCharacter => "No such character takes part in this discussion.",
            Self::UnknownQuestion => "This question is not open (any more).",
            Self::EveryoneMuted => "Everyone is muted. Unmute a participant, or pick one by hand.",
            Self::StorageUnavailable => {
                "This could not be written down just now. Nothing was changed; try again in a moment."
            }
            Self::Closing => "ChatLab is being restarted. Try again in a moment.",
        }
    }
}
