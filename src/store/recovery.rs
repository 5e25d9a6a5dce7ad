//! What a crash has cut off: turns that nobody speaks any more become `interrupted`, with what was written down.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::column::{id, to_json};
use super::connection::Conn;
use super::discussions;
use super::error::StoreError;
use super::schema::{discussions as heads, message_versions as versions, messages};
use super::search;
use crate::domain::change::Record;
use crate::domain::ids::{CharacterId, DiscussionId};
use crate::domain::message::{AuthorKind, Status};
use crate::domain::order::{Seat, named};

/// Told to the host.
const CUT_OFF: &str = "ChatLab was interrupted while this turn was running. What was said until then is kept.";
/// Written out, so that SQLite sees that its partial index serves.
const IS_STREAMING: &str = "message_versions.status = 'streaming'";

/// A version that was being spoken.
struct CutOff {
    message: String,
    position: i64,
    version: i32,
    speaker: Option<String>,
    text: String,
}

/// Ends every turn that the last run left behind. How many.
pub fn interrupt_all(conn: &mut Conn) -> Result<usize, StoreError> {
    let of: Vec<String> = versions::table
        .inner_join(messages::table)
        .filter(sql::<Bool>(IS_STREAMING))
        .select(messages::discussion_id)
        .distinct()
        .load(conn)?;
    of.iter().try_fold(0, |count, of| Ok(count + interrupt(conn, id(of)?)?))
}

/// Ends the turns that one discussion's actor left behind. How many.
pub fn interrupt(conn: &mut Conn, of: DiscussionId) -> Result<usize, StoreError> {
    let cut_off = list_cut_off(conn, of)?;
    for each in &cut_off {
        let Some(record) = discussions::find(conn, of)? else { return Ok(0) };
        interrupt_one(conn, &record, each)?;
    }
    Ok(cut_off.len())
}

fn list_cut_off(conn: &mut Conn, of: DiscussionId) -> Result<Vec<CutOff>, StoreError> {
    let rows: Vec<(String, i64, i32, Option<String>, String)> = versions::table
        .inner_join(messages::table)
        .filter(sql::<Bool>(IS_STREAMING))
        .filter(messages::discussion_id.eq(of.to_string()))
        .order(messages::position.asc())
        .select((messages::id, messages::position, versions::version, messages::author_id, versions::text))
        .load(conn)?;
    let cut_off = |(message, position, version, speaker, text)| CutOff { message, position, version, speaker, text };
    Ok(rows.into_iter().map(cut_off).collect())
}

/// A new number for the discussion and the message. A second version that was cut off never becomes the one that is shown:
/// the first one stands. Who has said something has spoken.
fn interrupt_one(conn: &mut Conn, record: &Record, cut_off: &CutOff) -> Result<(), StoreError> {
    let mut floor = record.floor.clone();
    if let Some(speaker) = cut_off.speaker.as_deref().filter(|_| cut_off.version == 1 && !cut_off.text.is_empty()) {
        let speaker: CharacterId = id(speaker)?;
        let seats = seats(record);
        let keep_call = was_called_since(conn, record, cut_off.position, &speaker, &seats)?;
        floor.spoke(&speaker, &seats, keep_call);
    }
    let seq: i64 = diesel::update(heads::table.find(record.id.to_string()))
        .set((heads::last_seq.eq(heads::last_seq + 1), heads::floor.eq(to_json(&floor))))
        .returning(heads::last_seq)
        .get_result(conn)?;
    diesel::update(versions::table.find((&cut_off.message, cut_off.version)))
        .set((versions::status.eq(Status::Interrupted.as_str()), versions::error.eq(CUT_OFF)))
        .execute(conn)?;
    diesel::update(messages::table.find(&cut_off.message)).set(messages::seq.eq(seq)).execute(conn)?;
    search::index_message(conn, &cut_off.message)
}

fn seats(record: &Record) -> Vec<Seat<'_>> {
    record
        .participants
        .iter()
        .map(|each| Seat { id: &each.character.id, name: &each.character.name, muted: each.muted })
        .collect()
}

/// Whether the host named the speaker while the turn was running: that call is still to be answered.
fn was_called_since(
    conn: &mut Conn,
    record: &Record,
    position: i64,
    speaker: &CharacterId,
    seats: &[Seat],
) -> Result<bool, StoreError> {
    let said: Vec<String> = messages::table
        .inner_join(versions::table)
        .filter(versions::version.eq(messages::current_version))
        .filter(messages::discussion_id.eq(record.id.to_string()))
        .filter(messages::position.gt(position))
        .filter(messages::author_kind.eq_any([AuthorKind::User.as_str(), AuthorKind::Audience.as_str()]))
        .select(versions::text)
        .load(conn)?;
    Ok(said.iter().any(|text| named(text, seats) == Some(speaker)))
}
