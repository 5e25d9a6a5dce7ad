//! Who may speak.

use serde::{Deserialize, Serialize};

use super::ids::{CharacterId, PictureId};

/// A character with everything its card says. Stored with a discussion as it was at the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Character {
    pub id: CharacterId,
    /// The pack it belongs to; `own` for a user's own.
    pub pack: String,
    pub name: String,
    #[serde(default)]
    pub tagline: String,
    #[serde(default)]
    pub bio: String,
    /// A year or a phrase such as `c. 470 BC`.
    #[serde(default)]
    pub born: Option<String>,
    #[serde(default)]
    pub died: Option<String>,
    /// Alive today: a narrator reports the ideas, nobody speaks as this person.
    #[serde(default)]
    pub living: bool,
    #[serde(default)]
    pub ideas: Vec<Idea>,
    #[serde(default)]
    pub works: Vec<Work>,
    /// How the character talks and thinks.
    #[serde(default)]
    pub voice: String,
    /// Where it disagrees with others, a sentence each.
    #[serde(default)]
    pub dissent: Vec<String>,
    /// Contested matters to answer plainly, claims not to make.
    #[serde(default)]
    pub cautions: Vec<String>,
    #[serde(default)]
    pub quotation: Option<Quotation>,
    pub color: Color,
    /// Name of a drawing in `cast/emblems/`; none: initials.
    #[serde(default)]
    pub emblem: Option<String>,
    /// The photograph that may be fetched from Wikimedia Commons.
    #[serde(default)]
    pub portrait: Option<Portrait>,
    /// The picture that its owner has given it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
}

impl Character {
    /// The pack of users' own characters.
    pub const OWN: &'static str = "own";

    pub fn is_builtin(&self) -> bool {
        self.pack != Self::OWN
    }

    /// Where its own picture is served, else its drawing; none: initials.
    pub fn avatar_url(&self) -> Option<String> {
        let emblem = || self.emblem.as_ref().map(|name| format!("/api/emblems/{name}.svg"));
        self.picture.map(Picture::url).or_else(emblem)
    }

    /// Whether this can be the name of a drawing.
    pub fn is_emblem_name(name: &str) -> bool {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    }

    /// Length of the card in characters, as the limit on a card counts it.
    pub fn card_chars(&self) -> usize {
        let texts = [&self.name, &self.tagline, &self.bio, &self.voice];
        let ideas = self.ideas.iter().flat_map(|idea| [&idea.name, &idea.text]);
        let works = self.works.iter().map(|work| &work.title);
        let count = |text: &String| text.chars().count();
        texts.into_iter().chain(ideas).chain(works).chain(&self.dissent).chain(&self.cautions).map(count).sum()
    }
}

/// A key idea: its standard name and one plain sentence in our wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idea {
    pub name: String,
    #[serde(default)]
    pub text: String,
}

impl Idea {
    /// `Name: text`, as the API gives it.
    pub fn line(&self) -> String {
        match self.text.is_empty() {
            true => self.name.clone(),
            false => format!("{}: {}", self.name, self.text),
        }
    }

    /// The inverse of [`Idea::line`].
    pub fn from_line(line: &str) -> Self {
        match line.split_once(": ") {
            Some((name, text)) if name.chars().count() <= 80 => {
                Self { name: name.trim().to_owned(), text: text.trim().to_owned() }
            }
            _ => Self { name: line.trim().to_owned(), text: String::new() },
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    pub title: String,
    #[serde(default)]
    pub year: Option<String>,
}

/// Words that are really the person's, with where they stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quotation {
    pub text: String,
    pub source: String,
}

/// A voice's colour, as `#rrggbb`, with at least 4.5:1 on either ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Color {
    pub light: String,
    pub dark: String,
}

impl Color {
    /// Whether this is a colour as they are written here, `#rrggbb`.
    pub fn is_one(text: &str) -> bool {
        text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    }
}

/// A picture that was uploaded. Whoever knows its id can see it, so the id cannot be guessed: pictures on a page carry no
/// token, and those who watch a discussion have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    pub id: PictureId,
    /// Counts the pictures that stood in this place; part of the address, so that a new one is seen at once.
    pub version: i32,
}

impl Picture {
    pub fn url(self) -> String {
        format!("/api/pictures/{}?v={}", self.id, self.version)
    }
}

/// A photograph on Wikimedia Commons whose licence was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portrait {
    pub file: String,
    pub author: String,
    pub licence: String,
}

impl Portrait {
    /// The page that describes the file.
    pub fn source_url(&self) -> String {
        format!("https://commons.wikimedia.org/wiki/File:{}", self.file.replace(' ', "_"))
    }
}
