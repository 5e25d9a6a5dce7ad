//! Sign-in by Google and Microsoft: the code flow with PKCE, state and nonce. Who somebody is there is their `sub`, or `tid` and
//! `oid`; never an e-mail address.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::{Algorithm, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use url::Url;
use uuid::Uuid;

use super::fetch::{FetchError, client, get_json, post_form};
use super::{Jwks, random_secret};

/// Microsoft's tenant of personal accounts.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
const LEEWAY_SECONDS: u64 = 60;
/// For so long what a provider says of itself is believed.
const FRESH: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Google,
    Microsoft,
}

impl Provider {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
        }
    }
}

/// One provider, set up.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    pub provider: Provider,
    pub client_id: String,
    pub client_secret: SecretString,
    /// Google's issuer, or Microsoft's address without a tenant.
    pub authority: Url,
    /// Microsoft: ids of tenants, or one of `organizations`, `consumers`, `common`.
    pub tenants: Vec<String>,
}

/// What the browser keeps while its user is at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    pub provider: Provider,
    pub state: String,
    nonce: String,
    verifier: String,
    /// Where to go afterwards: a path.
    pub to: String,
    pub invitation: Option<String>,
}

/// Who somebody is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub provider: Provider,
    /// Microsoft's `tid`; empty at Google.
    pub tenant: String,
    pub subject: String,
    pub name: Option<String>,
    /// An address that the provider is the authority for: its own, and confirmed.
    pub email: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    #[error("the provider: {0}")]
    Fetch(#[from] FetchError),
    #[error("the provider is not who it should be")]
    WrongProvider,
    #[error("the provider's token does not hold")]
    WrongToken,
    #[error("accounts of this organisation may not sign in here")]
    WrongTenant,
}

#[derive(Debug, Clone, Deserialize)]
struct Discovered {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    nonce: Option<String>,
    azp: Option<String>,
    name: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    /// Google: the organisation whose address it is.
    hd: Option<String>,
    tid: Option<Uuid>,
    oid: Option<Uuid>,
}

/// What was discovered, and the keys it names.
struct Found {
    says: Discovered,
    keys: Jwks,
    at: Instant,
}

pub struct Oidc {
    settings: OidcSettings,
    client: reqwest::Client,
    found: Mutex<Option<Arc<Found>>>,
}

impl Oidc {
    pub fn new(settings: OidcSettings) -> Self {
        Self { settings, client: client(), found: Mutex::default() }
    }

    pub fn provider(&self) -> Provider {
        self.settings.provider
    }

    /// Where to send the browser, and what it has to keep.
    pub async fn begin(&self, redirect: &str, to: String, invitation: Option<String>) -> Result<(Url, Flow), OidcError> {
        let flow = Flow {
            provider: self.settings.provider,
            state: random_secret(),
            nonce: random_secret(),
            verifier: random_secret(),
            to,
            invitation,
        };
        let mut url = self.discover().await?.says.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("scope", "openid email profile")
            .append_pair("state", &flow.state)
            .append_pair("nonce", &flow.nonce)
            .append_pair("code_challenge", &challenge(&flow.verifier))
            .append_pair("code_challenge_method", "S256");
        Ok((url, flow))
    }

    /// Who came back with this code.
    pub async fn finish(&self, redirect: &str, code: &str, flow: &Flow) -> Result<Person, OidcError> {
        let found = self.discover().await?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("client_id", &self.settings.client_id),
            ("client_secret", self.settings.client_secret.expose_secret()),
            ("code_verifier", &flow.verifier),
        ];
        let tokens: Tokens = post_form(&self.client, &found.says.token_endpoint, &form).await?;
        let claims: Claims =
            found.keys.verify(&tokens.id_token, &self.expected()).await.map_err(|_| OidcError::WrongToken)?;
        let for_us = claims.azp.as_ref().is_none_or(|azp| *azp == self.settings.client_id);
        if claims.nonce.as_ref() != Some(&flow.nonce) || !for_us {
            return Err(OidcError::WrongToken);
        }
        match self.settings.provider {
            Provider::Google => self.google(claims),
            Provider::Microsoft => self.microsoft(claims),
        }
    }

    fn expected(&self) -> Validation {
        let mut expected = Validation::new(Algorithm::RS256);
        expected.leeway = LEEWAY_SECONDS;
        expected.validate_nbf = true;
        expected.set_audience(&[&self.settings.client_id]);
        expected.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        expected
    }

    fn google(&self, claims: Claims) -> Result<Person, OidcError> {
        if claims.iss != self.base() {
            return Err(OidcError::WrongToken);
        }
        // Of other addresses Google only knows that they were confirmed once.
        let own = |email: &String| claims.email_verified && (claims.hd.is_some() || email.ends_with("@gmail.com"));
        let email = claims.email.as_ref().map(|email| email.to_lowercase()).filter(own);
        Ok(Person { provider: Provider::Google, tenant: String::new(), subject: claims.sub, name: claims.name, email })
    }

    /// The issuer is the tenant's own, and the tenant one of those that may come in.
    fn microsoft(&self, claims: Claims) -> Result<Person, OidcError> {
        let (Some(tid), Some(oid)) = (claims.tid, claims.oid) else { return Err(OidcError::WrongToken) };
        let tid = tid.to_string();
        if claims.iss != format!("{}/{tid}/v2.0", self.base()) {
            return Err(OidcError::WrongToken);
        }
        let welcome = self.settings.tenants.iter().any(|tenant| match tenant.as_str() {
            "common" => true,
            "organizations" => tid != CONSUMERS,
            "consumers" => tid == CONSUMERS,
            id => id.eq_ignore_ascii_case(&tid),
        });
        if !welcome {
            return Err(OidcError::WrongTenant);
        }
        let subject = oid.to_string();
        Ok(Person { provider: Provider::Microsoft, tenant: tid, subject, name: claims.name, email: None })
    }

    fn base(&self) -> &str {
        self.settings.authority.as_str().trim_end_matches('/')
    }

    /// Where the provider describes itself, and the issuer that it must name there; none: one for each tenant.
    fn description(&self) -> (String, Option<String>) {
        let base = self.base();
        match (self.settings.provider, self.settings.tenants.as_slice()) {
            (Provider::Google, _) => (format!("{base}/.well-known/openid-configuration"), Some(base.to_owned())),
            (Provider::Microsoft, [one]) => (format!("{base}/{one}/v2.0/.well-known/openid-configuration"), None),
            (Provider::Microsoft, _) => (format!("{base}/common/v2.0/.well-known/openid-configuration"), None),
        }
    }

    async fn discover(&self) -> Result<Arc<Found>, OidcError> {
        let mut found = self.found.lock().await;
        if let Some(known) = found.as_ref().filter(|known| known.at.elapsed() < FRESH) {
            return Ok(Arc::clone(known));
        }
        let (url, issuer) = self.description();
        let url: Url = url.parse().map_err(|_| OidcError::WrongProvider)?;
        let says: Discovered = get_json(&self.client, &url).await?;
        // Plain http only where the authority itself is (a provider on this machine).
        let safe = |url: &Url| url.scheme() == "https" || url.scheme() == self.settings.authority.scheme();
        let all_safe = [&says.authorization_endpoint, &says.token_endpoint, &says.jwks_uri].into_iter().all(safe);
        if !all_safe || issuer.is_some_and(|issuer| issuer != says.issuer) {
            return Err(OidcError::WrongProvider);
        }
        let keys = Jwks::new(says.jwks_uri.clone(), self.client.clone());
        let fresh = Arc::new(Found { says, keys, at: Instant::now() });
        *found = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}

/// PKCE's S256.
fn challenge(verifier: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_challenge_is_the_standards_own_example() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(super::challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
