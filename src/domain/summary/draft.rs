//! A summary while it is being written: each line can be shown once it is whole.

/// The reply so far, and where in its JSON it has come to.
#[derive(Debug, Default)]
pub struct Draft {
    text: String,
    /// The brackets that are open.
    open: Vec<u8>,
    in_string: bool,
    escaped: bool,
    begin: Option<usize>,
}

impl Draft {
    /// Takes on more of the reply. When that completes a line or several: all whole lines so far, as JSON of their own.
    pub fn push(&mut self, more: &str) -> Option<String> {
        let from = self.text.len();
        self.text.push_str(more);
        let whole = (from..self.text.len()).filter(|at| self.step(*at)).last()?;
        // A line stands in a list of the one object.
        Some(format!("{}]}}", &self.text[self.begin?..=whole]))
    }

    /// The whole reply.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads one byte; brackets and quotes are ASCII, and no part of another character looks like them.
    fn step(&mut self, at: usize) -> bool {
        let byte = self.text.as_bytes()[at];
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'{' if self.open.is_empty() && self.begin.is_none() => {
                self.begin = Some(at);
                self.open.push(byte);
            }
            // Words before the object.
            _ if self.open.is_empty() => {}
            b'"' => self.in_string = true,
            b'{' | b'[' => self.open.push(byte),
            b']' => drop(self.open.pop()),
            b'}' => {
                self.open.pop();
                return self.open == *b"{[";
            }
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    const REPLY: &str = r#"Here: {"insights": [{"name": "Dewey", "text": "a } \" ] b", "messages": [1]},
        {"name": "Ärger", "text": "c", "messages": [2]}], "agreements": [{"text": "d", "messages": [[3]]}]} so."#;

    #[test]
    fn each_whole_line_is_told_once() {
        let mut draft = Draft::default();
        let told: Vec<Value> = REPLY
            .chars()
            .filter_map(|c| draft.push(&c.to_string()))
            .map(|json| serde_json::from_str(&json).expect("JSON"))
            .collect();
        let lines: Vec<(usize, usize)> = told
            .iter()
            .map(|json| (json["insights"].as_array().map_or(0, Vec::len), json["agreements"].as_array().map_or(0, Vec::len)))
            .collect();
        assert_eq!(lines, [(1, 0), (2, 0), (2, 1)]);
        assert_eq!(draft.text(), REPLY);
    }

    #[test]
    fn a_reply_of_something_else_has_no_lines() {
        for reply in ["I would rather not.", "}}]]", "[{}]", "{\"a\": {\"b\": {}}}", "{]}{[{}", "\"{[{}"] {
            let mut draft = Draft::default();
            let told = draft.push(reply);
            assert!(told.is_none_or(|json| serde_json::from_str::<Value>(&json).is_ok() || reply.contains(']')), "{reply}");
        }
    }

    proptest! {
        #[test]
        fn cutting_changes_nothing(size in 1usize..60) {
            let mut draft = Draft::default();
            let chars: Vec<char> = REPLY.chars().collect();
            let last = chars.chunks(size).filter_map(|piece| draft.push(&piece.iter().collect::<String>())).last();
            prop_assert_eq!(last, Draft::default().push(REPLY));
        }
    }
}
