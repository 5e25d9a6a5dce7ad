//! Requests to providers, each with what it used and cost.

use diesel::dsl::max;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::Store;
use super::column::now;
use super::connection::Conn;
use super::error::StoreError;
use super::schema::{attempts, users};
use crate::domain::ids::{DiscussionId, MessageId, UserId};
use crate::domain::message::{Usage, words};
use crate::domain::text::Moment;

/// One request to a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    pub user: UserId,
    /// `None`: asked before there was one.
    pub discussion: Option<DiscussionId>,
    /// The turn's, if it was one.
    pub message: Option<MessageId>,
    pub purpose: Purpose,
    /// The first of something that counts as a turn.
    pub first: bool,
    pub usage: Usage,
    /// What limits reckon with.
    pub reckoned_usd: f64,
    pub duration_ms: i64,
    /// `complete`, `length`, `refusal`, `interrupted`, `failed` or `stopped`.
    pub outcome: &'static str,
}

words!(
    /// What a request to a provider was for.
    Purpose {
        Turn = "turn",
        Summary = "summary",
        Perspectives = "perspectives",
        /// The earlier part of a long discussion in short.
        Recap = "recap",
        /// A character is tried out while it is being made.
        Preview = "preview",
        /// Whether a provider answers.
        Test = "test",
    }
);

impl Purpose {
    /// Whether it counts as a turn where turns are limited: what somebody presses a button for does.
    pub fn counts(self) -> bool {
        match self {
            Self::Turn | Self::Summary | Self::Perspectives | Self::Preview => true,
            Self::Recap | Self::Test => false,
        }
    }
}

/// Whose attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spender {
    User(UserId),
    Discussion(DiscussionId),
    Server,
}

/// What was spent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Spent {
    pub turns: i64,
    pub attempts: i64,
    pub input_tokens: i64,
    pub cache_read_tokens: i64,
    pub cache_write_tokens: i64,
    pub output_tokens: i64,
    /// Of the models whose price is known.
    pub cost_usd: f64,
    /// Requests that used something of a model whose price is not known: what they cost comes on top.
    pub unpriced_attempts: i64,
    /// Turns and what counts like one.
    #[serde(skip)]
    pub counted: i64,
    #[serde(skip)]
    pub reckoned_usd: f64,
}

impl Store {
    pub async fn insert_attempt(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.write(move |conn| {
            let usage = &attempt.usage;
            // Whoever was deleted while it ran spent it all the same.
            let user: Option<String> =
                users::table.find(attempt.user.to_string()).select(users::id).first(conn).optional()?;
            let about = |id: Option<String>| id.filter(|_| user.is_some());
            diesel::insert_into(attempts::table)
                .values((
                    attempts::user_id.eq(&user),
                    attempts::discussion_id.eq(about(attempt.discussion.map(|id| id.to_string()))),
                    attempts::message_id.eq(about(attempt.message.map(|id| id.to_string()))),
                    attempts::purpose.eq(attempt.purpose.as_str()),
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

    /// What the turn that was spoken last has used; `None` before one has.
    pub async fn find_last_turn(&self, of: DiscussionId) -> Result<Option<Spent>, StoreError> {
        self.read(move |conn| last_turn(conn, of)).await
    }

    /// What was spent since a moment.
    pub async fn find_spent(&self, by: Spender, since: Moment) -> Result<Spent, StoreError> {
        self.read(move |conn| spent(conn, by, since)).await
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = attempts)]
struct Row {
    purpose: String,
    first: bool,
    input_tokens: i64,
    cache_read_tokens: i64,
    cache_write_tokens: i64,
    output_tokens: i64,
    cost_usd: Option<f64>,
    reckoned_usd: f64,
}

/// All attempts of the turn, or of its newest version, that was spoken last.
fn last_turn(conn: &mut Conn, of: DiscussionId) -> Result<Option<Spent>, StoreError> {
    let turns = || {
        let its = attempts::table.filter(attempts::discussion_id.eq(of.to_string()));
        its.filter(attempts::purpose.eq(Purpose::Turn.as_str()))
    };
    let first: Option<i64> = turns().filter(attempts::first.eq(true)).select(max(attempts::id)).first(conn)?;
    let Some(first) = first else { return Ok(None) };
    Ok(Some(add_up(turns().filter(attempts::id.ge(first)).select(Row::as_select()).load(conn)?)))
}

/// Added up here: the two databases give sums other types.
fn spent(conn: &mut Conn, by: Spender, since: Moment) -> Result<Spent, StoreError> {
    let rows = attempts::table.filter(attempts::ended_at.ge(since.0)).into_boxed();
    let rows = match by {
        Spender::User(user) => rows.filter(attempts::user_id.eq(user.to_string())),
        Spender::Discussion(of) => rows.filter(attempts::discussion_id.eq(of.to_string())),
        Spender::Server => rows,
    };
    Ok(add_up(rows.select(Row::as_select()).load(conn)?))
}

fn add_up(rows: Vec<Row>) -> Spent {
    rows.into_iter().fold(Spent::default(), |sum, row| {
        let used = row.input_tokens + row.cache_read_tokens + row.cache_write_tokens + row.output_tokens > 0;
        Spent {
            turns: sum.turns + i64::from(row.first && row.purpose == Purpose::Turn.as_str()),
            counted: sum.counted + i64::from(row.first),
            unpriced_attempts: sum.unpriced_attempts + i64::from(row.cost_usd.is_none() && used),
            attempts: sum.attempts + 1,
            input_tokens: sum.input_tokens + row.input_tokens,
            cache_read_tokens: sum.cache_read_tokens + row.cache_read_tokens,
            cache_write_tokens: sum.cache_write_tokens + row.cache_write_tokens,
            output_tokens: sum.output_tokens + row.output_tokens,
            cost_usd: sum.cost_usd + row.cost_usd.unwrap_or_default(),
            reckoned_usd: sum.reckoned_usd + row.reckoned_usd,
        }
    })
}
