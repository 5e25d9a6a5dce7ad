//! Who may speak.

use serde::{Deserialize, Serialize};

use super::ids::CharacterId;

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
}

impl Character {
    /// The pack of users' own characters.
    pub const OWN: &'static str = "own";

    pub fn is_builtin(&self) -> bool {
        self.pack != Self::OWN
    }

    /// Where its drawing is served; none: initials.
    pub fn emblem_url(&self) -> Option<String> {
        self.emblem.as_ref().map(|name| format!("/api/emblems/{name}.svg"))
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
