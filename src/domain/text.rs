//! Text from outside, made safe to keep: cleaned once at the door, measured in characters.

use serde::{Deserialize, Serialize};

/// Drops control characters other than `\n` and `\t` and turns `\r\n` into `\n`.
///
/// A lone `\r` is a control character like the others. Text comes from people and from models; both pass here.
pub fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Length in UTF-16 units, as JavaScript's `length` and the `from` of a `delta` count it.
pub fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Longest reason for a change, in characters.
pub const MAX_REASON_CHARS: usize = 500;

/// Why a text was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextError {
    Empty,
    /// Longer than so many characters.
    TooLong(usize),
}

/// Cleaned, trimmed and at most `max` characters; empty is refused.
pub fn parse(text: &str, max: usize) -> Result<String, TextError> {
    let text = clean(text).trim().to_owned();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    // A text of more bytes than four for each allowed character is too long without counting.
    if text.len() > max.saturating_mul(4) || text.chars().count() > max {
        return Err(TextError::TooLong(max));
    }
    Ok(text)
}

/// A moment: milliseconds since 1970 in UTC. Read from the clock at the rim, never here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(pub i64);

impl Moment {
    /// RFC 3339 in UTC with milliseconds, e.g. `2026-11-23T08:15:00.000Z`.
    pub fn rfc3339(self) -> String {
        use time::macros::format_description;
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|moment| moment.format(&format).ok())
            .unwrap_or_else(|| "1970-01-01T00:00:00.000Z".to_owned())
    }

    /// Reads what [`Moment::rfc3339`] writes, and any other RFC 3339.
    pub fn parse(text: &str) -> Option<Self> {
        let moment = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
        i64::try_from(moment.unix_timestamp_nanos().div_euclid(1_000_000)).ok().map(Self)
    }

    /// So many milliseconds later.
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a time in RFC 3339"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_dropped_and_line_ends_unified() {
        assert_eq!(clean("a\r\nb\tc\u{0}\u{1b}[31m\u{85}d"), "a\nb\tc[31md");
    }

    #[test]
    fn a_text_is_measured_in_characters() {
        assert_eq!(parse("  ééé ", 3), Ok("ééé".to_owned()));
        assert_eq!(parse("éééé", 3), Err(TextError::TooLong(3)));
        assert_eq!(parse("\u{0} \n", 3), Err(TextError::Empty));
    }

    #[test]
    fn moments_have_milliseconds() {
        let moment = Moment(1_795_420_800_123);
        assert_eq!(moment.rfc3339(), "2026-11-23T08:00:00.123Z");
        assert_eq!(Moment::parse("2026-11-23T09:00:00.1239+01:00"), Some(moment));
    }
}
