//! What a discussion has come to, read from a model's reply. Each line names the messages it rests on; a line that rests on
//! none is dropped, since nobody could check it.

mod draft;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::character::Character;
use super::ids::{CharacterId, MessageId};
use super::prompt::Scene;
use super::text::clean;

pub use draft::Draft;

/// Longest line kept, in characters; a model that writes more was not asked to.
const MAX_LINE_CHARS: usize = 1_000;
/// Most lines kept in a list.
const MAX_LINES: usize = 24;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub topic: String,
    pub participants: Vec<Named>,
    pub insights: Vec<Insight>,
    pub agreements: Vec<Finding>,
    pub tensions: Vec<Finding>,
    pub questions: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub character_id: CharacterId,
    pub name: String,
}

/// A key insight of one participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insight {
    #[serde(flatten)]
    pub by: Named,
    #[serde(flatten)]
    pub finding: Finding,
}

/// A line and the messages it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub text: String,
    pub messages: Vec<MessageId>,
}

/// The messages that somebody said and nobody struck, by the numbers that a model knows them by.
pub type Places = BTreeMap<i64, MessageId>;

/// The reply holds no summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSummary;

impl Summary {
    /// Reads a reply to [`Task::Summary`](super::prompt::Task::Summary): JSON, also with words or a code fence around it.
    pub fn read(reply: &str, scene: &Scene, places: &Places) -> Result<Self, NoSummary> {
        let reply = json_in(reply).ok_or(NoSummary)?;
        let findings = |list: &str| -> Vec<Finding> {
            items(&reply, list).filter_map(|item| finding(item, places)).take(MAX_LINES).collect()
        };
        let insight = |item: &Value| Some(Insight { by: named(item, &scene.cast)?, finding: finding(item, places)? });
        let summary = Self {
            topic: scene.topic.clone(),
            participants: scene.cast.iter().map(Named::of).collect(),
            insights: items(&reply, "insights").filter_map(insight).take(MAX_LINES).collect(),
            agreements: findings("agreements"),
            tensions: findings("tensions"),
            questions: findings("questions"),
        };
        match summary.is_empty() {
            true => Err(NoSummary),
            false => Ok(summary),
        }
    }

    fn is_empty(&self) -> bool {
        let lists = [&self.agreements, &self.tensions, &self.questions];
        self.insights.is_empty() && lists.iter().all(|list| list.is_empty())
    }
}

impl Named {
    fn of(character: &Character) -> Self {
        Self { character_id: character.id.clone(), name: character.name.clone() }
    }
}

/// The object between the first brace and the last one.
fn json_in(reply: &str) -> Option<Value> {
    let (start, end) = (reply.find('{')?, reply.rfind('}')?);
    serde_json::from_str(reply.get(start..=end)?).ok()
}

fn items<'a>(reply: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    reply.get(list).and_then(Value::as_array).into_iter().flatten()
}

/// A line and what it rests on; `None`: nobody could check it.
fn finding(item: &Value, places: &Places) -> Option<Finding> {
    let text: String = clean(item.get("text")?.as_str()?).trim().chars().take(MAX_LINE_CHARS).collect();
    let mut messages = vec![];
    for number in item.get("messages")?.as_array()?.iter().filter_map(number) {
        if let Some(message) = places.get(&number).filter(|message| !messages.contains(*message)) {
            messages.push(*message);
        }
    }
    (!text.is_empty() && !messages.is_empty()).then_some(Finding { text, messages })
}

/// `3`, `"3"`, `"[3]"` or `3.0`: models write all of them.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => {
            number.as_i64().or_else(|| number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 1e9).map(|n| n as i64))
        }
        Value::String(text) => text.trim().trim_start_matches(['#', 'n', '=', '[']).trim_end_matches(']').parse().ok(),
        _ => None,
    }
}

/// Whose insight it is: the whole name in any case, else its last part if no other has the same.
fn named(item: &Value, cast: &[Character]) -> Option<Named> {
    let wanted = item.get("name")?.as_str()?.trim().to_lowercase();
    let whole = cast.iter().find(|one| one.name.to_lowercase() == wanted);
    let last = |one: &&Character| one.name.split_whitespace().last().is_some_and(|part| part.to_lowercase() == wanted);
    let mut short = cast.iter().filter(last);
    let only = match (short.next(), short.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    };
    whole.or(only).map(Named::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::builtin;
    use crate::domain::prompt::Line;

    fn scene() -> Scene {
        let cast: Vec<Character> =
            ["john-dewey", "maria-montessori"].iter().filter_map(|id| builtin().find(&id.parse().ok()?).cloned()).collect();
        let line = |number: i64, name: &str| Line {
            message: MessageId::new(),
            number,
            speaker: None,
            name: name.to_owned(),
            text: "…".to_owned(),
        };
        Scene::new("Play", cast.into(), vec![line(1, "John Dewey"), line(2, "Maria Montessori")])
    }

    fn read(reply: &str, scene: &Scene) -> Result<Summary, NoSummary> {
        Summary::read(reply, scene, &scene.lines.iter().map(|line| (line.number, line.message)).collect())
    }

    #[test]
    fn lines_rest_on_messages_that_are_there() {
        let scene = scene();
        let reply = r#"Here it is:
            ```json
            {"insights": [{"name": "dewey", "text": "Play is growth.", "messages": ["1", 1, 9]},
                          {"name": "Nobody", "text": "x", "messages": [1]}],
             "agreements": [{"text": "Both watch the child.", "messages": [1, 2.0]}],
             "tensions": [{"text": "Rests on nothing.", "messages": [0, 7]}, {"text": "Says nothing of it."}, 5],
             "questions": "none"}
            ```"#;
        let summary = read(reply, &scene).expect("a summary");
        assert_eq!(summary.insights.len(), 1);
        assert_eq!(summary.insights[0].by.name, "John Dewey");
        assert_eq!(summary.insights[0].finding.messages, [scene.lines[0].message]);
        assert_eq!(summary.agreements[0].messages, [scene.lines[0].message, scene.lines[1].message]);
        assert!(summary.tensions.is_empty() && summary.questions.is_empty());
    }

    #[test]
    fn a_line_may_rest_on_what_is_only_remembered() {
        let scene = scene();
        let old = MessageId::new();
        let places: Places = [(-4, MessageId::new()), (17, old)].into();
        let reply = r#"{"agreements": [{"text": "Both watch.", "messages": ["[17]", 1]}]}"#;
        assert_eq!(Summary::read(reply, &scene, &places).expect("a summary").agreements[0].messages, [old]);
    }

    #[test]
    fn a_reply_without_a_line_to_check_is_no_summary() {
        assert_eq!(read("I would rather not.", &scene()), Err(NoSummary));
        assert_eq!(read("} {", &scene()), Err(NoSummary));
        let nothing = r#"{"insights": [{"name": "John Dewey", "text": "x", "messages": [8]}]}"#;
        assert_eq!(read(nothing, &scene()), Err(NoSummary));
    }

    #[test]
    fn a_summary_reads_back_as_it_was_written() {
        let scene = scene();
        let reply = r#"{"insights": [{"name": "John Dewey", "text": "Play is growth.", "messages": [1]}]}"#;
        let summary = read(reply, &scene).expect("a summary");
        let json = serde_json::to_value(&summary).expect("JSON");
        assert_eq!(json["insights"][0]["character_id"], "john-dewey");
        assert_eq!(serde_json::from_value::<Summary>(json).expect("a summary"), summary);
    }
}
