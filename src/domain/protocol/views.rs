//! A discussion as clients see it, without its messages.

use serde::Serialize;

use crate::domain::change::{Participant, Record};
use crate::domain::character::Character;
use crate::domain::ids::{CharacterId, DiscussionId, MessageId};
use crate::domain::order::{Seat, TurnOrder};
use crate::domain::recap::Recap;
use crate::domain::style::Style;
use crate::domain::text::Moment;

/// A discussion as clients see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DiscussionView {
    pub id: String,
    pub topic: String,
    pub title: String,
    pub participants: Vec<ParticipantView>,
    /// Who said something and left the table; told only where there is somebody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<FigureView>,
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

/// Somebody who takes part, or did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigureView {
    pub character_id: CharacterId,
    pub name: String,
    pub tagline: String,
    pub color: String,
    pub color_dark: String,
    pub avatar_url: Option<String>,
    pub living: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParticipantView {
    #[serde(flatten)]
    pub figure: FigureView,
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
            former: record.former.iter().map(FigureView::of).collect(),
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

impl FigureView {
    fn of(character: &Character) -> Self {
        Self {
            character_id: character.id.clone(),
            name: character.name.clone(),
            tagline: character.tagline.clone(),
            color: character.color.light.clone(),
            color_dark: character.color.dark.clone(),
            avatar_url: character.avatar_url(),
            living: character.living,
        }
    }
}

impl ParticipantView {
    fn of((index, participant): (usize, &Participant)) -> Self {
        Self { figure: FigureView::of(&participant.character), position: index + 1, muted: participant.muted }
    }
}

/// The seats at a table, as turn-taking sees them.
pub fn seats(participants: &[Participant]) -> Vec<Seat<'_>> {
    fn seat(Participant { character, muted }: &Participant) -> Seat<'_> {
        Seat { id: &character.id, name: &character.name, muted: *muted }
    }
    participants.iter().map(seat).collect()
}
