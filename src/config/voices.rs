//! Settings of the model providers.

use secrecy::SecretString;
use url::Url;

use super::{ConfigError, Env};
use crate::llm::{ProviderKind, ProviderSettings, Settings, Timeouts};

pub fn read(env: &Env) -> Result<Settings, ConfigError> {
    let timeouts = timeouts(env)?;
    let external_timeouts = Timeouts {
        first_event: env.millis("LLM_EXTERNAL_FIRST_EVENT_TIMEOUT_MS", 120_000)?,
        first_text: env.millis("LLM_EXTERNAL_FIRST_TEXT_TIMEOUT_MS", 120_000)?,
        total: env.millis("LLM_EXTERNAL_TURN_TIMEOUT_MS", 600_000)?,
        ..timeouts
    };
    Ok(Settings {
        providers: providers(env)?,
        timeouts,
        external_timeouts,
        max_reply_bytes: env.number("MAX_REPLY_BYTES", 1024 * 1024, 1024, 64 * 1024 * 1024)?,
        max_output_tokens: env.number("MAX_OUTPUT_TOKENS", 4_096, 2_048, 1_000_000)?,
        demo_words_per_second: env.number("DEMO_WORDS_PER_SECOND", 15.0, 0.0, 10_000.0)?,
    })
}

fn timeouts(env: &Env) -> Result<Timeouts, ConfigError> {
    Ok(Timeouts {
        connect: env.millis("LLM_CONNECT_TIMEOUT_MS", 5_000)?,
        first_event: env.millis("LLM_FIRST_EVENT_TIMEOUT_MS", 30_000)?,
        first_text: env.millis("LLM_FIRST_TEXT_TIMEOUT_MS", 60_000)?,
        silence: env.millis("LLM_SILENCE_TIMEOUT_MS", 30_000)?,
        total: env.millis("LLM_TURN_TIMEOUT_MS", 180_000)?,
    })
}

/// Those configured, in the order of `LLM_PROVIDERS` or in their own.
fn providers(env: &Env) -> Result<Vec<ProviderSettings>, ConfigError> {
    let configured = configured(env)?;
    let wanted = env.list("LLM_PROVIDERS")?;
    if wanted.is_empty() {
        return Ok(configured);
    }
    let allowed = "must be a list of anthropic, openai, external (or demo alone)";
    if wanted == ["demo"] {
        return Ok(vec![]);
    }
    let mut ordered: Vec<ProviderSettings> = vec![];
    for name in wanted {
        let (kind, needs) = match name.to_ascii_lowercase().as_str() {
            "anthropic" => (ProviderKind::Anthropic, "ANTHROPIC_API_KEY"),
            "openai" => (ProviderKind::OpenAi, "OPENAI_API_KEY"),
            "external" => (ProviderKind::External, "EXTERNAL_API_BASE_URL"),
            _ => return Err(ConfigError::new("LLM_PROVIDERS", allowed)),
        };
        if ordered.iter().any(|provider| provider.kind == kind) {
            return Err(ConfigError::new("LLM_PROVIDERS", format!("names a provider twice; {allowed}")));
        }
        let found = configured.iter().find(|provider| provider.kind == kind);
        let missing = || ConfigError::new("LLM_PROVIDERS", format!("names {name}, for which {needs} is not set"));
        ordered.push(found.ok_or_else(missing)?.clone());
    }
    Ok(ordered)
}

fn configured(env: &Env) -> Result<Vec<ProviderSettings>, ConfigError> {
    let anthropic = Names {
        kind: ProviderKind::Anthropic,
        base_url: "ANTHROPIC_BASE_URL",
        default_url: Some("https://api.anthropic.com"),
        key: "ANTHROPIC_API_KEY",
        model: "ANTHROPIC_MODEL",
    };
    let openai = Names {
        kind: ProviderKind::OpenAi,
        base_url: "OPENAI_BASE_URL",
        default_url: Some("https://api.openai.com/v1"),
        key: "OPENAI_API_KEY",
        model: "OPENAI_MODEL",
    };
    let external = Names {
        kind: ProviderKind::External,
        base_url: "EXTERNAL_API_BASE_URL",
        default_url: None,
        key: "EXTERNAL_API_KEY",
        model: "EXTERNAL_API_MODEL",
    };
    let read = [anthropic, openai, external].map(|names| names.read(env));
    read.into_iter().filter_map(Result::transpose).collect()
}

/// The variables of one provider.
struct Names {
    kind: ProviderKind,
    base_url: &'static str,
    default_url: Option<&'static str>,
    key: &'static str,
    model: &'static str,
}

impl Names {
    /// `None` where it is not configured: no key, or for the external one no address.
    fn read(&self, env: &Env) -> Result<Option<ProviderSettings>, ConfigError> {
        let base_url = env.parse::<Url>(self.base_url, "an http or https address")?;
        if base_url.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https") || url.host().is_none()) {
            return Err(ConfigError::new(self.base_url, "must be an http or https address"));
        }
        let key = env.secret(self.key);
        if let Some(text) = env.text(self.key)
            && !text.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(ConfigError::new(self.key, "has blanks or characters that no key has; copy it again"));
        }
        let model = env.text(self.model).map(str::to_owned);
        let default_url = self.default_url.and_then(|url| Url::parse(url).ok());
        Ok(match (base_url.or(default_url), key) {
            (Some(base_url), Some(key)) => Some(ProviderSettings { kind: self.kind, base_url, key, model }),
            (Some(base_url), None) if self.kind == ProviderKind::External => {
                Some(ProviderSettings { kind: self.kind, base_url, key: SecretString::from(""), model })
            }
            _ => None,
        })
    }
}
