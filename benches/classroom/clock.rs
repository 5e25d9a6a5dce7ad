//! One clock for everything in a run, and its time inside each piece of text: a reader knows when the provider said it.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

static START: OnceLock<(Instant, Duration)> = OnceLock::new();

/// Length of a time stamp; it begins with a digit for the first ten minutes, so that it never looks like a speaker's name.
pub const STAMP: usize = 6;

fn start() -> (Instant, Duration) {
    *START.get_or_init(|| (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()))
}

/// Microseconds since the run began.
pub fn now() -> u64 {
    u64::try_from(start().0.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// When the run began, in microseconds of Unix time: for readers in other processes.
pub fn epoch() -> u128 {
    start().1.as_micros()
}

/// A word of `length` bytes, a space at its end, that says when it was made.
pub fn word(length: usize) -> String {
    let mut text = String::with_capacity(length);
    let mut scale = 36_u64.pow(5);
    let time = now();
    while scale > 0 {
        let digit = u32::try_from(time / scale % 36).unwrap_or(0);
        text.push(char::from_digit(digit, 36).unwrap_or('0'));
        scale /= 36;
    }
    while text.len() + 1 < length {
        text.push('-');
    }
    text.push(' ');
    text
}

/// When the word at the beginning of `text` was made.
pub fn read(text: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(text.get(..STAMP)?).ok()?;
    u64::from_str_radix(digits, 36).ok()
}
