//! The earlier part of a long discussion in short: what the characters remember once the words themselves are too many.
//!
//! A recap is made from the one before and the messages since, and it holds as long as none of the messages it covers has
//! changed: what was struck or edited must not live on in it.

use serde::Serialize;

use super::message::Message;
use super::text::{Moment, clean};
use super::tokens;

/// One version of what is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recap {
    /// From 1.
    pub version: i32,
    /// It covers the messages up to this position.
    pub position: i64,
    /// The discussion's `last_seq` when it was read for this.
    pub seq: i64,
    pub text: String,
    /// Who made it: `demo`, or a provider of models.
    pub provider: String,
    pub model: String,
    /// Of the rules it was written under.
    pub prompt_version: u32,
    pub created_at: Moment,
}

impl Recap {
    /// Whether it still says what was said: nothing that it covers has changed since.
    pub fn holds(&self, messages: &[Message]) -> bool {
        messages.iter().take_while(|message| message.position <= self.position).all(|message| message.seq <= self.seq)
    }
}

/// The newest recap that holds, of those from before a position.
pub fn newest<'a>(recaps: &'a [Recap], messages: &[Message], before: i64) -> Option<&'a Recap> {
    recaps.iter().rev().filter(|recap| recap.position < before).find(|recap| recap.holds(messages))
}

/// A model's reply as the text of a recap: at most so many tokens, whole lines. `None`: there is nothing in it.
pub fn read(reply: &str, max_tokens: usize) -> Option<String> {
    let whole = clean(reply);
    let whole = whole.trim();
    let cut = tokens::cut(whole, max_tokens);
    let text = match cut.len() < whole.len() {
        true => cut.rsplit_once('\n').map_or(cut, |(lines, _)| lines),
        false => cut,
    };
    let text = text.trim_end();
    text.chars().any(char::is_alphanumeric).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reply_is_cut_at_a_line() {
        assert_eq!(
            read(" Dewey: play is work [1].\nFreire: who asks [2]?\n", 100).expect("text"),
            "Dewey: play is work [1].\nFreire: who asks [2]?"
        );
        assert_eq!(read("Dewey: play is work [1].\nFreire: who asks [2]?", 12).expect("text"), "Dewey: play is work [1].");
        assert_eq!(read("one long line without an end", 4).expect("text"), "one long lin");
        assert_eq!(read(" \n--- \u{0}", 100), None);
    }
}
