//! Tokens for scripts, by their hashes.

use diesel::prelude::*;
use uuid::Uuid;

use super::Store;
use super::column::{id, now};
use super::error::StoreError;
use super::schema::api_tokens;
use crate::domain::ids::UserId;
use crate::domain::text::Moment;

/// A token as it is kept: it cannot be shown again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub id: Uuid,
    pub user: UserId,
    pub name: String,
    /// Words, with blanks between them.
    pub scopes: String,
    pub created_at: Moment,
    pub expires_at: Option<Moment>,
    pub last_used_at: Option<Moment>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_tokens)]
struct Row {
    id: String,
    user_id: String,
    name: String,
    scopes: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl TryFrom<Row> for ApiToken {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(&row.id)?,
            user: id(&row.user_id)?,
            name: row.name,
            scopes: row.scopes,
            created_at: Moment(row.created_at),
            expires_at: row.expires_at.map(Moment),
            last_used_at: row.last_used_at.map(Moment),
        })
    }
}

impl Store {
    pub async fn insert_api_token(
        &self,
        user: UserId,
        name: String,
        token_hash: String,
        scopes: String,
        expires_at: Option<Moment>,
    ) -> Result<ApiToken, StoreError> {
        self.write(move |conn| {
            let made =
                ApiToken { id: Uuid::now_v7(), user, name, scopes, created_at: now(), expires_at, last_used_at: None };
            diesel::insert_into(api_tokens::table)
                .values((
                    api_tokens::id.eq(made.id.to_string()),
                    api_tokens::user_id.eq(user.to_string()),
                    api_tokens::name.eq(&made.name),
                    api_tokens::token_hash.eq(token_hash),
                    api_tokens::scopes.eq(&made.scopes),
                    api_tokens::created_at.eq(made.created_at.0),
                    api_tokens::expires_at.eq(made.expires_at.map(|at| at.0)),
                ))
                .execute(conn)?;
            Ok(made)
        })
        .await
    }

    /// The token of this hash, if its time is not over; notes that it was used.
    pub async fn find_api_token(&self, token_hash: String) -> Result<Option<ApiToken>, StoreError> {
        self.write(move |conn| {
            let row: Option<Row> = api_tokens::table
                .filter(api_tokens::token_hash.eq(token_hash))
                .select(Row::as_select())
                .first(conn)
                .optional()?;
            let Some(token) = row.map(ApiToken::try_from).transpose()? else { return Ok(None) };
            let at = now();
            if token.expires_at.is_some_and(|end| end <= at) {
                return Ok(None);
            }
            let used = api_tokens::table.find(token.id.to_string());
            diesel::update(used).set(api_tokens::last_used_at.eq(at.0)).execute(conn)?;
            Ok(Some(token))
        })
        .await
    }

    /// Whether there is this token and its time is not over.
    pub async fn has_api_token(&self, token: Uuid) -> Result<bool, StoreError> {
        self.read(move |conn| {
            let end: Option<Option<i64>> =
                api_tokens::table.find(token.to_string()).select(api_tokens::expires_at).first(conn).optional()?;
            Ok(end.is_some_and(|end| end.is_none_or(|end| end > now().0)))
        })
        .await
    }

    /// A user's tokens, oldest first.
    pub async fn list_api_tokens(&self, user: UserId) -> Result<Vec<ApiToken>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<Row> = api_tokens::table
                .filter(api_tokens::user_id.eq(user.to_string()))
                .order((api_tokens::created_at.asc(), api_tokens::id.asc()))
                .select(Row::as_select())
                .load(conn)?;
            rows.into_iter().map(ApiToken::try_from).collect()
        })
        .await
    }

    /// Deletes one of a user's tokens. Whether there was one.
    pub async fn delete_api_token(&self, user: UserId, token: Uuid) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let own = api_tokens::table.find(token.to_string()).filter(api_tokens::user_id.eq(user.to_string()));
            Ok(diesel::delete(own).execute(conn)? > 0)
        })
        .await
    }
}
