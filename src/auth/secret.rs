//! Random secrets, and what is kept of those that are given out.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Random bytes.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0_u8; N];
    // Without randomness nothing can be kept secret: there is nothing better to do than to stop.
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// 32 random bytes as 64 hexadecimal digits: safe in a URL, a cookie and a log's link.
pub fn random_secret() -> String {
    hex(&random_bytes::<32>())
}

/// What is kept of a secret: enough to know it again, useless to whoever reads the database.
pub fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_digests_do_not() {
        let (one, other) = (random_secret(), random_secret());
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
