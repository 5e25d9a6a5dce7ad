//! Opening accounts, and who somebody is at a provider of sign-in. Nobody is found by an e-mail address here.

use diesel::prelude::*;
use secrecy::SecretString;

use super::Store;
use super::column::{id, now};
use super::connection::Conn;
use super::error::StoreError;
use super::links::{LinkKind, take};
use super::logins::delete_all;
use super::schema::{api_tokens, characters, closed_users, discussions, identities, users};
use super::users::{NewUser, User, UserKind, UserPatch, UserRole, delete, insert, update};
use crate::domain::ids::UserId;
use crate::domain::text::Moment;

/// Somebody at a provider: `tenant` is empty where it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityKey {
    pub provider: &'static str,
    pub tenant: String,
    pub subject: String,
}

/// An account to be.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The guest who becomes it, with everything that is theirs.
    pub guest: Option<UserId>,
    pub name: String,
    pub email: Option<String>,
    /// The provider says so, and may say so.
    pub email_confirmed: bool,
    pub password_hash: Option<SecretString>,
    pub identity: Option<IdentityKey>,
    /// The hash of an invitation that must open; it is used up only if all else is well.
    pub invite: Option<String>,
}

/// What came of opening an account.
#[derive(Debug)]
pub enum Opened {
    Account(Box<User>),
    /// The invitation is unknown, used up or over.
    NotInvited,
}

impl Store {
    /// Opens an account, or makes a guest one. A taken address is a [`StoreError::Conflict`].
    pub async fn insert_account(&self, opening: Opening) -> Result<Opened, StoreError> {
        self.write(move |conn| {
            if let Some(invite) = &opening.invite
                && take(conn, invite, LinkKind::Invite)?.is_none()
            {
                return Ok(Opened::NotInvited);
            }
            let identity = opening.identity.clone();
            let user = open(conn, opening)?;
            if let Some(key) = identity {
                insert_identity(conn, &key, user.id)?;
            }
            Ok(Opened::Account(Box::new(user)))
        })
        .await
    }

    pub async fn find_identity(&self, key: IdentityKey) -> Result<Option<UserId>, StoreError> {
        self.read(move |conn| {
            let found: Option<String> = identities::table
                .find((key.provider, key.tenant, key.subject))
                .select(identities::user_id)
                .first(conn)
                .optional()?;
            found.map(|user| id(&user)).transpose()
        })
        .await
    }

    /// The user whom somebody else's token names by this id: made at the first sight, unless deleted after the token was
    /// made.
    pub async fn find_or_insert_named(
        &self,
        new: NewUser,
        hash: String,
        issued_at: Moment,
    ) -> Result<Option<User>, StoreError> {
        self.write(move |conn| {
            let closed: Option<i64> =
                closed_users::table.find(hash).select(closed_users::closed_at).first(conn).optional()?;
            if closed.is_some_and(|at| issued_at.0 <= at) {
                return Ok(None);
            }
            let there: i64 = users::table.filter(users::id.eq(new.id.to_string())).count().get_result(conn)?;
            match there {
                0 => insert(conn, &new).map(Some),
                _ => update(conn, new.id, UserPatch { kind: Some(new.kind), ..UserPatch::default() }).map(Some),
            }
        })
        .await
    }

    /// The id that a user has at a provider, if they are kept there under another than their own.
    pub async fn find_subject(&self, user: UserId, provider: &'static str) -> Result<Option<String>, StoreError> {
        self.read(move |conn| {
            let theirs = identities::table.filter(identities::user_id.eq(user.to_string()));
            Ok(theirs.filter(identities::provider.eq(provider)).select(identities::subject).first(conn).optional()?)
        })
        .await
    }

    /// Makes a guest an account that this identity opens, in place of a newcomer who has nothing yet. Whether it was so.
    pub async fn adopt_guest(&self, newcomer: UserId, key: IdentityKey, guest: UserId) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let Some(name) = name_of_empty(conn, newcomer)? else { return Ok(false) };
            if !is_guest(conn, guest)? {
                return Ok(false);
            }
            delete(conn, &newcomer.to_string())?;
            delete_all(conn, guest)?;
            let patch = UserPatch { kind: Some(UserKind::Account), name: Some(name), ..UserPatch::default() };
            update(conn, guest, patch)?;
            insert_identity(conn, &key, guest)?;
            Ok(true)
        })
        .await
    }

    /// Deletes a user whose tokens somebody else signs, and remembers by a hash that those made until now are void.
    pub async fn delete_named_user(&self, user: UserId, hash: String) -> Result<bool, StoreError> {
        self.write(move |conn| {
            diesel::delete(closed_users::table.find(&hash)).execute(conn)?;
            let row = (closed_users::user_hash.eq(hash), closed_users::closed_at.eq(now().0));
            diesel::insert_into(closed_users::table).values(row).execute(conn)?;
            delete(conn, &user.to_string())
        })
        .await
    }

    /// Whether there is an account that is the owner's.
    pub async fn has_owner(&self) -> Result<bool, StoreError> {
        self.read(|conn| {
            let owners = users::table
                .filter(users::role.eq(UserRole::Owner.as_str()))
                .filter(users::kind.eq(UserKind::Account.as_str()));
            Ok(owners.count().get_result::<i64>(conn)? > 0)
        })
        .await
    }
}

/// The name of somebody to whom nothing belongs yet; `None`: there is nobody, or something does.
fn name_of_empty(conn: &mut Conn, user: UserId) -> Result<Option<String>, StoreError> {
    let user = user.to_string();
    let owned: [i64; 4] = [
        discussions::table.filter(discussions::owner_id.eq(&user)).count().get_result(conn)?,
        characters::table.filter(characters::owner_id.eq(&user)).count().get_result(conn)?,
        api_tokens::table.filter(api_tokens::user_id.eq(&user)).count().get_result(conn)?,
        identities::table.filter(identities::user_id.eq(&user)).count().get_result(conn)?,
    ];
    match owned.iter().all(|count| *count == 0) {
        true => Ok(users::table.find(user).select(users::name).first(conn).optional()?),
        false => Ok(None),
    }
}

fn is_guest(conn: &mut Conn, user: UserId) -> Result<bool, StoreError> {
    let guests = users::table.filter(users::id.eq(user.to_string())).filter(users::kind.eq(UserKind::Guest.as_str()));
    Ok(guests.count().get_result::<i64>(conn)? > 0)
}

fn open(conn: &mut Conn, opening: Opening) -> Result<User, StoreError> {
    let confirmed = opening.email_confirmed.then(now);
    let Some(guest) = opening.guest else {
        let new = NewUser {
            id: UserId::new(),
            kind: UserKind::Account,
            name: opening.name,
            email: opening.email,
            password_hash: opening.password_hash,
            role: UserRole::User,
        };
        let user = insert(conn, &new)?;
        return update(conn, user.id, UserPatch { email_confirmed_at: confirmed, ..UserPatch::default() });
    };
    // A guest's logins end here, and tokens for scripts: who copied one of them, or made one on a guest's machine, does not come
    // along.
    delete_all(conn, guest)?;
    if !is_guest(conn, guest)? {
        return Err(StoreError::NotFound);
    }
    let patch = UserPatch {
        kind: Some(UserKind::Account),
        name: Some(opening.name),
        email: opening.email,
        email_confirmed_at: confirmed,
        password_hash: opening.password_hash,
        preferences: None,
    };
    update(conn, guest, patch)
}

fn insert_identity(conn: &mut Conn, key: &IdentityKey, user: UserId) -> Result<(), StoreError> {
    diesel::insert_into(identities::table)
        .values((
            identities::provider.eq(key.provider),
            identities::tenant.eq(&key.tenant),
            identities::subject.eq(&key.subject),
            identities::user_id.eq(user.to_string()),
            identities::created_at.eq(now().0),
        ))
        .execute(conn)?;
    Ok(())
}
