//! What a client's command did, remembered for a day so that it takes effect once.

use diesel::prelude::*;

use super::Store;
use super::column::{id, now};
use super::connection::Conn;
use super::error::StoreError;
use super::prune::REMEMBERED_MS;
use super::schema::commands;
use crate::domain::change::{CommandKey, Committed};
use crate::domain::ids::DiscussionId;
use crate::domain::text::Moment;

/// Most commands that a discussion's actor keeps in mind.
const MAX_LISTED: i64 = 10_000;

impl Store {
    /// The commands that took effect within the last day and their numbers, newest first, at most 10,000.
    pub async fn list_commands(&self, of: DiscussionId) -> Result<Vec<(CommandKey, i64)>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<(String, String, i64)> = commands::table
                .filter(commands::discussion_id.eq(of.to_string()))
                .filter(commands::created_at.gt(now().0 - REMEMBERED_MS))
                .order(commands::seq.desc())
                .limit(MAX_LISTED)
                .select((commands::user_id, commands::client_id, commands::seq))
                .load(conn)?;
            rows.into_iter().map(|(user, client, seq)| Ok((CommandKey { user: id(&user)?, id: client }, seq))).collect()
        })
        .await
    }
}

/// What this command did before, if it took effect within the last day.
pub fn find(conn: &mut Conn, of: DiscussionId, key: &CommandKey) -> Result<Option<Committed>, StoreError> {
    let row: Option<(i64, i64)> = commands::table
        .find((of.to_string(), key.user.to_string(), &key.id))
        .filter(commands::created_at.gt(now().0 - REMEMBERED_MS))
        .select((commands::seq, commands::created_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(seq, at)| Committed { seq, position: None, version: None, at: Moment(at), repeated: true }))
}

/// Writes down what a command did, in the transaction in which it does it.
pub fn insert(conn: &mut Conn, of: DiscussionId, key: &CommandKey, seq: i64, at: Moment) -> Result<(), StoreError> {
    let (discussion, user) = (of.to_string(), key.user.to_string());
    // One that has expired and was not thrown away yet makes room.
    diesel::delete(commands::table.find((&discussion, &user, &key.id))).execute(conn)?;
    diesel::insert_into(commands::table)
        .values((
            commands::discussion_id.eq(&discussion),
            commands::user_id.eq(&user),
            commands::client_id.eq(&key.id),
            commands::seq.eq(seq),
            commands::created_at.eq(at.0),
        ))
        .execute(conn)?;
    Ok(())
}
