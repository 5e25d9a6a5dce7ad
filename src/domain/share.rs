//! Join codes: what they look like, and how they are drawn.

use std::fmt;
use std::str::FromStr;

use super::ids::NotAnId;

/// No `0 1 I L O U`: nothing that looks like something else, and no words by chance.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 6;

/// Six characters that let observers in. Written in any case, kept in upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JoinCode([u8; LENGTH]);

impl JoinCode {
    /// A code from random bytes; each is as likely as any other. `None`: there were too few usable ones, draw again.
    pub fn draw(random: &[u8]) -> Option<Self> {
        // Bytes beyond the last whole multiple of 30 would favour the first letters.
        let fair = 256 - 256 % ALPHABET.len();
        let mut letters = random.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let mut code = [0; LENGTH];
        for place in &mut code {
            *place = ALPHABET[letters.next()? % ALPHABET.len()];
        }
        Some(Self(code))
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("the alphabet is ASCII")
    }
}

impl FromStr for JoinCode {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let letters: [u8; LENGTH] = text.as_bytes().try_into().map_err(|_| NotAnId)?;
        let letters = letters.map(|letter| letter.to_ascii_uppercase());
        match letters.iter().all(|letter| ALPHABET.contains(letter)) {
            true => Ok(Self(letters)),
            false => Err(NotAnId),
        }
    }
}

impl fmt::Display for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_in_any_case_and_nothing_else_is_one() {
        let code: JoinCode = "h7kz2m".parse().expect("a code");
        assert_eq!(code.as_str(), "H7KZ2M");
        for wrong in ["", "H7KZ2", "H7KZ2MM", "H7KZ2O", "H7KZ21", "H7KZ2L", "H7KZ 2", "H7KZé"] {
            assert_eq!(wrong.parse::<JoinCode>(), Err(NotAnId), "{wrong}");
        }
    }

    #[test]
    fn codes_are_drawn_evenly() {
        let all: Vec<u8> = (0..=255).collect();
        let mut counts = [0; 256];
        for byte in &all {
            if let Some(code) = JoinCode::draw(&[*byte; LENGTH]) {
                counts[usize::from(code.as_str().as_bytes()[0])] += 1;
            }
        }
        let used: Vec<i32> = counts.into_iter().filter(|count| *count > 0).collect();
        assert_eq!(used, vec![8; 30]);
        assert_eq!(JoinCode::draw(&[255; 100]), None);
    }
}
