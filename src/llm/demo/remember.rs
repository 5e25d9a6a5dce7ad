//! What the demo voices remember of an earlier part: each idea once, with the messages it was heard in, and what was asked. In the
//! form that the prompt asks of a model: `Name: text [3, 7]`.

use std::fmt::Write;

use super::reading;
use super::report::insight;
use crate::domain::prompt::{Line, Scene};

/// Longest question that is kept, in words.
const QUESTION_WORDS: usize = 30;

/// Something remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    pub name: String,
    pub text: String,
    /// The numbers of the messages it rests on.
    pub numbers: Vec<i64>,
}

/// What was remembered before and what the lines add, the oldest first; what is too much is forgotten from the front.
pub fn recap(scene: &Scene, words: usize) -> String {
    let mut memories = earlier(scene);
    for fresh in scene.lines.iter().filter_map(|line| memory(line, scene)) {
        match memories.iter_mut().find(|known| known.name == fresh.name && known.text == fresh.text) {
            // The first and the last time are enough.
            Some(known) => {
                known.numbers.truncate(1);
                known.numbers.extend(fresh.numbers);
            }
            None => memories.push(fresh),
        }
    }
    let mut left = words;
    let fits = |memory: &&Memory| {
        let words = memory.text.split_whitespace().count() + 4;
        left.checked_sub(words).map(|rest| left = rest).is_some()
    };
    let mut kept: Vec<&Memory> = memories.iter().rev().take_while(fits).collect();
    kept.reverse();
    kept.iter().fold(String::new(), |mut text, Memory { name, text: said, numbers }| {
        let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}: {said} [{}]", numbers.join(", "));
        text
    })
}

/// What the scene's recap says, as far as it is in this form.
pub fn earlier(scene: &Scene) -> Vec<Memory> {
    let read = |line: &str| {
        let (name, rest) = line.split_once(": ")?;
        let (text, numbers) = rest.strip_suffix(']')?.rsplit_once(" [")?;
        let numbers = numbers.split(", ").map(|number| number.parse().ok()).collect::<Option<Vec<i64>>>()?;
        Some(Memory { name: name.to_owned(), text: text.to_owned(), numbers })
    };
    scene.earlier.as_deref().unwrap_or_default().lines().filter_map(read).collect()
}

fn memory(line: &Line, scene: &Scene) -> Option<Memory> {
    let text = match &line.speaker {
        Some(speaker) => insight(line, scene.cast.iter().find(|one| one.id == *speaker)?)?,
        None => reading::sentence(reading::sentences(&line.text).last()?, QUESTION_WORDS),
    };
    Some(Memory { name: line.name.clone(), text, numbers: vec![line.number] })
}
