//! What is kept of a discussion, and the changes that are committed to it.

use serde::{Deserialize, Serialize};

use super::character::Character;
use super::ids::{DiscussionId, MessageId, QuestionId, UserId};
use super::message::{Author, Finish, Status, Usage, words};
use super::order::{Floor, TurnOrder};
use super::style::{Length, Level, Style};
use super::text::Moment;

/// A discussion as the database keeps it, without its messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub id: DiscussionId,
    pub owner: UserId,
    pub topic: String,
    pub title: String,
    pub turn_order: TurnOrder,
    /// How turns are to be spoken.
    pub style: Style,
    pub archived: bool,
    /// Where its beginning was taken from.
    pub forked_from: Option<Fork>,
    /// The demo voices speak, whatever is set up.
    pub rehearsal: bool,
    /// In speaking order.
    pub participants: Vec<Participant>,
    /// Who said something and left the table.
    pub former: Vec<Character>,
    pub floor: Floor,
    /// The change counter: grows by one with every committed change, never restarts.
    pub last_seq: i64,
    pub message_count: i64,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// The place in another discussion from which this one goes its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fork {
    pub discussion: DiscussionId,
    pub message: MessageId,
}

impl Record {
    /// The cards of all who are or were at the table and said something.
    pub fn figures(&self) -> impl Iterator<Item = &Character> {
        self.participants.iter().map(|participant| &participant.character).chain(&self.former)
    }
}

/// A seat at the table, with the character as it was when it was taken.
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
    /// The seats after the change; `None`: as they were.
    pub seats: Option<Vec<Participant>>,
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
    /// A turn begins: a new message, `streaming` and without text, at the next position.
    StartTurn { message: MessageId, author: Author },
    /// A turn begins that speaks a message again: a version beside the current one. `text` is what it goes on from.
    StartVersion { message: MessageId, text: String, kind: VersionKind },
    /// A turn ends: the text of that version is final.
    EndTurn(EndedTurn),
    /// A message that is whole at once: the host's or the class's words.
    Say { message: MessageId, author: Author, text: String },
    /// A question of the class becomes a message.
    Pose { message: MessageId, question: QuestionId, text: String, votes: i64 },
    /// Other words for a message: a new version that counts at once.
    EditMessage { message: MessageId, text: String, reason: Option<String> },
    /// The message's current version disappears from everything but the owner's record.
    Strike { message: MessageId, reason: Option<String> },
    /// Who sits at the table, or in which order; the transcript tells who came and went.
    Seats { told: Option<(MessageId, String)> },
    /// Turns follow by themselves from now on, or no longer. Only numbered: it ends with the actor.
    Auto,
    /// The discussion itself.
    Edit(Edit),
}

/// What changes of a discussion itself; `None` stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Edit {
    pub title: Option<String>,
    pub turn_order: Option<TurnOrder>,
    pub length: Option<Length>,
    pub level: Option<Level>,
    pub archived: Option<bool>,
}

words!(
    /// How a version of a message came about.
    VersionKind {
        /// The first one.
        Said = "said",
        Regenerated = "regenerated",
        /// It goes on where the one before was cut off.
        Continued = "continued",
        /// Written by the host.
        Edited = "edited",
    }
);

#[derive(Debug, Clone, PartialEq)]
pub struct EndedTurn {
    pub message: MessageId,
    pub version: i32,
    pub text: String,
    pub status: Status,
    pub finish: Option<Finish>,
    pub usage: Option<Usage>,
    pub error: Option<String>,
    /// Why it was struck, if it was.
    pub reason: Option<String>,
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
    /// The new version's number, for changes that make one.
    pub version: Option<i32>,
    pub at: Moment,
    /// The command had taken effect before: nothing was written, `seq` is the first one.
    pub repeated: bool,
}
