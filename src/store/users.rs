//! Guests and accounts.

use diesel::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Store;
use super::column::{from_json, id, now, to_json, word};
use super::connection::Conn;
use super::error::StoreError;
use super::schema::{attempts, users};
use crate::domain::ids::UserId;
use crate::domain::message::words;
use crate::domain::text::Moment;

words!(
    /// How someone came to be a user.
    UserKind { Guest = "guest", Account = "account" }
);

words!(
    /// What somebody is here beyond a user.
    UserRole {
        User = "user",
        /// Opened the owner's link.
        Owner = "owner",
    }
);

/// Someone who uses ChatLab.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub kind: UserKind,
    pub name: String,
    /// As it was given to [`NewUser`]: bring it into one form before, here it is compared as it stands.
    pub email: Option<String>,
    pub email_confirmed_at: Option<Moment>,
    pub password_hash: Option<SecretString>,
    /// A JSON object.
    pub preferences: Value,
    pub created_at: Moment,
    pub last_seen_at: Moment,
    pub role: UserRole,
}

/// A user to be.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub id: UserId,
    pub kind: UserKind,
    pub name: String,
    pub email: Option<String>,
    pub password_hash: Option<SecretString>,
    pub role: UserRole,
}

impl NewUser {
    /// Somebody without an account.
    pub fn guest(name: &str) -> Self {
        Self {
            id: UserId::new(),
            kind: UserKind::Guest,
            name: name.to_owned(),
            email: None,
            password_hash: None,
            role: UserRole::User,
        }
    }
}

/// What changes of a user; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct UserPatch {
    pub kind: Option<UserKind>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub email_confirmed_at: Option<Moment>,
    pub password_hash: Option<SecretString>,
    /// Replaces what is named; a null removes it.
    pub preferences: Option<Map<String, Value>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct Row {
    id: String,
    kind: String,
    name: String,
    email: Option<String>,
    email_confirmed_at: Option<i64>,
    password_hash: Option<String>,
    preferences: String,
    created_at: i64,
    last_seen_at: i64,
    role: String,
}

#[derive(AsChangeset)]
#[diesel(table_name = users)]
struct RowPatch {
    kind: Option<&'static str>,
    name: Option<String>,
    email: Option<String>,
    email_confirmed_at: Option<i64>,
    password_hash: Option<String>,
    preferences: Option<String>,
    /// Always there, so that there is always something to set.
    last_seen_at: i64,
}

impl TryFrom<Row> for User {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(&row.id)?,
            kind: word(&row.kind, UserKind::from_word)?,
            name: row.name,
            email: row.email,
            email_confirmed_at: row.email_confirmed_at.map(Moment),
            password_hash: row.password_hash.map(SecretString::from),
            preferences: from_json(&row.preferences)?,
            created_at: Moment(row.created_at),
            last_seen_at: Moment(row.last_seen_at),
            role: word(&row.role, UserRole::from_word)?,
        })
    }
}

impl Store {
    /// A taken e-mail address is a [`StoreError::Conflict`].
    pub async fn insert_user(&self, new: NewUser) -> Result<User, StoreError> {
        self.write(move |conn| insert(conn, &new)).await
    }

    pub async fn find_user(&self, user: UserId) -> Result<Option<User>, StoreError> {
        self.read(move |conn| {
            let row = users::table.find(user.to_string()).select(Row::as_select()).first(conn).optional()?;
            row.map(User::try_from).transpose()
        })
        .await
    }

    pub async fn find_user_by_email(&self, email: &str) -> Result<Option<User>, StoreError> {
        let email = email.to_owned();
        self.read(move |conn| {
            let row = users::table.filter(users::email.eq(email)).select(Row::as_select()).first(conn).optional()?;
            row.map(User::try_from).transpose()
        })
        .await
    }

    /// Changes what the patch names, e.g. makes a guest an account, and notes that the user was seen.
    pub async fn update_user(&self, user: UserId, patch: UserPatch) -> Result<User, StoreError> {
        self.write(move |conn| update(conn, user, patch)).await
    }

    /// Notes that the user was there just now.
    pub async fn update_last_seen(&self, user: UserId) -> Result<(), StoreError> {
        self.update_user(user, UserPatch::default()).await.map(|_| ())
    }

    /// Deletes a user with everything that is theirs. Whether there was one.
    pub async fn delete_user(&self, user: UserId) -> Result<bool, StoreError> {
        self.write(move |conn| delete(conn, &user.to_string())).await
    }
}

/// Deletes a user. What they spent stays counted, but is nobody's, and about nothing that could be found again.
pub(super) fn delete(conn: &mut Conn, user: &str) -> Result<bool, StoreError> {
    let none = None::<String>;
    diesel::update(attempts::table.filter(attempts::user_id.eq(user)))
        .set((attempts::user_id.eq(&none), attempts::discussion_id.eq(&none), attempts::message_id.eq(&none)))
        .execute(conn)?;
    Ok(diesel::delete(users::table.find(user)).execute(conn)? > 0)
}

pub(super) fn insert(conn: &mut Conn, new: &NewUser) -> Result<User, StoreError> {
    let at = now();
    diesel::insert_into(users::table)
        .values((
            users::id.eq(new.id.to_string()),
            users::kind.eq(new.kind.as_str()),
            users::name.eq(&new.name),
            users::email.eq(&new.email),
            users::password_hash.eq(new.password_hash.as_ref().map(ExposeSecret::expose_secret)),
            users::preferences.eq("{}"),
            users::created_at.eq(at.0),
            users::last_seen_at.eq(at.0),
            users::role.eq(new.role.as_str()),
        ))
        .execute(conn)?;
    users::table.find(new.id.to_string()).select(Row::as_select()).first(conn)?.try_into()
}

pub(super) fn update(conn: &mut Conn, user: UserId, patch: UserPatch) -> Result<User, StoreError> {
    let id = user.to_string();
    // Merged here, where one change comes after another: two at once would undo each other.
    let preferences = match patch.preferences {
        Some(changed) => {
            let kept: String = users::table.find(&id).select(users::preferences).first(conn)?;
            Some(to_json(&merged(from_json(&kept)?, changed)))
        }
        None => None,
    };
    let patch = RowPatch {
        kind: patch.kind.map(UserKind::as_str),
        name: patch.name,
        email: patch.email,
        email_confirmed_at: patch.email_confirmed_at.map(|at| at.0),
        password_hash: patch.password_hash.map(|hash| hash.expose_secret().to_owned()),
        preferences,
        last_seen_at: now().0,
    };
    diesel::update(users::table.find(&id)).set(patch).execute(conn)?;
    users::table.find(&id).select(Row::as_select()).first(conn)?.try_into()
}

/// Preferences after a change.
pub fn merged(old: Value, changed: Map<String, Value>) -> Value {
    let mut merged = match old {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    merged.extend(changed);
    merged.retain(|_, value| !value.is_null());
    Value::Object(merged)
}
