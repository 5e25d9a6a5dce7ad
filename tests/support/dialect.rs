//! The steps of a script as bytes on the wire, in the protocol of the address that was asked.

use serde_json::{Value, json};

use super::script::Step;

pub enum Dialect {
    Anthropic { block: Option<&'static str>, index: u64, begun: bool, finish: &'static str, used: Used },
    Chat { used: Used },
}

/// Tokens of a prompt, as they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Neither read from nor written to a cache.
    pub input: usize,
    pub read: usize,
    pub written: usize,
}

/// Where no cache is modelled.
impl Default for Used {
    fn default() -> Self {
        Self { input: 21, read: 300, written: 0 }
    }
}

impl Dialect {
    pub fn of(path: &str, used: Used) -> Option<Self> {
        match path {
            "/v1/messages" => Some(Self::Anthropic { block: None, index: 0, begun: false, finish: "end_turn", used }),
            "/v1/chat/completions" => Some(Self::Chat { used }),
            _ => None,
        }
    }

    /// The events of one step; `texts` is the number of pieces so far, told as output tokens.
    pub fn encode(&mut self, step: &Step, texts: usize) -> String {
        match self {
            Self::Chat { used } => chat(step, texts, *used),
            Self::Anthropic { .. } => self.anthropic(step, texts),
        }
    }

    fn anthropic(&mut self, step: &Step, texts: usize) -> String {
        let mut events = self.begin();
        match step {
            Step::Thinking(text) => {
                events += &self.block("thinking");
                events += &self.delta(json!({"type": "thinking_delta", "thinking": text}));
            }
            Step::Text(text) => {
                events += &self.block("text");
                events += &self.delta(json!({"type": "text_delta", "text": text}));
            }
            Step::Ping => events += &event("ping", json!({"type": "ping"})),
            Step::Error(kind) => {
                events += &event("error", json!({"type": "error", "error": {"type": kind, "message": "test"}}));
            }
            Step::Finish(reason) => {
                events += &self.block("");
                if let Self::Anthropic { finish, .. } = self {
                    *finish = match *reason {
                        "length" => "max_tokens",
                        "content_filter" => "refusal",
                        _ => "end_turn",
                    };
                }
            }
            Step::Usage => {}
            Step::EndMarker => events += &event("message_stop", json!({"type": "message_stop"})),
            Step::Raw(_) | Step::Pause(_) | Step::Hang | Step::Cut => {}
        }
        if let (Step::Finish(_), Self::Anthropic { finish, .. }) = (step, &self) {
            let delta = json!({"stop_reason": finish, "stop_sequence": null});
            let usage = json!({"output_tokens": texts});
            events += &event("message_delta", json!({"type": "message_delta", "delta": delta, "usage": usage}));
        }
        events
    }

    fn begin(&mut self) -> String {
        match self {
            Self::Anthropic { begun, used, .. } if !*begun => {
                *begun = true;
                let Used { input, read, written } = used;
                let usage = json!({
                    "input_tokens": input, "cache_read_input_tokens": read, "cache_creation_input_tokens": written,
                    "output_tokens": 1,
                });
                let message =
                    json!({"id": "msg_test", "type": "message", "role": "assistant", "content": [], "usage": usage});
                event("message_start", json!({"type": "message_start", "message": message}))
            }
            _ => String::new(),
        }
    }

    /// Changes to a block of this type, ending the one before; `""` only ends.
    fn block(&mut self, kind: &'static str) -> String {
        let Self::Anthropic { block, index, .. } = self else { return String::new() };
        if *block == Some(kind) {
            return String::new();
        }
        let mut events = String::new();
        if block.take().is_some() {
            events += &event("content_block_stop", json!({"type": "content_block_stop", "index": index}));
            *index += 1;
        }
        if !kind.is_empty() {
            *block = Some(kind);
            let start =
                if kind == "text" { json!({"type": kind, "text": ""}) } else { json!({"type": kind, "thinking": ""}) };
            events += &event(
                "content_block_start",
                json!({"type": "content_block_start", "index": index, "content_block": start}),
            );
        }
        events
    }

    fn delta(&self, delta: Value) -> String {
        let Self::Anthropic { index, .. } = self else { return String::new() };
        event("content_block_delta", json!({"type": "content_block_delta", "index": index, "delta": delta}))
    }
}

fn event(name: &str, data: Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

fn chat(step: &Step, texts: usize, used: Used) -> String {
    let chunk = |delta: Value, finish: Value| {
        let choices = json!([{"index": 0, "delta": delta, "finish_reason": finish}]);
        format!("data: {}\n\n", json!({"id": "c-test", "object": "chat.completion.chunk", "choices": choices}))
    };
    match step {
        Step::Thinking(text) => chunk(json!({"reasoning_content": text}), Value::Null),
        Step::Text(text) => chunk(json!({"content": text}), Value::Null),
        Step::Ping => ": still here\n\n".to_owned(),
        Step::Finish(reason) => chunk(json!({}), json!(reason)),
        Step::Usage => {
            let Used { input, read, written } = used;
            let usage = json!({
                "prompt_tokens": input + read + written, "completion_tokens": texts,
                "prompt_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
            });
            format!("data: {}\n\n", json!({"choices": [], "usage": usage}))
        }
        Step::EndMarker => "data: [DONE]\n\n".to_owned(),
        Step::Error(kind) => format!("data: {}\n\n", json!({"error": {"type": kind, "message": "test"}})),
        Step::Raw(_) | Step::Pause(_) | Step::Hang | Step::Cut => String::new(),
    }
}
