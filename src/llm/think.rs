//! Thinking that a server leaves in the visible text: some open models begin their reply with `<think>…</think>`, and a server
//! that does not know them passes it on. A class must not read a character's stage directions to itself.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// Takes a reply's content and gives back what is visible.
#[derive(Default)]
pub struct Visible {
    place: Place,
    /// Text that may still become a tag.
    held: String,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Place {
    /// Nothing but blanks and perhaps the beginning of the tag.
    #[default]
    Start,
    Thinking,
    /// Behind the thinking: blank lines are dropped.
    Behind,
    Text,
}

impl Visible {
    /// Inside the thinking.
    pub fn is_thinking(&self) -> bool {
        self.place == Place::Thinking
    }

    pub fn push(&mut self, text: &str) -> String {
        if self.place == Place::Text {
            return text.to_owned();
        }
        self.held.push_str(text);
        if self.place == Place::Start {
            self.decide();
        }
        if self.place == Place::Thinking {
            self.skip();
        }
        if self.place == Place::Behind {
            self.held = self.held.trim_start().to_owned();
            if !self.held.is_empty() {
                self.place = Place::Text;
            }
        }
        if self.place == Place::Text { std::mem::take(&mut self.held) } else { String::new() }
    }

    /// The reply is over: what was held back at its start is no tag.
    pub fn finish(&mut self) -> String {
        match self.place {
            Place::Start => std::mem::take(&mut self.held),
            Place::Thinking | Place::Behind | Place::Text => String::new(),
        }
    }

    fn decide(&mut self) {
        let start = self.held.trim_start();
        if let Some(rest) = start.strip_prefix(OPEN) {
            self.held = rest.to_owned();
            self.place = Place::Thinking;
        } else if !OPEN.starts_with(start) {
            self.place = Place::Text;
        }
    }

    fn skip(&mut self) {
        if let Some(at) = self.held.find(CLOSE) {
            self.held.drain(..at + CLOSE.len());
            self.place = Place::Behind;
            return;
        }
        // Only the end can still become the closing tag.
        let from = self.held.len().saturating_sub(CLOSE.len());
        let from = (from..=self.held.len()).find(|at| self.held.is_char_boundary(*at)).unwrap_or(0);
        self.held.drain(..from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(reply: &str, size: usize) -> String {
        let mut filter = Visible::default();
        let chars: Vec<char> = reply.chars().collect();
        let shown: String = chars.chunks(size).map(|piece| filter.push(&piece.iter().collect::<String>())).collect();
        shown + &filter.finish()
    }

    #[test]
    fn thinking_at_the_start_is_hidden_and_nothing_else() {
        for (reply, shown) in [
            ("<think>Whom — é?\n</think>\n\nPlay is work.", "Play is work."),
            ("\n<think></think>Play.", "Play."),
            ("<think>never closed", ""),
            ("Play <think>is</think> work.", "Play <think>is</think> work."),
            ("\n\n<thin ice", "\n\n<thin ice"),
            ("<thi", "<thi"),
            ("<", "<"),
            ("  ", "  "),
            ("<think>a < b </thin </think>Yes.", "Yes."),
        ] {
            for size in [1, 3, 100] {
                assert_eq!(visible(reply, size), shown, "{reply} by {size}");
            }
        }
    }
}
