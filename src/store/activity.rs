//! Page views and actions, as the page tells them.

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::Store;
use super::column::{from_json, id, now, to_json};
use super::error::StoreError;
use super::schema::activity;
use crate::domain::ids::UserId;
use crate::domain::text::Moment;

/// Something somebody did.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    pub kind: String,
    /// By the page's clock.
    pub at: Moment,
    pub data: Value,
}

/// An activity as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptActivity {
    /// Version 7: in order of arrival.
    pub id: Uuid,
    pub activity: Activity,
    /// By the server's clock.
    pub received_at: Moment,
}

type Row = (String, String, i64, String, i64);

pub(super) fn kept_from((key, kind, at, data, received_at): Row) -> Result<KeptActivity, StoreError> {
    let activity = Activity { kind, at: Moment(at), data: from_json(&data)? };
    Ok(KeptActivity { id: id(&key)?, activity, received_at: Moment(received_at) })
}

impl Store {
    pub async fn insert_activity(&self, user: UserId, events: Vec<Activity>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let received_at = now().0;
            for event in &events {
                diesel::insert_into(activity::table)
                    .values((
                        activity::id.eq(Uuid::now_v7().to_string()),
                        activity::user_id.eq(user.to_string()),
                        activity::kind.eq(&event.kind),
                        activity::at.eq(event.at.0),
                        activity::data.eq(to_json(&event.data)),
                        activity::received_at.eq(received_at),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await
    }

    /// A user's activities in order of arrival, those behind `after`.
    pub async fn list_activity(
        &self,
        user: UserId,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<KeptActivity>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<Row> = activity::table
                .filter(activity::user_id.eq(user.to_string()))
                .filter(activity::id.gt(after.unwrap_or_default().to_string()))
                .order(activity::id.asc())
                .limit(limit)
                .select((activity::id, activity::kind, activity::at, activity::data, activity::received_at))
                .load(conn)?;
            rows.into_iter().map(kept_from).collect()
        })
        .await
    }
}
