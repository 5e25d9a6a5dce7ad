//! What the demo voices say outside a turn: perspectives before the discussion and the summary after it, in the forms that the
//! prompts ask a model for. The summary is taken from the lines themselves; nothing is added.

use std::fmt::Write;

use serde_json::{Value, json};

use super::compose::thought_of;
use super::phrases::PLAIN_THOUGHTS;
use super::reading::{self, sentences, short_name};
use super::remember;
use crate::domain::character::Character;
use crate::domain::prompt::{Line, Scene};

/// Most lines in each list but the insights.
const MOST: usize = 4;

/// Words that show a sentence to agree, or to differ, with somebody it names.
const AGREES: &[&str] =
    &["I grant", "go along", "is right", "touched the right spot", "agree with", "holds as far", "not quarrel"];
const DIFFERS: &[&str] = &[
    "not sure",
    "left out",
    "leaves out",
    "other side",
    "another way",
    "differ",
    "disagree",
    "two sides",
    "cannot follow",
    "further question",
];

/// A numbered line for each: the idea nearest to the topic.
pub fn perspectives(topic: &str, cast: &[Character]) -> String {
    let mut text = String::new();
    for (index, character) in cast.iter().enumerate() {
        let nearest = character.ideas.iter().rev().max_by_key(|idea| reading::kinship(&idea.line(), topic));
        let sentence = nearest.map_or_else(|| PLAIN_THOUGHTS[index % PLAIN_THOUGHTS.len()].to_owned(), thought_of);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}. {}", index + 1, sentence);
    }
    text
}

/// The summary as JSON: sentences of the lines, with the numbers of the lines they stand in.
pub fn summary(scene: &Scene) -> String {
    let insights: Vec<Value> = scene.cast.iter().flat_map(|character| insights(scene, character)).collect();
    let agreements = stances(scene, AGREES, &[]);
    let tensions = stances(scene, DIFFERS, AGREES);
    json!({"insights": insights, "agreements": agreements, "tensions": tensions, "questions": questions(scene)}).to_string()
}

/// The first and the latest idea that somebody brought.
fn insights(scene: &Scene, character: &Character) -> Vec<Value> {
    let remembered = remember::earlier(scene).into_iter().filter(|memory| memory.name == character.name);
    let remembered = remembered.map(|memory| (memory.numbers, memory.text));
    let own = scene.lines.iter().filter(|line| line.speaker.as_ref() == Some(&character.id));
    let own = own.filter_map(|line| Some((vec![line.number], insight(line, character)?)));
    let told: Vec<(Vec<i64>, String)> = remembered.chain(own).collect();
    let mut chosen: Vec<&(Vec<i64>, String)> = told.first().into_iter().collect();
    chosen.extend(told.last().filter(|last| told[0].1 != last.1));
    let all_of = |text: &str| -> Vec<i64> {
        told.iter().filter(|(_, told)| told == text).flat_map(|(numbers, _)| numbers.clone()).collect()
    };
    chosen.iter().map(|(_, text)| json!({"name": character.name, "text": text, "messages": all_of(text)})).collect()
}

/// The idea in a line, else its longest sentence that asks nothing.
pub fn insight(line: &Line, character: &Character) -> Option<String> {
    if let Some(idea) = character.ideas.iter().find(|idea| line.text.contains(&thought_of(idea))) {
        return Some(thought_of(idea));
    }
    sentences(&line.text)
        .filter(|sentence| !sentence.ends_with('?'))
        .max_by_key(|sentence| sentence.len())
        .map(str::to_owned)
}

/// Sentences in which somebody names another and says where they stand; the line before is what they answer.
fn stances(scene: &Scene, words: &[&str], unless: &[&str]) -> Vec<Value> {
    let mut found = vec![];
    for (at, line) in scene.lines.iter().enumerate() {
        let Some(speaker) = &line.speaker else { continue };
        let others: Vec<&Character> = scene.cast.iter().filter(|one| one.id != *speaker).collect();
        for sentence in sentences(&line.text) {
            let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
            let named = others.iter().find(|one| sentence.to_lowercase().contains(&short_name(one).to_lowercase()));
            let (Some(named), true, false, false) = (named, has(words), has(unless), sentence.ends_with('?')) else {
                continue;
            };
            let answered = scene.lines[..at].iter().rfind(|before| before.speaker.as_ref() == Some(&named.id));
            let messages: Vec<i64> = answered.into_iter().chain([line]).map(|line| line.number).collect();
            found.push(json!({"text": format!("{} to {}: {sentence}", line.name, named.name), "messages": messages}));
        }
    }
    found.truncate(MOST);
    found
}

/// Questions that were asked, the latest last, none twice.
fn questions(scene: &Scene) -> Vec<Value> {
    let mut found: Vec<(i64, &str)> = vec![];
    for line in &scene.lines {
        for sentence in sentences(&line.text).filter(|sentence| sentence.ends_with('?')) {
            if !found.iter().any(|(_, known)| *known == sentence) {
                found.push((line.number, sentence));
            }
        }
    }
    found.iter().rev().take(MOST).rev().map(|(at, text)| json!({"text": text, "messages": [at]})).collect()
}
