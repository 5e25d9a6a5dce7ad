//! What each character would probably say, before the discussion begins: one request to the model for all who are not known
//! yet, and one only, however many ask at once.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use serde::Serialize;

use super::House;
use super::ask::{Answer, AskError, Question, ask};
use crate::auth::digest;
use crate::domain::character::Character;
use crate::domain::ids::{CharacterId, UserId};
use crate::domain::prompt::{self, Task};
use crate::domain::text::clean;
use crate::store::Purpose;

/// Longest perspective kept, in characters.
const MAX_CHARS: usize = 600;
/// Answers kept in memory, in front of the database.
const MAX_CACHED: u64 = 1_000;
const CACHED_FOR: Duration = Duration::from_secs(600);

/// One character's likely perspective.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Perspective {
    pub character_id: CharacterId,
    pub text: String,
}

/// Perspectives on their way and lately given.
pub struct Perspectives {
    asked: Cache<(UserId, String), Arc<[Perspective]>>,
}

impl Default for Perspectives {
    fn default() -> Self {
        Self { asked: Cache::builder().max_capacity(MAX_CACHED).time_to_live(CACHED_FOR).build() }
    }
}

impl Perspectives {
    /// Each one's perspective on the topic, in the order of the cast.
    pub async fn ask(
        &self,
        house: &Arc<House>,
        user: UserId,
        topic: &str,
        cast: Vec<Character>,
    ) -> Result<Arc<[Perspective]>, AskError> {
        let common = common_digest(house, topic, &cast);
        let ids: Vec<&str> = cast.iter().map(|one| one.id.as_str()).collect();
        let key = (user, digest(&format!("{common} {}", ids.join(" "))));
        let (house, topic) = (Arc::clone(house), topic.to_owned());
        // In a task of its own: what is paid for is kept, also when whoever asked has left meanwhile.
        let asking = async move {
            let asked = tokio::spawn(async move { find_or_ask(&house, user, common, &topic, cast).await });
            asked.await.unwrap_or(Err(AskError::Unusable))
        };
        self.asked.try_get_with(key, asking).await.map_err(|error| (*error).clone())
    }
}

/// What an answer depends on beside the character: the topic, the voice, the rules, and own characters, who may change.
fn common_digest(house: &House, topic: &str, cast: &[Character]) -> String {
    let own: Vec<&Character> = cast.iter().filter(|one| !one.is_builtin()).collect();
    let own = serde_json::to_string(&own).expect("a character has a JSON form");
    digest(&format!("{}\n{}\n{topic}\n{own}", house.voices.first(), prompt::VERSION))
}

async fn find_or_ask(
    house: &House,
    user: UserId,
    digest: String,
    topic: &str,
    cast: Vec<Character>,
) -> Result<Arc<[Perspective]>, AskError> {
    let ids: Vec<CharacterId> = cast.iter().map(|one| one.id.clone()).collect();
    let mut known = house.store.list_perspectives(user, &digest, &ids).await?;
    let missing: Vec<Character> = cast.iter().filter(|one| !known.contains_key(&one.id)).cloned().collect();
    if !missing.is_empty() {
        let task = Task::Perspectives { topic: topic.to_owned(), cast: missing.clone().into() };
        let question = Question { user, discussion: None, purpose: Purpose::Perspectives, rehearsal: false };
        let Answer { text: reply, .. } = ask(house, question, task, |_| {}).await?;
        let fresh = read(&reply, &missing);
        if fresh.is_empty() {
            return Err(AskError::Unusable);
        }
        house.store.insert_perspectives(user, &digest, fresh.clone()).await?;
        known.extend(fresh);
    }
    let perspective = |one: &Character| {
        let text = known.get(&one.id)?.clone();
        Some(Perspective { character_id: one.id.clone(), text })
    };
    Ok(cast.iter().filter_map(perspective).collect())
}

/// Reads `1. …` for each; a line without a number goes on with the one before.
fn read(reply: &str, cast: &[Character]) -> Vec<(CharacterId, String)> {
    let mut texts: Vec<String> = vec![String::new(); cast.len()];
    let mut now = None;
    for line in clean(reply).lines() {
        let text = match numbered(line.trim()) {
            Some((number, text)) => {
                now = number.checked_sub(1).filter(|index| *index < cast.len());
                text
            }
            None => line.trim(),
        };
        if let Some(index) = now.filter(|_| !text.is_empty()) {
            let whole = &mut texts[index];
            if !whole.is_empty() {
                whole.push(' ');
            }
            whole.push_str(text);
        }
    }
    let told = cast.iter().zip(texts).map(|(one, text)| (one.id.clone(), bare(&text, one)));
    told.filter(|(_, text)| !text.is_empty()).collect()
}

/// `1. text`, `1) text`, `**1.** text`.
fn numbered(line: &str) -> Option<(usize, &str)> {
    let line = line.trim_start_matches(['*', '#', '-', ' ']);
    let end = line.find(|c: char| !c.is_ascii_digit()).filter(|end| (1..=2).contains(end))?;
    let text = line[end..].strip_prefix(['.', ')', ':'])?;
    Some((line[..end].parse().ok()?, text.trim_start_matches('*').trim()))
}

/// Without the speaker's own name before it, and not longer than is shown.
fn bare(text: &str, character: &Character) -> String {
    let text = text.trim();
    let plain = text.trim_start_matches(['*', '_']);
    let last = character.name.split_whitespace().last().unwrap_or_default();
    let after = [character.name.as_str(), last]
        .iter()
        .find_map(|name| plain.strip_prefix(name)?.trim_start_matches(['*', '_']).strip_prefix(':'));
    let text = after.map_or(text, |after| after.trim_start_matches(['*', '_']).trim());
    text.chars().take(MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::builtin;

    fn cast() -> Vec<Character> {
        ["john-dewey", "maria-montessori"].iter().filter_map(|id| builtin().find(&id.parse().ok()?).cloned()).collect()
    }

    fn texts(reply: &str) -> Vec<(String, String)> {
        read(reply, &cast()).into_iter().map(|(id, text)| (id.to_string(), text)).collect()
    }

    #[test]
    fn each_number_is_one_character() {
        let told = texts("Here they are:\n1. Play is growth.\n2) **Montessori:** Follow\n   the child.\n9. Nobody.");
        let expected = [("john-dewey", "Play is growth."), ("maria-montessori", "Follow the child.")];
        assert_eq!(told, expected.map(|(id, text)| (id.to_owned(), text.to_owned())));
    }

    #[test]
    fn a_number_in_the_text_is_no_new_line() {
        let told = texts("1. In 1916 I wrote of it.\n1900 was early.\n2. Yes.");
        assert_eq!(told[0].1, "In 1916 I wrote of it. 1900 was early.");
        assert!(texts("I would rather not.").is_empty());
    }
}
