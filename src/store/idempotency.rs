//! Keys with which a client may repeat a create without making two.

use diesel::prelude::*;
use serde_json::Value;

use super::Store;
use super::column::{from_json, now, to_json};
use super::connection::Conn;
use super::error::StoreError;
use super::prune::REMEMBERED_MS;
use super::schema::idempotency_keys as keys;
use crate::domain::ids::UserId;

/// A client's own name for a create, per user and route (24 h): its hash, since a name may say what was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    pub key: String,
    pub route: &'static str,
}

impl Store {
    /// What the first request with this key was answered, within the last day.
    pub async fn find_idempotent(&self, user: UserId, key: IdempotencyKey) -> Result<Option<Value>, StoreError> {
        self.read(move |conn| find(conn, user, &key)?.map(|json| from_json(&json)).transpose()).await
    }

    /// Remembers the answer. If another request with this key came first, its answer stays and is given back.
    pub async fn find_or_insert_idempotent(
        &self,
        user: UserId,
        key: IdempotencyKey,
        answer: Value,
    ) -> Result<Value, StoreError> {
        self.write(move |conn| {
            if let Some(first) = find(conn, user, &key)? {
                return from_json(&first);
            }
            insert(conn, user, &key, &to_json(&answer))?;
            Ok(answer)
        })
        .await
    }
}

/// The id of what this key made, in the transaction that would make it again.
pub fn find_made(conn: &mut Conn, user: UserId, key: &IdempotencyKey) -> Result<Option<String>, StoreError> {
    find(conn, user, key)?.map(|json| from_json(&json)).transpose()
}

/// Remembers the id of what this key made, in the transaction that makes it.
pub fn insert_made(conn: &mut Conn, user: UserId, key: &IdempotencyKey, id: &str) -> Result<(), StoreError> {
    insert(conn, user, key, &to_json(&id))
}

fn find(conn: &mut Conn, user: UserId, key: &IdempotencyKey) -> Result<Option<String>, StoreError> {
    let row = keys::table.find((user.to_string(), &key.key, key.route));
    let fresh = row.filter(keys::created_at.gt(now().0 - REMEMBERED_MS));
    Ok(fresh.select(keys::response).first(conn).optional()?)
}

fn insert(conn: &mut Conn, user: UserId, key: &IdempotencyKey, response: &str) -> Result<(), StoreError> {
    // One that has expired, or whose discussion is gone, makes room.
    diesel::delete(keys::table.find((user.to_string(), &key.key, key.route))).execute(conn)?;
    diesel::insert_into(keys::table)
        .values((
            keys::user_id.eq(user.to_string()),
            keys::key.eq(&key.key),
            keys::route.eq(key.route),
            keys::response.eq(response),
            keys::created_at.eq(now().0),
        ))
        .execute(conn)?;
    Ok(())
}
