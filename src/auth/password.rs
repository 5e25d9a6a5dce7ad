//! Passwords: argon2id with the parameters that OWASP names (19 MiB, two passes). Slow on purpose: never on a worker thread.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("parameters within the algorithm's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash to keep, with its salt and parameters. Blocks for tens of milliseconds.
pub fn hash_password(password: &SecretString) -> SecretString {
    let mut salt = [0_u8; 16];
    // As for every secret: without randomness there is nothing better to do than to stop.
    getrandom::fill(&mut salt).expect("the operating system gives random bytes");
    let salt = SaltString::encode_b64(&salt).expect("sixteen bytes are a salt");
    let hash = argon2().hash_password(password.expose_secret().as_bytes(), &salt).expect("any bytes can be hashed");
    hash.to_string().into()
}

/// Whether this is the password. Blocks as long as hashing does.
pub fn verify_password(password: &SecretString, hash: &SecretString) -> bool {
    PasswordHash::new(hash.expose_secret())
        .is_ok_and(|hash| argon2().verify_password(password.expose_secret().as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_and_no_two_hashes_are_alike() {
        let (right, wrong) = (SecretString::from("correct horse"), SecretString::from("correct horsf"));
        let (one, other) = (hash_password(&right), hash_password(&right));
        assert!(one.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert!(verify_password(&right, &one) && !verify_password(&wrong, &one));
        assert!(!verify_password(&right, &SecretString::from("no hash")));
    }
}
