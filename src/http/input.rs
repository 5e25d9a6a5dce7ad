//! Reading what clients send, field by field: everything that is wrong is named at once, in words that say what to do.

use actix_web::HttpRequest;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{ApiError, FieldError};
use crate::auth::digest;
use crate::domain::ids::DiscussionId;
use crate::domain::text::{self, TextError};
use crate::store::IdempotencyKey;

/// Longest `Idempotency-Key` in bytes.
const MAX_KEY_BYTES: usize = 128;
/// How many items a page of a list has when nothing is said.
const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 100;

/// Collects what is wrong with the fields of a body.
#[derive(Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    pub fn wrong(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), message: message.into() });
    }

    /// A text that must be there.
    pub fn text(&mut self, field: &str, value: Option<&str>, max: usize) -> String {
        match text::parse(value.unwrap_or_default(), max) {
            Ok(text) => text,
            Err(error) => {
                self.wrong(field, words(error));
                String::new()
            }
        }
    }

    /// A text that may be missing or empty.
    pub fn optional(&mut self, field: &str, value: Option<&str>, max: usize) -> Option<String> {
        match text::parse(value?, max) {
            Ok(text) => Some(text),
            Err(TextError::Empty) => None,
            Err(error) => {
                self.wrong(field, words(error));
                None
            }
        }
    }

    /// # Errors
    /// 422 with everything that was wrong.
    pub fn done(self) -> Result<(), ApiError> {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(ApiError::Invalid(self.0)),
        }
    }
}

fn words(error: TextError) -> String {
    match error {
        TextError::Empty => "This must not be empty.".to_owned(),
        TextError::TooLong(max) => format!("This may have at most {max} characters."),
    }
}

/// The query string. Read in the handler, since a wrong one counts only after identity and ownership.
pub fn read_query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, ApiError> {
    actix_web::web::Query::<T>::from_query(request.query_string())
        .map(actix_web::web::Query::into_inner)
        .map_err(|error| ApiError::Malformed(format!("The query could not be read: {error}.")))
}

/// `?limit=`: 1 to 100.
pub fn limit(given: Option<i64>) -> Result<i64, ApiError> {
    match given.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        _ => Err(ApiError::field("limit", format!("This must be a number from 1 to {MAX_LIMIT}."))),
    }
}

/// A cursor that an earlier page gave.
pub fn cursor<T: std::str::FromStr>(given: Option<&str>) -> Result<Option<T>, ApiError> {
    let wrong = |_| ApiError::field("cursor", "This is no cursor of this list. Begin again without one.");
    given.filter(|text| !text.is_empty()).map(|text| text.parse().map_err(wrong)).transpose()
}

/// A page of a list.
#[derive(Serialize)]
pub struct List<T: Serialize> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

/// The name as it counts in one discussion alone.
pub fn within(discussion: DiscussionId, key: &IdempotencyKey) -> IdempotencyKey {
    IdempotencyKey { key: digest(&format!("{discussion}:{}", key.key)), route: key.route }
}

/// The client's own name for a create: a repeat is answered with what the first made.
pub fn idempotency_key(request: &HttpRequest, route: &'static str) -> Result<Option<IdempotencyKey>, ApiError> {
    let Some(value) = request.headers().get("idempotency-key") else { return Ok(None) };
    let plain = |text: &&str| (1..=MAX_KEY_BYTES).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    match value.to_str().ok().filter(plain) {
        Some(key) => Ok(Some(IdempotencyKey { key: digest(key), route })),
        None => Err(ApiError::Malformed(format!("`Idempotency-Key` must be 1 to {MAX_KEY_BYTES} visible characters."))),
    }
}
