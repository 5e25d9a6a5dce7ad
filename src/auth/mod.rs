//! The cryptography of identity: signed access tokens and random secrets. Knows no database.
//!
//! Tokens that others sign (Supabase, checked against its JWKS) will be verified here too.

mod jwt;
mod secret;

pub use jwt::{Claims, Invalid, Kind, Role, Signer};
pub use secret::{digest, random_bytes, random_secret};
