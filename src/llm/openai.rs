//! Chat Completions: OpenAI, and every server that speaks like it.

use serde_json::{Value, json};

use super::ProviderKind;
use super::piece::{Complaint, FinishReason, Parser, Piece, Tokens, push_text};
use super::sse::Event;
use super::think::Visible;
use crate::domain::prompt::Rendered;

pub const DEFAULT_MODEL: &str = "gpt-6-luna";

/// Blocks at the transcript's end that are marked: so many may have been said between two turns.
const MARKED_BLOCKS: usize = 6;

/// The body of a request: the unchanging part first, so that a provider that caches prefixes finds it again.
pub fn request(kind: ProviderKind, model: &str, rendered: &Rendered, max_tokens: u32) -> Value {
    // OpenAI's reasoning models refuse the old name; most compatible servers know no other.
    let limit = if kind == ProviderKind::OpenAi { "max_completion_tokens" } else { "max_tokens" };
    let mut request = json!({
        "model": model,
        limit: max_tokens,
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    match kind == ProviderKind::OpenAi && caches_at_marks(model) {
        true => mark(&mut request, rendered),
        false => {
            let mut said: String = rendered.context.iter().flat_map(|block| [block.as_str(), "\n"]).collect();
            said.push_str(&rendered.cue);
            request["messages"] = json!([{"role": "system", "content": rendered.system}, {"role": "user", "content": said}]);
        }
    }
    request
}

/// From GPT-5.6 on a cached prefix is found only where a mark stands in both requests. Without marks of ours the one mark
/// stands at the very end, behind the cue that is new each time, and nothing would ever be found.
fn caches_at_marks(model: &str) -> bool {
    let Some(version) = model.strip_prefix("gpt-") else { return false };
    let version = version.split('-').next().unwrap_or_default();
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    match (major.parse::<u32>(), minor.parse::<u32>()) {
        (Ok(major), Ok(minor)) => (major, minor) >= (5, 6),
        _ => false,
    }
}

fn mark(request: &mut Value, rendered: &Rendered) {
    let marked = |text: &str| json!({"type": "text", "text": text, "prompt_cache_breakpoint": {"mode": "explicit"}});
    let plain = |text: &str| json!({"type": "text", "text": text});
    let from = rendered.context.len().saturating_sub(MARKED_BLOCKS);
    let block = |(at, text): (usize, &String)| if at < from { plain(text) } else { marked(text) };
    let mut said: Vec<Value> = rendered.context.iter().enumerate().map(block).collect();
    said.push(plain(&rendered.cue));
    request["messages"] = json!([
        {"role": "system", "content": [marked(&rendered.system)]},
        {"role": "user", "content": said},
    ]);
    // What stands behind the last mark is not worth keeping.
    request["prompt_cache_options"] = json!({"mode": "explicit"});
    // Requests that begin alike are led to the same machine.
    request["prompt_cache_key"] = json!(format!("chatlab-{:016x}", fnv(&rendered.system)));
}

/// FNV-1a: stays the same from version to version.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Reads the chunks of a reply. Only the content of choice 0 is shown.
#[derive(Default)]
pub struct Reply {
    /// The model told in words of its own why it declines; they are not the character's.
    declined: bool,
    visible: Visible,
}

impl Parser for Reply {
    fn read(&mut self, event: &Event, pieces: &mut Vec<Piece>) {
        let chunk = match event {
            Event::Done => {
                push_text(pieces, Some(&self.visible.finish()));
                return pieces.push(Piece::EndMarker);
            }
            Event::Json(chunk) => chunk,
        };
        let choices = chunk["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
        // A choice without an index is the only one.
        if let Some(choice) = choices.iter().find(|choice| choice["index"].as_u64().unwrap_or(0) == 0) {
            self.read_choice(choice, pieces);
        }
        for usage in [&chunk["x_groq"]["usage"], &chunk["usage"]] {
            push_tokens(pieces, usage);
        }
        pieces.extend(Complaint::read(chunk).map(Piece::Error));
    }
}

impl Reply {
    fn read_choice(&mut self, choice: &Value, pieces: &mut Vec<Piece>) {
        let delta = &choice["delta"];
        let thinks = |key: &str| match &delta[key] {
            Value::String(text) => !text.is_empty(),
            Value::Array(parts) => !parts.is_empty(),
            _ => false,
        };
        if ["reasoning_content", "reasoning", "reasoning_details"].into_iter().any(thinks) {
            pieces.push(Piece::Thinking);
        }
        self.declined |= delta["refusal"].as_str().is_some_and(|text| !text.is_empty());
        self.read_content(&delta["content"], pieces);
        if choice["finish_reason"].as_str().is_some_and(|reason| !reason.is_empty()) {
            push_text(pieces, Some(&self.visible.finish()));
        }
        match choice["finish_reason"].as_str() {
            None | Some("") => {}
            Some("error") => pieces.push(Piece::Error(Complaint::default())),
            Some(_) if self.declined => pieces.push(Piece::Finish(FinishReason::Refusal)),
            Some("length" | "model_length") => pieces.push(Piece::Finish(FinishReason::Length)),
            Some("content_filter") => pieces.push(Piece::Finish(FinishReason::Refusal)),
            Some(_) => pieces.push(Piece::Finish(FinishReason::Stop)),
        }
    }

    /// Content is a text, or for Mistral a list of parts of which those of type `text` are visible.
    fn read_content(&mut self, content: &Value, pieces: &mut Vec<Piece>) {
        match content {
            Value::String(text) => self.show(text, pieces),
            Value::Array(parts) => {
                for part in parts {
                    match part["type"].as_str() {
                        Some("text") => self.show(part["text"].as_str().unwrap_or_default(), pieces),
                        Some("thinking") => pieces.push(Piece::Thinking),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn show(&mut self, text: &str, pieces: &mut Vec<Piece>) {
        push_text(pieces, Some(&self.visible.push(text)));
        if self.visible.is_thinking() {
            pieces.push(Piece::Thinking);
        }
    }
}

fn push_tokens(pieces: &mut Vec<Piece>, usage: &Value) {
    if !usage.is_object() {
        return;
    }
    let details = &usage["prompt_tokens_details"];
    let cache_read = details["cached_tokens"].as_i64().or_else(|| usage["prompt_cache_hit_tokens"].as_i64());
    let cache_write = details["cache_write_tokens"].as_i64();
    // The whole prompt is told here, what came from a cache included.
    let cached = cache_read.unwrap_or(0) + cache_write.unwrap_or(0);
    pieces.push(Piece::Tokens(Tokens {
        input: usage["prompt_tokens"].as_i64().map(|all| (all - cached).max(0)),
        cache_read,
        cache_write,
        output: usage["completion_tokens"].as_i64(),
    }));
}

#[cfg(test)]
mod tests {
    use super::caches_at_marks;

    #[test]
    fn newer_models_cache_at_marks() {
        for newer in ["gpt-5.6-luna", "gpt-6-luna", "gpt-6.1-sol", "gpt-10"] {
            assert!(caches_at_marks(newer), "{newer}");
        }
        for other in ["gpt-4o", "gpt-4.1-mini", "gpt-5", "gpt-5.5-pro", "o3", "gpt-oss-120b", "llama"] {
            assert!(!caches_at_marks(other), "{other}");
        }
    }
}
