//! Access tokens of Supabase Auth.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::{Invalid, Jwks, fetch};

/// Who may use the tokens, and in which role: the old anon and service_role keys are tokens of the same secret.
const AUTHENTICATED: &str = "authenticated";
/// Seconds by which clocks may differ.
pub const LEEWAY_SECONDS: u64 = 30;

/// `SUPABASE_URL`, `SUPABASE_KEY`, `SUPABASE_JWT_SECRET`.
#[derive(Debug, Clone)]
pub struct SupabaseSettings {
    /// Without a trailing slash.
    pub url: Url,
    /// For the page: publishable.
    pub key: Option<String>,
    /// Given: tokens are checked with it and with nothing else.
    pub secret: Option<SecretString>,
}

/// Whom a token names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupabaseUser {
    pub id: Uuid,
    pub anonymous: bool,
    /// From `app_metadata`, which its users cannot write.
    pub admin: bool,
    /// What they call themselves.
    pub name: Option<String>,
    /// Seconds since 1970.
    pub issued_at: u64,
    pub expires_at: u64,
}

#[derive(Deserialize)]
struct Claims {
    sub: Uuid,
    role: String,
    exp: u64,
    iat: u64,
    #[serde(default)]
    is_anonymous: bool,
    #[serde(default)]
    app_metadata: Value,
    #[serde(default)]
    user_metadata: Value,
}

/// Checks tokens.
pub struct Supabase {
    check: Check,
    expected: Validation,
}

enum Check {
    Keys(Jwks),
    Secret(DecodingKey),
}

impl Supabase {
    pub fn new(settings: &SupabaseSettings) -> Self {
        let base = settings.url.as_str().trim_end_matches('/');
        let check = match &settings.secret {
            Some(secret) => Check::Secret(DecodingKey::from_secret(secret.expose_secret().as_bytes())),
            None => {
                let keys = format!("{base}/auth/v1/.well-known/jwks.json");
                Check::Keys(Jwks::new(keys.parse().expect("a path behind an address"), fetch::client()))
            }
        };
        let mut expected = Validation::new(Algorithm::HS256);
        expected.leeway = LEEWAY_SECONDS;
        expected.validate_nbf = true;
        expected.set_issuer(&[format!("{base}/auth/v1")]);
        expected.set_audience(&[AUTHENTICATED]);
        expected.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        Self { check, expected }
    }

    pub async fn verify(&self, token: &str) -> Result<SupabaseUser, Invalid> {
        let claims: Claims = match &self.check {
            Check::Keys(keys) => keys.verify(token, &self.expected).await?,
            Check::Secret(secret) => {
                if decode_header(token).map_err(|_| Invalid)?.crit.is_some() {
                    return Err(Invalid);
                }
                decode(token, secret, &self.expected).map_err(|_| Invalid)?.claims
            }
        };
        if claims.role != AUTHENTICATED {
            return Err(Invalid);
        }
        Ok(SupabaseUser {
            id: claims.sub,
            anonymous: claims.is_anonymous,
            admin: is_admin(&claims.app_metadata),
            name: name(&claims.user_metadata),
            issued_at: claims.iat,
            expires_at: claims.exp,
        })
    }
}

/// `role` or one of `roles` is `admin`.
fn is_admin(app_metadata: &Value) -> bool {
    let roles = app_metadata["roles"].as_array().into_iter().flatten();
    roles.chain([&app_metadata["role"]]).any(|role| role == "admin")
}

fn name(user_metadata: &Value) -> Option<String> {
    let names = ["full_name", "name"].into_iter().filter_map(|field| user_metadata[field].as_str());
    names.map(str::trim).find(|name| !name.is_empty()).map(|name| name.chars().take(100).collect())
}
