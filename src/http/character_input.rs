//! What a client says about a character of its own, checked.

use serde::Deserialize;
use utoipa::ToSchema;

use super::error::ApiError;
use super::input::Fields;
use crate::domain::card::{MAX_DATE_CHARS, MAX_ENTRIES, MAX_NAME_CHARS, MAX_QUOTATION_CHARS, MAX_TAGLINE_CHARS};
use crate::domain::cast::{builtin, emblem};
use crate::domain::character::{Character, Color, Idea, Quotation, Work};
use crate::domain::ids::CharacterId;

#[derive(Deserialize, ToSchema)]
pub struct CharacterBody {
    #[schema(required = true)]
    name: Option<String>,
    tagline: Option<String>,
    /// `Name: text` each, or just a text.
    key_ideas: Option<Vec<String>>,
    voice: Option<String>,
    /// On light paper, `#rrggbb`. Without colours one of the palette is chosen.
    pub color: Option<String>,
    /// On dark paper.
    pub color_dark: Option<String>,
    /// The name of a drawing; none: initials.
    emblem: Option<String>,
    bio: Option<String>,
    born: Option<String>,
    died: Option<String>,
    works: Option<Vec<WorkBody>>,
    dissent: Option<Vec<String>>,
    /// Contested matters to answer plainly, claims not to make.
    cautions: Option<Vec<String>>,
    /// Alive today: a narrator reports the ideas.
    living: Option<bool>,
    /// Words that are really the person's.
    quotation: Option<QuotationBody>,
    /// At a create: the character of one's own whose picture (and what its card brought along) the new one has too.
    pub copy_of: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub struct QuotationBody {
    text: Option<String>,
    /// Where they stand.
    source: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub struct WorkBody {
    title: Option<String>,
    year: Option<Year>,
}

/// `"1916"` or `1916`.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Year {
    Text(String),
    Number(i32),
}

/// The character, or everything that is wrong with it. `count` of one's characters chooses a colour that the last ones have
/// not.
pub fn character_from(body: CharacterBody, id: CharacterId, max_chars: usize, count: i64) -> Result<Character, ApiError> {
    let mut fields = Fields::default();
    let mut text =
        |field: &str, value: &Option<String>, max: usize| fields.optional(field, value.as_deref(), max).unwrap_or_default();
    let tagline = text("tagline", &body.tagline, MAX_TAGLINE_CHARS);
    let bio = text("bio", &body.bio, max_chars);
    let voice = text("voice", &body.voice, max_chars);
    let born = fields.optional("born", body.born.as_deref(), MAX_DATE_CHARS);
    let died = fields.optional("died", body.died.as_deref(), MAX_DATE_CHARS);
    let name = name(&mut fields, body.name.as_deref());
    let ideas = lines(&mut fields, "key_ideas", body.key_ideas, max_chars);
    let character = Character {
        id,
        pack: Character::OWN.to_owned(),
        name,
        tagline,
        bio,
        born,
        died,
        living: body.living.unwrap_or_default(),
        ideas: ideas.iter().map(|line| Idea::from_line(line)).collect(),
        works: works(&mut fields, body.works),
        voice,
        dissent: lines(&mut fields, "dissent", body.dissent, max_chars),
        cautions: lines(&mut fields, "cautions", body.cautions, max_chars),
        quotation: quotation(&mut fields, body.quotation),
        color: color(&mut fields, body.color, body.color_dark, count),
        emblem: known_emblem(&mut fields, body.emblem),
        portrait: None,
        picture: None,
    };
    if character.card_chars() > max_chars {
        fields.wrong("card", format!("All texts together may have at most {max_chars} characters. Shorten some."));
    }
    fields.done()?;
    Ok(character)
}

/// A name stands on one line, since transcripts and models see it as a label.
fn name(fields: &mut Fields, value: Option<&str>) -> String {
    let name = fields.text("name", value, MAX_NAME_CHARS);
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quotation(fields: &mut Fields, given: Option<QuotationBody>) -> Option<Quotation> {
    let given = given?;
    Some(Quotation {
        text: fields.text("quotation.text", given.text.as_deref(), MAX_QUOTATION_CHARS),
        source: fields.text("quotation.source", given.source.as_deref(), MAX_TAGLINE_CHARS),
    })
}

fn lines(fields: &mut Fields, field: &str, values: Option<Vec<String>>, max: usize) -> Vec<String> {
    let values = values.unwrap_or_default();
    if values.len() > MAX_ENTRIES {
        fields.wrong(field, format!("There may be at most {MAX_ENTRIES} entries."));
        return vec![];
    }
    let mut line = |(index, text): (usize, &String)| fields.optional(&format!("{field}[{index}]"), Some(text), max);
    values.iter().enumerate().filter_map(&mut line).collect()
}

fn works(fields: &mut Fields, works: Option<Vec<WorkBody>>) -> Vec<Work> {
    let works = works.unwrap_or_default();
    if works.len() > MAX_ENTRIES {
        fields.wrong("works", format!("There may be at most {MAX_ENTRIES} entries."));
        return vec![];
    }
    let mut found = vec![];
    for (index, work) in works.into_iter().enumerate() {
        let year = work.year.map(|year| match year {
            Year::Text(text) => text,
            Year::Number(number) => number.to_string(),
        });
        found.push(Work {
            title: fields.text(&format!("works[{index}].title"), work.title.as_deref(), MAX_TAGLINE_CHARS),
            year: fields.optional(&format!("works[{index}].year"), year.as_deref(), MAX_DATE_CHARS),
        });
    }
    found
}

/// The colours given; one alone serves both grounds; none: the next pair of the palette.
fn color(fields: &mut Fields, light: Option<String>, dark: Option<String>, count: i64) -> Color {
    let mut read = |field: &str, given: Option<String>| {
        let color = given.map(|text| text.trim().to_ascii_lowercase()).filter(|text| !text.is_empty())?;
        if !Color::is_one(&color) {
            fields.wrong(field, "A colour is `#` and six hexadecimal digits, e.g. #1a6b54.");
        }
        Some(color)
    };
    match (read("color", light), read("color_dark", dark)) {
        (Some(light), Some(dark)) => Color { light, dark },
        (Some(one), None) | (None, Some(one)) => match builtin().palette.iter().find(|pair| pair.light == one) {
            Some(pair) => pair.clone(),
            None => Color { light: one.clone(), dark: one },
        },
        (None, None) => next_color(count),
    }
}

/// The pair of the palette that the last `count` characters have not.
pub fn next_color(count: i64) -> Color {
    let palette = &builtin().palette;
    let index = usize::try_from(count).unwrap_or_default() % palette.len().max(1);
    palette.get(index).cloned().unwrap_or(Color { light: "#3f3a34".to_owned(), dark: "#d8d2c4".to_owned() })
}

fn known_emblem(fields: &mut Fields, given: Option<String>) -> Option<String> {
    let name = given.filter(|name| !name.is_empty())?;
    if !Character::is_emblem_name(&name) || emblem(&name).is_none() {
        fields.wrong("emblem", "There is no such emblem. `GET /api/config` lists them.");
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: serde_json::Value) -> Result<Character, Vec<String>> {
        let body: CharacterBody = serde_json::from_value(json).expect("a body");
        character_from(body, CharacterId::generate(), 8_000, 0).map_err(|error| match error {
            ApiError::Invalid(errors) => errors.into_iter().map(|error| error.field).collect(),
            other => vec![other.to_string()],
        })
    }

    #[test]
    fn a_name_is_enough() {
        let made = read(serde_json::json!({"name": "  Grandma\n Ada "})).expect("made");
        assert_eq!((made.name.as_str(), made.is_builtin()), ("Grandma Ada", false));
        assert_eq!(made.color, builtin().palette[0]);
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let wrong = read(serde_json::json!({
            "name": " ", "color": "red", "emblem": "../secret", "tagline": "x".repeat(201), "works": [{"year": 1916}],
        }));
        assert_eq!(wrong.err(), Some(["tagline", "name", "works[0].title", "color", "emblem"].map(str::to_owned).to_vec()));
        let long = read(serde_json::json!({"name": "A", "bio": "x".repeat(5_000), "voice": "y".repeat(5_000)}));
        assert_eq!(long.err(), Some(vec!["card".to_owned()]));
    }

    #[test]
    fn ideas_and_works_are_kept_as_they_are_shown() {
        let made = read(serde_json::json!({
            "name": "A", "key_ideas": ["Play: it is work.", "Just this"], "works": [{"title": "B", "year": 1916}],
        }))
        .expect("made");
        assert_eq!(made.ideas[0], Idea { name: "Play".to_owned(), text: "it is work.".to_owned() });
        assert_eq!(made.works[0].year.as_deref(), Some("1916"));
    }
}
