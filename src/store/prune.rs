//! What has expired is thrown away.

use std::time::Duration;

use diesel::prelude::*;

use super::column::now;
use super::connection::Conn;
use super::error::StoreError;
use super::schema::{
    activity, api_tokens, characters, closed_users, commands, discussions, idempotency_keys, links, logins, perspectives,
    shares, users,
};
use super::users::{UserKind, delete};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How long a command's id and an idempotency key are remembered.
pub const REMEMBERED_MS: i64 = DAY_MS;
/// How long a cached perspective serves.
const PERSPECTIVE_MS: i64 = 30 * DAY_MS;
/// How long a join code stays taken after its end, so that an old link never opens another discussion.
const ENDED_SHARE_MS: i64 = 30 * DAY_MS;

/// Longest life of an access token that somebody else signs.
const FOREIGN_TOKEN_MS: i64 = 8 * DAY_MS;

/// Deletes every row whose time is over.
pub fn prune(conn: &mut Conn, retention: Option<Duration>) -> Result<(), StoreError> {
    let now = now().0;
    diesel::delete(commands::table.filter(commands::created_at.le(now - REMEMBERED_MS))).execute(conn)?;
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.le(now - REMEMBERED_MS))).execute(conn)?;
    diesel::delete(logins::table.filter(logins::expires_at.le(now))).execute(conn)?;
    diesel::delete(api_tokens::table.filter(api_tokens::expires_at.le(now))).execute(conn)?;
    diesel::delete(perspectives::table.filter(perspectives::created_at.le(now - PERSPECTIVE_MS))).execute(conn)?;
    diesel::delete(shares::table.filter(shares::expires_at.le(now - ENDED_SHARE_MS))).execute(conn)?;
    diesel::delete(links::table.filter(links::expires_at.le(now))).execute(conn)?;
    diesel::delete(closed_users::table.filter(closed_users::closed_at.le(now - FOREIGN_TOKEN_MS))).execute(conn)?;
    match retention {
        Some(retention) => prune_old(conn, now - i64::try_from(retention.as_millis()).unwrap_or(i64::MAX)),
        None => Ok(()),
    }
}

/// What nobody touched since: discussions, activity, and guests of whom nothing is left. A script's token is something: it may be
/// in use, which is no visit.
fn prune_old(conn: &mut Conn, since: i64) -> Result<(), StoreError> {
    diesel::delete(discussions::table.filter(discussions::updated_at.le(since))).execute(conn)?;
    diesel::delete(activity::table.filter(activity::received_at.le(since))).execute(conn)?;
    let gone: Vec<String> = users::table
        .filter(users::kind.eq(UserKind::Guest.as_str()))
        .filter(users::last_seen_at.le(since))
        .filter(users::id.ne_all(discussions::table.select(discussions::owner_id)))
        .filter(users::id.ne_all(characters::table.select(characters::owner_id)))
        .filter(users::id.ne_all(api_tokens::table.select(api_tokens::user_id)))
        .filter(users::id.ne_all(logins::table.select(logins::user_id)))
        .select(users::id)
        .load(conn)?;
    for user in gone {
        delete(conn, &user)?;
    }
    Ok(())
}
