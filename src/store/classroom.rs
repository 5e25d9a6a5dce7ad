//! What the class asks and what the host has set up for it. Reactions and predictions belong to the moment and are not kept.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::Store;
use super::column::{from_json, id, now, to_json};
use super::connection::Conn;
use super::error::StoreError;
use super::schema::{classrooms, question_votes as votes, questions};
use crate::domain::classroom::{Question, QuestionStatus, Setup, Write};
use crate::domain::ids::{DiscussionId, QuestionId, WatcherId};
use crate::domain::text::Moment;

/// What is kept of a class.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    pub setup: Setup,
    /// Those that wait or are open to votes, in the order in which they were asked.
    pub questions: Vec<Question>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = questions)]
struct Row {
    id: String,
    watcher_id: String,
    text: String,
    status: String,
    created_at: i64,
}

impl Store {
    pub async fn find_classroom(&self, of: DiscussionId) -> Result<Kept, StoreError> {
        self.read(move |conn| {
            let setup = find_setup(conn, of)?.unwrap_or_default();
            let alive = [QuestionStatus::Waiting.as_str(), QuestionStatus::Approved.as_str()];
            let rows: Vec<Row> = questions::table
                .filter(questions::discussion_id.eq(of.to_string()))
                .filter(questions::status.eq_any(alive))
                .order((questions::created_at.asc(), questions::id.asc()))
                .select(Row::as_select())
                .load(conn)?;
            let mut votes = list_votes(conn, of)?;
            let question = |row: Row| {
                let votes = votes.remove(&row.id).unwrap_or_default();
                Ok(Question {
                    id: id(&row.id)?,
                    asker: id(&row.watcher_id)?,
                    text: row.text,
                    approved: row.status == QuestionStatus::Approved.as_str(),
                    votes,
                    asked_at: Moment(row.created_at),
                })
            };
            Ok(Kept { setup, questions: rows.into_iter().map(question).collect::<Result<_, StoreError>>()? })
        })
        .await
    }

    /// Writes down what the class and its host did, in this order and together; for each when. `None`: it was so already,
    /// or came too late.
    pub async fn write_classroom(&self, of: DiscussionId, writes: Vec<Write>) -> Result<Vec<Option<Moment>>, StoreError> {
        self.write(move |conn| {
            let at = now();
            writes.into_iter().map(|write| Ok(carry_out(conn, of, write, at)?.then_some(at))).collect()
        })
        .await
    }
}

fn carry_out(conn: &mut Conn, of: DiscussionId, write: Write, at: Moment) -> Result<bool, StoreError> {
    match write {
        Write::Ask { question, asker, text } => insert_question(conn, of, question, asker, &text, at),
        Write::Vote { question, watcher, up } => update_vote(conn, question, watcher, up),
        Write::Approve(question) => update_status(conn, of, question, QuestionStatus::Approved),
        Write::Dismiss(question) => update_status(conn, of, question, QuestionStatus::Dismissed),
        Write::Setup { rules, stage } => {
            let before = find_setup(conn, of)?;
            let old = before.unwrap_or_default();
            let stage = stage.onto(old.stage).unwrap_or(old.stage);
            let setup = classrooms::setup.eq(to_json(&Setup { rules: rules.onto(old.rules), stage }));
            match before {
                Some(_) => diesel::update(classrooms::table.find(of.to_string())).set(setup).execute(conn)?,
                None => {
                    let row = (classrooms::discussion_id.eq(of.to_string()), setup);
                    diesel::insert_into(classrooms::table).values(row).execute(conn)?
                }
            };
            Ok(true)
        }
    }
}

pub(super) fn find_setup(conn: &mut Conn, of: DiscussionId) -> Result<Option<Setup>, StoreError> {
    let kept: Option<String> = classrooms::table.find(of.to_string()).select(classrooms::setup).first(conn).optional()?;
    kept.as_deref().map(from_json).transpose()
}

/// The question became a message: in the transaction that makes the message.
pub fn ask(conn: &mut Conn, of: DiscussionId, question: QuestionId) -> Result<(), StoreError> {
    match update_status(conn, of, question, QuestionStatus::Asked)? {
        true => Ok(()),
        false => Err(StoreError::NotFound),
    }
}

fn list_votes(conn: &mut Conn, of: DiscussionId) -> Result<HashMap<String, HashSet<WatcherId>>, StoreError> {
    let rows: Vec<(String, String)> = votes::table
        .inner_join(questions::table)
        .filter(questions::discussion_id.eq(of.to_string()))
        .select((votes::question_id, votes::watcher_id))
        .load(conn)?;
    let mut found: HashMap<String, HashSet<WatcherId>> = HashMap::new();
    for (question, watcher) in rows {
        found.entry(question).or_default().insert(id(&watcher)?);
    }
    Ok(found)
}

/// A question that is there already, whatever became of it, stays as it is: a repeat asks nothing.
fn insert_question(
    conn: &mut Conn,
    of: DiscussionId,
    question: QuestionId,
    asker: WatcherId,
    text: &str,
    at: Moment,
) -> Result<bool, StoreError> {
    let known: i64 = questions::table.filter(questions::id.eq(question.to_string())).count().get_result(conn)?;
    if known > 0 {
        return Ok(false);
    }
    diesel::insert_into(questions::table)
        .values((
            questions::id.eq(question.to_string()),
            questions::discussion_id.eq(of.to_string()),
            questions::watcher_id.eq(asker.to_string()),
            questions::text.eq(text),
            questions::status.eq(QuestionStatus::Waiting.as_str()),
            questions::created_at.eq(at.0),
        ))
        .execute(conn)?;
    update_vote(conn, question, asker, true)?;
    Ok(true)
}

fn update_vote(conn: &mut Conn, question: QuestionId, watcher: WatcherId, up: bool) -> Result<bool, StoreError> {
    let (question, watcher) = (question.to_string(), watcher.to_string());
    let before = diesel::delete(votes::table.find((&question, &watcher))).execute(conn)? > 0;
    if up {
        let row = (votes::question_id.eq(&question), votes::watcher_id.eq(&watcher));
        diesel::insert_into(votes::table).values(row).execute(conn)?;
    }
    Ok(before != up)
}

/// From waiting or open to another status; the votes of what is over are nobody's business any more.
fn update_status(
    conn: &mut Conn,
    of: DiscussionId,
    question: QuestionId,
    status: QuestionStatus,
) -> Result<bool, StoreError> {
    let over = [QuestionStatus::Asked.as_str(), QuestionStatus::Dismissed.as_str()];
    let alive = questions::table
        .filter(questions::id.eq(question.to_string()))
        .filter(questions::discussion_id.eq(of.to_string()))
        .filter(questions::status.ne_all(over))
        .filter(questions::status.ne(status.as_str()));
    let changed = diesel::update(alive).set(questions::status.eq(status.as_str())).execute(conn)? > 0;
    if changed && over.contains(&status.as_str()) {
        diesel::delete(votes::table.filter(votes::question_id.eq(question.to_string()))).execute(conn)?;
    }
    Ok(changed)
}
