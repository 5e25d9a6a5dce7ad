//! The voices: providers of models, and the built-in demo voices. Knows no database, no socket of ours, no discussion.

mod address;
pub mod anthropic;
mod attempt;
mod breaker;
pub mod demo;
mod fault;
pub mod openai;
mod panel;
pub mod piece;
pub mod prices;
mod provider;
pub mod sse;
mod test;
mod think;
mod voices;

use std::pin::Pin;
use std::time::Duration;

use futures_util::Stream;
use secrecy::SecretString;
use url::Url;

use crate::domain::message::Usage;

pub use voices::Voices;

/// What comes of a task, piece by piece. `End` is always the last. Dropping the stream closes the provider's connection.
pub type SpeechStream = Pin<Box<dyn Stream<Item = Speech> + Send>>;

#[derive(Debug, Clone, PartialEq)]
pub enum Speech {
    /// A request goes out to a provider: what it costs at least, should it be broken off and nobody tell any more.
    Asked(Usage),
    /// The model thinks before it speaks (told once an attempt).
    Thinking,
    /// Visible text, as it came.
    Text(String),
    /// A wait, a retry, another provider: told to everyone watching.
    Notice(Notice),
    /// A request to a provider is over, well or not.
    Attempt(Attempted),
    End(Outcome),
}

/// What came of one request to a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempted {
    pub usage: Usage,
    pub duration: Duration,
    /// `complete`, `length`, `refusal`, `interrupted` or `failed`.
    pub outcome: &'static str,
}

/// What came of trying a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Tested {
    pub kind: ProviderKind,
    /// Empty where none could be found out.
    pub model: String,
    pub works: bool,
    /// What happened and what to do, for people; never a key.
    pub told: String,
    pub attempted: Attempted,
}

/// Something to tell those who wait, in plain words, with a code for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `retrying` or `failover`.
    pub code: &'static str,
    pub text: String,
    pub retry_after: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub end: End,
    /// What the last attempt used; `None` if no request was answered.
    pub usage: Option<Usage>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Complete,
    /// The limit on output was reached.
    Length,
    /// The model declined or a content filter cut it.
    Refusal,
    /// Broken after text was shown. The words say what happened and what to do.
    Interrupted(String),
    /// Nothing was shown.
    Failed(String),
}

/// Settings of the voices; `config` fills them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// In order of preference and failover; empty: the demo voices.
    pub providers: Vec<ProviderSettings>,
    pub timeouts: Timeouts,
    /// For `external`, whose local models load first.
    pub external_timeouts: Timeouts,
    /// Longest visible reply in bytes (`MAX_REPLY_BYTES`).
    pub max_reply_bytes: usize,
    /// Limit on output asked for (`MAX_OUTPUT_TOKENS`), at least 2,048.
    pub max_output_tokens: u32,
    /// Pace of the demo voices; 0: at once (`DEMO_WORDS_PER_SECOND`).
    pub demo_words_per_second: f64,
}

#[derive(Debug, Clone)]
pub struct ProviderSettings {
    pub kind: ProviderKind,
    /// As the vendor's own library takes it; any trailing slash, missing or doubled `/v1` is put right by the provider.
    pub base_url: Url,
    /// May be empty for `external`.
    pub key: SecretString,
    /// `None` (external only): the first that `{base}/models` lists.
    pub model: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderKind {
    Anthropic,
    OpenAi,
    External,
}

/// How long to wait for what (`LLM_*_TIMEOUT_MS`).
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    pub connect: Duration,
    /// Until the first event other than a ping or a comment.
    pub first_event: Duration,
    /// Until the first text while thinking flows.
    pub first_text: Duration,
    /// Silence after text.
    pub silence: Duration,
    /// The whole turn.
    pub total: Duration,
}

impl ProviderKind {
    /// As `LLM_PROVIDERS` and a message's usage name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::External => "external",
        }
    }

    /// As people read it in a notice.
    pub fn title(self) -> &'static str {
        match self {
            Self::Anthropic => "Anthropic",
            Self::OpenAi => "OpenAI",
            Self::External => "the external provider",
        }
    }
}

/// Why the voices could not be made from their settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("{0} has a base URL that is no http or https address of a host")]
    BaseUrl(&'static str),
    #[error("{0} has a key with characters that no key can have")]
    Key(&'static str),
    #[error("the HTTP client could not be made: {0}")]
    Client(String),
}

/// Why a task has no reply; in words for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    #[error("The model declined to answer.")]
    Refused,
    #[error("{0}")]
    Failed(String),
}
