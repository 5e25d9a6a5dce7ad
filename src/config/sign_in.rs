//! Sign-in by Supabase, or by Google and Microsoft directly.

use url::Url;

use super::{ConfigError, Env};
use crate::auth::{OidcSettings, Provider, SupabaseSettings};

const GOOGLE: &str = "https://accounts.google.com";
const MICROSOFT: &str = "https://login.microsoftonline.com";

/// `SUPABASE_URL` and what belongs to it.
pub fn supabase(env: &Env) -> Result<Option<SupabaseSettings>, ConfigError> {
    let key = env.text("SUPABASE_KEY").map(str::to_owned);
    if key.as_deref().is_some_and(is_secret_key) {
        return Err(ConfigError::new(
            "SUPABASE_KEY",
            "this is a secret or service_role key, which must never reach a page; use the publishable (anon) key",
        ));
    }
    let secret = env.secret("SUPABASE_JWT_SECRET");
    let Some(url) = address(env, "SUPABASE_URL", "https://PROJECT.supabase.co")? else {
        return match (key, secret) {
            (None, None) => Ok(None),
            (Some(_), _) => Err(ConfigError::new("SUPABASE_KEY", "needs SUPABASE_URL")),
            (None, Some(_)) => Err(ConfigError::new("SUPABASE_JWT_SECRET", "needs SUPABASE_URL")),
        };
    };
    Ok(Some(SupabaseSettings { url, key, secret }))
}

/// New keys say it in their prefix; old ones are JWTs with a role.
fn is_secret_key(key: &str) -> bool {
    let role = || {
        let claims = jsonwebtoken::dangerous::insecure_decode::<serde_json::Value>(key).ok()?.claims;
        Some(claims.get("role")?.as_str()? == "service_role")
    };
    key.starts_with("sb_secret_") || role().unwrap_or(false)
}

/// Google and Microsoft, those that are set up.
pub fn direct(env: &Env) -> Result<Vec<OidcSettings>, ConfigError> {
    let google_at = address(env, "GOOGLE_ISSUER", GOOGLE)?;
    let microsoft_at = address(env, "MICROSOFT_AUTHORITY", MICROSOFT)?;
    let tenants = tenants(env)?;
    let google = client(env, Provider::Google, "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", google_at, vec![])?;
    let microsoft =
        client(env, Provider::Microsoft, "MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET", microsoft_at, tenants)?;
    Ok(google.into_iter().chain(microsoft).collect())
}

fn client(
    env: &Env,
    provider: Provider,
    id: &'static str,
    secret: &'static str,
    authority: Option<Url>,
    tenants: Vec<String>,
) -> Result<Option<OidcSettings>, ConfigError> {
    let default = match provider {
        Provider::Google => GOOGLE,
        Provider::Microsoft => MICROSOFT,
    };
    let authority = authority.unwrap_or_else(|| default.parse().expect("an address"));
    match (env.text(id).map(str::to_owned), env.secret(secret)) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(ConfigError::new(secret, format!("is needed with {id}"))),
        (None, Some(_)) => Err(ConfigError::new(id, format!("is needed with {secret}"))),
        (Some(_), Some(_)) if env.text("SUPABASE_URL").is_some() => {
            Err(ConfigError::new(id, "with SUPABASE_URL one signs in there; set this up in Supabase and remove it here"))
        }
        (Some(client_id), Some(client_secret)) => {
            Ok(Some(OidcSettings { provider, client_id, client_secret, authority, tenants }))
        }
    }
}

/// `MICROSOFT_TENANT`: whose accounts may come in.
fn tenants(env: &Env) -> Result<Vec<String>, ConfigError> {
    let tenants = env.list("MICROSOFT_TENANT")?;
    let word = |tenant: &str| matches!(tenant, "organizations" | "consumers" | "common");
    let well = match tenants.as_slice() {
        [] => return Ok(vec!["organizations".to_owned()]),
        [one] => word(one) || one.parse::<uuid::Uuid>().is_ok(),
        several => several.iter().all(|tenant| tenant.parse::<uuid::Uuid>().is_ok()),
    };
    match well {
        true => Ok(tenants.iter().map(|tenant| tenant.to_lowercase()).collect()),
        false => Err(ConfigError::new(
            "MICROSOFT_TENANT",
            "must be organizations, consumers, common, or ids of tenants (UUIDs) in a list",
        )),
    }
}

/// An address to be trusted with sign-in: https, but on this machine.
fn address(env: &Env, name: &'static str, example: &str) -> Result<Option<Url>, ConfigError> {
    let allowed = format!("an address such as {example}");
    let Some(mut url) = env.parse::<Url>(name, &allowed)? else { return Ok(None) };
    let here = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(host)) => host == "localhost",
        None => false,
    };
    let safe = url.scheme() == "https" || (url.scheme() == "http" && here);
    if !safe || url.query().is_some() || !url.username().is_empty() {
        return Err(ConfigError::new(name, format!("must be {allowed}, https but on this machine")));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(Some(url))
}
