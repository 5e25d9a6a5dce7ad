//! The Messages API of Anthropic.

use serde_json::{Value, json};

use super::piece::{Complaint, FinishReason, Parser, Piece, Tokens, push_text};
use super::sse::Event;
use crate::domain::prompt::Rendered;

pub const DEFAULT_MODEL: &str = "claude-sonnet-5-5";
pub const VERSION: &str = "2023-06-01";

/// Blocks that the provider looks back from a mark for the end of something cached is 20; marks stand closer than that.
const BETWEEN_MARKS: usize = 15;
/// Marks in a request are four at most; the first is behind the cards.
const MARKS_IN_CONTEXT: usize = 3;

/// The body of a request. What the next turn begins with too is marked for the provider's cache: rules and cards, and the
/// transcript up to its last block. A mark finds what was cached up to 20 blocks before it. Where more was said between two
/// turns, or an earlier message is spoken again, the marks further back find it.
pub fn request(model: &str, rendered: &Rendered, max_tokens: u32) -> Value {
    let cached = json!({"type": "ephemeral"});
    let mut content: Vec<Value> = rendered.context.iter().map(|text| json!({"type": "text", "text": text})).collect();
    for block in content.iter_mut().rev().step_by(BETWEEN_MARKS).take(MARKS_IN_CONTEXT) {
        block["cache_control"] = cached.clone();
    }
    content.push(json!({"type": "text", "text": rendered.cue}));
    json!({
        "model": model,
        "max_tokens": max_tokens,
        "stream": true,
        "system": [{"type": "text", "text": rendered.system, "cache_control": cached}],
        "messages": [{"role": "user", "content": content}],
    })
}

/// Reads the events of a reply. Only text blocks are shown.
#[derive(Default)]
pub struct Reply {
    /// Indexes of the blocks that are text.
    text_blocks: Vec<u64>,
}

impl Parser for Reply {
    fn read(&mut self, event: &Event, pieces: &mut Vec<Piece>) {
        let Event::Json(event) = event else { return };
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => push_tokens(pieces, &event["message"]["usage"]),
            "content_block_start" => self.start_block(event, pieces),
            "content_block_delta" => self.delta(event, pieces),
            "message_delta" => {
                push_tokens(pieces, &event["usage"]);
                pieces.extend(event["delta"]["stop_reason"].as_str().and_then(finish).map(Piece::Finish));
            }
            "message_stop" => pieces.push(Piece::EndMarker),
            _ => {}
        }
        pieces.extend(Complaint::read(event).map(Piece::Error));
    }
}

impl Reply {
    fn start_block(&mut self, event: &Value, pieces: &mut Vec<Piece>) {
        let block = &event["content_block"];
        match block["type"].as_str() {
            Some("text") => {
                self.text_blocks.extend(event["index"].as_u64());
                push_text(pieces, block["text"].as_str());
            }
            Some("thinking" | "redacted_thinking") => pieces.push(Piece::Thinking),
            _ => {}
        }
    }

    fn delta(&self, event: &Value, pieces: &mut Vec<Piece>) {
        let delta = &event["delta"];
        let in_text = event["index"].as_u64().is_some_and(|index| self.text_blocks.contains(&index));
        match delta["type"].as_str() {
            Some("text_delta") if in_text => push_text(pieces, delta["text"].as_str()),
            Some("thinking_delta") => pieces.push(Piece::Thinking),
            _ => {}
        }
    }
}

fn finish(reason: &str) -> Option<FinishReason> {
    match reason {
        "" => None,
        "max_tokens" | "model_context_window_exceeded" => Some(FinishReason::Length),
        "refusal" => Some(FinishReason::Refusal),
        _ => Some(FinishReason::Stop),
    }
}

fn push_tokens(pieces: &mut Vec<Piece>, usage: &Value) {
    if usage.is_object() {
        pieces.push(Piece::Tokens(Tokens {
            input: usage["input_tokens"].as_i64(),
            cache_read: usage["cache_read_input_tokens"].as_i64(),
            cache_write: usage["cache_creation_input_tokens"].as_i64(),
            output: usage["output_tokens"].as_i64(),
        }));
    }
}
