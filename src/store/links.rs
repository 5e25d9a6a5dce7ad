//! Links that open something a limited number of times: a confirmed address, a new password, an account.

use diesel::prelude::*;

use super::Store;
use super::column::{id, now};
use super::connection::Conn;
use super::error::StoreError;
use super::logins::delete_all;
use super::schema::links;
use super::users::{UserPatch, update};
use crate::domain::ids::UserId;
use crate::domain::message::words;
use crate::domain::text::Moment;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

words!(
    /// What a link opens.
    LinkKind {
        /// The user's address is theirs.
        Confirm = "confirm",
        /// A new password.
        Reset = "reset",
        /// An account for somebody else.
        Invite = "invite",
    }
);

/// A link to be, by its hash.
#[derive(Debug, Clone)]
pub struct NewLink {
    pub token_hash: String,
    pub kind: LinkKind,
    /// Whose address or password it is about; whose invitation it is.
    pub user: UserId,
    pub uses: i32,
    pub expires_at: Moment,
}

/// An invitation that still opens accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Names it without opening anything: the secret cannot be told from it.
    pub token_hash: String,
    pub uses_left: i32,
    pub created_at: Moment,
    pub expires_at: Moment,
}

impl Store {
    /// Keeps a link. A new one about an address or a password takes the place of the one before.
    pub async fn insert_link(&self, new: NewLink) -> Result<(), StoreError> {
        self.write(move |conn| {
            if new.kind != LinkKind::Invite {
                let before =
                    links::table.filter(links::user_id.eq(new.user.to_string())).filter(links::kind.eq(new.kind.as_str()));
                diesel::delete(before).execute(conn)?;
            }
            diesel::insert_into(links::table)
                .values((
                    links::token_hash.eq(&new.token_hash),
                    links::kind.eq(new.kind.as_str()),
                    links::user_id.eq(new.user.to_string()),
                    links::uses_left.eq(new.uses),
                    links::created_at.eq(now().0),
                    links::expires_at.eq(new.expires_at.0),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
    }

    /// The invitations of a user that still open something, newest first.
    pub async fn list_invitations(&self, by: UserId) -> Result<Vec<Invitation>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<(String, i32, i64, i64)> = links::table
                .filter(links::user_id.eq(by.to_string()))
                .filter(links::kind.eq(LinkKind::Invite.as_str()))
                .filter(links::uses_left.gt(0))
                .filter(links::expires_at.gt(now().0))
                .order((links::created_at.desc(), links::token_hash.asc()))
                .select((links::token_hash, links::uses_left, links::created_at, links::expires_at))
                .load(conn)?;
            let invitation = |(token_hash, uses_left, created_at, expires_at)| Invitation {
                token_hash,
                uses_left,
                created_at: Moment(created_at),
                expires_at: Moment(expires_at),
            };
            Ok(rows.into_iter().map(invitation).collect())
        })
        .await
    }

    /// Ends an invitation of this user. Whether there was one.
    pub async fn delete_invitation(&self, by: UserId, token_hash: String) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let theirs = links::table
                .filter(links::token_hash.eq(token_hash))
                .filter(links::user_id.eq(by.to_string()))
                .filter(links::kind.eq(LinkKind::Invite.as_str()));
            Ok(diesel::delete(theirs).execute(conn)? > 0)
        })
        .await
    }

    /// Confirms the address of this user; only with their own link. Whether it was one.
    pub async fn confirm_email(&self, user: UserId, token_hash: String) -> Result<bool, StoreError> {
        self.write(move |conn| {
            if find(conn, &token_hash, LinkKind::Confirm)? != Some(user) {
                return Ok(false);
            }
            take(conn, &token_hash, LinkKind::Confirm)?;
            update(conn, user, UserPatch { email_confirmed_at: Some(now()), ..UserPatch::default() })?;
            Ok(true)
        })
        .await
    }

    /// Sets a new password for whoever the link is about and ends all their logins, scripts' tokens too. `None`: no such link (any more).
    pub async fn reset_password(&self, token_hash: String, hash: SecretString) -> Result<Option<UserId>, StoreError> {
        self.write(move |conn| {
            let Some(user) = take(conn, &token_hash, LinkKind::Reset)? else { return Ok(None) };
            update(conn, user, UserPatch { password_hash: Some(hash), ..UserPatch::default() })?;
            delete_all(conn, user)?;
            Ok(Some(user))
        })
        .await
    }
}

/// Whose link this is, while it can be used.
fn find(conn: &mut Conn, token_hash: &str, kind: LinkKind) -> Result<Option<UserId>, StoreError> {
    let user: Option<String> = links::table
        .find(token_hash)
        .filter(links::kind.eq(kind.as_str()))
        .filter(links::uses_left.gt(0))
        .filter(links::expires_at.gt(now().0))
        .select(links::user_id)
        .first(conn)
        .optional()?;
    user.map(|user| id(&user)).transpose()
}

/// Uses a link once. Whose it was.
pub(super) fn take(conn: &mut Conn, token_hash: &str, kind: LinkKind) -> Result<Option<UserId>, StoreError> {
    let Some(user) = find(conn, token_hash, kind)? else { return Ok(None) };
    let link = links::table.find(token_hash);
    diesel::update(link).set(links::uses_left.eq(links::uses_left - 1)).execute(conn)?;
    Ok(Some(user))
}
