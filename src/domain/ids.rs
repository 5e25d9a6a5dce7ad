//! Names of things. A type for each, so that one is never taken for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is no id of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id; version 7, so that ids sort by the time they were made.
            #[allow(clippy::new_without_default, reason = "every call gives another id")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // Only the usual form: ids are compared as text in the database.
                match Uuid::try_parse(text) {
                    Ok(id) if text.len() == 36 => Ok(Self(id)),
                    _ => Err(NotAnId),
                }
            }
        }
    };
}

uuid_id!(
    /// A person who uses ChatLab: a guest or an account.
    UserId
);
uuid_id!(
    /// The whole talk.
    DiscussionId
);
uuid_id!(
    /// A question of the class.
    QuestionId
);
uuid_id!(
    /// Somebody who watches without an account: made from a random key that the page keeps for this one discussion.
    WatcherId
);
uuid_id!(
    /// A message; a turn has the id of the message it becomes.
    MessageId
);

uuid_id!(
    /// An uploaded picture; made of nothing but chance, since knowing it opens the picture.
    PictureId
);

/// A character: the slug of a built-in one (`john-dewey`) or the UUID of a user's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct CharacterId(String);

impl CharacterId {
    /// Longest accepted id in bytes.
    pub const MAX_BYTES: usize = 64;

    /// A new id for a user's own character.
    pub fn generate() -> Self {
        Self(Uuid::now_v7().hyphenated().to_string())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CharacterId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        match text {
            "" => Err(NotAnId),
            _ if text.len() > Self::MAX_BYTES || !text.bytes().all(plain) => Err(NotAnId),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for CharacterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for CharacterId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom("not a character's id"))
    }
}
