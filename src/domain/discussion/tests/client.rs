//! A client that believes what it is told, and notices what does not fit.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::text::utf16_len;

/// What a client has that only ever heard events: it starts with a snapshot and applies them.
#[derive(Default)]
pub(super) struct Client {
    messages: HashMap<String, Value>,
    turn: Option<Speaking>,
    pub(super) discussion: Value,
    /// How far it got.
    pub(super) seq: i64,
    /// Something is missing until the next snapshot.
    lost: bool,
}

/// A turn that runs.
struct Speaking {
    id: String,
    version: Value,
    so_far: String,
}

impl Speaking {
    fn of(turn: &Value) -> Self {
        Self { id: text(&turn["id"]), version: turn["version"].clone(), so_far: text(&turn["text"]) }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What of a discussion its own event tells; the counters are told by every event.
fn told(discussion: &Value) -> Value {
    let mut told = discussion.clone();
    for counter in ["message_count", "last_seq", "updated_at"] {
        told[counter].take();
    }
    told
}

impl Client {
    pub(super) fn apply(&mut self, event: &Value) {
        self.seq = event["seq"].as_i64().map_or(self.seq, |seq| seq.max(self.seq));
        match event["type"].as_str() {
            Some("snapshot") => {
                let messages = event["messages"].as_array().unwrap();
                if event["after"].is_null() {
                    self.messages.clear();
                }
                self.messages.extend(messages.iter().map(|message| (text(&message["id"]), message.clone())));
                self.discussion = told(&event["discussion"]);
                self.lost = false;
                self.turn = event["turn"].is_object().then(|| Speaking::of(&event["turn"]));
            }
            Some("message") => drop(self.messages.insert(text(&event["message"]["id"]), event["message"].clone())),
            Some("turn_started") => self.turn = Some(Speaking { so_far: String::new(), ..Speaking::of(&event["turn"]) }),
            Some("delta") => self.hear(event),
            Some("turn_ended") => {
                let message = &event["message"];
                let turn = self.turn.take().expect("a turn ran");
                assert_eq!(turn.id, text(&message["id"]));
                // Of a version without a word nothing is left, and the one before it stands.
                let stands = turn.version != message["version"];
                assert!(
                    stands || message["status"] == "struck" || message["text"] == turn.so_far,
                    "its text is the deltas joined"
                );
                self.messages.insert(turn.id, message.clone());
            }
            Some("discussion") => self.discussion = told(&event["discussion"]),
            _ => {}
        }
    }

    /// What is there already is skipped.
    fn hear(&mut self, event: &Value) {
        let Some(Speaking { so_far, .. }) = self.turn.as_mut().filter(|turn| turn.id == text(&event["turn"])) else {
            // Of a turn that is over, or one that was missed.
            self.lost |= !self.messages.contains_key(&text(&event["turn"]));
            return;
        };
        let shown = utf16_len(so_far);
        let from = usize::try_from(event["from"].as_u64().unwrap()).unwrap();
        if from > shown {
            self.lost = true;
            return;
        }
        let new: Vec<u16> = event["text"].as_str().unwrap().encode_utf16().skip(shown - from).collect();
        so_far.push_str(&String::from_utf16(&new).unwrap());
    }

    pub(super) fn check(&self, snapshot: &Value) {
        assert!(!self.lost, "no hole");
        let turn = self.turn.as_ref().map(|turn| &turn.id);
        let ours = self.messages.iter().filter(|(id, _)| Some(*id) != turn).count();
        let theirs = snapshot["messages"].as_array().unwrap();
        assert_eq!(theirs.len(), ours);
        for message in theirs {
            assert_eq!(self.messages.get(message["id"].as_str().unwrap()), Some(message));
        }
        let speaking = snapshot["turn"].as_object().map(|turn| turn["text"].as_str().unwrap());
        assert_eq!(speaking, self.turn.as_ref().map(|turn| turn.so_far.as_str()));
        assert_eq!(told(&snapshot["discussion"]), self.discussion);
    }
}
