//! What the parsers of both protocols make of a provider's events.

use serde_json::Value;

use super::sse::Event;

/// A piece of a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Reasoning that nobody sees.
    Thinking,
    /// Visible text.
    Text(String),
    /// The provider says why it ends.
    Finish(FinishReason),
    /// Tokens, as far as they are told; later ones correct earlier ones.
    Tokens(Tokens),
    /// `message_stop` or `[DONE]`.
    EndMarker,
    /// An error object: the attempt has failed, whatever still comes.
    Error(Complaint),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    Stop,
    Length,
    Refusal,
}

/// Tokens that one event tells; what it does not mention is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    /// Neither read from nor written to a cache.
    pub input: Option<i64>,
    pub cache_read: Option<i64>,
    pub cache_write: Option<i64>,
    pub output: Option<i64>,
}

impl Tokens {
    /// Takes over what the later one tells.
    pub fn update(&mut self, later: Self) {
        self.input = later.input.or(self.input);
        self.cache_read = later.cache_read.or(self.cache_read);
        self.cache_write = later.cache_write.or(self.cache_write);
        self.output = later.output.or(self.output);
    }
}

/// What an error object says, in the provider's words for programs; its sentence is kept to look for a word or two in, never
/// shown or logged (some quote the key).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Complaint {
    /// `type` and `code`, in lower case.
    pub words: Vec<String>,
    /// A status, where the code is one.
    pub status: Option<u16>,
    message: String,
}

impl Complaint {
    /// Reads `{"error": …}` in any of its shapes; `None`: there is no error in it.
    pub fn read(value: &Value) -> Option<Self> {
        let error = match value.get("error") {
            Some(Value::Null) | None if value.get("object").and_then(Value::as_str) == Some("error") => value,
            Some(Value::Null) | None => return None,
            Some(error) => error,
        };
        let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
        // Letters only: no key is made of nothing else.
        let plain = |word: &str| word.len() <= 48 && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
        let words = [text("type"), text("code")].into_iter().filter(|word| !word.is_empty() && plain(word));
        let code = error.get("code").or_else(|| error.get("status"));
        let number = code.and_then(|code| code.as_u64().or_else(|| code.as_str()?.parse().ok()));
        Some(Self {
            words: words.map(str::to_lowercase).collect(),
            status: number.and_then(|number| u16::try_from(number).ok()).filter(|status| (400..600).contains(status)),
            message: error.as_str().unwrap_or_else(|| text("message")).to_lowercase(),
        })
    }

    pub fn is(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.as_str()))
    }

    /// The account has nothing left to spend.
    pub fn is_about_credit(&self) -> bool {
        let said = ["credit balance", "credit", "billing", "quota exceeded", "insufficient balance", "insufficient funds"];
        self.is(&["insufficient_quota", "billing_error", "billing_hard_limit_reached", "insufficient_balance"])
            || said.iter().any(|words| self.message.contains(words))
    }

    /// The word that helps a log's reader most.
    pub fn word(&self) -> &str {
        self.words.last().map_or("unknown_error", String::as_str)
    }
}

impl std::fmt::Debug for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Complaint").field("words", &self.words).field("status", &self.status).finish_non_exhaustive()
    }
}

/// A protocol's reading of its events.
pub trait Parser: Send + Sync {
    /// The pieces of one event; anything unknown has none.
    fn read(&mut self, event: &Event, pieces: &mut Vec<Piece>);
}

/// Adds a text unless it is empty.
pub fn push_text(pieces: &mut Vec<Piece>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        pieces.push(Piece::Text(text.to_owned()));
    }
}
