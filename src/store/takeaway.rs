//! What is kept of somebody and read only when they take all of their data away: as JSON, as it is kept.

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::Store;
use super::classroom::find_setup;
use super::column::now;
use super::error::StoreError;
use super::links::LinkKind;
use super::schema::{admin_actions, attempts, identities, links, perspectives, question_votes, questions, shares};
use crate::domain::ids::{DiscussionId, UserId};
use crate::domain::text::Moment;

impl Store {
    /// Who a user is elsewhere, the links they have made that still open accounts, likely perspectives that are kept for them,
    /// and what they took away as an admin.
    pub async fn find_belongings(&self, user: UserId) -> Result<Value, StoreError> {
        self.read(move |conn| {
            let user = user.to_string();
            let elsewhere: Vec<(String, String, String, i64)> = identities::table
                .filter(identities::user_id.eq(&user))
                .select((identities::provider, identities::tenant, identities::subject, identities::created_at))
                .load(conn)?;
            let invitations: Vec<(i32, i64, i64)> = links::table
                .filter(links::user_id.eq(&user))
                .filter(links::kind.eq(LinkKind::Invite.as_str()))
                .filter(links::expires_at.gt(now().0))
                .select((links::uses_left, links::created_at, links::expires_at))
                .load(conn)?;
            let likely: Vec<(String, String, i64)> = perspectives::table
                .filter(perspectives::user_id.eq(&user))
                .order(perspectives::created_at.asc())
                .select((perspectives::character_id, perspectives::text, perspectives::created_at))
                .load(conn)?;
            let taken: Vec<(String, String, i64)> = admin_actions::table
                .filter(admin_actions::user_id.eq(&user))
                .order(admin_actions::id.asc())
                .select((admin_actions::action, admin_actions::detail, admin_actions::at))
                .load(conn)?;
            Ok(json!({
                "identities": values(elsewhere, |(provider, tenant, subject, at)| json!({
                    "provider": provider, "tenant": tenant, "subject": subject, "created_at": Moment(at),
                })),
                "invitations": values(invitations, |(uses_left, at, until)| json!({
                    "uses_left": uses_left, "created_at": Moment(at), "expires_at": Moment(until),
                })),
                "perspectives": values(likely, |(character_id, text, at)| json!({
                    "character_id": character_id, "text": text, "created_at": Moment(at),
                })),
                "admin_actions": values(taken, |(action, detail, at)| json!({
                    "action": action, "detail": detail, "at": Moment(at),
                })),
            }))
        })
        .await
    }

    /// What a user's requests to providers used, in order, those behind `after`; and the last one's place.
    pub async fn list_asked(&self, user: UserId, after: i64, limit: i64) -> Result<(Vec<Value>, Option<i64>), StoreError> {
        self.read(move |conn| {
            use attempts as a;
            type About = (i64, Option<String>, Option<String>, String, String, i64);
            type Used = (String, String, i64, i64, i64, i64, bool, Option<f64>, i64);
            let rows: Vec<(About, Used)> = a::table
                .filter(a::user_id.eq(user.to_string()))
                .filter(a::id.gt(after))
                .order(a::id.asc())
                .limit(limit)
                .select((
                    (a::id, a::discussion_id, a::message_id, a::purpose, a::outcome, a::ended_at),
                    (
                        a::provider,
                        a::model,
                        a::input_tokens,
                        a::cache_read_tokens,
                        a::cache_write_tokens,
                        a::output_tokens,
                        a::estimated,
                        a::cost_usd,
                        a::duration_ms,
                    ),
                ))
                .load(conn)?;
            let last = rows.last().map(|((id, ..), _)| *id);
            let asked = |((_, discussion, message, purpose, outcome, at), used): (About, Used)| {
                let (provider, model, input, read, write, output, estimated, cost_usd, duration_ms) = used;
                json!({
                    "discussion_id": discussion, "message_id": message, "purpose": purpose, "outcome": outcome,
                    "ended_at": Moment(at), "duration_ms": duration_ms, "provider": provider, "model": model,
                    "input_tokens": input, "cache_read_tokens": read, "cache_write_tokens": write,
                    "output_tokens": output, "estimated": estimated, "cost_usd": cost_usd,
                })
            };
            Ok((values(rows, asked), last))
        })
        .await
    }

    /// What a class has left in a discussion: its codes, what the host has set up, and what was asked. Who of the class asked or
    /// voted is nobody's to take away.
    pub async fn find_class(&self, of: DiscussionId) -> Result<Value, StoreError> {
        self.read(move |conn| {
            let setup = find_setup(conn, of)?;
            let of = of.to_string();
            let codes: Vec<(String, i64, i64, Option<i64>)> = shares::table
                .filter(shares::discussion_id.eq(&of))
                .order(shares::created_at.asc())
                .select((shares::code, shares::created_at, shares::expires_at, shares::ended_at))
                .load(conn)?;
            let votes: HashMap<String, i64> = question_votes::table
                .inner_join(questions::table)
                .filter(questions::discussion_id.eq(&of))
                .group_by(question_votes::question_id)
                .select((question_votes::question_id, count_star()))
                .load(conn)?
                .into_iter()
                .collect();
            let asked: Vec<(String, String, String, i64)> = questions::table
                .filter(questions::discussion_id.eq(&of))
                .order((questions::created_at.asc(), questions::id.asc()))
                .select((questions::id, questions::text, questions::status, questions::created_at))
                .load(conn)?;
            Ok(json!({
                "setup": setup,
                "codes": values(codes, |(code, at, until, ended)| json!({
                    "code": code, "created_at": Moment(at), "expires_at": Moment(until), "ended_at": ended.map(Moment),
                })),
                "questions": values(asked, |(id, text, status, at)| json!({
                    "votes": votes.get(&id).copied().unwrap_or_default(), "id": id, "text": text, "status": status,
                    "created_at": Moment(at),
                })),
            }))
        })
        .await
    }
}

fn values<R>(rows: Vec<R>, value: impl Fn(R) -> Value) -> Vec<Value> {
    rows.into_iter().map(value).collect()
}
