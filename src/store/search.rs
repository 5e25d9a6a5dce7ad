//! Finding a discussion by words in its topic, title and messages.
//!
//! For now every text of the owner is looked through; the place where an index comes is [`matches`].

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::{Conn, MultiBackend, lower};
use super::error::StoreError;
use super::schema::{discussions, message_versions, messages};
use crate::domain::change::Record;
use crate::domain::ids::MessageId;
use crate::domain::message::Status;
use crate::domain::text::clean;

/// Longest search in characters; SQLite refuses very long patterns.
const MAX_CHARS: usize = 200;
/// Characters shown on either side of what was found.
const CONTEXT_CHARS: usize = 60;

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

/// What of somebody's search is searched for.
pub fn wanted(q: &str) -> String {
    let q: String = clean(q).trim().chars().take(MAX_CHARS).collect();
    q.trim_end().to_owned()
}

/// The condition that a discussion has `q` in its title, its topic or the current version of a message.
pub fn matches(q: &str) -> Condition {
    let pattern = pattern(q);
    let said = messages::table
        .inner_join(message_versions::table)
        .filter(messages::discussion_id.eq(discussions::id))
        .filter(message_versions::version.eq(messages::current_version))
        .filter(message_versions::status.ne(Status::Struck.as_str()))
        .filter(lower(message_versions::text).like(pattern.clone()).escape('\\'));
    let title = lower(discussions::title).like(pattern.clone()).escape('\\');
    let topic = lower(discussions::topic).like(pattern).escape('\\');
    Box::new(title.or(topic).or(exists(said)))
}

/// Where `q` stands in a discussion: in its title, its topic, or the newest message that has it.
pub fn find_snippet(conn: &mut Conn, record: &Record, q: &str) -> Result<Option<Snippet>, StoreError> {
    let head = cut(&record.title, q, None).or_else(|| cut(&record.topic, q, None));
    if head.is_some() {
        return Ok(head);
    }
    let found: Option<(String, String)> = messages::table
        .inner_join(message_versions::table)
        .filter(messages::discussion_id.eq(record.id.to_string()))
        .filter(message_versions::version.eq(messages::current_version))
        .filter(message_versions::status.ne(Status::Struck.as_str()))
        .filter(lower(message_versions::text).like(pattern(q)).escape('\\'))
        .order(messages::position.desc())
        .select((messages::id, message_versions::text))
        .first(conn)
        .optional()?;
    let Some((message, text)) = found else { return Ok(None) };
    Ok(cut(&text, q, Some(super::column::id(&message)?)))
}

/// `q` anywhere, with `%` and `_` as themselves.
fn pattern(q: &str) -> String {
    let mut pattern = String::from("%");
    for c in q.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Cuts out where `q` first stands in `text`, in any case.
fn cut(text: &str, q: &str, message: Option<MessageId>) -> Option<Snippet> {
    let wanted = q.to_lowercase();
    // Lower case may be longer than what it comes from, so each of its bytes remembers whose it is.
    let mut lowered = String::with_capacity(text.len());
    let mut origin = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        lowered.extend(c.to_lowercase());
        origin.resize(lowered.len(), at);
    }
    let found = lowered.find(&wanted)?;
    let start = origin[found];
    let last = origin[found + wanted.len() - 1];
    let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
    let before: Vec<char> = text[..start].chars().rev().take(CONTEXT_CHARS).collect();
    Some(Snippet {
        message,
        before: before.into_iter().rev().collect(),
        matched: text[start..end].to_owned(),
        after: text[end..].chars().take(CONTEXT_CHARS).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(text: &str, q: &str) -> Option<(String, String, String)> {
        cut(text, q, None).map(|snippet| (snippet.before, snippet.matched, snippet.after))
    }

    #[test]
    fn what_was_found_keeps_its_own_case() {
        let found = parts("On Éducation and play", "éduc");
        assert_eq!(found, Some(("On ".to_owned(), "Éduc".to_owned(), "ation and play".to_owned())));
        assert_eq!(parts("play", "work"), None);
        // This letter's lower case is two characters.
        assert_eq!(parts("İstanbul", "stan"), Some(("İ".to_owned(), "stan".to_owned(), "bul".to_owned())));
    }

    #[test]
    fn marks_of_a_pattern_stand_for_themselves() {
        assert_eq!(pattern("100%_\\X"), "%100\\%\\_\\\\x%");
    }

    proptest! {
        #[test]
        fn a_snippet_is_a_piece_of_the_text(text in "\\PC{0,200}", q in "\\PC{1,3}") {
            if let Some(snippet) = cut(&text, &q, None) {
                let whole = format!("{}{}{}", snippet.before, snippet.matched, snippet.after);
                prop_assert!(text.contains(&whole));
            }
        }
    }
}
