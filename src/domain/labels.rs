//! Nobody speaks for another: the guard between a model's text and the transcript.
//!
//! Models like to write the next speaker's line too, or to begin with their own name. A line that begins with another's
//! *speaker label* ends the turn before anyone sees it; the speaker's own label is dropped. Text is held back only while
//! its line can still become a label, and what was shown is never taken back.

/// Longest run of blanks and marks before or after a name that still counts as part of a label.
const MAX_MARKS: usize = 8;

/// Takes a reply piece by piece and gives back what may be shown.
pub struct LabelGuard {
    own: Vec<String>,
    others: Vec<String>,
    /// The line's beginning, kept back while it can still become a label.
    held: String,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    LineStart,
    /// Behind the speaker's own label: so many closing marks and all blanks are dropped.
    BehindOwnLabel(usize),
    InLine,
    Ended,
}

/// What a line's beginning is.
#[derive(Debug, PartialEq, Eq)]
enum Reading {
    Text,
    Undecided,
    Own { open_marks: usize },
    Other,
}

impl LabelGuard {
    /// A guard for a turn of `speaker` among `others` (participants' names, and `Host` and `Class`).
    pub fn new(speaker: &str, others: &[&str]) -> Self {
        let own = labels_of(speaker);
        let others = others.iter().flat_map(|name| labels_of(name)).filter(|label| !own.contains(label)).collect();
        Self { own, others, held: String::new(), place: Place::LineStart }
    }

    /// What of `text`, and of what was held back, may be shown now.
    pub fn push(&mut self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        for c in text.chars() {
            self.take(c, &mut shown);
        }
        shown
    }

    /// Another's label was met: the turn is over, whatever still comes.
    pub fn ended(&self) -> bool {
        self.place == Place::Ended
    }

    /// The reply is over: what was held back is no label.
    pub fn finish(&mut self) -> String {
        match self.place {
            Place::Ended => String::new(),
            _ => std::mem::take(&mut self.held),
        }
    }

    fn take(&mut self, c: char, shown: &mut String) {
        match self.place {
            Place::Ended => {}
            Place::InLine if c == '\n' => {
                self.place = Place::LineStart;
                self.held.push(c);
            }
            Place::InLine => shown.push(c),
            Place::BehindOwnLabel(_) if c == ' ' || c == '\t' => {}
            Place::BehindOwnLabel(marks) if marks > 0 && is_mark(c) => self.place = Place::BehindOwnLabel(marks - 1),
            Place::BehindOwnLabel(_) => {
                self.place = Place::InLine;
                self.take(c, shown);
            }
            Place::LineStart if c == '\n' => {
                // The line is over without a label; the blank lines before a label are dropped with it.
                if self.held.trim().is_empty() {
                    self.held.push(c);
                } else {
                    shown.push_str(&std::mem::take(&mut self.held));
                    self.held.push(c);
                }
            }
            Place::LineStart => {
                self.held.push(c);
                self.decide(shown);
            }
        }
    }

    fn decide(&mut self, shown: &mut String) {
        match self.read() {
            Reading::Undecided => {}
            Reading::Text => {
                shown.push_str(&std::mem::take(&mut self.held));
                self.place = Place::InLine;
            }
            Reading::Own { open_marks } => {
                let blank = self.held.len() - self.held.trim_start_matches('\n').len();
                shown.push_str(&self.held[..blank]);
                self.held.clear();
                self.place = Place::BehindOwnLabel(open_marks);
            }
            Reading::Other => {
                self.held.clear();
                self.place = Place::Ended;
            }
        }
    }

    fn read(&self) -> Reading {
        let line = self.held.trim_start_matches('\n');
        let rest = line.trim_start_matches(|c| is_mark(c) || is_blank(c));
        let before = line.len() - rest.len();
        if before > MAX_MARKS {
            return Reading::Text;
        }
        if rest.is_empty() {
            return Reading::Undecided;
        }
        let opened = line[..before].chars().filter(|c| is_mark(*c)).count();
        let readings = || {
            let others = self.others.iter().map(|label| read_label(rest, label, opened, true));
            let own = self.own.iter().map(|label| read_label(rest, label, opened, false));
            others.chain(own)
        };
        // A whole label decides; else the line waits while any label can still come of it.
        readings()
            .find(|reading| matches!(reading, Reading::Other | Reading::Own { .. }))
            .or_else(|| readings().find(|reading| *reading == Reading::Undecided))
            .unwrap_or(Reading::Text)
    }
}

/// The speaker labels of a name, in lower case: the whole of it and its last part.
fn labels_of(name: &str) -> Vec<String> {
    let whole = name.trim().to_lowercase();
    let last = whole.split_whitespace().last().unwrap_or_default().to_owned();
    match last == whole {
        true => vec![whole],
        false => vec![whole, last],
    }
}

/// Reads `rest` (a line behind its opening marks) against one label in lower case.
fn read_label(rest: &str, label: &str, opened: usize, other: bool) -> Reading {
    let mut wanted = label.chars();
    let mut chars = rest.char_indices().flat_map(|(at, c)| c.to_lowercase().map(move |lower| (at + c.len_utf8(), lower)));
    let mut end = 0;
    for expected in wanted.by_ref() {
        match chars.next() {
            None => return Reading::Undecided,
            Some((after, c)) if c == expected => end = after,
            Some(_) => return Reading::Text,
        }
    }
    let tail = rest.get(end..).unwrap_or_default();
    let mut closed = 0;
    for (count, c) in tail.chars().enumerate() {
        match c {
            ':' | '：' if other => return Reading::Other,
            ':' | '：' => return Reading::Own { open_marks: opened.saturating_sub(closed) },
            _ if count >= MAX_MARKS => return Reading::Text,
            c if is_mark(c) => closed += 1,
            c if is_blank(c) => {}
            _ => return Reading::Text,
        }
    }
    Reading::Undecided
}

fn is_mark(c: char) -> bool {
    matches!(c, '*' | '_' | '[' | ']')
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn guard() -> LabelGuard {
        LabelGuard::new("John Dewey", &["Maria Montessori", "Paulo Freire", "Host", "Class"])
    }

    /// What is shown of `reply`, cut into pieces of `size` characters, and whether the turn was ended.
    fn shown(reply: &str, size: usize) -> (String, bool) {
        let mut guard = guard();
        let chars: Vec<char> = reply.chars().collect();
        let mut shown = String::new();
        for piece in chars.chunks(size) {
            shown.push_str(&guard.push(&piece.iter().collect::<String>()));
        }
        shown.push_str(&guard.finish());
        (shown, guard.ended())
    }

    #[test]
    fn another_participants_label_ends_the_turn() {
        let labels = [
            "Paulo Freire:",
            "Freire:",
            "**Freire:**",
            "**Freire**:",
            "_Freire_:",
            "[Freire]:",
            "[Paulo Freire:]",
            "FREIRE :",
            "  **Maria Montessori:**",
            "Host:",
            "Class:",
            "***Freire***:",
        ];
        for label in labels {
            let reply = format!("Play is work.\n\n{label} No, it is not.");
            for size in [1, 3, 1000] {
                assert_eq!(shown(&reply, size), ("Play is work.".to_owned(), true), "{label}");
            }
        }
    }

    #[test]
    fn the_speakers_own_label_is_dropped() {
        for label in ["John Dewey: ", "Dewey:", "**Dewey:** ", "**John Dewey**: ", "[Dewey] : ", "_Dewey:_ "] {
            for size in [1, 5, 1000] {
                assert_eq!(
                    shown(&format!("{label}*Play* is work."), size),
                    ("*Play* is work.".to_owned(), false),
                    "{label}"
                );
            }
        }
        assert_eq!(shown("One.\n\nDewey: Two.", 1).0, "One.\n\nTwo.");
    }

    #[test]
    fn a_name_without_a_colon_is_no_label() {
        for text in [
            "Freire is right that the question comes first.",
            "Freire's question: who asks?",
            "Montessori, you said: wait.",
            "**Freire** is right.",
            "Freire",
            "\n\n**",
            "[Freire] is right: so be it",
            "Hostile: no",
        ] {
            for size in [1, 4, 1000] {
                assert_eq!(shown(text, size), (text.to_owned(), false));
            }
        }
    }

    #[test]
    fn text_is_held_back_only_while_a_label_may_come() {
        let mut guard = guard();
        assert_eq!(guard.push("Fr"), "");
        assert_eq!(guard.push("om"), "From");
        assert_eq!(guard.push(" Freire: this is in the line"), " Freire: this is in the line");
        assert_eq!(guard.push("\nFreire "), "");
        assert_eq!(guard.push("is"), "\nFreire is");
    }

    proptest! {
        #[test]
        fn cutting_changes_nothing(text in "([a-zF:*_\\[\\] \n]|Freire|Dewey|Paulo ){0,40}", size in 1usize..9) {
            prop_assert_eq!(shown(&text, size), shown(&text, 10_000));
        }

        #[test]
        fn text_without_a_colon_passes_unchanged(text in "([a-zF*_\\[\\] \n]|Freire|Dewey|Paulo ){0,40}") {
            prop_assert_eq!(shown(&text, 3), (text.clone(), false));
        }
    }
}
