//! The text kept after a turn, and what is known about it.

use serde::{Deserialize, Serialize};

use super::change::VersionKind;
use super::ids::{CharacterId, MessageId};
use super::text::Moment;

/// One message of a transcript, in its current version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    pub id: MessageId,
    /// The discussion's change counter at the message's last change.
    pub seq: i64,
    /// Place in the transcript, from 1.
    pub position: i64,
    pub author: Author,
    pub text: String,
    pub status: Status,
    pub finish: Option<Finish>,
    /// The current version, from 1.
    pub version: i32,
    pub created_at: Moment,
    /// What the turn used, for hosts only.
    pub usage: Option<Usage>,
    /// In plain words why a turn failed or was cut off; for hosts only.
    pub error: Option<String>,
    /// How many of the class wanted this question asked; null for everything else.
    pub votes: Option<i64>,
}

/// One version of a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Version {
    pub version: i32,
    /// Whether it is the one that counts.
    pub current: bool,
    pub text: String,
    pub status: Status,
    pub finish: Option<Finish>,
    pub usage: Option<Usage>,
    pub error: Option<String>,
    pub created_at: Moment,
    pub kind: VersionKind,
    /// Why it was written or struck, where the host said so.
    pub reason: Option<String>,
    pub struck_at: Option<Moment>,
    /// Of a struck one: why it had been written.
    pub earlier_reason: Option<String>,
    /// The model whose words it took over: of a fork, an edit, a continuation.
    pub words_of: Option<String>,
    /// Of the prompts that a model was asked with; null: nobody was asked, or it is not known.
    pub prompt_version: Option<u32>,
}

impl Version {
    /// The models whose words these are or were, as far as they are known.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.usage.iter().filter_map(Usage::model).chain(self.words_of.as_deref())
    }
}

/// Who a message is from. Never an account's name or e-mail: the host is `Host`, the audience `Class`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Author {
    pub kind: AuthorKind,
    /// The character's id; null for everyone else.
    pub id: Option<CharacterId>,
    pub name: String,
}

impl Author {
    pub fn host() -> Self {
        Self { kind: AuthorKind::User, id: None, name: "Host".to_owned() }
    }

    /// The class, by a question that the host put.
    pub fn audience() -> Self {
        Self { kind: AuthorKind::Audience, id: None, name: "Class".to_owned() }
    }

    /// ChatLab itself, telling what happened at the table.
    pub fn notice() -> Self {
        Self { kind: AuthorKind::Notice, id: None, name: "ChatLab".to_owned() }
    }

    pub fn character(id: CharacterId, name: &str) -> Self {
        Self { kind: AuthorKind::Character, id: Some(id), name: name.to_owned() }
    }
}

/// A word that stands in the database and in JSON alike: its name in snake case.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$each])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The inverse of `as_str`; `None` for any other word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use words;

words!(
    /// What kind of author.
    AuthorKind { User = "user", Character = "character", Audience = "audience", Notice = "notice" }
);

words!(
    /// How far a message has come.
    Status {
        Streaming = "streaming",
        Complete = "complete",
        /// Ended by the host.
        Stopped = "stopped",
        /// Cut off after text was shown: by the provider, a crash or a restart.
        Interrupted = "interrupted",
        /// Ended without any text.
        Failed = "failed",
        /// Taken from every screen by the host.
        Struck = "struck",
    }
);

words!(
    /// Why a complete reply is not what was asked for; null when it is.
    Finish { Length = "length", Refusal = "refusal" }
);

/// What one attempt at a provider used. Estimated where the provider tells nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Usage {
    pub provider: String,
    pub model: String,
    /// Neither read from nor written to a cache.
    pub input_tokens: i64,
    pub cache_read_tokens: i64,
    pub cache_write_tokens: i64,
    pub output_tokens: i64,
    /// US dollars; null where no price is known.
    pub cost_usd: Option<f64>,
    /// Counted by us (four characters a token) because the provider told nothing.
    #[serde(default)]
    pub estimated: bool,
}

impl Usage {
    /// The demo voices spoke.
    pub fn is_demo(&self) -> bool {
        self.provider == "demo"
    }

    /// `None`: the demo voices spoke.
    pub fn model(&self) -> Option<&str> {
        (!self.is_demo()).then_some(self.model.as_str())
    }
}
