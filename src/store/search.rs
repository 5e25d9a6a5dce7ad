//! Finding a discussion by words in its topic, title and messages: SQLite by FTS5, Postgres by `tsvector`.
//!
//! A text is found that has all the words, each at least as a word's beginning. What is searched is written with each change
//! ([`index_head`], [`index_message`]); what was struck, or is still being spoken, is not there.

use std::collections::HashMap;

use diesel::dsl::{exists, max, not, sql};
use diesel::expression::{AsExpression, SqlLiteral, UncheckedBind};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::column::to_json;
use super::connection::{Conn, MultiBackend};
use super::error::StoreError;
use super::fold::{self, Word, fold};
use super::schema::{discussions, message_versions, messages, participants, texts};
use crate::domain::change::Record;
use crate::domain::ids::{CharacterId, DiscussionId, MessageId};
use crate::domain::message::Status;
use crate::domain::text::Moment;

/// Most words of a search that count.
const MAX_WORDS: usize = 16;
/// So many texts with the words are few: each of them is looked up. If there are more in a library of 100,000 texts, a page of fifty
/// discussions is full after five times as many were read.
const FEW_TEXTS: i64 = 1_000;
/// Characters shown on either side of what was found.
const CONTEXT_CHARS: usize = 60;

/// Which of somebody's discussions.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Words to be found, in any case; blanks are no search.
    pub q: Option<String>,
    /// Who takes part; with words: whose words they are.
    pub character: Option<CharacterId>,
    /// Last active from here on.
    pub from: Option<Moment>,
    /// Last active before this.
    pub to: Option<Moment>,
    /// `None`: whether archived or not.
    pub archived: Option<bool>,
}

impl Search {
    /// Words alone.
    pub fn words(q: &str) -> Self {
        Self { q: Some(q.to_owned()), ..Self::default() }
    }

    /// What is searched for; `None`: no words are wanted.
    pub fn wanted(&self) -> Option<Vec<String>> {
        let q = self.q.as_deref().filter(|q| !q.trim().is_empty())?;
        Some(fold::words(q).into_iter().take(MAX_WORDS).map(|word| word.folded).collect())
    }
}

/// Where a search found its words: plain text in three parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The message it stands in; `None`: the title or the topic.
    pub message: Option<MessageId>,
    pub before: String,
    pub matched: String,
    pub after: String,
}

type Condition = Box<dyn BoxableExpression<discussions::table, MultiBackend, SqlType = Bool>>;

/// The condition that a discussion has the words; without a word there is nothing to find.
///
/// Where few texts have them, those name the discussions; where many have, the discussions are gone through in their order, and a
/// page is full after a few of them. Either way the index is asked once: of a word's beginning that is frequent it goes through
/// everything each time.
pub fn matches(conn: &mut Conn, words: &[String], author: Option<&CharacterId>) -> Result<Condition, StoreError> {
    let found = find_few(conn, words, author)?;
    if let Some(found) = found {
        let (before, after) = match conn {
            Conn::Sqlite(_) => ("discussions.id IN (SELECT value FROM json_each(", "))"),
            Conn::Postgres(_) => ("discussions.id = ANY (ARRAY (SELECT json_array_elements_text(CAST(", " AS json))))"),
        };
        return Ok(Box::new(sql::<Bool>(before).bind::<Text, _>(found).sql(after)));
    }
    let there = texts::table.filter(has_words(conn, words)).filter(texts::discussion_id.eq(discussions::id));
    // The offset keeps Postgres from joining everything that has the words before it looks for the first few discussions.
    Ok(match author.map(|author| author.as_str().to_owned()) {
        Some(author) => Box::new(exists(there.filter(texts::author_id.eq(author)).select(texts::discussion_id).offset(0))),
        None => Box::new(exists(there.select(texts::discussion_id).offset(0))),
    })
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    texts: i64,
    #[diesel(sql_type = Nullable<Text>)]
    discussions: Option<String>,
}

/// The discussions where the words stand, in this author's texts or anybody's: a JSON list of ids. `None`: more than [`FEW_TEXTS`]
/// have the words, of all people's.
fn find_few(conn: &mut Conn, words: &[String], author: Option<&CharacterId>) -> Result<Option<String>, StoreError> {
    let none = "[]".to_owned();
    if words.is_empty() {
        return Ok(Some(none));
    }
    let (list, there) = match conn {
        Conn::Sqlite(_) => (
            "json_group_array(DISTINCT discussion_id)",
            "texts_index CROSS JOIN texts ON texts.id = texts_index.rowid WHERE texts_index MATCH $2",
        ),
        Conn::Postgres(_) => ("json_agg(DISTINCT discussion_id)", "texts WHERE words @@ CAST($2 AS tsquery)"),
    };
    let query = format!(
        "SELECT count(*) AS texts, CAST({list} FILTER (WHERE $1 IN ('', author_id)) AS TEXT) AS discussions \
         FROM (SELECT discussion_id, author_id FROM {there} LIMIT {}) AS found",
        FEW_TEXTS + 1
    );
    let author = author.map_or_else(String::new, |author| author.as_str().to_owned());
    let query = sql_query(query).bind::<Text, _>(author).bind::<Text, _>(match_query(conn, words));
    let found: Found = query.get_result(conn)?;
    Ok((found.texts <= FEW_TEXTS).then(|| found.discussions.unwrap_or(none)))
}

/// The condition that somebody takes part in a discussion.
pub fn has_participant(character: &CharacterId) -> Condition {
    let seats = participants::table.filter(participants::discussion_id.eq(discussions::id));
    Box::new(exists(seats.filter(participants::character_id.eq(character.as_str().to_owned()))))
}

type HasWords = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, <String as AsExpression<Text>>::Expression>>;

/// The condition on one text after the other that it has all the words, where another condition has left few texts: the words are
/// read there, since either database would go through all of its index first. Folded words have no letter that means something to
/// `LIKE`.
fn has_words(conn: &Conn, words: &[String]) -> HasWords {
    let (before, after) = match conn {
        Conn::Sqlite(_) => ("NOT EXISTS (SELECT 1 FROM json_each(", ") WHERE instr(' ' || texts.folded, ' ' || value) = 0)"),
        Conn::Postgres(_) => (
            "(' ' || texts.folded) LIKE ALL (ARRAY (SELECT '% ' || value || '%' FROM json_array_elements_text(CAST(",
            " AS json))))",
        ),
    };
    sql::<Bool>(before).bind::<Text, _>(to_json(&words)).sql(after)
}

/// The words in the database's language. Folded words are letters and digits, so nothing in them ends the quotes.
fn match_query(conn: &Conn, words: &[String]) -> String {
    let (quoted, and): (Vec<String>, _) = match conn {
        Conn::Sqlite(_) => (words.iter().map(|word| format!("\"{word}\"*")).collect(), " "),
        Conn::Postgres(_) => (words.iter().map(|word| format!("'{word}':*")).collect(), " & "),
    };
    quoted.join(and)
}

/// A discussion and its newest message that was found.
type Place = (String, Option<String>);

/// Where the words stand in each of these discussions: in the newest message that has them, to be gone to; else in the title or the
/// topic.
pub fn find_snippets(
    conn: &mut Conn,
    records: &[Record],
    words: &[String],
    author: Option<&CharacterId>,
) -> Result<HashMap<DiscussionId, Snippet>, StoreError> {
    let ids: Vec<String> = records.iter().map(|record| record.id.to_string()).collect();
    let there = texts::table.filter(texts::discussion_id.eq_any(ids)).filter(has_words(conn, words));
    // Ids of messages grow with time.
    let place = (texts::discussion_id, max(texts::message_id));
    let places: Vec<Place> = match author.map(|author| author.as_str().to_owned()) {
        Some(author) => there.filter(texts::author_id.eq(author)).group_by(texts::discussion_id).select(place).load(conn)?,
        None => there.group_by(texts::discussion_id).select(place).load(conn)?,
    };
    let newest: Vec<&String> = places.iter().filter_map(|place| place.1.as_ref()).collect();
    let said: HashMap<String, String> = messages::table
        .inner_join(message_versions::table)
        .filter(message_versions::version.eq(messages::current_version))
        .filter(messages::id.eq_any(newest))
        .select((messages::id, message_versions::text))
        .load::<(String, String)>(conn)?
        .into_iter()
        .collect();
    let mut found = HashMap::new();
    for (discussion, message) in &places {
        let Some(record) = records.iter().find(|record| record.id.to_string() == *discussion) else { continue };
        let snippet = match message.as_ref().and_then(|id| Some((id, said.get(id)?))) {
            Some((id, text)) => cut(text, words, Some(super::column::id(id)?)),
            None => cut(&record.title, words, None).or_else(|| cut(&record.topic, words, None)),
        };
        found.extend(snippet.map(|snippet| (record.id, snippet)));
    }
    Ok(found)
}

/// Cuts out where all the words stand in a row, else where one of them first stands.
fn cut(text: &str, wanted: &[String], message: Option<MessageId>) -> Option<Snippet> {
    let there = fold::words(text);
    let begins = |(word, wanted): (&Word, &String)| word.folded.starts_with(wanted.as_str());
    let row = there.windows(wanted.len().max(1)).find(|row| row.iter().zip(wanted).all(begins));
    let one = || there.iter().find(|word| wanted.iter().any(|wanted| begins((word, wanted)))).map(std::slice::from_ref);
    let found = row.or_else(one)?;
    let (start, end) = (found.first()?.start, found.last()?.end);
    Some(Snippet {
        message,
        before: ending(&text[..start]),
        matched: text[start..end].to_owned(),
        after: beginning(&text[end..]),
    })
}

/// Whole words from the end of a text, with a mark where more stands before them.
fn ending(text: &str) -> String {
    let Some((at, _)) = text.char_indices().rev().nth(CONTEXT_CHARS) else { return text.to_owned() };
    let kept = &text[at..];
    // One long word, as scripts without blanks write it, is cut where it has to be.
    let from = kept.find(char::is_whitespace).filter(|from| *from < kept.trim_end().len()).unwrap_or_default();
    format!("…{}", kept[from..].trim_start())
}

/// Whole words from the beginning of a text, with a mark where more stands behind them.
fn beginning(text: &str) -> String {
    let Some((at, _)) = text.char_indices().nth(CONTEXT_CHARS) else { return text.to_owned() };
    let kept = &text[..at];
    let to = kept.rfind(char::is_whitespace).filter(|to| !kept[..*to].trim().is_empty()).unwrap_or(kept.len());
    format!("{}…", kept[..to].trim_end())
}

/// Writes a discussion's title and topic to be searched.
pub fn index_head(conn: &mut Conn, of: &str) -> Result<(), StoreError> {
    diesel::delete(texts::table.filter(texts::discussion_id.eq(of)).filter(texts::message_id.is_null())).execute(conn)?;
    insert_head(conn, of)
}

fn insert_head(conn: &mut Conn, of: &str) -> Result<(), StoreError> {
    let (title, topic): (String, String) =
        discussions::table.find(of).select((discussions::title, discussions::topic)).first(conn)?;
    let row = (texts::discussion_id.eq(of), texts::folded.eq(fold(&format!("{title}\n{topic}"))));
    diesel::insert_into(texts::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes a message's current words to be searched, or takes them away.
pub fn index_message(conn: &mut Conn, message: &str) -> Result<(), StoreError> {
    diesel::delete(texts::table.filter(texts::message_id.eq(message))).execute(conn)?;
    insert_message(conn, message)
}

fn insert_message(conn: &mut Conn, message: &str) -> Result<(), StoreError> {
    let (of, author, text, status): (String, Option<String>, String, String) = messages::table
        .inner_join(message_versions::table)
        .filter(message_versions::version.eq(messages::current_version))
        .filter(messages::id.eq(message))
        .select((messages::discussion_id, messages::author_id, message_versions::text, message_versions::status))
        .first(conn)?;
    let hidden = [Status::Struck, Status::Streaming].iter().any(|hidden| hidden.as_str() == status);
    if hidden || text.trim().is_empty() {
        return Ok(());
    }
    let row = (
        texts::discussion_id.eq(of),
        texts::message_id.eq(message),
        texts::author_id.eq(author),
        texts::folded.eq(fold(&text)),
    );
    diesel::insert_into(texts::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes what an earlier version left without a search's words. How many discussions.
///
/// What is there of them (a turn that was cut off at the end of that version) is taken away at once, not row by row: Postgres would
/// look for each in the whole growing table, which had nothing in it when the first of these statements was planned.
pub fn index_missing(conn: &mut Conn) -> Result<usize, StoreError> {
    let heads = texts::table.filter(texts::discussion_id.eq(discussions::id)).filter(texts::message_id.is_null());
    let missing: Vec<String> = discussions::table.filter(not(exists(heads))).select(discussions::id).load(conn)?;
    if !missing.is_empty() {
        let headless =
            "DELETE FROM texts WHERE discussion_id NOT IN (SELECT discussion_id FROM texts WHERE message_id IS NULL)";
        sql_query(headless).execute(conn)?;
    }
    for of in &missing {
        insert_head(conn, of)?;
        let said: Vec<String> = messages::table.filter(messages::discussion_id.eq(of)).select(messages::id).load(conn)?;
        said.iter().try_for_each(|message| insert_message(conn, message))?;
    }
    if !missing.is_empty() && matches!(conn, Conn::Postgres(_)) {
        // Until it has counted them, it takes the texts for few.
        sql_query("ANALYZE texts").execute(conn)?;
    }
    Ok(missing.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(text: &str, q: &str) -> Option<(String, String, String)> {
        let wanted = Search::words(q).wanted().unwrap_or_default();
        cut(text, &wanted, None).map(|snippet| (snippet.before, snippet.matched, snippet.after))
    }

    fn three(before: &str, matched: &str, after: &str) -> Option<(String, String, String)> {
        Some((before.to_owned(), matched.to_owned(), after.to_owned()))
    }

    #[test]
    fn what_was_found_keeps_its_own_form() {
        assert_eq!(parts("On Éducation and play", "educ"), three("On ", "Éducation", " and play"));
        assert_eq!(parts("play", "work"), None);
        assert_eq!(parts("A slide, a slide rule", "slide rule"), three("A slide, a ", "slide rule", ""), "in a row first");
        assert_eq!(parts("rule or slide", "slide rule"), three("", "rule", " or slide"), "else the first of them");
    }

    #[test]
    fn what_stands_around_it_is_whole_words() {
        let long =
            "One says that a child has to be asked before anybody else is asked at all about anything that matters here";
        let (before, matched, after) = parts(&format!("{long} slide {long}"), "slide").expect("found");
        assert_eq!((before.chars().next(), matched.as_str(), after.chars().next_back()), (Some('…'), "slide", Some('…')));
        let whole = |part: &str| part.trim_matches(['…', ' ']).split(' ').all(|word| long.split(' ').any(|one| one == word));
        assert!(whole(&before) && whole(&after), "{before} | {after}");
        let (before, _, after) = parts(&format!("{0}、slide、{0}", "教".repeat(200)), "slide").expect("found");
        assert!(
            before.chars().count() > CONTEXT_CHARS / 2 && after.chars().count() > CONTEXT_CHARS / 2,
            "{before} | {after}"
        );
    }

    proptest! {
        #[test]
        fn a_snippet_is_a_piece_of_the_text(text in "\\PC{0,200}", q in "\\PC{1,3}") {
            if let Some((before, matched, after)) = parts(&text, &q) {
                let piece = before.trim_start_matches('…').to_owned() + &matched + after.trim_end_matches('…');
                prop_assert!(text.contains(&piece));
            }
        }
    }
}
