//! Messages and their versions, as they are read.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Store;
use super::column::{id, word};
use super::connection::Conn;
use super::error::StoreError;
use super::schema::{message_versions as versions, messages};
use crate::domain::change::VersionKind;
use crate::domain::ids::{DiscussionId, MessageId};
use crate::domain::message::{Author, AuthorKind, Finish, Message, Status, Usage, Version};
use crate::domain::text::Moment;

/// Which messages of a discussion; always answered in order of position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    All,
    /// The last ones before a position; `i64::MAX`: the newest.
    Before {
        position: i64,
        limit: i64,
    },
    /// Those from a position on.
    From {
        position: i64,
        limit: i64,
    },
    /// Those changed since, from a position on and before another; the first by position.
    After {
        seq: i64,
        from: i64,
        before: i64,
        limit: i64,
    },
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
pub struct MessageRow {
    id: String,
    position: i64,
    seq: i64,
    author_kind: String,
    author_id: Option<String>,
    author_name: String,
    current_version: i32,
    created_at: i64,
    votes: Option<i64>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = versions)]
pub struct VersionRow {
    version: i32,
    text: String,
    status: String,
    finish: Option<String>,
    error: Option<String>,
    provider: Option<String>,
    model: Option<String>,
    input_tokens: Option<i64>,
    cache_read_tokens: Option<i64>,
    cache_write_tokens: Option<i64>,
    output_tokens: Option<i64>,
    cost_usd: Option<f64>,
    usage_estimated: Option<bool>,
    created_at: i64,
    kind: String,
    reason: Option<String>,
    struck_at: Option<i64>,
    earlier_reason: Option<String>,
    words_of: Option<String>,
    prompt_version: Option<i32>,
}

impl VersionRow {
    pub fn into_version(self, current: bool) -> Result<Version, StoreError> {
        let usage = self.usage();
        Ok(Version {
            version: self.version,
            current,
            text: self.text,
            status: word(&self.status, Status::from_word)?,
            finish: self.finish.map(|finish| word(&finish, Finish::from_word)).transpose()?,
            usage,
            error: self.error,
            created_at: Moment(self.created_at),
            kind: word(&self.kind, VersionKind::from_word)?,
            reason: self.reason,
            struck_at: self.struck_at.map(Moment),
            earlier_reason: self.earlier_reason,
            words_of: self.words_of,
            prompt_version: self.prompt_version.and_then(|version| u32::try_from(version).ok()),
        })
    }

    fn usage(&self) -> Option<Usage> {
        Some(Usage {
            provider: self.provider.clone()?,
            model: self.model.clone().unwrap_or_default(),
            input_tokens: self.input_tokens.unwrap_or_default(),
            cache_read_tokens: self.cache_read_tokens.unwrap_or_default(),
            cache_write_tokens: self.cache_write_tokens.unwrap_or_default(),
            output_tokens: self.output_tokens.unwrap_or_default(),
            cost_usd: self.cost_usd,
            estimated: self.usage_estimated.unwrap_or_default(),
        })
    }
}

/// A message in the version that it is joined with.
pub fn message_from((row, version): (MessageRow, VersionRow)) -> Result<Message, StoreError> {
    message_of(row, version.into_version(true)?)
}

pub fn message_of(row: MessageRow, version: Version) -> Result<Message, StoreError> {
    Ok(Message {
        id: id(&row.id)?,
        seq: row.seq,
        position: row.position,
        author: Author {
            kind: word(&row.author_kind, AuthorKind::from_word)?,
            id: row.author_id.as_deref().map(id).transpose()?,
            name: row.author_name,
        },
        text: version.text,
        status: version.status,
        finish: version.finish,
        version: row.current_version,
        created_at: Moment(row.created_at),
        usage: version.usage,
        error: version.error,
        votes: row.votes,
    })
}

impl Store {
    /// The messages of a discussion in their current versions, in order of position.
    pub async fn list_messages(&self, of: DiscussionId, window: Window) -> Result<Vec<Message>, StoreError> {
        self.read(move |conn| list(conn, of, window)).await
    }

    pub async fn find_message(&self, of: DiscussionId, message: MessageId) -> Result<Option<Message>, StoreError> {
        self.read(move |conn| {
            let row = messages::table
                .inner_join(versions::table)
                .filter(versions::version.eq(messages::current_version))
                .filter(messages::id.eq(message.to_string()))
                .filter(messages::discussion_id.eq(of.to_string()))
                .select((MessageRow::as_select(), VersionRow::as_select()))
                .first(conn)
                .optional()?;
            row.map(message_from).transpose()
        })
        .await
    }

    /// Where the messages stand that were not struck.
    pub async fn list_places(&self, of: DiscussionId) -> Result<HashMap<MessageId, i64>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<(String, i64)> = messages::table
                .inner_join(versions::table)
                .filter(versions::version.eq(messages::current_version))
                .filter(messages::discussion_id.eq(of.to_string()))
                .filter(versions::status.ne(Status::Struck.as_str()))
                .select((messages::id, messages::position))
                .load(conn)?;
            rows.iter().map(|(text, position)| Ok((id(text)?, *position))).collect()
        })
        .await
    }

    /// Every version of every message of a discussion, each message's first one first.
    pub async fn list_all_versions(&self, of: DiscussionId) -> Result<HashMap<MessageId, Vec<Version>>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<(String, i32, VersionRow)> = versions::table
                .inner_join(messages::table)
                .filter(messages::discussion_id.eq(of.to_string()))
                .order((messages::position.asc(), versions::version.asc()))
                .select((messages::id, messages::current_version, VersionRow::as_select()))
                .load(conn)?;
            let mut all: HashMap<MessageId, Vec<Version>> = HashMap::new();
            for (message, current, row) in rows {
                let is_current = row.version == current;
                all.entry(id(&message)?).or_default().push(row.into_version(is_current)?);
            }
            Ok(all)
        })
        .await
    }

    /// Every version of a message, the first one first; empty if the discussion has no such message.
    pub async fn list_versions(&self, of: DiscussionId, message: MessageId) -> Result<Vec<Version>, StoreError> {
        self.list_versions_from(of, message, 1, i64::MAX).await
    }

    /// The versions of a message from this one on.
    pub async fn list_versions_from(
        &self,
        of: DiscussionId,
        message: MessageId,
        first: i32,
        limit: i64,
    ) -> Result<Vec<Version>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<(i32, VersionRow)> = versions::table
                .inner_join(messages::table)
                .filter(messages::id.eq(message.to_string()))
                .filter(messages::discussion_id.eq(of.to_string()))
                .filter(versions::version.ge(first))
                .order(versions::version.asc())
                .limit(limit)
                .select((messages::current_version, VersionRow::as_select()))
                .load(conn)?;
            rows.into_iter()
                .map(|(current, row)| {
                    let is_current = row.version == current;
                    row.into_version(is_current)
                })
                .collect()
        })
        .await
    }

    /// Writes down the text of a running turn so far. Changes neither number nor place; without effect once it has ended.
    pub async fn checkpoint(&self, message: MessageId, version: i32, text: String) -> Result<(), StoreError> {
        self.write(move |conn| {
            let running =
                versions::table.find((message.to_string(), version)).filter(versions::status.eq(Status::Streaming.as_str()));
            diesel::update(running).set(versions::text.eq(text)).execute(conn)?;
            Ok(())
        })
        .await
    }
}

fn list(conn: &mut Conn, of: DiscussionId, window: Window) -> Result<Vec<Message>, StoreError> {
    let query = messages::table
        .inner_join(versions::table)
        .filter(versions::version.eq(messages::current_version))
        .filter(messages::discussion_id.eq(of.to_string()))
        .select((MessageRow::as_select(), VersionRow::as_select()))
        .into_boxed();
    let query = match window {
        Window::All => query.order(messages::position.asc()),
        Window::Before { position, limit } => {
            query.filter(messages::position.lt(position)).order(messages::position.desc()).limit(limit)
        }
        Window::From { position, limit } => {
            query.filter(messages::position.ge(position)).order(messages::position.asc()).limit(limit)
        }
        Window::After { seq, from, before, limit } => query
            .filter(messages::seq.gt(seq))
            .filter(messages::position.ge(from))
            .filter(messages::position.lt(before))
            .order(messages::position.asc())
            .limit(limit),
    };
    let rows: Vec<(MessageRow, VersionRow)> = query.load(conn)?;
    let mut found = rows.into_iter().map(message_from).collect::<Result<Vec<_>, _>>()?;
    if matches!(window, Window::Before { .. }) {
        found.reverse();
    }
    Ok(found)
}
