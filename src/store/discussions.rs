//! Discussions and who sits at the table.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;

use diesel::prelude::*;

use super::Store;
use super::column::{from_json, id, now, to_json, word};
use super::connection::Conn;
use super::error::StoreError;
use super::idempotency::{self, IdempotencyKey};
use super::recovery;
use super::schema::{discussions, messages, participants};
use super::search::{self, Search, Snippet};
use crate::domain::change::{Fork, Participant, Record};
use crate::domain::character::Character;
use crate::domain::ids::{CharacterId, DiscussionId, NotAnId, UserId};
use crate::domain::lesson::Plan;
use crate::domain::order::{Floor, TurnOrder};
use crate::domain::style::{Length, Level, Style};
use crate::domain::text::Moment;

/// A discussion to be.
#[derive(Debug, Clone)]
pub struct NewDiscussion {
    pub owner: UserId,
    pub topic: String,
    pub title: String,
    pub turn_order: TurnOrder,
    pub style: Style,
    /// In speaking order.
    pub participants: Vec<Participant>,
    /// Who said something in what it begins with, and left.
    pub former: Vec<Character>,
    pub forked_from: Option<Fork>,
    /// The demo voices speak, whatever is set up.
    pub rehearsal: bool,
    /// What its host means to say.
    pub plan: Option<Plan>,
}

/// What came of a create.
#[derive(Debug, Clone, PartialEq)]
pub struct Created<T> {
    pub made: T,
    /// The same idempotency key had made it before.
    pub repeated: bool,
}

/// A page of a list and where the next one begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<Cursor>,
}

/// A discussion in a list; with a search, where it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub record: Record,
    pub snippet: Option<Snippet>,
}

/// The last discussion of a page: the next one begins behind it, whatever was added meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub updated_at: Moment,
    pub id: DiscussionId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.updated_at.0, self.id)
    }
}

impl FromStr for Cursor {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (at, id) = text.split_once('.').ok_or(NotAnId)?;
        Ok(Self { updated_at: Moment(at.parse().map_err(|_| NotAnId)?), id: id.parse()? })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = discussions)]
struct Row {
    id: String,
    owner_id: String,
    topic: String,
    title: String,
    turn_order: String,
    floor: String,
    last_seq: i64,
    message_count: i64,
    created_at: i64,
    updated_at: i64,
    length: String,
    level: String,
    archived_at: Option<i64>,
    forked_discussion: Option<String>,
    forked_message: Option<String>,
    rehearsal: bool,
    lesson: Option<String>,
}

/// Who sits at a table, and who said something there and left.
#[derive(Default)]
struct Table {
    participants: Vec<Participant>,
    former: Vec<Character>,
}

impl Row {
    fn with(self, Table { participants, former }: Table) -> Result<Record, StoreError> {
        let forked_from = match (&self.forked_discussion, &self.forked_message) {
            (Some(discussion), Some(message)) => Some(Fork { discussion: id(discussion)?, message: id(message)? }),
            _ => None,
        };
        let length = word(&self.length, Length::from_word)?;
        let level = word(&self.level, Level::from_word)?;
        Ok(Record {
            id: id(&self.id)?,
            owner: id(&self.owner_id)?,
            topic: self.topic,
            title: self.title,
            turn_order: word(&self.turn_order, TurnOrder::from_word)?,
            style: Style { length, level },
            archived: self.archived_at.is_some(),
            forked_from,
            rehearsal: self.rehearsal,
            participants,
            former,
            floor: from_json(&self.floor)?,
            last_seq: self.last_seq,
            message_count: self.message_count,
            created_at: Moment(self.created_at),
            updated_at: Moment(self.updated_at),
        })
    }
}

impl Store {
    /// Opens a discussion. With an idempotency key that was used before (24 h) it is the one made then.
    pub async fn insert_discussion(
        &self,
        new: NewDiscussion,
        key: Option<IdempotencyKey>,
    ) -> Result<Created<Record>, StoreError> {
        self.write(move |conn| {
            if let Some(key) = &key
                && let Some(made) = idempotency::find_made(conn, new.owner, key)?
                && let Some(record) = find(conn, id(&made)?)?
            {
                return Ok(Created { made: record, repeated: true });
            }
            let record = insert(conn, &new)?;
            if let Some(key) = &key {
                idempotency::insert_made(conn, new.owner, key, &record.id.to_string())?;
            }
            Ok(Created { made: record, repeated: false })
        })
        .await
    }

    pub async fn find_discussion(&self, discussion: DiscussionId) -> Result<Option<Record>, StoreError> {
        self.read(move |conn| find(conn, discussion)).await
    }

    /// The owner's discussions, newest activity first.
    pub async fn list_discussions(
        &self,
        owner: UserId,
        search: Search,
        cursor: Option<Cursor>,
        limit: i64,
    ) -> Result<Page<Listed>, StoreError> {
        self.read(move |conn| list(conn, owner, &search, cursor, limit)).await
    }

    pub async fn count_discussions(&self, owner: UserId) -> Result<i64, StoreError> {
        self.read(move |conn| {
            Ok(discussions::table.filter(discussions::owner_id.eq(owner.to_string())).count().get_result(conn)?)
        })
        .await
    }

    /// Deletes a discussion with everything in it. Whether there was one.
    pub async fn delete_discussion(&self, discussion: DiscussionId) -> Result<bool, StoreError> {
        self.write(move |conn| Ok(diesel::delete(discussions::table.find(discussion.to_string())).execute(conn)? > 0)).await
    }

    /// Ends the turn that a discussion's actor left behind when it broke. How many turns that were.
    pub async fn interrupt_streaming(&self, discussion: DiscussionId) -> Result<usize, StoreError> {
        self.write(move |conn| recovery::interrupt(conn, discussion)).await
    }
}

/// A discussion with its participants.
pub fn find(conn: &mut Conn, discussion: DiscussionId) -> Result<Option<Record>, StoreError> {
    let key = discussion.to_string();
    let row: Option<Row> = discussions::table.find(&key).select(Row::as_select()).first(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    let table = list_tables(conn, vec![key.clone()])?.remove(&key).unwrap_or_default();
    row.with(table).map(Some)
}

pub fn insert(conn: &mut Conn, new: &NewDiscussion) -> Result<Record, StoreError> {
    let at = now().0;
    let row = Row {
        id: DiscussionId::new().to_string(),
        owner_id: new.owner.to_string(),
        topic: new.topic.clone(),
        title: new.title.clone(),
        turn_order: new.turn_order.as_str().to_owned(),
        floor: to_json(&Floor::default()),
        last_seq: 0,
        message_count: 0,
        created_at: at,
        updated_at: at,
        length: new.style.length.as_str().to_owned(),
        level: new.style.level.as_str().to_owned(),
        archived_at: None,
        forked_discussion: new.forked_from.map(|fork| fork.discussion.to_string()),
        forked_message: new.forked_from.map(|fork| fork.message.to_string()),
        rehearsal: new.rehearsal,
        lesson: new.plan.as_ref().map(to_json),
    };
    diesel::insert_into(discussions::table).values(&row).execute(conn)?;
    let table = Table { participants: new.participants.clone(), former: new.former.clone() };
    insert_table(conn, &row.id, &table)?;
    search::index_head(conn, &row.id)?;
    row.with(table)
}

/// Who sits at the table from now on. Whoever leaves it is kept if they said something.
pub fn replace_participants(conn: &mut Conn, of: DiscussionId, seats: &[Participant]) -> Result<(), StoreError> {
    let of = of.to_string();
    let before = list_tables(conn, vec![of.clone()])?.remove(&of).unwrap_or_default();
    let gone = before.former.into_iter().chain(before.participants.into_iter().map(|seat| seat.character));
    let spoke: HashSet<String> = messages::table
        .filter(messages::discussion_id.eq(&of).and(messages::author_id.is_not_null()))
        .select(messages::author_id.assume_not_null())
        .distinct()
        .load(conn)?
        .into_iter()
        .collect();
    let stays = |id: &CharacterId| seats.iter().any(|seat| seat.character.id == *id);
    let former = gone.filter(|one| !stays(&one.id) && spoke.contains(one.id.as_str())).collect();
    diesel::delete(participants::table.filter(participants::discussion_id.eq(&of))).execute(conn)?;
    insert_table(conn, &of, &Table { participants: seats.to_vec(), former })
}

fn insert_table(conn: &mut Conn, of: &str, Table { participants, former }: &Table) -> Result<(), StoreError> {
    let seats = participants.iter().map(|seat| (&seat.character, seat.muted, false));
    let all = seats.chain(former.iter().map(|character| (character, true, true)));
    for (position, (character, muted, gone)) in (1..).zip(all) {
        diesel::insert_into(participants::table)
            .values((
                participants::discussion_id.eq(of),
                participants::position.eq(position),
                participants::character_id.eq(character.id.as_str()),
                participants::card.eq(to_json(character)),
                participants::muted.eq(muted),
                participants::gone.eq(gone),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The tables of several discussions, the seats of each in speaking order.
fn list_tables(conn: &mut Conn, of: Vec<String>) -> Result<HashMap<String, Table>, StoreError> {
    let rows: Vec<(String, String, bool, bool)> = participants::table
        .filter(participants::discussion_id.eq_any(of))
        .order((participants::discussion_id.asc(), participants::position.asc()))
        .select((participants::discussion_id, participants::card, participants::muted, participants::gone))
        .load(conn)?;
    let mut tables: HashMap<String, Table> = HashMap::new();
    // Many have the same cards, and each takes longer to read than to copy.
    let mut known: HashMap<&str, Character> = HashMap::new();
    for (of, card, muted, gone) in &rows {
        let table = tables.entry(of.clone()).or_default();
        let character = match known.entry(card) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => unknown.insert(from_json(card)?).clone(),
        };
        let muted = *muted;
        match *gone {
            true => table.former.push(character),
            false => table.participants.push(Participant { character, muted }),
        }
    }
    Ok(tables)
}

fn list(
    conn: &mut Conn,
    owner: UserId,
    search: &Search,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Page<Listed>, StoreError> {
    let limit = limit.max(1);
    let words = search.wanted();
    let mut query = discussions::table.filter(discussions::owner_id.eq(owner.to_string())).into_boxed();
    if let Some(Cursor { updated_at, id }) = cursor {
        let same = discussions::updated_at.eq(updated_at.0).and(discussions::id.lt(id.to_string()));
        // The first condition says nothing new: it lets the index begin where the page does.
        query = query.filter(discussions::updated_at.le(updated_at.0));
        query = query.filter(discussions::updated_at.lt(updated_at.0).or(same));
    }
    match (&words, &search.character) {
        (Some(words), author) => query = query.filter(search::matches(conn, words, author.as_ref())?),
        (None, Some(character)) => query = query.filter(search::has_participant(character)),
        (None, None) => {}
    }
    if let Some(from) = search.from {
        query = query.filter(discussions::updated_at.ge(from.0));
    }
    if let Some(to) = search.to {
        query = query.filter(discussions::updated_at.lt(to.0));
    }
    match search.archived {
        Some(true) => query = query.filter(discussions::archived_at.is_not_null()),
        Some(false) => query = query.filter(discussions::archived_at.is_null()),
        None => {}
    }
    // One more than asked for tells whether there is a next page.
    let mut rows: Vec<Row> = query
        .order((discussions::updated_at.desc(), discussions::id.desc()))
        .limit(limit.saturating_add(1))
        .select(Row::as_select())
        .load(conn)?;
    let more = i64::try_from(rows.len()).is_ok_and(|found| found > limit);
    if more {
        rows.pop();
    }
    let mut tables = list_tables(conn, rows.iter().map(|row| row.id.clone()).collect())?;
    let records = rows.into_iter().map(|row| {
        let table = tables.remove(&row.id).unwrap_or_default();
        row.with(table)
    });
    let records: Vec<Record> = records.collect::<Result<_, _>>()?;
    let mut snippets = match &words {
        Some(words) => search::find_snippets(conn, &records, words, search.character.as_ref())?,
        None => HashMap::new(),
    };
    let items: Vec<Listed> =
        records.into_iter().map(|record| Listed { snippet: snippets.remove(&record.id), record }).collect();
    let last = items.last().filter(|_| more).map(|last| &last.record);
    let next = last.map(|last| Cursor { updated_at: last.updated_at, id: last.id });
    Ok(Page { items, next })
}
