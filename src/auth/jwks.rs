//! Public keys that somebody else signs with, fetched from their address. What a key is good for is the key's own: a token
//! only names one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use url::Url;

use super::Invalid;
use super::fetch::get_json;

/// Keys are looked at again after this time: one that was withdrawn counts no more then.
const FRESH: Duration = Duration::from_secs(600);
/// At most so many fetches in any minute, however many unknown keys are named.
const FETCHES: usize = 2;
const MINUTE: Duration = Duration::from_secs(60);
const MAX_KEYS: usize = 100;

/// A key and the one algorithm it is good for.
pub struct Key {
    decoding: DecodingKey,
    algorithm: Algorithm,
}

/// The keys at one address.
pub struct Jwks {
    url: Url,
    client: reqwest::Client,
    known: RwLock<Known>,
    /// Whoever fetches holds this.
    fetches: Mutex<Budget>,
}

/// When keys were fetched lately.
#[derive(Default)]
struct Budget(VecDeque<Instant>);

impl Budget {
    /// Takes one, if any is left of this minute's.
    fn take(&mut self, now: Instant) -> bool {
        while self.0.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            self.0.pop_front();
        }
        let left = self.0.len() < FETCHES;
        if left {
            self.0.push_back(now);
        }
        left
    }
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, Arc<Key>>,
    at: Option<Instant>,
}

impl Jwks {
    pub fn new(url: Url, client: reqwest::Client) -> Self {
        Self { url, client, known: RwLock::default(), fetches: Mutex::default() }
    }

    /// What a token says, if one of these keys signed it and `expected` holds. Its algorithm is the key's, its key must be
    /// among these: addresses and keys in the token's head (`jku`, `jwk`, `x5u`) are not looked at.
    pub async fn verify<T: DeserializeOwned>(&self, token: &str, expected: &Validation) -> Result<T, Invalid> {
        let header = decode_header(token).map_err(|_| Invalid)?;
        // Extensions that must be understood: none is.
        if header.crit.is_some() {
            return Err(Invalid);
        }
        let kid = header.kid.ok_or(Invalid)?;
        let key = self.find(&kid).await.ok_or(Invalid)?;
        let mut validation = expected.clone();
        validation.algorithms = vec![key.algorithm];
        decode(token, &key.decoding, &validation).map(|token| token.claims).map_err(|_| Invalid)
    }

    /// The key of this name. An unknown one has the keys fetched, at once; so do old ones, and stay if that fails.
    async fn find(&self, kid: &str) -> Option<Arc<Key>> {
        let (known, fresh) = self.look(kid);
        if known.is_some() && fresh {
            return known;
        }
        let mut fetches = match &known {
            // Nobody waits for keys that are only to be looked at again.
            Some(_) => match self.fetches.try_lock() {
                Ok(fetches) => fetches,
                Err(_) => return known,
            },
            None => self.fetches.lock().await,
        };
        // Whoever held it may have brought the key.
        let (again, fresh) = self.look(kid);
        if again.is_some() && (fresh || known.is_none()) {
            return again;
        }
        let now = Instant::now();
        if !fetches.take(now) {
            return again;
        }
        match get_json::<JwkSet>(&self.client, &self.url).await {
            Ok(set) => {
                let keys = set.keys.iter().take(MAX_KEYS).filter_map(key_of).collect();
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known { keys, at: Some(now) };
            }
            Err(error) => tracing::warn!(%error, url = %self.url, "Keys for sign-in could not be fetched; those known stay"),
        }
        self.look(kid).0
    }

    fn look(&self, kid: &str) -> (Option<Arc<Key>>, bool) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        (known.keys.get(kid).cloned(), known.at.is_some_and(|at| at.elapsed() < FRESH))
    }
}

/// A key that signs, with its name. Of RSA and P-256 only: a shared secret published among them is none.
fn key_of(jwk: &Jwk) -> Option<(String, Arc<Key>)> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Algorithm::ES256,
        _ => return None,
    };
    let said = jwk.common.key_algorithm.map(|said| said.to_string());
    let signs = jwk.common.public_key_use.as_ref().is_none_or(|r#use| *r#use == PublicKeyUse::Signature);
    if !signs || said.is_some_and(|said| said != format!("{algorithm:?}")) {
        return None;
    }
    let decoding = DecodingKey::from_jwk(jwk).ok()?;
    Some((jwk.common.key_id.clone()?, Arc::new(Key { decoding, algorithm })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_a_flood_keys_are_fetched_twice_in_any_minute_and_again_within_one() {
        let (mut budget, start) = (Budget::default(), Instant::now());
        let second = Duration::from_secs(1);
        // A thousand unknown keys a second for three minutes.
        let taken: Vec<u32> = (0..180).filter(|at| (0..1_000).any(|_| budget.take(start + second * *at))).collect();
        assert!(taken.windows(3).all(|three| three[2] - three[0] >= 60), "{taken:?}");
        assert!(taken.windows(2).all(|two| two[1] - two[0] <= 60), "a rotated key is taken within a minute: {taken:?}");
    }
}
