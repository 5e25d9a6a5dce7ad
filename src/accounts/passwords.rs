//! Hashing off the worker threads, and what a password must be.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::{OnceCell, Semaphore};

use crate::auth::{hash_password, random_secret, verify_password};

pub const MIN_PASSWORD_CHARS: usize = 8;
pub const MAX_PASSWORD_CHARS: usize = 200;

/// What a guesser who knows the usual lists, names, dates, keyboards and spellings finds within so many guesses is refused. The
/// longest list that they are taken from has 30,000 passwords.
const FIRST_GUESSES: u64 = 100_000;
/// The beginning that is looked at: it takes time, and what is longer is judged by this much.
const LOOKED_AT_CHARS: usize = 64;

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

/// What is wrong with a password, in plain words. Takes up to some milliseconds.
pub fn objection(password: &str, email: &str) -> Option<String> {
    let chars = password.chars().count();
    if !(MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS).contains(&chars) {
        return Some(format!("This must have {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters."));
    }
    let beginning: String = password.chars().take(LOOKED_AT_CHARS).collect();
    let name = email.split('@').next().unwrap_or_default();
    if zxcvbn::zxcvbn(&beginning, &[email, name, "chatlab"]).guesses() < FIRST_GUESSES {
        return Some("This is among the first that anybody would try. Take a longer one of your own.".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn fine(password: &str) -> bool {
        objection(password, "ada.lovelace@example.org").is_none()
    }

    #[test]
    fn ones_own_words_are_taken() {
        let long = "Grandmother's bicycle, still green. ".repeat(6);
        let longest: String = long.chars().take(MAX_PASSWORD_CHARS).collect();
        for own in ["analytical engine", "ÄÖÜäöüß!", "correct horse battery", "kX7-wq2p", &longest] {
            assert!(fine(own), "{own}");
        }
    }

    #[tokio::test]
    async fn nobodys_password_takes_as_long_as_somebodys() {
        let passwords = Passwords::default();
        let given = || SecretString::from("correct horse battery");
        let hash = passwords.hash(SecretString::from("analytical engine")).await;
        assert!(!passwords.verify(given(), None).await, "and makes what it is compared with");
        let mut quickest = [Duration::MAX; 2];
        for _ in 0..5 {
            for (known, quickest) in [None, Some(hash.clone())].into_iter().zip(&mut quickest) {
                let begun = Instant::now();
                assert!(!passwords.verify(given(), known).await);
                *quickest = begun.elapsed().min(*quickest);
            }
        }
        let [nobodys, somebodys] = quickest;
        assert!(nobodys > somebodys / 4 && nobodys < somebodys * 4, "{nobodys:?} and {somebodys:?}");
    }

    #[test]
    fn what_anybody_would_try_is_refused() {
        let too_long = "Grandmother's bicycle. ".repeat(10);
        let wrong_length = ["short", &too_long];
        // Lists of passwords, their usual spellings, one's own address, the place, names, rows of keys, dates, repeats.
        let known = ["password", "Password123", "p@ssw0rd", "drowssap", "trustno1", "iloveyou", "passwort", "football1"];
        let personal = ["ada.lovelace", "ada.lovelace@example.org", "chatlab1", "CHATLAB!"];
        let patterns =
            ["aaaaaaaaaa", "abababab", "abcdefgh", "87654321", "qwertyuiop", "asdfghjkl", "1987-04-12", "jennifer"];
        for weak in wrong_length.iter().chain(&known).chain(&personal).chain(&patterns) {
            assert!(!fine(weak), "{weak}");
        }
    }
}
