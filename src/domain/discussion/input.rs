//! What the discussion takes in and what it gives out.

use crate::domain::change::{CommandKey, Commit, Committed, Edit};
use crate::domain::character::Character;
use crate::domain::ids::{CharacterId, MessageId, QuestionId};
use crate::domain::message::{Finish, Usage};
use crate::domain::protocol::Event;
use crate::domain::text::Moment;

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
    /// Time for the turn that follows by itself. `fresh`: the id of the message to come; `at`: now.
    GoOn {
        fresh: MessageId,
        at: Moment,
    },
    /// No further turn follows by itself; the words tell everyone why.
    EndAuto {
        code: &'static str,
        text: String,
    },
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
    /// Turns follow by themselves: so many, and none begins after `until`.
    Auto {
        turns: u32,
        until: Option<Moment>,
    },
    /// A new version of a character's message.
    Regenerate {
        message: MessageId,
    },
    /// A new version that goes on where the current one was cut off.
    Continue {
        message: MessageId,
    },
    Strike {
        message: MessageId,
        reason: Option<String>,
    },
    EditMessage {
        message: MessageId,
        text: String,
        reason: Option<String>,
    },
    Mute {
        character: CharacterId,
        muted: bool,
    },
    /// Who is to sit at the table, in speaking order. `fresh`: the id of the message that tells who came and went.
    Seat {
        fresh: MessageId,
        wanted: Vec<Wanted>,
    },
    Edit(Edit),
}

/// A seat as the host wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    pub id: CharacterId,
    /// `None`: as it is; a new one can speak.
    pub muted: Option<bool>,
    /// The card, for one who is to join.
    pub card: Option<Character>,
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
    /// The host struck the message while it was being spoken.
    Struck(Option<String>),
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
    /// The next turn follows by itself (`Input::GoOn`): at once, or when the one before could be read.
    GoOn {
        at_once: bool,
    },
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
    UnknownMessage,
    /// Only what a character said can be said again.
    NotACharacters,
    /// Nothing was cut off.
    NotCutOff,
    Struck,
    /// Fewer than one or more than six at the table, or one twice.
    WrongSeats,
    BudgetExhausted(Limit),
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
            Self::EveryoneMuted | Self::NotACharacters | Self::NotCutOff | Self::Struck => "not_allowed",
            Self::UnknownMessage => "unknown_message",
            Self::WrongSeats => "invalid_command",
            Self::BudgetExhausted(_) => "budget_exhausted",
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
            Self::UnknownMessage => "No such message is in this discussion.",
            Self::NotACharacters => "Only a character's message can be spoken again.",
            Self::NotCutOff => "This message is whole. Press Next Response to go on, or ask for another version.",
            Self::Struck => "This message was struck. Nothing more can be done to it.",
            Self::WrongSeats => "One to six characters can sit at the table, each once.",
            Self::BudgetExhausted(limit) => limit.message(),
            Self::StorageUnavailable => {
                "This could not be written down just now. Nothing was changed; try again in a moment."
            }
            Self::Closing => "ChatLab is being restarted. Try again in a moment.",
        }
    }
}

/// Which limit on cost is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    UserToday,
    Discussion,
    ServerToday,
}

impl Limit {
    /// What is reached and what to do, for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::UserToday => "Your budget for today is used up. It is new again tomorrow (at midnight UTC).",
            Self::Discussion => "This discussion's budget is used up. Begin another one, or raise the limit on the server.",
            Self::ServerToday => "This server's budget for today is used up. It is new again tomorrow (at midnight UTC).",
        }
    }
}
