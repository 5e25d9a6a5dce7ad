//! A discussion that goes its own way from a message of another one.

use diesel::prelude::*;

use super::Store;
use super::column::{id, to_json};
use super::connection::Conn;
use super::discussions::{self, Created, NewDiscussion};
use super::error::StoreError;
use super::idempotency::{self, IdempotencyKey};
use super::messages::{MessageRow, VersionRow, message_of};
use super::schema::{discussions as heads, message_versions as versions, messages};
use super::search;
use crate::domain::change::{Fork, Record};
use crate::domain::ids::{DiscussionId, MessageId};
use crate::domain::message::{AuthorKind, Finish, Message, Status, Version};
use crate::domain::order::{Floor, Seat, named};

impl Store {
    /// A new discussion of the same owner with the messages up to `at` in their current versions, without the struck ones.
    /// [`StoreError::NotFound`]: no such message.
    pub async fn fork_discussion(
        &self,
        of: DiscussionId,
        at: MessageId,
        key: Option<IdempotencyKey>,
    ) -> Result<Created<Record>, StoreError> {
        self.write(move |conn| {
            let record = discussions::find(conn, of)?.ok_or(StoreError::NotFound)?;
            if let Some(key) = &key
                && let Some(made) = idempotency::find_made(conn, record.owner, key)?
                && let Some(record) = discussions::find(conn, id(&made)?)?
            {
                return Ok(Created { made: record, repeated: true });
            }
            let made = fork(conn, &record, at)?;
            if let Some(key) = &key {
                idempotency::insert_made(conn, record.owner, key, &made.id.to_string())?;
            }
            Ok(Created { made, repeated: false })
        })
        .await
    }
}

fn fork(conn: &mut Conn, from: &Record, at: MessageId) -> Result<Record, StoreError> {
    let until: i64 = messages::table
        .find(at.to_string())
        .filter(messages::discussion_id.eq(from.id.to_string()))
        .select(messages::position)
        .first(conn)?;
    let new = NewDiscussion {
        owner: from.owner,
        topic: from.topic.clone(),
        title: from.title.clone(),
        turn_order: from.turn_order,
        style: from.style,
        participants: from.participants.clone(),
        former: from.former.clone(),
        forked_from: Some(Fork { discussion: from.id, message: at }),
        rehearsal: from.rehearsal,
        plan: None,
    };
    let made = discussions::insert(conn, &new)?;
    let rows: Vec<(MessageRow, VersionRow)> = messages::table
        .inner_join(versions::table)
        .filter(versions::version.eq(messages::current_version))
        .filter(messages::discussion_id.eq(from.id.to_string()))
        .filter(messages::position.le(until))
        .filter(versions::status.ne_all([Status::Struck.as_str(), Status::Streaming.as_str()]))
        .order(messages::position.asc())
        .select((MessageRow::as_select(), VersionRow::as_select()))
        .load(conn)?;
    let mut taken = vec![];
    for (position, (row, version)) in (1..).zip(rows) {
        let words = version.into_version(true)?;
        let message = message_of(row, words.clone())?;
        insert_copy(conn, made.id, position, &message, &words)?;
        taken.push(message);
    }
    let count = i64::try_from(taken.len()).unwrap_or(i64::MAX);
    diesel::update(heads::table.find(made.id.to_string()))
        .set((
            heads::last_seq.eq(count),
            heads::message_count.eq(count),
            heads::floor.eq(to_json(&floor_after(&taken, from))),
        ))
        .execute(conn)?;
    discussions::find(conn, made.id)?.ok_or(StoreError::NotFound)
}

fn insert_copy(
    conn: &mut Conn,
    of: DiscussionId,
    position: i64,
    message: &Message,
    words: &Version,
) -> Result<(), StoreError> {
    let copy = MessageId::new().to_string();
    diesel::insert_into(messages::table)
        .values((
            messages::id.eq(&copy),
            messages::discussion_id.eq(of.to_string()),
            messages::position.eq(position),
            messages::seq.eq(position),
            messages::author_kind.eq(message.author.kind.as_str()),
            messages::author_id.eq(message.author.id.as_ref().map(|id| id.as_str())),
            messages::author_name.eq(&message.author.name),
            messages::current_version.eq(1),
            messages::created_at.eq(message.created_at.0),
            messages::votes.eq(message.votes),
        ))
        .execute(conn)?;
    // What it cost was paid by the discussion it comes from; whose words they are stays known.
    diesel::insert_into(versions::table)
        .values((
            versions::message_id.eq(&copy),
            versions::version.eq(1),
            versions::text.eq(&message.text),
            versions::status.eq(message.status.as_str()),
            versions::finish.eq(message.finish.map(Finish::as_str)),
            versions::error.eq(message.error.as_deref()),
            versions::created_at.eq(message.created_at.0),
            versions::kind.eq(words.kind.as_str()),
            versions::words_of.eq(words.models().next()),
            versions::prompt_version.eq(words.prompt_version.map(u32::cast_signed)),
        ))
        .execute(conn)?;
    match message.author.kind {
        // Nobody's word: it is not searched where it was first told either.
        AuthorKind::Notice => Ok(()),
        AuthorKind::User | AuthorKind::Character | AuthorKind::Audience => search::index_message(conn, &copy),
    }
}

/// Whose turn it was then, as far as the transcript tells.
fn floor_after(said: &[Message], record: &Record) -> Floor {
    let seat =
        |seat: &crate::domain::change::Participant| (seat.character.id.clone(), seat.character.name.clone(), seat.muted);
    let table: Vec<_> = record.participants.iter().map(seat).collect();
    let seats: Vec<Seat> = table.iter().map(|(id, name, muted)| Seat { id, name, muted: *muted }).collect();
    let present = |id| seats.iter().any(|seat: &Seat| seat.id == id);
    let mut floor = Floor::default();
    for message in said {
        match (message.author.kind, &message.author.id) {
            (AuthorKind::Character, Some(id)) if message.status != Status::Failed && present(id) => {
                floor.spoke(id, &seats, false);
            }
            (AuthorKind::User, _) => floor.called = named(&message.text, &seats).cloned().or(floor.called),
            _ => {}
        }
    }
    floor
}
