//! What is remembered of the earlier parts of long discussions; each version stands beside those before.

use diesel::dsl::max;
use diesel::prelude::*;

use super::Store;
use super::column::now;
use super::error::StoreError;
use super::schema::recaps;
use crate::domain::ids::DiscussionId;
use crate::domain::recap::Recap;
use crate::domain::text::Moment;

/// A recap that has no version yet.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRecap {
    pub discussion: DiscussionId,
    pub position: i64,
    pub seq: i64,
    pub text: String,
    pub provider: String,
    pub model: String,
    pub prompt_version: u32,
}

type Row = (i32, i64, i64, String, String, String, i32, i64);

fn recap_from((version, position, seq, text, provider, model, prompt_version, created_at): Row) -> Recap {
    let prompt_version = u32::try_from(prompt_version).unwrap_or_default();
    Recap { version, position, seq, text, provider, model, prompt_version, created_at: Moment(created_at) }
}

impl Store {
    /// Keeps a recap as the newest version.
    pub async fn insert_recap(&self, new: NewRecap) -> Result<Recap, StoreError> {
        self.write(move |conn| {
            let of = new.discussion.to_string();
            let newest: Option<i32> =
                recaps::table.filter(recaps::discussion_id.eq(&of)).select(max(recaps::version)).first(conn)?;
            let recap = Recap {
                version: newest.unwrap_or(0) + 1,
                position: new.position,
                seq: new.seq,
                text: new.text.clone(),
                provider: new.provider.clone(),
                model: new.model.clone(),
                prompt_version: new.prompt_version,
                created_at: now(),
            };
            diesel::insert_into(recaps::table)
                .values((
                    recaps::discussion_id.eq(&of),
                    recaps::version.eq(recap.version),
                    recaps::position.eq(recap.position),
                    recaps::seq.eq(recap.seq),
                    recaps::text.eq(&recap.text),
                    recaps::provider.eq(&recap.provider),
                    recaps::model.eq(&recap.model),
                    recaps::prompt_version.eq(i32::try_from(recap.prompt_version).unwrap_or(i32::MAX)),
                    recaps::created_at.eq(recap.created_at.0),
                ))
                .execute(conn)?;
            Ok(recap)
        })
        .await
    }

    /// All recaps of a discussion in order of version.
    pub async fn list_recaps(&self, of: DiscussionId) -> Result<Vec<Recap>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<Row> = recaps::table
                .filter(recaps::discussion_id.eq(of.to_string()))
                .order(recaps::version.asc())
                .select((
                    recaps::version,
                    recaps::position,
                    recaps::seq,
                    recaps::text,
                    recaps::provider,
                    recaps::model,
                    recaps::prompt_version,
                    recaps::created_at,
                ))
                .load(conn)?;
            Ok(rows.into_iter().map(recap_from).collect())
        })
        .await
    }
}
