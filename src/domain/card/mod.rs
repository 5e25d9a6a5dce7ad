//! Character Cards (V1, V2, V3), as other programs write them: read into a character, and written again.
//!
//! A card's own text stays beside the character. What ChatLab does not understand is in it byte for byte, and an export puts
//! only those fields into it that were changed here. `creator_notes` are for people: they never become part of a character.

mod json;
mod own;
pub mod pack;
pub mod png;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{MAX_DATE_CHARS, MAX_ENTRIES, MAX_NAME_CHARS, MAX_QUOTATION_CHARS, MAX_TAGLINE_CHARS, Read, read};
pub use write::{version_of, with_version, write};

/// Largest text of a card in bytes.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The two versions that a card is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    V2,
    V3,
}

impl Version {
    /// `spec` and `spec_version`.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::V2 => ("chara_card_v2", "2.0"),
            Self::V3 => ("chara_card_v3", "3.0"),
        }
    }
}

/// Why a file is no card that can be read, in words for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    #[error("This picture is damaged: {0}. Export the card anew where it comes from.")]
    BrokenPng(&'static str),
    #[error(
        "There is no character in this picture. A card is a PNG (or JSON) that was exported as one; copies and screenshots lose it."
    )]
    NoCard,
    #[error("The character in this picture is compressed, which cards are not. Export it as JSON where it comes from.")]
    Compressed,
    #[error("The character in this picture cannot be read. Export it as JSON where it comes from.")]
    BrokenText,
    #[error("This is no JSON. Choose a character card as JSON or PNG.")]
    NotJson,
    #[error("This JSON is no character card.")]
    NotACard,
    #[error("This card has no name. Give it one where it comes from.")]
    NoName,
    #[error("This card has more than {} MiB of text. Export it without its lorebook.", MAX_BYTES / 1024 / 1024)]
    TooLong,
}
