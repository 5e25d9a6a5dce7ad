//! Reading what was said: whom to answer, what was asked, which idea was meant. Plain text in, plain text out.

use crate::domain::character::{Character, Idea};

/// Words that stand before the subject when a host turns the discussion.
const TURNS: &[&str] = &[
    "what about ",
    "how about ",
    "and what about ",
    "let us talk about ",
    "let's talk about ",
    "let us turn to ",
    "let's turn to ",
    "let us speak of ",
    "please talk about ",
    "please discuss ",
    "talk about ",
    "speak about ",
    "turn to ",
    "think of ",
    "think about ",
    "consider ",
    "discuss ",
];

/// Words of five letters and more that say nothing about a subject.
const EMPTY: &[&str] = &[
    "about",
    "after",
    "again",
    "always",
    "anyone",
    "anything",
    "because",
    "before",
    "begin",
    "being",
    "between",
    "bring",
    "could",
    "different",
    "every",
    "everyone",
    "first",
    "further",
    "going",
    "grant",
    "heard",
    "itself",
    "listening",
    "makes",
    "matter",
    "means",
    "might",
    "moment",
    "never",
    "nobody",
    "often",
    "other",
    "others",
    "ourselves",
    "people",
    "perhaps",
    "question",
    "quite",
    "rather",
    "really",
    "right",
    "second",
    "shall",
    "should",
    "since",
    "somebody",
    "something",
    "sometimes",
    "still",
    "their",
    "themselves",
    "there",
    "these",
    "thing",
    "things",
    "think",
    "those",
    "thought",
    "through",
    "under",
    "until",
    "using",
    "wants",
    "where",
    "whether",
    "which",
    "while",
    "whole",
    "whose",
    "without",
    "would",
    "yours",
];

/// How a person is called in talk: the last name with its particle; a role or a user's own character by the whole name.
pub fn short_name(character: &Character) -> String {
    match character.pack.as_str() {
        "six-thinking-hats" => format!("the {}", character.name.to_lowercase()),
        Character::OWN => character.name.clone(),
        _ => {
            let parts: Vec<&str> = character.name.split_whitespace().collect();
            match parts.as_slice() {
                [.., particle @ ("Du" | "Ibn" | "Van" | "Von" | "Al"), last] => format!("{particle} {last}"),
                [.., last] => (*last).to_owned(),
                [] => String::new(),
            }
        }
    }
}

/// The idea that a line brought in, if it is one of the character's own.
pub fn idea_in<'a>(line: &str, character: &'a Character) -> Option<&'a Idea> {
    character.ideas.iter().find(|idea| !idea.text.is_empty() && line.contains(idea.text.as_str()))
}

/// An idea's name inside a sentence; `None` for one that is a sentence itself.
pub fn idea_name(idea: &Idea) -> Option<String> {
    let has = |words: &[&str]| idea.name.split_whitespace().any(|word| words.contains(&word));
    if has(&["leads", "overcomes", "What", "Dare", "Return"]) {
        return None;
    }
    let proper = ["Pan-", "Waldorf", "East"].iter().any(|proper| idea.name.starts_with(proper));
    let name = if proper { idea.name.clone() } else { lower_first(&idea.name) };
    Some(if name.split_whitespace().nth(1) == Some("of") { format!("the {name}") } else { name })
}

/// The subject to which a host turns the talk: `What about homework?` gives `homework`.
pub fn subject(asked: &str) -> Option<String> {
    let plain = asked.trim().trim_end_matches(['?', '.', '!', ' ']);
    let lower = plain.to_lowercase();
    let start = TURNS.iter().find(|turn| lower.starts_with(**turn))?;
    let rest = plain.get(start.len()..)?.trim();
    let words = rest.split_whitespace().count();
    (1..=12).contains(&words).then(|| rest.to_owned())
}

/// What the host wants answered: the last question, else the last sentence; without the name it is addressed to.
pub fn asked<'a>(said: &'a str, names: &[String]) -> Option<&'a str> {
    let all: Vec<&str> = sentences(said).collect();
    let last = all.iter().rev().find(|sentence| sentence.ends_with('?')).or(all.last())?;
    Some(without_address(last, names))
}

/// `Freire, what about homework?` without `Freire, `.
fn without_address<'a>(sentence: &'a str, names: &[String]) -> &'a str {
    let Some((before, rest)) = sentence.split_once(',') else { return sentence };
    let address = before.trim().trim_start_matches("And ").trim_start_matches("and ").to_lowercase();
    let is_name = names.iter().any(|name| {
        let name = name.to_lowercase();
        name == address || name.split_whitespace().any(|part| part == address) || format!("the {name}") == address
    });
    if is_name && !rest.trim().is_empty() { rest.trim() } else { sentence }
}

/// The sentences of a text, each with its closing mark.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| matches!(c, '.' | '?' | '!' | '\n' | '。' | '？' | '！');
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                return None;
            }
            // A full stop inside a number or an abbreviation's single letter does not end a sentence.
            let end = rest.char_indices().filter(|(_, c)| ends(*c)).map(|(at, c)| at + c.len_utf8()).find(|end| {
                let after = rest[*end..].chars().next();
                let word = rest[..*end].trim_end_matches(ends).rsplit(char::is_whitespace).next().unwrap_or_default();
                after.is_none_or(|c| c.is_whitespace() || !c.is_ascii())
                    && (word.chars().count() > 1 || !rest[..*end].ends_with('.'))
            });
            let (sentence, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after;
            let sentence = sentence.trim();
            if sentence.chars().any(char::is_alphanumeric) {
                return Some(sentence);
            }
        }
    })
}

/// A telling word of what was said: the longest that is neither empty nor a name.
pub fn telling_word(said: &str, names: &[String]) -> Option<String> {
    let names: Vec<String> = names.iter().flat_map(|name| name.split_whitespace()).map(str::to_lowercase).collect();
    let words = said.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
    words.filter(|word| is_telling(word) && !names.contains(word)).fold(None, |best: Option<String>, word| match best {
        Some(best) if best.chars().count() >= word.chars().count() => Some(best),
        _ => Some(word),
    })
}

fn is_telling(word: &str) -> bool {
    word.chars().count() >= 5 && !EMPTY.contains(&word)
}

/// How many telling words two texts share, word forms aside.
pub fn kinship(one: &str, other: &str) -> usize {
    let stems = |text: &str| -> std::collections::BTreeSet<String> {
        let words = text.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
        words.filter(|word| is_telling(word)).map(|word| word.chars().take(5).collect()).collect()
    };
    stems(one).intersection(&stems(other)).count()
}

/// The question that a character asks by habit, as its voice tells it: `Asks the others whether …`.
pub fn habit(voice: &str) -> Option<&str> {
    let sentence = sentences(voice).filter(|sentence| sentence.starts_with("Asks ")).last()?;
    let rest = sentence.strip_prefix("Asks ")?.trim_end_matches('.');
    let question = ["the others ", "everyone ", "them "].iter().find_map(|whom| rest.strip_prefix(whom)).unwrap_or(rest);
    let begins = ["what ", "whether ", "who ", "which ", "how ", "not what ", "for whom ", "at what "];
    // A clause that goes on about the character itself is no question to others.
    let strays = [" his ", " her ", " him", "; ", " laughs ", " speaker ", " they ", " their "];
    (begins.iter().any(|begin| question.starts_with(begin)) && !strays.iter().any(|stray| question.contains(stray)))
        .then_some(question)
}

/// At most so many words of a text, as a whole sentence.
pub fn sentence(text: &str, max_words: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().take(max_words + 1).collect();
    let mut sentence = words[..words.len().min(max_words)].join(" ");
    if words.len() > max_words {
        sentence = format!("{} …", sentence.trim_end_matches([',', ';', ':']));
    } else if !sentence.ends_with(['.', '?', '!', '…', '。', '？', '！']) {
        sentence.push('.');
    }
    sentence
}

pub fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        // A second capital is an abbreviation.
        (Some(_), Some(second)) if second.is_uppercase() => text.to_owned(),
        (Some(first), _) => first.to_lowercase().chain(chars).collect(),
        (None, _) => String::new(),
    }
}

pub fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
