//! A change to a discussion, written down whole or not at all.

use diesel::prelude::*;

use super::Store;
use super::classroom;
use super::column::{now, to_json};
use super::commands;
use super::connection::Conn;
use super::error::StoreError;
use super::schema::{discussions, message_versions as versions, messages};
use crate::domain::change::{Change, Commit, Committed, EndedTurn};
use crate::domain::ids::{DiscussionId, MessageId};
use crate::domain::message::{Author, Status};
use crate::domain::order::{Floor, TurnOrder};
use crate::domain::text::Moment;

impl Store {
    /// Writes a change down and numbers it. A command that took effect before changes nothing: the answer has its first
    /// number. [`StoreError::NotFound`]: no such discussion or message (any more); [`StoreError::Conflict`]: the message
    /// or version is there already, or the turn has ended.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.write(move |conn| write(conn, &commit)).await
    }
}

fn write(conn: &mut Conn, commit: &Commit) -> Result<Committed, StoreError> {
    let of = commit.discussion;
    if let Some(key) = &commit.command
        && let Some(before) = commands::find(conn, of, key)?
    {
        return Ok(before);
    }
    let at = now();
    let numbered = number(conn, commit, at)?;
    let position = match &commit.change {
        Change::StartTurn { message, author, version: 1 } => {
            insert_message(conn, of, *message, author, numbered, at)?;
            insert_version(conn, *message, 1, "", Status::Streaming, at)?;
            Some(numbered.position)
        }
        Change::StartTurn { message, version, .. } => {
            let position = find_position(conn, of, *message)?;
            insert_version(conn, *message, *version, "", Status::Streaming, at)?;
            Some(position)
        }
        Change::Say { message, author, text } => {
            insert_message(conn, of, *message, author, numbered, at)?;
            insert_version(conn, *message, 1, text, Status::Complete, at)?;
            Some(numbered.position)
        }
        Change::Pose { message, question, text, votes } => {
            classroom::ask(conn, of, *question)?;
            insert_message(conn, of, *message, &Author::audience(), numbered, at)?;
            let posed = messages::table.find(message.to_string());
            diesel::update(posed).set(messages::votes.eq(votes)).execute(conn)?;
            insert_version(conn, *message, 1, text, Status::Complete, at)?;
            Some(numbered.position)
        }
        Change::EndTurn(ended) => Some(end_turn(conn, of, ended, numbered.seq)?),
        Change::Edit { .. } => None,
    };
    if let Some(key) = &commit.command {
        commands::insert(conn, of, key, numbered.seq, at)?;
    }
    Ok(Committed { seq: numbered.seq, position, at, repeated: false })
}

/// What a change was given: its number, and the last position (the new message's, if it makes one).
#[derive(Clone, Copy)]
struct Numbered {
    seq: i64,
    position: i64,
}

/// What changes of the discussion itself. The columns that are `None` stay.
#[derive(AsChangeset)]
#[diesel(table_name = discussions)]
struct Head<'a> {
    title: Option<&'a str>,
    turn_order: Option<&'static str>,
    floor: Option<String>,
    updated_at: i64,
}

/// Takes the next number, and the next position for a new message. Inside the transaction, so that what is rolled back
/// leaves no hole.
fn number(conn: &mut Conn, commit: &Commit, at: Moment) -> Result<Numbered, StoreError> {
    let new_messages = match commit.change {
        Change::StartTurn { version: 1, .. } | Change::Say { .. } | Change::Pose { .. } => 1,
        Change::StartTurn { .. } | Change::EndTurn(_) | Change::Edit { .. } => 0,
    };
    let (title, turn_order) = match &commit.change {
        Change::Edit { title, turn_order } => (title.as_deref(), turn_order.map(TurnOrder::as_str)),
        _ => (None, None),
    };
    let head = Head { title, turn_order, floor: commit.floor.as_ref().map(to_json::<Floor>), updated_at: at.0 };
    let (seq, position) = diesel::update(discussions::table.find(commit.discussion.to_string()))
        .set((
            discussions::last_seq.eq(discussions::last_seq + 1),
            discussions::message_count.eq(discussions::message_count + new_messages),
            head,
        ))
        .returning((discussions::last_seq, discussions::message_count))
        .get_result::<(i64, i64)>(conn)?;
    Ok(Numbered { seq, position })
}

fn insert_message(
    conn: &mut Conn,
    of: DiscussionId,
    message: MessageId,
    author: &Author,
    numbered: Numbered,
    at: Moment,
) -> Result<(), StoreError> {
    diesel::insert_into(messages::table)
        .values((
            messages::id.eq(message.to_string()),
            messages::discussion_id.eq(of.to_string()),
            messages::position.eq(numbered.position),
            messages::seq.eq(numbered.seq),
            messages::author_kind.eq(author.kind.as_str()),
            messages::author_id.eq(author.id.as_ref().map(|id| id.as_str())),
            messages::author_name.eq(&author.name),
            messages::current_version.eq(1),
            messages::created_at.eq(at.0),
        ))
        .execute(conn)?;
    Ok(())
}

fn insert_version(
    conn: &mut Conn,
    of: MessageId,
    version: i32,
    text: &str,
    status: Status,
    at: Moment,
) -> Result<(), StoreError> {
    diesel::insert_into(versions::table)
        .values((
            versions::message_id.eq(of.to_string()),
            versions::version.eq(version),
            versions::text.eq(text),
            versions::status.eq(status.as_str()),
            versions::created_at.eq(at.0),
        ))
        .execute(conn)?;
    Ok(())
}

fn find_position(conn: &mut Conn, of: DiscussionId, message: MessageId) -> Result<i64, StoreError> {
    let found = messages::table.find(message.to_string()).filter(messages::discussion_id.eq(of.to_string()));
    Ok(found.select(messages::position).first(conn)?)
}

/// How a turn ended, in columns.
#[derive(AsChangeset)]
#[diesel(table_name = versions)]
struct End<'a> {
    text: &'a str,
    status: &'static str,
    finish: Option<&'static str>,
    error: Option<&'a str>,
    provider: Option<&'a str>,
    model: Option<&'a str>,
    input_tokens: Option<i64>,
    cache_read_tokens: Option<i64>,
    cache_write_tokens: Option<i64>,
    output_tokens: Option<i64>,
    cost_usd: Option<f64>,
    usage_estimated: Option<bool>,
}

impl<'a> From<&'a EndedTurn> for End<'a> {
    fn from(ended: &'a EndedTurn) -> Self {
        let usage = ended.usage.as_ref();
        Self {
            text: &ended.text,
            status: ended.status.as_str(),
            finish: ended.finish.map(|finish| finish.as_str()),
            error: ended.error.as_deref(),
            provider: usage.map(|usage| usage.provider.as_str()),
            model: usage.map(|usage| usage.model.as_str()),
            input_tokens: usage.map(|usage| usage.input_tokens),
            cache_read_tokens: usage.map(|usage| usage.cache_read_tokens),
            cache_write_tokens: usage.map(|usage| usage.cache_write_tokens),
            output_tokens: usage.map(|usage| usage.output_tokens),
            cost_usd: usage.and_then(|usage| usage.cost_usd),
            usage_estimated: usage.map(|usage| usage.estimated),
        }
    }
}

/// Ends a running version. Its message is changed (gets the number) if that version counts from now on.
fn end_turn(conn: &mut Conn, of: DiscussionId, ended: &EndedTurn, seq: i64) -> Result<i64, StoreError> {
    let position = find_position(conn, of, ended.message)?;
    let running = versions::table
        .find((ended.message.to_string(), ended.version))
        .filter(versions::status.eq(Status::Streaming.as_str()));
    if diesel::update(running).set(End::from(ended)).execute(conn)? == 0 {
        return Err(StoreError::Conflict("the turn has ended".to_owned()));
    }
    if ended.version == 1 || ended.becomes_current {
        diesel::update(messages::table.find(ended.message.to_string()))
            .set((messages::seq.eq(seq), messages::current_version.eq(ended.version)))
            .execute(conn)?;
    }
    Ok(position)
}
