//! One provider: its address, its key, its model, and a request to it.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tokio::sync::OnceCell;

use super::address::Address;
use super::breaker::Breaker;
use super::fault::{Cure, Fault, Slow};
use super::piece::{Complaint, FinishReason, Parser};
use super::sse::Broken;
use super::{ProviderKind, ProviderSettings, SettingsError, Timeouts, anthropic, openai};
use crate::domain::message::Usage;
use crate::domain::prompt::Rendered;

/// Most that is read of a body that is no reply.
const MAX_OTHER_BODY: usize = 1024 * 1024;

/// Longest name of a model that is taken from a list: it is shown, logged and kept with every turn.
const MAX_MODEL_BYTES: usize = 200;

/// A provider and the connections to it.
pub struct Provider {
    pub kind: ProviderKind,
    pub timeouts: Timeouts,
    pub breaker: Breaker,
    address: Address,
    /// With the key in it, marked as sensitive.
    headers: HeaderMap,
    client: Client,
    model: Option<String>,
    /// The first model that the server lists, found when it is first needed.
    found: OnceCell<String>,
}

impl Provider {
    pub fn new(settings: &ProviderSettings, timeouts: Timeouts) -> Result<Self, SettingsError> {
        let kind = settings.kind;
        let address = Address::of(kind, &settings.base_url).ok_or(SettingsError::BaseUrl(kind.as_str()))?;
        let default = match kind {
            ProviderKind::Anthropic => Some(anthropic::DEFAULT_MODEL),
            ProviderKind::OpenAi => Some(openai::DEFAULT_MODEL),
            ProviderKind::External => None,
        };
        let model = settings.model.as_deref().map(str::trim).filter(|model| !model.is_empty()).or(default);
        Ok(Self {
            kind,
            timeouts,
            breaker: Breaker::default(),
            headers: headers(kind, &settings.key).ok_or(SettingsError::Key(kind.as_str()))?,
            client: client(&address, &timeouts).map_err(|error| SettingsError::Client(error.without_url().to_string()))?,
            address,
            model: model.map(str::to_owned),
            found: OnceCell::new(),
        })
    }

    /// The model to ask for; where none is set, the first that the server lists. A failure is not remembered.
    pub async fn model(&self) -> Result<&str, Fault> {
        match &self.model {
            Some(model) => Ok(model),
            None => Ok(self.found.get_or_try_init(|| self.find_model()).await?),
        }
    }

    /// The model as far as it is known without asking.
    pub fn known_model(&self) -> Option<&str> {
        self.model.as_deref().or_else(|| self.found.get().map(String::as_str))
    }

    /// What a request to a model has used: nothing yet.
    pub fn usage(&self, model: &str) -> Usage {
        Usage { provider: self.kind.as_str().to_owned(), model: model.to_owned(), ..Usage::default() }
    }

    async fn find_model(&self) -> Result<String, Fault> {
        self.models().await?.into_iter().next().ok_or(Fault::NoModel)
    }

    /// The names of the models that the server lists.
    pub async fn models(&self) -> Result<Vec<String>, Fault> {
        let response = self.send(self.client.get(self.address.models.clone())).await?;
        let list = read_json(response, self.timeouts.first_event).await?;
        let models = list["data"].as_array().or(list["models"].as_array()).or(list.as_array());
        let plain = |name: &&str| !name.is_empty() && name.len() <= MAX_MODEL_BYTES && !name.chars().any(char::is_control);
        let name = |model: &Value| model["id"].as_str().or(model["name"].as_str()).filter(plain).map(str::to_owned);
        models.map(|models| models.iter().filter_map(name).collect()).ok_or(Fault::NoModel)
    }

    /// Asks for a reply; gives its events' body once status and content type are right.
    pub async fn ask(&self, model: &str, rendered: &Rendered, max_tokens: u32) -> Result<Response, Fault> {
        let body = match self.kind {
            ProviderKind::Anthropic => anthropic::request(model, rendered, max_tokens),
            kind => openai::request(kind, model, rendered, max_tokens),
        };
        let response = self.send(self.client.post(self.address.speak.clone()).json(&body)).await?;
        if is_event_stream(&response) {
            return Ok(response);
        }
        // Some servers answer a refusal with 200; the error object says more than the content type.
        let body = read_json(response, self.timeouts.first_event).await?;
        Err(Complaint::read(&body).map_or(Fault::NotEvents, Fault::Reported))
    }

    pub fn parser(&self) -> Box<dyn Parser> {
        match self.kind {
            ProviderKind::Anthropic => Box::<anthropic::Reply>::default(),
            ProviderKind::OpenAi | ProviderKind::External => Box::<openai::Reply>::default(),
        }
    }

    /// What an attempt says about its health: shared by all discussions.
    pub fn note(&self, end: &Result<FinishReason, Fault>) {
        let Err(fault) = end else { return self.breaker.succeeded() };
        match fault.cure(self.kind) {
            Cure::NextProvider | Cure::Again(_) => self.breaker.failed(fault.is_of_the_account(self.kind)),
            Cure::GiveUp if matches!(fault, Fault::TooSlow(_)) => self.breaker.failed(false),
            // The request or the reply is at fault.
            Cure::Once { .. } | Cure::GiveUp => {}
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Fault> {
        let sent = tokio::time::timeout(self.timeouts.first_event, request.headers(self.headers.clone()).send()).await;
        let response = sent.map_err(|_| Fault::TooSlow(Slow::FirstEvent))?.map_err(|error| match error.is_connect() {
            true => Fault::Unreachable,
            false => Fault::Broken(Broken::Cut),
        })?;
        if response.status() == 200 {
            return Ok(response);
        }
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        let body = read_json(response, self.timeouts.first_event).await.unwrap_or_default();
        Err(Fault::Status { status, complaint: Complaint::read(&body).unwrap_or_default(), retry_after })
    }
}

fn client(address: &Address, timeouts: &Timeouts) -> reqwest::Result<Client> {
    // A redirect would carry the key to wherever it points.
    let builder = Client::builder().connect_timeout(timeouts.connect).redirect(reqwest::redirect::Policy::none());
    let builder = builder.user_agent(concat!("chatlab/", env!("CARGO_PKG_VERSION")));
    let host = address.speak.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    // A model on this machine is not reached through the network's proxy.
    if is_here { builder.no_proxy().build() } else { builder.build() }
}

fn headers(kind: ProviderKind, key: &SecretString) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    let key = key.expose_secret().trim();
    let secret = |text: &str| {
        let mut value = HeaderValue::from_str(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    };
    if kind == ProviderKind::Anthropic {
        headers.insert("x-api-key", secret(key)?);
        headers.insert("anthropic-version", HeaderValue::from_static(anthropic::VERSION));
    } else if !key.is_empty() {
        headers.insert(AUTHORIZATION, secret(&format!("Bearer {key}"))?);
    }
    Some(headers)
}

fn is_event_stream(response: &Response) -> bool {
    // Without a content type the body itself has to show what it is.
    response.headers().get(CONTENT_TYPE).is_none_or(|value| {
        value.to_str().is_ok_and(|value| value.trim_start().to_ascii_lowercase().starts_with("text/event-stream"))
    })
}

/// A body that is no stream; null if it is no JSON.
async fn read_json(mut response: Response, patience: Duration) -> Result<Value, Fault> {
    let read = async {
        let mut body = vec![];
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_OTHER_BODY {
                return vec![];
            }
        }
        body
    };
    let body = tokio::time::timeout(patience, read).await.map_err(|_| Fault::TooSlow(Slow::FirstEvent))?;
    Ok(serde_json::from_slice(&body).unwrap_or_default())
}

/// `Retry-After`: seconds or a date; OpenAI's finer `retry-after-ms` first.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let duration = |seconds: f64| Duration::try_from_secs_f64(seconds).ok();
    if let Some(ms) = text("retry-after-ms").and_then(|ms| ms.parse::<f64>().ok()) {
        return duration(ms / 1000.0);
    }
    let value = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = value.parse::<f64>() {
        return duration(seconds);
    }
    let moment = OffsetDateTime::parse(&value.replace("GMT", "+0000"), &Rfc2822).ok()?;
    Some(SystemTime::from(moment).duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(name: &'static str, value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).expect("a header"));
        retry_after(&headers)
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_as_a_date() {
        assert_eq!(wait("retry-after", "2"), Some(Duration::from_secs(2)));
        assert_eq!(wait("retry-after", "0.5"), Some(Duration::from_millis(500)));
        assert_eq!(wait("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(wait("retry-after", "Fri, 01 Jan 2010 00:00:00 GMT"), Some(Duration::ZERO));
        assert!(wait("retry-after", "Fri, 31 Dec 2199 00:00:00 GMT").expect("a date") > Duration::from_secs(1000));
        assert_eq!(wait("retry-after", "-1"), None);
        assert_eq!(wait("retry-after", "soon"), None);
    }

    #[test]
    fn a_key_shows_in_no_header_and_no_error() {
        let headers = headers(ProviderKind::Anthropic, &"sk-secret".into()).expect("a key");
        assert!(!format!("{headers:?}").contains("sk-secret"));
        assert!(super::headers(ProviderKind::OpenAi, &"sk\nsecret".into()).is_none());
        assert!(super::headers(ProviderKind::External, &"".into()).expect("none needed").is_empty());
    }
}
