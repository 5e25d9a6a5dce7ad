//! Join codes, and whether the address behind them can be reached by a phone.

use std::fmt;
use std::net::IpAddr;
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

/// What keeps phones from opening this address, in plain words with what to do; empty if nothing does.
pub fn warnings(scheme: &str, host: &str) -> Vec<String> {
    let bare = host.trim_matches(['[', ']']);
    let address: Option<IpAddr> = bare.parse().ok();
    let name = bare.trim_end_matches('.').to_ascii_lowercase();
    let own_machine = match address {
        Some(address) => address.is_loopback() || address.is_unspecified(),
        None => name == "localhost" || name.ends_with(".localhost"),
    };
    if own_machine {
        return vec![format!(
            "Phones cannot open {host}: that address means this computer alone. Start ChatLab with `make class` \
             (HOST=0.0.0.0), or set PUBLIC_URL to an address that phones can reach, and share again."
        )];
    }
    let local = match address {
        Some(IpAddr::V4(v4)) => v4.is_private() || v4.is_link_local(),
        Some(IpAddr::V6(v6)) => v6.is_unique_local() || v6.is_unicast_link_local(),
        None => !name.contains('.') || [".local", ".lan", ".home.arpa", ".internal"].iter().any(|end| name.ends_with(end)),
    };
    if scheme != "https" && !local {
        return vec![format!(
            "The address is not encrypted (http). On the open internet many phones warn of it or refuse it: put ChatLab \
             behind HTTPS (docs/deploy.md) and set PUBLIC_URL to https://{host}."
        )];
    }
    vec![]
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

    #[test]
    fn an_address_that_phones_cannot_open_is_told_with_what_to_do() {
        for (scheme, host) in [("http", "127.0.0.1"), ("http", "localhost"), ("https", "[::1]"), ("http", "0.0.0.0")] {
            assert!(warnings(scheme, host)[0].contains("make class"), "{host}");
        }
        for (scheme, host) in [("http", "chatlab.example.org"), ("http", "203.0.113.7")] {
            assert!(warnings(scheme, host)[0].contains("HTTPS"), "{host}");
        }
        for (scheme, host) in
            [("http", "192.168.1.20"), ("https", "chatlab.example.org"), ("http", "laptop.local"), ("http", "[fd00::5]")]
        {
            assert!(warnings(scheme, host).is_empty(), "{host}");
        }
    }
}
