//! The cryptography of identity: signed access tokens, our own and Supabase's, sign-in by Google and Microsoft, password
//! hashes and random secrets. Knows no database.

mod fetch;
mod jwks;
mod jwt;
mod oidc;
mod password;
mod secret;
mod supabase;

pub use jwks::Jwks;
pub use jwt::{Claims, Invalid, Signer};
pub use oidc::{Flow, Oidc, OidcError, OidcSettings, Person, Provider};
pub use password::{hash_password, verify_password};
pub use secret::{digest, random_bytes, random_secret};
pub use supabase::{LEEWAY_SECONDS, Supabase, SupabaseSettings, SupabaseUser};
