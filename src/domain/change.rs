//! What is kept of a discussion, and the changes that are committed to it.

use super::character::Character;
use super::ids::{DiscussionId, MessageId, QuestionId, UserId};
use super::message::{Author, Finish, Status, Usage};
use super::order::{Floor, TurnOrder};
use super::text::Moment;

/// A discussion as the database keeps it, without its messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub id: DiscussionId,
    pub owner: UserId,
    pub topic: String,
    pub title: String,
    pub turn_order: TurnOrder,
    /// In speaking order.
    pub participants: Vec<Participant>,
    pub floor: Floor,
    /// The change counter: grows by one with every committed change, never restarts.
    pub last_seq: i64,
    pub message_count: i64,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// A seat at the table, with the character as it was when the discussion began.
#[derive(Debug, Clone, PartialEq)]
pub struct Participant {
    pub character: Character,
    pub muted: bool,
}

/// A change to commit, with all that must be written down in the same transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    pub discussion: DiscussionId,
    pub change: Change,
    /// The turn-taking after the change; `None`: as it was.
    pub floor: Option<Floor>,
    /// The client's command that this change carries out: it takes effect once.
    pub command: Option<CommandKey>,
}

/// A client's own name for a command, per user and discussion.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CommandKey {
    pub user: UserId,
    pub id: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A turn begins. Version 1 makes a new message, `streaming` and without text, at the next position; a later version is
    /// written beside the current one of a message that is there.
    StartTurn { message: MessageId, author: Author, version: i32 },
    /// A turn ends: the text of that version is final.
    EndTurn(EndedTurn),
    /// A message that is whole at once: the host's or the class's words, a notice.
    Say { message: MessageId, author: Author, text: String },
    /// A question of the class becomes a message.
    Pose { message: MessageId, question: QuestionId, text: String, votes: i64 },
    /// The discussion itself.
    Edit { title: Option<String>, turn_order: Option<TurnOrder> },
}

#[derive(Debug, Clone, PartialEq)]
pub struct EndedTurn {
    pub message: MessageId,
    pub version: i32,
    pub text: String,
    pub status: Status,
    pub finish: Option<Finish>,
    pub usage: Option<Usage>,
    pub error: Option<String>,
    /// Whether this version is the message's current one from now on (version 1 is from the start).
    pub becomes_current: bool,
}

/// What the database says of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The change's number.
    pub seq: i64,
    /// Where the message stands, for changes that belong to a message.
    pub position: Option<i64>,
    pub at: Moment,
    /// The command had taken effect before: nothing was written, `seq` is the first one.
    pub repeated: bool,
}
