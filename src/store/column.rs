//! Between a column's text and the domain's words.

use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;
use crate::domain::text::Moment;

/// The clock at the rim, in the database's grain.
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Reads an id.
pub fn id<T: FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::unreadable("the id", text))
}

/// Reads a word such as a status by its `from_word`.
pub fn word<T>(text: &str, from_word: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
    from_word(text).ok_or_else(|| StoreError::unreadable("the word", text))
}

/// Reads JSON. The error tells where it broke, not the text, which is somebody's.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable(format!("JSON ({error})")))
}

/// Writes JSON.
pub fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("the domain's types have JSON forms: string keys, no failing serializers")
}
