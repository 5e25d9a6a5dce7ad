//! What admins see of everybody: for research and for the running of the place. Who asks for it is written down.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Nullable};
use serde::Serialize;
use uuid::Uuid;

use super::Store;
use super::activity::{KeptActivity, kept_from};
use super::attempts::Purpose;
use super::column::{id, now};
use super::error::StoreError;
use super::schema::{activity, admin_actions, attempts, discussions, users};
use crate::domain::ids::{DiscussionId, UserId};
use crate::domain::text::Moment;

/// What was asked of a provider's model and what that used; the demo voices are nobody's.
#[derive(Debug, Clone, PartialEq, Queryable, Serialize)]
pub struct UsedTokens {
    pub provider: String,
    pub model: String,
    pub turns: i64,
    /// Requests: turns with their repetitions, summaries and whatever else is asked.
    pub attempts: i64,
    pub input_tokens: i64,
    pub cache_read_tokens: i64,
    pub cache_write_tokens: i64,
    pub output_tokens: i64,
    /// What is known of it.
    pub cost_usd: Option<f64>,
}

/// How much there is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Totals {
    pub guests: i64,
    pub accounts: i64,
    pub discussions: i64,
    pub activity: i64,
}

/// Something an admin took away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AdminAction {
    pub id: Uuid,
    /// `None`: whoever it was is deleted.
    pub user: Option<UserId>,
    /// Their address now, or their name.
    pub name: Option<String>,
    pub action: String,
    pub detail: String,
    pub at: Moment,
}

impl Store {
    /// The discussions of everybody in the order in which they began.
    pub async fn list_all_discussions(
        &self,
        after: Option<DiscussionId>,
        limit: i64,
    ) -> Result<Vec<DiscussionId>, StoreError> {
        self.read(move |conn| {
            let after = after.map(|after| after.to_string()).unwrap_or_default();
            let rows: Vec<String> = discussions::table
                .filter(discussions::id.gt(after))
                .order(discussions::id.asc())
                .limit(limit)
                .select(discussions::id)
                .load(conn)?;
            rows.iter().map(|row| id(row)).collect()
        })
        .await
    }

    /// The activity of everybody in order of arrival.
    pub async fn list_all_activity(
        &self,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<(UserId, KeptActivity)>, StoreError> {
        self.read(move |conn| {
            let rows = activity::table
                .filter(activity::id.gt(after.unwrap_or_default().to_string()))
                .order(activity::id.asc())
                .limit(limit)
                .select((
                    activity::user_id,
                    (activity::id, activity::kind, activity::at, activity::data, activity::received_at),
                ))
                .load::<(String, _)>(conn)?;
            rows.into_iter().map(|(user, row)| Ok((id(&user)?, kept_from(row)?))).collect()
        })
        .await
    }

    /// What was used since a moment, by everybody, those too who are deleted.
    pub async fn sum_usage(&self, since: Moment) -> Result<Vec<UsedTokens>, StoreError> {
        self.read(move |conn| {
            use attempts as a;
            // The two databases give sums other types.
            let total = |what: &str| sql::<BigInt>(&format!("CAST(SUM({what}) AS BIGINT)"));
            let turns = format!("CASE WHEN first AND purpose = '{}' THEN 1 ELSE 0 END", Purpose::Turn.as_str());
            let used = a::table
                .filter(a::ended_at.ge(since.0))
                .group_by((a::provider, a::model))
                .order((a::provider, a::model))
                .select((
                    a::provider,
                    a::model,
                    total(&turns),
                    total("1"),
                    total("input_tokens"),
                    total("cache_read_tokens"),
                    total("cache_write_tokens"),
                    total("output_tokens"),
                    sql::<Nullable<Double>>("SUM(cost_usd)"),
                ));
            Ok(used.load(conn)?)
        })
        .await
    }

    pub async fn count_all(&self) -> Result<Totals, StoreError> {
        self.read(|conn| {
            Ok(Totals {
                guests: users::table.filter(users::kind.eq("guest")).count().get_result(conn)?,
                accounts: users::table.filter(users::kind.eq("account")).count().get_result(conn)?,
                discussions: discussions::table.count().get_result(conn)?,
                activity: activity::table.count().get_result(conn)?,
            })
        })
        .await
    }

    /// Writes down what an admin takes away, before it is given.
    pub async fn insert_admin_action(&self, user: UserId, action: &'static str, detail: String) -> Result<(), StoreError> {
        self.write(move |conn| {
            diesel::insert_into(admin_actions::table)
                .values((
                    admin_actions::id.eq(Uuid::now_v7().to_string()),
                    admin_actions::user_id.eq(user.to_string()),
                    admin_actions::action.eq(action),
                    admin_actions::detail.eq(detail),
                    admin_actions::at.eq(now().0),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
    }

    /// The newest of what admins took away.
    pub async fn list_admin_actions(&self, limit: i64) -> Result<Vec<AdminAction>, StoreError> {
        self.read(move |conn| {
            type Done = (String, Option<String>, String, String, i64);
            type Who = Option<(String, Option<String>)>;
            let rows: Vec<(Done, Who)> = admin_actions::table
                .left_join(users::table.on(admin_actions::user_id.eq(users::id.nullable())))
                .order(admin_actions::id.desc())
                .limit(limit)
                .select((admin_actions::all_columns, (users::name, users::email).nullable()))
                .load(conn)?;
            rows.into_iter()
                .map(|((key, user, action, detail, at), who)| {
                    let user = user.map(|user| id(&user)).transpose()?;
                    let name = who.map(|(name, email)| email.unwrap_or(name));
                    Ok(AdminAction { id: id(&key)?, user, name, action, detail, at: Moment(at) })
                })
                .collect()
        })
        .await
    }
}
