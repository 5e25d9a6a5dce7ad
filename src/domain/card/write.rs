//! From a character to a card's text.

use std::fmt::Write;

use super::own::Own;
use super::read::{Fields, checksum, read};
use super::{CardError, Version, json};
use crate::domain::character::Character;

/// The character as a card. `source` is the text of the card that it came from: what was not changed here stays as it is,
/// byte for byte. `picture`: whether the picture that goes out with the card is the character's; `None`: none goes with it.
///
/// # Errors
/// The source is no card.
pub fn write(
    character: &Character,
    source: Option<&str>,
    picture: Option<bool>,
    max_chars: usize,
) -> Result<String, CardError> {
    match source {
        None => Ok(fresh(character, picture)),
        Some(source) => changed(character, source, picture, max_chars),
    }
}

/// The same card, called the other version: `chara` and `ccv3` in one picture differ in no more.
pub fn with_version(card: &str, version: Version) -> String {
    let (spec, number) = version.words();
    let card = json::put(card, &["spec"], &json::quoted(spec));
    json::put(&card, &["spec_version"], &json::quoted(number))
}

/// Which version a card says it is; `None`: V1.
pub fn version_of(card: &str) -> Option<Version> {
    match json::string(card, &["spec"])?.as_str() {
        "chara_card_v3" => Some(Version::V3),
        _ => Some(Version::V2),
    }
}

fn fresh(character: &Character, picture: Option<bool>) -> String {
    let (spec, number) = Version::V3.words();
    let card = serde_json::json!({
        "spec": spec,
        "spec_version": number,
        "data": {
            "name": character.name,
            "description": description(character),
            "personality": character.voice,
            "scenario": "",
            "first_mes": "",
            "mes_example": "",
            "creator_notes": "Made with ChatLab, where characters discuss before a class. The words are an AI's portrayal.",
            "system_prompt": "",
            "post_history_instructions": "",
            "alternate_greetings": [],
            "group_only_greetings": [],
            "tags": ["ChatLab"],
            "creator": "",
            "character_version": "",
            "extensions": {},
        },
    });
    let card = serde_json::to_string_pretty(&card).expect("a card has a JSON form");
    with_own(&card, character, picture).unwrap_or(card)
}

/// Puts what was changed into the card it came from.
fn changed(character: &Character, source: &str, picture: Option<bool>, max_chars: usize) -> Result<String, CardError> {
    let came = read(source, character.id.clone(), character.color.clone(), max_chars)?;
    let plain = Character { picture: None, ..character.clone() };
    if came.character == plain && picture.is_none_or(|picture| picture == came.picture) {
        return Ok(source.to_owned());
    }
    let before = &came.character;
    let mut card = source.to_owned();
    if before.name != character.name {
        card = put(&card, "name", &character.name)?;
    }
    if before.voice != character.voice {
        card = put(&card, "personality", &character.voice)?;
    }
    if description(&Character { name: character.name.clone(), ..before.clone() }) != description(character) {
        card = put(&card, "description", &description(character))?;
    }
    with_own(&card, character, picture)
}

/// In `data`, and where the card repeats it for V1 (as SillyTavern does) there too.
fn put(card: &str, field: &str, text: &str) -> Result<String, CardError> {
    let path = Fields::of(card)?.path(field);
    let mut changed = json::put(card, &path, &json::quoted(text));
    if path.len() > 1 && json::get(card, &[field]).is_some() {
        changed = json::put(&changed, &[field], &json::quoted(text));
    }
    Ok(changed)
}

fn with_own(card: &str, character: &Character, picture: Option<bool>) -> Result<String, CardError> {
    let fields = Fields::of(card)?;
    let own = Own::of(character, picture.unwrap_or(true), checksum(&fields));
    let own = serde_json::to_string(&own).expect("strings and lists have a JSON form");
    Ok(json::put(card, &fields.own_path(), &own))
}

/// Everything about the character in one text, for programs that know no ideas, works and quarrels.
fn description(character: &Character) -> String {
    let mut text = character.name.clone();
    match (&character.born, &character.died) {
        (Some(born), Some(died)) => text += &format!(" ({born} to {died})"),
        (Some(born), None) => text += &format!(" (born {born})"),
        _ => {}
    }
    for part in [&character.tagline, &character.bio] {
        if !part.is_empty() {
            text += &format!("\n\n{part}");
        }
    }
    let works = character.works.iter().map(|work| match &work.year {
        Some(year) => format!("{} ({year})", work.title),
        None => work.title.clone(),
    });
    list(&mut text, "Key ideas", character.ideas.iter().map(crate::domain::character::Idea::line));
    list(&mut text, "Works", works);
    list(&mut text, "Would object", character.dissent.iter().cloned());
    list(&mut text, "Handled with care", character.cautions.iter().cloned());
    if character.living {
        text += "\n\nThis person is living: report their ideas in the third person, and do not speak as them.";
    }
    text
}

fn list(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n\n{title}:");
        lines.for_each(|line| {
            let _ = write!(text, "\n- {line}");
        });
    }
}
