//! Summaries of a discussion; each new one stands beside those before.

use diesel::dsl::max;
use diesel::prelude::*;
use serde_json::Value;

use super::Store;
use super::column::{from_json, now, to_json};
use super::error::StoreError;
use super::schema::summaries;
use crate::domain::ids::DiscussionId;
use crate::domain::text::Moment;

/// A summary and the state of the discussion it sums up.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// From 1.
    pub version: i32,
    /// The discussion's `last_seq` when it was read for this.
    pub seq: i64,
    pub content: Value,
    pub created_at: Moment,
}

type Row = (i32, i64, String, i64);

fn summary_from((version, seq, content, at): Row) -> Result<Summary, StoreError> {
    Ok(Summary { version, seq, content: from_json(&content)?, created_at: Moment(at) })
}

impl Store {
    /// Keeps a new summary as the newest version.
    pub async fn insert_summary(&self, of: DiscussionId, seq: i64, content: Value) -> Result<Summary, StoreError> {
        self.write(move |conn| {
            let there = summaries::table.filter(summaries::discussion_id.eq(of.to_string()));
            let newest: Option<i32> = there.select(max(summaries::version)).first(conn)?;
            let summary = Summary { version: newest.unwrap_or(0) + 1, seq, content, created_at: now() };
            diesel::insert_into(summaries::table)
                .values((
                    summaries::discussion_id.eq(of.to_string()),
                    summaries::version.eq(summary.version),
                    summaries::seq.eq(seq),
                    summaries::content.eq(to_json(&summary.content)),
                    summaries::created_at.eq(summary.created_at.0),
                ))
                .execute(conn)?;
            Ok(summary)
        })
        .await
    }

    /// The newest summary.
    pub async fn find_summary(&self, of: DiscussionId) -> Result<Option<Summary>, StoreError> {
        Ok(self.list_summaries(of, i32::MAX, 1).await?.pop())
    }

    /// One version of the summary.
    pub async fn find_summary_version(&self, of: DiscussionId, version: i32) -> Result<Option<Summary>, StoreError> {
        self.read(move |conn| {
            let row: Option<Row> = summaries::table
                .find((of.to_string(), version))
                .select((summaries::version, summaries::seq, summaries::content, summaries::created_at))
                .first(conn)
                .optional()?;
            row.map(summary_from).transpose()
        })
        .await
    }

    /// The summaries before a version, the newest first; `i32::MAX`: from the newest on.
    pub async fn list_summaries(&self, of: DiscussionId, before: i32, limit: i64) -> Result<Vec<Summary>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<Row> = summaries::table
                .filter(summaries::discussion_id.eq(of.to_string()))
                .filter(summaries::version.lt(before))
                .order(summaries::version.desc())
                .limit(limit)
                .select((summaries::version, summaries::seq, summaries::content, summaries::created_at))
                .load(conn)?;
            rows.into_iter().map(summary_from).collect()
        })
        .await
    }
}
