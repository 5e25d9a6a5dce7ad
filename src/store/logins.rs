//! Logins: a family of refresh tokens, each used once. A used one that comes back was stolen, and ends its family.

use diesel::prelude::*;
use uuid::Uuid;

use super::Store;
use super::column::{id, now};
use super::connection::Conn;
use super::error::StoreError;
use super::schema::{api_tokens, logins, users};
use crate::domain::ids::UserId;
use crate::domain::text::Moment;

/// A refresh token given out, by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// All tokens that came of one sign-in.
    pub family: Uuid,
    pub user: UserId,
    pub token_hash: String,
    /// When it was given out: whoever has it was seen then.
    pub created_at: Moment,
    /// When it was used for the next one.
    pub rotated_at: Option<Moment>,
    pub expires_at: Moment,
    /// What signed in, in a few words; empty where nobody said.
    pub device: String,
    /// When its family began.
    pub began_at: Moment,
}

/// What came of using a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// The next token counts now.
    Rotated(Login),
    /// It had been used before: the whole family was ended, for whoever has its tokens.
    Replayed { family: Uuid, user: UserId },
    /// No such token, or it has expired.
    Unknown,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = logins)]
struct Row {
    token_hash: String,
    family_id: String,
    user_id: String,
    created_at: i64,
    rotated_at: Option<i64>,
    expires_at: i64,
    device: String,
    began_at: i64,
}

impl TryFrom<Row> for Login {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            family: id(&row.family_id)?,
            user: id(&row.user_id)?,
            token_hash: row.token_hash,
            created_at: Moment(row.created_at),
            rotated_at: row.rotated_at.map(Moment),
            expires_at: Moment(row.expires_at),
            device: row.device,
            began_at: Moment(row.began_at),
        })
    }
}

impl Store {
    /// A sign-in: the first token of a new family.
    pub async fn insert_login(&self, user: UserId, token_hash: String, expires_at: Moment) -> Result<Login, StoreError> {
        let at = now();
        let first = Login {
            family: Uuid::now_v7(),
            user,
            token_hash,
            created_at: at,
            rotated_at: None,
            expires_at,
            device: String::new(),
            began_at: at,
        };
        self.write(move |conn| insert(conn, first)).await
    }

    /// Says what signed in, for the list of one's logins.
    pub async fn update_login_device(&self, family: Uuid, device: String) -> Result<(), StoreError> {
        self.write(move |conn| {
            let tokens = logins::table.filter(logins::family_id.eq(family.to_string()));
            diesel::update(tokens).set(logins::device.eq(device)).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// A token that was not used for another one yet and has not expired.
    pub async fn find_login(&self, token_hash: &str) -> Result<Option<Login>, StoreError> {
        let hash = token_hash.to_owned();
        self.read(move |conn| {
            let row: Option<Row> = logins::table
                .find(hash)
                .filter(logins::rotated_at.is_null())
                .filter(logins::expires_at.gt(now().0))
                .select(Row::as_select())
                .first(conn)
                .optional()?;
            row.map(Login::try_from).transpose()
        })
        .await
    }

    /// Uses a token for the next one of its family.
    pub async fn rotate_login(&self, used: &str, next_hash: String, expires_at: Moment) -> Result<Rotation, StoreError> {
        let used = used.to_owned();
        self.write(move |conn| rotate(conn, &used, next_hash, expires_at)).await
    }

    /// The families of a user that are still signed in, by their current tokens, oldest first.
    pub async fn list_logins(&self, user: UserId) -> Result<Vec<Login>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<Row> = logins::table
                .filter(logins::user_id.eq(user.to_string()))
                .filter(logins::rotated_at.is_null())
                .filter(logins::expires_at.gt(now().0))
                .order((logins::created_at.asc(), logins::token_hash.asc()))
                .select(Row::as_select())
                .load(conn)?;
            rows.into_iter().map(Login::try_from).collect()
        })
        .await
    }

    /// Whose login this is, while it lasts.
    pub async fn find_login_user(&self, family: Uuid) -> Result<Option<UserId>, StoreError> {
        self.read(move |conn| {
            let user: Option<String> = logins::table
                .filter(logins::family_id.eq(family.to_string()))
                .filter(logins::rotated_at.is_null())
                .filter(logins::expires_at.gt(now().0))
                .select(logins::user_id)
                .first(conn)
                .optional()?;
            user.map(|user| id(&user)).transpose()
        })
        .await
    }

    /// Signs out here: ends one family.
    pub async fn delete_login(&self, family: Uuid) -> Result<(), StoreError> {
        self.write(move |conn| delete_family(conn, &family.to_string())).await
    }

    /// Signs out everywhere, scripts too. How many refresh tokens that were.
    pub async fn delete_logins(&self, user: UserId) -> Result<usize, StoreError> {
        self.write(move |conn| delete_all(conn, user)).await
    }
}

/// Ends everything that a user is known by here: who has a copy of any of it is out.
pub(super) fn delete_all(conn: &mut Conn, user: UserId) -> Result<usize, StoreError> {
    diesel::delete(api_tokens::table.filter(api_tokens::user_id.eq(user.to_string()))).execute(conn)?;
    Ok(diesel::delete(logins::table.filter(logins::user_id.eq(user.to_string()))).execute(conn)?)
}

fn insert(conn: &mut Conn, login: Login) -> Result<Login, StoreError> {
    let row = Row {
        token_hash: login.token_hash.clone(),
        family_id: login.family.to_string(),
        user_id: login.user.to_string(),
        created_at: login.created_at.0,
        rotated_at: None,
        expires_at: login.expires_at.0,
        device: login.device.clone(),
        began_at: login.began_at.0,
    };
    diesel::insert_into(logins::table).values(&row).execute(conn)?;
    Ok(login)
}

fn rotate(conn: &mut Conn, used: &str, next_hash: String, expires_at: Moment) -> Result<Rotation, StoreError> {
    let row: Option<Row> = logins::table.find(used).select(Row::as_select()).first(conn).optional()?;
    let Some(login) = row.map(Login::try_from).transpose()? else { return Ok(Rotation::Unknown) };
    let at = now();
    if login.expires_at <= at {
        return Ok(Rotation::Unknown);
    }
    if login.rotated_at.is_some() {
        delete_family(conn, &login.family.to_string())?;
        return Ok(Rotation::Replayed { family: login.family, user: login.user });
    }
    diesel::update(logins::table.find(used)).set(logins::rotated_at.eq(at.0)).execute(conn)?;
    let seen = users::table.find(login.user.to_string());
    diesel::update(seen).set(users::last_seen_at.eq(at.0)).execute(conn)?;
    let next = Login { token_hash: next_hash, created_at: at, rotated_at: None, expires_at, ..login };
    insert(conn, next).map(Rotation::Rotated)
}

fn delete_family(conn: &mut Conn, family: &str) -> Result<(), StoreError> {
    diesel::delete(logins::table.filter(logins::family_id.eq(family))).execute(conn)?;
    Ok(())
}
