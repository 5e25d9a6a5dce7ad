//! What of a character has no place in a card's own fields: `extensions.chatlab`, so that ChatLab's cards come back whole.

use serde::{Deserialize, Serialize};

use crate::domain::character::{Character, Idea, Quotation, Work};

/// The extension's name in a card.
pub const NAME: &str = "chatlab";

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    version: u32,
    /// Checksum of the card's own fields as they were written with this: whoever changes those elsewhere is believed.
    pub of: String,
    /// Whether the card's picture is the character's; else it stands for an emblem.
    pub picture: bool,
    pub tagline: String,
    pub bio: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub born: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub died: Option<String>,
    pub living: bool,
    pub ideas: Vec<Idea>,
    pub works: Vec<Work>,
    pub voice: String,
    pub dissent: Vec<String>,
    pub cautions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quotation: Option<Quotation>,
    pub color: String,
    pub color_dark: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emblem: Option<String>,
}

impl Own {
    pub fn of(character: &Character, picture: bool, of: String) -> Self {
        Self {
            version: 1,
            of,
            picture,
            tagline: character.tagline.clone(),
            bio: character.bio.clone(),
            born: character.born.clone(),
            died: character.died.clone(),
            living: character.living,
            ideas: character.ideas.clone(),
            works: character.works.clone(),
            voice: character.voice.clone(),
            dissent: character.dissent.clone(),
            cautions: character.cautions.clone(),
            quotation: character.quotation.clone(),
            color: character.color.light.clone(),
            color_dark: character.color.dark.clone(),
            emblem: character.emblem.clone(),
        }
    }
}
