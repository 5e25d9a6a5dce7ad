//! Access tokens of our own: HS256 and nothing else, for this server and nobody else.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode, get_current_timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Flow;
use crate::domain::ids::UserId;

const ISSUER: &str = "chatlab";
const AUDIENCE: &str = "chatlab-api";
const FLOW_AUDIENCE: &str = "chatlab-sign-in";
/// Clocks of one machine hardly differ; a little is forgiven.
const LEEWAY_SECONDS: u64 = 5;

/// What an access token says. What its user may do is looked up, never carried along: it may change meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub sub: UserId,
    /// The login it came of; it counts no longer than that.
    pub sid: Uuid,
    iss: String,
    aud: String,
    /// Seconds since 1970.
    pub iat: u64,
    pub exp: u64,
}

#[derive(Serialize, Deserialize)]
struct FlowClaims {
    flow: Flow,
    aud: String,
    exp: u64,
}

/// The token is not one of ours, or its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid (any more)")]
pub struct Invalid;

/// Signs and checks access tokens with one secret.
pub struct Signer {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl Signer {
    pub fn new(secret: &SecretString) -> Self {
        let secret = secret.expose_secret().as_bytes();
        // The library's own defaults are looser: a minute's leeway, any issuer.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        Self { encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret), validation }
    }

    /// A token for this user, valid for so many seconds.
    pub fn sign(&self, user: UserId, login: Uuid, seconds: u64) -> String {
        self.sign_at(get_current_timestamp(), user, login, seconds)
    }

    fn sign_at(&self, now: u64, user: UserId, login: Uuid, seconds: u64) -> String {
        let exp = now.saturating_add(seconds);
        let claims = Claims { sub: user, sid: login, iss: ISSUER.to_owned(), aud: AUDIENCE.to_owned(), iat: now, exp };
        encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).expect("plain claims and an HMAC key always sign")
    }

    /// What a browser keeps while its user is at a provider of sign-in.
    pub fn sign_flow(&self, flow: &Flow, seconds: u64) -> String {
        let exp = get_current_timestamp().saturating_add(seconds);
        let claims = FlowClaims { flow: flow.clone(), aud: FLOW_AUDIENCE.to_owned(), exp };
        encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).expect("plain claims and an HMAC key always sign")
    }

    pub fn verify_flow(&self, token: &str) -> Option<Flow> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_audience(&[FLOW_AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "aud"]);
        decode::<FlowClaims>(token, &self.decoding, &validation).ok().map(|token| token.claims.flow)
    }

    pub fn verify(&self, token: &str) -> Result<Claims, Invalid> {
        decode::<Claims>(token, &self.decoding, &self.validation).map(|token| token.claims).map_err(|_| Invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: Uuid = Uuid::from_u128(7);

    fn signer(secret: &str) -> Signer {
        Signer::new(&SecretString::from(secret))
    }

    #[test]
    fn a_token_says_who_it_is_for() {
        let (signer, user) = (signer("one secret"), UserId::new());
        let claims = signer.verify(&signer.sign(user, LOGIN, 60)).expect("valid");
        assert_eq!((claims.sub, claims.sid), (user, LOGIN));
        assert_eq!(claims.exp - claims.iat, 60);
    }

    #[test]
    fn another_secret_an_old_token_and_a_changed_one_are_refused() {
        let (signer, other, user) = (signer("one secret"), signer("another"), UserId::new());
        let token = signer.sign(user, LOGIN, 60);
        assert_eq!(other.verify(&token), Err(Invalid));
        let old = signer.sign_at(get_current_timestamp() - 100, user, LOGIN, 60);
        assert_eq!(signer.verify(&old), Err(Invalid));
        let (head, signature) = token.rsplit_once('.').expect("three parts");
        let forged: String = signature.chars().rev().collect();
        assert_eq!(signer.verify(&format!("{head}.{forged}")), Err(Invalid));
        assert_eq!(signer.verify(""), Err(Invalid));
    }

    #[test]
    fn another_algorithm_audience_or_issuer_is_refused() {
        let (signer, key) = (signer("one secret"), EncodingKey::from_secret(b"one secret"));
        let claims = |iss: &str, aud: &str| Claims {
            sub: UserId::new(),
            sid: LOGIN,
            iss: iss.to_owned(),
            aud: aud.to_owned(),
            iat: get_current_timestamp(),
            exp: get_current_timestamp() + 60,
        };
        let made = |algorithm, claims: Claims| encode(&Header::new(algorithm), &claims, &key).expect("signed");
        assert!(signer.verify(&made(Algorithm::HS256, claims(ISSUER, AUDIENCE))).is_ok());
        assert!(signer.verify(&made(Algorithm::HS512, claims(ISSUER, AUDIENCE))).is_err());
        assert!(signer.verify(&made(Algorithm::HS256, claims("another", AUDIENCE))).is_err());
        assert!(signer.verify(&made(Algorithm::HS256, claims(ISSUER, "another"))).is_err());
    }
}
