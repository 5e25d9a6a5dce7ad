//! The built-in characters: the data files in `cast/`, part of the binary, read once.

use std::collections::HashMap;
use std::sync::OnceLock;

use rust_embed::Embed;
use serde::{Deserialize, Serialize};

use super::character::{Character, Color, Idea, Portrait, Quotation, Work};
use super::ids::CharacterId;

#[derive(Embed)]
#[folder = "cast"]
struct Files;

/// Everything in `cast/`.
pub struct Cast {
    pub packs: Vec<Pack>,
    /// In the order shown: pack by pack.
    pub characters: Vec<Character>,
    pub topics: Vec<ExampleTopic>,
    /// Colours for users' own characters.
    pub palette: Vec<Color>,
    by_id: HashMap<CharacterId, usize>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pack {
    pub id: String,
    pub name: String,
    pub description: String,
    #[serde(skip_serializing)]
    order: i32,
    #[serde(skip_serializing)]
    members: Vec<CharacterId>,
}

/// A topic worth starting with, and who would discuss it well.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExampleTopic {
    pub text: String,
    pub cast: Vec<CharacterId>,
}

/// A character's file.
#[derive(Deserialize)]
struct Card {
    id: CharacterId,
    name: String,
    born: Option<String>,
    died: Option<String>,
    #[serde(default)]
    living: bool,
    tagline: String,
    bio: String,
    voice: String,
    #[serde(default)]
    dissent: Vec<String>,
    #[serde(default)]
    cautions: Vec<String>,
    emblem: Option<String>,
    ideas: Vec<Idea>,
    #[serde(default)]
    works: Vec<Work>,
    quotation: Option<Quotation>,
    portrait: Option<Portrait>,
}

#[derive(Deserialize)]
struct Topics {
    topic: Vec<ExampleTopic>,
}

#[derive(Deserialize)]
struct Colors {
    palette: Vec<Color>,
    #[serde(flatten)]
    of: HashMap<String, Color>,
}

/// The built-in cast.
pub fn builtin() -> &'static Cast {
    static CAST: OnceLock<Cast> = OnceLock::new();
    CAST.get_or_init(Cast::read)
}

/// A drawing of `cast/emblems/` as SVG.
pub fn emblem(name: &str) -> Option<std::borrow::Cow<'static, [u8]>> {
    Files::get(&format!("emblems/{name}.svg")).map(|file| file.data)
}

/// Names of the drawings, those for users' own characters first.
pub fn emblems() -> Vec<String> {
    let name = |path: std::borrow::Cow<str>| Some(path.strip_prefix("emblems/")?.strip_suffix(".svg")?.to_owned());
    let mut names: Vec<String> = Files::iter().filter_map(name).collect();
    names.sort_by_key(|name| (!name.starts_with("own-"), name.clone()));
    names
}

impl Cast {
    pub fn find(&self, id: &CharacterId) -> Option<&Character> {
        self.by_id.get(id).map(|index| &self.characters[*index])
    }

    /// Reads the files of the binary. They are checked by a test, so a broken one is a bug.
    fn read() -> Self {
        let colors: Colors = file("colors.toml");
        let mut packs: Vec<Pack> =
            Files::iter().filter(|path| path.ends_with("/pack.toml")).map(|path| file(&path)).collect();
        packs.sort_by_key(|pack| pack.order);
        let members = packs.iter().flat_map(|pack| pack.members.iter().map(move |id| (pack, id)));
        let characters: Vec<Character> = members.map(|(pack, id)| character(pack, id, &colors)).collect();
        let by_id = characters.iter().enumerate().map(|(index, character)| (character.id.clone(), index)).collect();
        Self { packs, characters, topics: file::<Topics>("topics.toml").topic, palette: colors.palette, by_id }
    }
}

fn file<T: serde::de::DeserializeOwned>(path: &str) -> T {
    let data = Files::get(path).map(|file| file.data).unwrap_or_default();
    let text = std::str::from_utf8(&data).expect("the cast's files are UTF-8");
    match toml::from_str(text) {
        Ok(value) => value,
        Err(error) => unreachable!("cast/{path}: {error}"),
    }
}

fn character(pack: &Pack, id: &CharacterId, colors: &Colors) -> Character {
    let card: Card = file(&format!("{}/{id}.toml", pack.id));
    let color = colors.of.get(id.as_str()).expect("every character has its colours").clone();
    Character {
        id: card.id,
        pack: pack.id.clone(),
        name: card.name,
        tagline: card.tagline,
        bio: card.bio,
        born: card.born,
        died: card.died,
        living: card.living,
        ideas: card.ideas,
        works: card.works,
        voice: card.voice,
        dissent: card.dissent,
        cautions: card.cautions,
        quotation: card.quotation,
        color,
        emblem: card.emblem,
        portrait: card.portrait,
        picture: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_cast_is_whole() {
        let cast = builtin();
        assert!(cast.characters.iter().filter(|c| c.pack == "educational-theorists").count() >= 24);
        assert!(cast.characters.iter().filter(|c| c.pack == "philosophers").count() >= 12);
        assert_eq!(cast.characters.iter().filter(|c| c.pack == "six-thinking-hats").count(), 6);
        for character in &cast.characters {
            let name = &character.name;
            assert!(character.ideas.len() >= 3 && character.ideas.iter().all(|idea| !idea.text.is_empty()), "{name}: ideas");
            assert!(!character.voice.is_empty() && !character.dissent.is_empty(), "{name}: voice, dissent");
            assert!(character.card_chars() <= 8_000, "{name}: the card is too long");
            assert!(character.emblem.as_deref().and_then(emblem).is_some(), "{name}: no emblem");
        }
        let files = Files::iter().filter(|path| path.matches('/').count() == 1 && path.ends_with(".toml")).count();
        assert_eq!(files, cast.characters.len() + cast.packs.len(), "a file belongs to no pack");
        assert!(cast.topics.iter().all(|topic| topic.cast.iter().all(|id| cast.find(id).is_some())));
    }

    #[test]
    fn every_voice_has_enough_contrast_on_both_grounds() {
        for character in &builtin().characters {
            let Color { light, dark } = &character.color;
            assert!(contrast(light, "#fbf8f1") >= 4.5, "{} on light paper", character.name);
            assert!(contrast(dark, "#16140f") >= 4.5, "{} on dark paper", character.name);
        }
    }

    /// Contrast ratio as WCAG 2.2 defines it.
    fn contrast(one: &str, other: &str) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour is #rrggbb")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }
}
