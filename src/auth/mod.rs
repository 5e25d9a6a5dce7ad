//! The cryptography of identity: signed access tokens, password hashes and random secrets. Knows no database.

mod jwt;
mod password;
mod secret;

pub use jwt::{Claims, Invalid, Signer};
pub use password::{hash_password, verify_password};
pub use secret::{digest, random_secret};
