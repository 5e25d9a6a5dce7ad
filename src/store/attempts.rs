//! Requests to providers, each with what it used and cost.

use diesel::prelude::*;

use super::Store;
use super::column::now;
use super::connection::Conn;
use super::error::StoreError;
use super::schema::attempts;
use crate::domain::ids::{DiscussionId, MessageId, UserId};
use crate::domain::message::Usage;
use crate::domain::text::Moment;

/// One request to a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    pub user: UserId,
    pub discussion: DiscussionId,
    pub message: MessageId,
    /// The first of its turn.
    pub first: bool,
    pub usage: Usage,
    /// What limits reckon with.
    pub reckoned_usd: f64,
    pub duration_ms: i64,
    /// `complete`, `length`, `refusal`, `interrupted`, `failed` or `stopped`.
    pub outcome: &'static str,
}

/// Whose attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spender {
    User(UserId),
    Discussion(DiscussionId),
    Server,
}

/// What was spent.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Spent {
    pub turns: i64,
    pub attempts: i64,
    pub input_tokens: i64,
    pub cache_read_tokens: i64,
    pub cache_write_tokens: i64,
    pub output_tokens: i64,
    /// Of the models whose price is known.
    pub cost_usd: f64,
    /// Attempts whose price is not known.
    pub unpriced: i64,
    #[serde(skip)]
    pub reckoned_usd: f64,
}

impl Store {
    pub async fn insert_attempt(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.write(move |conn| {
            let usage = &attempt.usage;
            diesel::insert_into(attempts::table)
                .values((
                    attempts::user_id.eq(attempt.user.to_string()),
                    attempts::discussion_id.eq(attempt.discussion.to_string()),
                    attempts::message_id.eq(attempt.message.to_string()),
                    attempts::first.eq(attempt.first),
                    attempts::provider.eq(&usage.provider),
                    attempts::model.eq(&usage.model),
                    attempts::input_tokens.eq(usage.input_tokens),
                    attempts::cache_read_tokens.eq(usage.cache_read_tokens),
                    attempts::cache_write_tokens.eq(usage.cache_write_tokens),
                    attempts::output_tokens.eq(usage.output_tokens),
                    attempts::estimated.eq(usage.estimated),
                    attempts::cost_usd.eq(usage.cost_usd),
                    attempts::reckoned_usd.eq(attempt.reckoned_usd),
                    attempts::duration_ms.eq(attempt.duration_ms),
                    attempts::outcome.eq(attempt.outcome),
                    attempts::ended_at.eq(now().0),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
    }

    /// What was spent since a moment.
    pub async fn find_spent(&self, by: Spender, since: Moment) -> Result<Spent, StoreError> {
        self.read(move |conn| spent(conn, by, since)).await
    }
}

/// Attempts of one turn are looked for among so many.
const LAST_ATTEMPTS: i64 = 20;

impl Store {
    /// What the last turn of a discussion cost; `None` before the first.
    pub async fn find_last_turn(&self, of: DiscussionId) -> Result<Option<Spent>, StoreError> {
        self.read(move |conn| {
            let newest = attempts::table.filter(attempts::discussion_id.eq(of.to_string())).order(attempts::id.desc());
            let rows: Vec<Row> = newest.limit(LAST_ATTEMPTS).select(columns()).load(conn)?;
            let until = rows.iter().position(|row| row.0).unwrap_or(rows.len().saturating_sub(1));
            Ok((!rows.is_empty()).then(|| add_up(rows.into_iter().take(until + 1))))
        })
        .await
    }
}

type Row = (bool, i64, i64, i64, i64, Option<f64>, f64);
type Columns = (
    attempts::first,
    attempts::input_tokens,
    attempts::cache_read_tokens,
    attempts::cache_write_tokens,
    attempts::output_tokens,
    attempts::cost_usd,
    attempts::reckoned_usd,
);

fn columns() -> Columns {
    (
        attempts::first,
        attempts::input_tokens,
        attempts::cache_read_tokens,
        attempts::cache_write_tokens,
        attempts::output_tokens,
        attempts::cost_usd,
        attempts::reckoned_usd,
    )
}

fn spent(conn: &mut Conn, by: Spender, since: Moment) -> Result<Spent, StoreError> {
    let rows = attempts::table.filter(attempts::ended_at.ge(since.0)).into_boxed();
    let rows = match by {
        Spender::User(user) => rows.filter(attempts::user_id.eq(user.to_string())),
        Spender::Discussion(of) => rows.filter(attempts::discussion_id.eq(of.to_string())),
        Spender::Server => rows,
    };
    let rows: Vec<Row> = rows.select(columns()).load(conn)?;
    Ok(add_up(rows.into_iter()))
}

/// Added up here: the two databases give sums other types.
fn add_up(rows: impl Iterator<Item = Row>) -> Spent {
    rows.fold(Spent::default(), |sum, (first, input, read, write, output, cost, reckoned)| Spent {
        turns: sum.turns + i64::from(first),
        attempts: sum.attempts + 1,
        input_tokens: sum.input_tokens + input,
        cache_read_tokens: sum.cache_read_tokens + read,
        cache_write_tokens: sum.cache_write_tokens + write,
        output_tokens: sum.output_tokens + output,
        cost_usd: sum.cost_usd + cost.unwrap_or_default(),
        unpriced: sum.unpriced + i64::from(cost.is_none()),
        reckoned_usd: sum.reckoned_usd + reckoned,
    })
}
