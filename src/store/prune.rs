//! What has expired is thrown away.

use diesel::prelude::*;

use super::column::now;
use super::connection::Conn;
use super::error::StoreError;
use super::schema::{closed_users, commands, idempotency_keys, links, logins, perspectives, shares};

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
pub fn prune(conn: &mut Conn) -> Result<(), StoreError> {
    let now = now().0;
    diesel::delete(commands::table.filter(commands::created_at.le(now - REMEMBERED_MS))).execute(conn)?;
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.le(now - REMEMBERED_MS))).execute(conn)?;
    diesel::delete(logins::table.filter(logins::expires_at.le(now))).execute(conn)?;
    diesel::delete(perspectives::table.filter(perspectives::created_at.le(now - PERSPECTIVE_MS))).execute(conn)?;
    diesel::delete(shares::table.filter(shares::expires_at.le(now - ENDED_SHARE_MS))).execute(conn)?;
    diesel::delete(links::table.filter(links::expires_at.le(now))).execute(conn)?;
    diesel::delete(closed_users::table.filter(closed_users::closed_at.le(now - FOREIGN_TOKEN_MS))).execute(conn)?;
    Ok(())
}
