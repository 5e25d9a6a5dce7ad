//! Join codes. While ChatLab runs they are looked up in memory; here they outlive a restart.

use diesel::prelude::*;

use super::Store;
use super::column::{id, now};
use super::error::StoreError;
use super::schema::shares;
use crate::domain::ids::DiscussionId;
use crate::domain::text::Moment;

/// A join code that lets observers in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// In upper case.
    pub code: String,
    pub discussion: DiscussionId,
    pub created_at: Moment,
    pub expires_at: Moment,
}

type Row = (String, String, i64, i64);

fn share_from((code, discussion, created_at, expires_at): Row) -> Result<Share, StoreError> {
    Ok(Share { code, discussion: id(&discussion)?, created_at: Moment(created_at), expires_at: Moment(expires_at) })
}

impl Store {
    /// Opens a discussion to observers. A code that is taken is a [`StoreError::Conflict`]: draw another one.
    pub async fn insert_share(
        &self,
        discussion: DiscussionId,
        code: String,
        expires_at: Moment,
    ) -> Result<Share, StoreError> {
        self.write(move |conn| {
            let share = Share { code, discussion, created_at: now(), expires_at };
            diesel::insert_into(shares::table)
                .values((
                    shares::code.eq(&share.code),
                    shares::discussion_id.eq(discussion.to_string()),
                    shares::created_at.eq(share.created_at.0),
                    shares::expires_at.eq(expires_at.0),
                ))
                .execute(conn)?;
            Ok(share)
        })
        .await
    }

    /// Every code that is live, e.g. to fill the memory at the start.
    pub async fn list_shares(&self) -> Result<Vec<Share>, StoreError> {
        self.read(|conn| {
            let rows: Vec<Row> = shares::table
                .filter(shares::ended_at.is_null())
                .filter(shares::expires_at.gt(now().0))
                .order((shares::created_at.asc(), shares::code.asc()))
                .select((shares::code, shares::discussion_id, shares::created_at, shares::expires_at))
                .load(conn)?;
            rows.into_iter().map(share_from).collect()
        })
        .await
    }

    /// The newest live code of a discussion.
    pub async fn find_share(&self, discussion: DiscussionId) -> Result<Option<Share>, StoreError> {
        self.read(move |conn| {
            let row: Option<Row> = shares::table
                .filter(shares::discussion_id.eq(discussion.to_string()))
                .filter(shares::ended_at.is_null())
                .filter(shares::expires_at.gt(now().0))
                .order((shares::created_at.desc(), shares::code.asc()))
                .select((shares::code, shares::discussion_id, shares::created_at, shares::expires_at))
                .first(conn)
                .optional()?;
            row.map(share_from).transpose()
        })
        .await
    }

    /// Lets a code end at another time.
    pub async fn update_share(&self, code: String, expires_at: Moment) -> Result<(), StoreError> {
        self.write(move |conn| {
            let live = shares::table.find(code).filter(shares::ended_at.is_null());
            match diesel::update(live).set(shares::expires_at.eq(expires_at.0)).execute(conn)? {
                0 => Err(StoreError::NotFound),
                _ => Ok(()),
            }
        })
        .await
    }

    /// Ends every code of a discussion. They stay taken for a month, so that no old link opens another discussion.
    pub async fn end_shares(&self, discussion: DiscussionId) -> Result<usize, StoreError> {
        self.write(move |conn| {
            let live =
                shares::table.filter(shares::discussion_id.eq(discussion.to_string())).filter(shares::ended_at.is_null());
            Ok(diesel::update(live).set(shares::ended_at.eq(now().0)).execute(conn)?)
        })
        .await
    }
}
