//! Where a provider's requests go, whatever way its base URL was written.

use url::Url;

use super::ProviderKind;

/// The addresses of one provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub speak: Url,
    pub models: Url,
}

impl Address {
    /// `None`: no http or https address of a host.
    pub fn of(kind: ProviderKind, base: &Url) -> Option<Self> {
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none_or(str::is_empty) {
            return None;
        }
        let mut parts: Vec<&str> = base.path().split('/').filter(|part| !part.is_empty()).collect();
        // Some paste the whole address of a request.
        for tail in [&["chat", "completions"][..], &["messages"], &["models"]] {
            if parts.ends_with(tail) {
                parts.truncate(parts.len() - tail.len());
            }
        }
        while parts.ends_with(&["v1", "v1"]) {
            parts.pop();
        }
        // A path that names its version, such as /v1beta/openai, is complete.
        if !parts.iter().any(|part| is_version(part)) {
            parts.push("v1");
        }
        let join = |tail: &str| {
            let mut url = base.clone();
            url.set_path(&format!("/{}/{tail}", parts.join("/")));
            url.set_fragment(None);
            url
        };
        let speak = if kind == ProviderKind::Anthropic { "messages" } else { "chat/completions" };
        Some(Self { speak: join(speak), models: join("models") })
    }
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speak(kind: ProviderKind, base: &str) -> Option<String> {
        Address::of(kind, &base.parse().expect("a URL")).map(|address| address.speak.to_string())
    }

    #[test]
    fn a_slash_and_a_missing_or_doubled_version_do_not_matter() {
        for tail in ["", "/", "/v1", "/v1/", "/v1/v1", "//v1//", "/v1/messages"] {
            let base = format!("https://api.anthropic.com{tail}");
            assert_eq!(
                speak(ProviderKind::Anthropic, &base).as_deref(),
                Some("https://api.anthropic.com/v1/messages"),
                "{base}"
            );
        }
        for tail in ["", "/", "/v1", "/v1/", "/v1/v1/", "/v1/chat/completions", "/v1/models"] {
            let base = format!("http://localhost:11434{tail}");
            let expected = "http://localhost:11434/v1/chat/completions";
            assert_eq!(speak(ProviderKind::External, &base).as_deref(), Some(expected), "{base}");
        }
    }

    #[test]
    fn a_path_in_front_of_the_version_stays() {
        for (base, expected) in [
            ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/chat/completions"),
            ("https://openrouter.ai/api", "https://openrouter.ai/api/v1/chat/completions"),
            ("https://h.example/v1beta/openai/", "https://h.example/v1beta/openai/chat/completions"),
            ("https://h.example/v1?tenant=a", "https://h.example/v1/chat/completions?tenant=a"),
        ] {
            assert_eq!(speak(ProviderKind::OpenAi, base).as_deref(), Some(expected));
        }
        assert_eq!(speak(ProviderKind::OpenAi, "ftp://h.example/v1"), None);
    }
}
