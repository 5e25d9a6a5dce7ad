//! Hashing off the worker threads, and what a password must be.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::{OnceCell, Semaphore};

use crate::auth::{hash_password, random_secret, verify_password};

pub const MIN_PASSWORD_CHARS: usize = 8;
pub const MAX_PASSWORD_CHARS: usize = 200;

/// Those that everybody tries first.
const COMMON: &[&str] = &[
    "password",
    "password1",
    "password12",
    "password123",
    "passw0rd",
    "p@ssw0rd",
    "12345678",
    "123456789",
    "1234567890",
    "87654321",
    "987654321",
    "0123456789",
    "11111111",
    "00000000",
    "qwertyui",
    "qwertyuiop",
    "qwerty123",
    "1q2w3e4r",
    "1qaz2wsx",
    "asdfghjk",
    "asdfghjkl",
    "zxcvbnm1",
    "abcd1234",
    "abc12345",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "letmein1",
    "welcome1",
    "welcome123",
    "changeme",
    "starwars",
    "whatever",
    "computer",
    "michelle",
    "internet",
    "passwort",
    "passwort1",
    "motdepasse",
    "contraseña",
    "chatlab1",
    "chatlab123",
    "teacher1",
];

/// Hashes and checks, a few at a time: each takes 19 MiB and a core.
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// Checked where there is no account, so that the answer takes as long.
    nobodys: OnceCell<SecretString>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self { turns: Arc::new(Semaphore::new(cores)), nobodys: OnceCell::new() }
    }
}

impl Passwords {
    pub async fn hash(&self, password: SecretString) -> SecretString {
        self.in_turn(move || hash_password(&password)).await
    }

    /// Whether this is the password; without a hash it never is, and that takes as long.
    pub async fn verify(&self, password: SecretString, hash: Option<SecretString>) -> bool {
        let known = hash.is_some();
        let nobodys = self.nobodys.get_or_init(|| self.hash(random_secret().into())).await;
        let hash = hash.unwrap_or_else(|| nobodys.clone());
        self.in_turn(move || verify_password(&password, &hash)).await && known
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let turn = Arc::clone(&self.turns).acquire_owned().await.expect("never closed");
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        working.await.expect("hashing does not panic")
    }
}

/// What is wrong with a password, in plain words.
pub fn objection(password: &str, email: &str) -> Option<String> {
    let chars = password.chars().count();
    if !(MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS).contains(&chars) {
        return Some(format!("This must have {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters."));
    }
    let small = password.to_lowercase();
    let name = email.split('@').next().unwrap_or_default();
    let first = small.chars().next();
    if COMMON.contains(&small.as_str()) || small == email || small == name || small.chars().all(|c| Some(c) == first) {
        return Some("This is among the first that anybody would try. Take a longer one of your own.".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_would_try_is_refused() {
        let fine = |password: &str| objection(password, "ada.lovelace@example.org").is_none();
        assert!(fine("analytical engine") && fine("ÄÖÜäöüß!") && fine(&"xy".repeat(100)));
        for weak in ["short", "Password123", "ada.lovelace", "aaaaaaaaaa", "ada.lovelace@example.org", &"xy".repeat(101)] {
            assert!(!fine(weak), "{weak}");
        }
    }
}
