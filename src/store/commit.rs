//! A change to a discussion, written down whole or not at all.

use diesel::prelude::*;

use super::Store;
use super::classroom;
use super::column::{now, to_json};
use super::commands;
use super::connection::Conn;
use super::discussions;
use super::error::StoreError;
use super::messages::VersionRow;
use super::schema::{discussions as heads, message_versions as versions, messages};
use super::search;
use crate::domain::change::{Change, Commit, Committed, Edit, EndedTurn, VersionKind};
use crate::domain::ids::{DiscussionId, MessageId};
use crate::domain::message::{Author, Status};
use crate::domain::order::{Floor, TurnOrder};
use crate::domain::prompt;
use crate::domain::style::{Length, Level};
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
    if let Some(seats) = &commit.seats {
        discussions::replace_participants(conn, of, seats)?;
    }
    let mut version = None;
    let position = match &commit.change {
        Change::StartTurn { message, author } => {
            insert_message(conn, of, *message, author, numbered, at)?;
            insert_version(conn, *message, &Words::said("", Status::Streaming), at)?;
            Some(numbered.position)
        }
        Change::StartVersion { message, text, kind } => {
            let position = find_position(conn, of, *message)?;
            let words_of = match kind {
                VersionKind::Continued => find_words_of(conn, *message)?,
                VersionKind::Said | VersionKind::Regenerated | VersionKind::Edited => None,
            };
            let words = Words { kind: *kind, words_of, ..Words::said(text, Status::Streaming) };
            version = Some(insert_next_version(conn, *message, &words, at)?);
            Some(position)
        }
        Change::Say { message, author, text } => {
            insert_whole(conn, of, (*message, author, text), numbered, at)?;
            Some(numbered.position)
        }
        Change::Seats { told: Some((message, text)) } => {
            insert_whole(conn, of, (*message, &Author::notice(), text), numbered, at)?;
            Some(numbered.position)
        }
        Change::Pose { message, question, text, votes } => {
            classroom::ask(conn, of, *question)?;
            insert_whole(conn, of, (*message, &Author::audience(), text), numbered, at)?;
            let posed = messages::table.find(message.to_string());
            diesel::update(posed).set(messages::votes.eq(votes)).execute(conn)?;
            Some(numbered.position)
        }
        Change::EndTurn(ended) => Some(end_turn(conn, of, ended, numbered.seq)?),
        Change::EditMessage { message, text, reason } => {
            let position = find_position(conn, of, *message)?;
            let reason = reason.as_deref();
            let words_of = find_words_of(conn, *message)?;
            let words = Words { kind: VersionKind::Edited, reason, words_of, ..Words::said(text, Status::Complete) };
            let number = insert_next_version(conn, *message, &words, at)?;
            number_message(conn, *message, numbered.seq, Some(number))?;
            version = Some(number);
            Some(position)
        }
        Change::Strike { message, reason } => {
            let position = find_position(conn, of, *message)?;
            strike(conn, *message, reason.as_deref(), at)?;
            number_message(conn, *message, numbered.seq, None)?;
            Some(position)
        }
        Change::Seats { told: None } | Change::Auto | Change::Edit(_) => None,
    };
    index(conn, commit)?;
    if let Some(key) = &commit.command {
        commands::insert(conn, of, key, numbered.seq, at)?;
    }
    Ok(Committed { seq: numbered.seq, position, version, at, repeated: false })
}

/// What is searched follows what is said.
fn index(conn: &mut Conn, commit: &Commit) -> Result<(), StoreError> {
    let message = match &commit.change {
        Change::Say { message, .. }
        | Change::Pose { message, .. }
        | Change::EditMessage { message, .. }
        | Change::Strike { message, .. }
        | Change::EndTurn(EndedTurn { message, .. }) => message,
        Change::Edit(Edit { title: Some(_), .. }) => return search::index_head(conn, &commit.discussion.to_string()),
        // A notice is nobody's word, a turn that begins has none.
        Change::Seats { .. } | Change::StartTurn { .. } | Change::StartVersion { .. } | Change::Auto | Change::Edit(_) => {
            return Ok(());
        }
    };
    search::index_message(conn, &message.to_string())
}

/// The version of the prompts, as the database has it.
const PROMPTS: i32 = prompt::VERSION.cast_signed();

/// What a change was given: its number, and the last position (the new message's, if it makes one).
#[derive(Clone, Copy)]
struct Numbered {
    seq: i64,
    position: i64,
}

/// What changes of the discussion itself. The columns that are `None` stay.
#[derive(AsChangeset)]
#[diesel(table_name = heads)]
struct Head<'a> {
    title: Option<&'a str>,
    turn_order: Option<&'static str>,
    length: Option<&'static str>,
    level: Option<&'static str>,
    /// The outer one: whether it changes.
    archived_at: Option<Option<i64>>,
    floor: Option<String>,
    updated_at: i64,
}

impl<'a> Head<'a> {
    fn of(commit: &'a Commit, at: Moment) -> Self {
        let edit = match &commit.change {
            Change::Edit(edit) => Some(edit),
            _ => None,
        };
        Self {
            title: edit.and_then(|edit| edit.title.as_deref()),
            turn_order: edit.and_then(|edit| edit.turn_order).map(TurnOrder::as_str),
            length: edit.and_then(|edit| edit.length).map(Length::as_str),
            level: edit.and_then(|edit| edit.level).map(Level::as_str),
            archived_at: edit.and_then(|edit| edit.archived).map(|archived| archived.then_some(at.0)),
            floor: commit.floor.as_ref().map(to_json::<Floor>),
            updated_at: at.0,
        }
    }
}

/// Takes the next number, and the next position for a new message. Inside the transaction, so that what is rolled back
/// leaves no hole.
fn number(conn: &mut Conn, commit: &Commit, at: Moment) -> Result<Numbered, StoreError> {
    let new_messages = i64::from(matches!(
        commit.change,
        Change::StartTurn { .. } | Change::Say { .. } | Change::Pose { .. } | Change::Seats { told: Some(_) }
    ));
    let head = Head::of(commit, at);
    let (seq, position) = diesel::update(heads::table.find(commit.discussion.to_string()))
        .set((heads::last_seq.eq(heads::last_seq + 1), heads::message_count.eq(heads::message_count + new_messages), head))
        .returning((heads::last_seq, heads::message_count))
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

/// The words of a new version.
struct Words<'a> {
    text: &'a str,
    status: Status,
    kind: VersionKind,
    reason: Option<&'a str>,
    words_of: Option<String>,
}

impl<'a> Words<'a> {
    fn said(text: &'a str, status: Status) -> Self {
        Self { text, status, kind: VersionKind::Said, reason: None, words_of: None }
    }
}

/// A message that is whole at once.
fn insert_whole(
    conn: &mut Conn,
    of: DiscussionId,
    (message, author, text): (MessageId, &Author, &str),
    numbered: Numbered,
    at: Moment,
) -> Result<(), StoreError> {
    insert_message(conn, of, message, author, numbered, at)?;
    insert_version(conn, message, &Words::said(text, Status::Complete), at)
}

fn insert_version(conn: &mut Conn, of: MessageId, words: &Words, at: Moment) -> Result<(), StoreError> {
    insert_numbered(conn, of, 1, words, at)
}

/// The version after all that there are. Its number.
fn insert_next_version(conn: &mut Conn, of: MessageId, words: &Words, at: Moment) -> Result<i32, StoreError> {
    let there = versions::table.filter(versions::message_id.eq(of.to_string()));
    let newest: Option<i32> = there.select(diesel::dsl::max(versions::version)).first(conn)?;
    let number = newest.unwrap_or(0) + 1;
    insert_numbered(conn, of, number, words, at)?;
    Ok(number)
}

fn insert_numbered(conn: &mut Conn, of: MessageId, version: i32, words: &Words, at: Moment) -> Result<(), StoreError> {
    diesel::insert_into(versions::table)
        .values((
            versions::message_id.eq(of.to_string()),
            versions::version.eq(version),
            versions::text.eq(words.text),
            versions::status.eq(words.status.as_str()),
            versions::kind.eq(words.kind.as_str()),
            versions::reason.eq(words.reason),
            versions::words_of.eq(words.words_of.as_deref()),
            // A turn begins: it is asked for with the prompts of this program.
            versions::prompt_version.eq((words.status == Status::Streaming).then_some(PROMPTS)),
            versions::created_at.eq(at.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// The model whose words the message's current version has.
fn find_words_of(conn: &mut Conn, message: MessageId) -> Result<Option<String>, StoreError> {
    let row: VersionRow = versions::table
        .inner_join(messages::table)
        .filter(messages::id.eq(message.to_string()))
        .filter(versions::version.eq(messages::current_version))
        .select(VersionRow::as_select())
        .first(conn)?;
    Ok(row.into_version(true)?.models().next().map(str::to_owned))
}

/// The words stay, for the owner alone.
fn strike(conn: &mut Conn, message: MessageId, reason: Option<&str>, at: Moment) -> Result<(), StoreError> {
    let current: i32 = messages::table.find(message.to_string()).select(messages::current_version).first(conn)?;
    let there = versions::table.find((message.to_string(), current));
    let struck = (
        versions::status.eq(Status::Struck.as_str()),
        versions::earlier_reason.eq(versions::reason),
        versions::reason.eq(reason),
        versions::struck_at.eq(Some(at.0)),
    );
    diesel::update(there).set(struck).execute(conn)?;
    Ok(())
}

/// The message has changed: its number, and its current version if that is another one.
fn number_message(conn: &mut Conn, message: MessageId, seq: i64, current: Option<i32>) -> Result<(), StoreError> {
    let row = messages::table.find(message.to_string());
    match current {
        Some(version) => {
            diesel::update(row).set((messages::seq.eq(seq), messages::current_version.eq(version))).execute(conn)?
        }
        None => diesel::update(row).set(messages::seq.eq(seq)).execute(conn)?,
    };
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
    reason: Option<&'a str>,
    struck_at: Option<i64>,
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
            reason: ended.reason.as_deref(),
            struck_at: (ended.status == Status::Struck).then(|| now().0),
        }
    }
}

/// Ends a running version. Its message gets the number in any case: whoever saw it being spoken again sees it as it stands.
fn end_turn(conn: &mut Conn, of: DiscussionId, ended: &EndedTurn, seq: i64) -> Result<i64, StoreError> {
    let position = find_position(conn, of, ended.message)?;
    let running = versions::table
        .find((ended.message.to_string(), ended.version))
        .filter(versions::status.eq(Status::Streaming.as_str()));
    if diesel::update(running).set(End::from(ended)).execute(conn)? == 0 {
        return Err(StoreError::Conflict("the turn has ended".to_owned()));
    }
    number_message(conn, ended.message, seq, ended.becomes_current.then_some(ended.version))?;
    Ok(position)
}
