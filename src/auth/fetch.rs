//! Asking a provider of sign-in: briefly, a little, and nobody else than the one who was meant.

use std::time::Duration;

use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;
use url::Url;

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(10);
const MAX_BYTES: usize = 512 * 1024;

/// Why there was no answer; it never holds what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("no answer")]
    Unreachable,
    #[error("answered {0}")]
    Status(u16),
    #[error("the answer cannot be read")]
    Unreadable,
}

/// A client that follows no redirect.
pub fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().redirect(Policy::none()).connect_timeout(CONNECT).timeout(WHOLE);
    builder.build().expect("a client with time-outs can always be built")
}

pub async fn get_json<T: DeserializeOwned>(client: &reqwest::Client, url: &Url) -> Result<T, FetchError> {
    read(client.get(url.clone()).send().await).await
}

pub async fn post_form<T: DeserializeOwned>(
    client: &reqwest::Client,
    url: &Url,
    form: &[(&str, &str)],
) -> Result<T, FetchError> {
    read(client.post(url.clone()).form(form).send().await).await
}

async fn read<T: DeserializeOwned>(answer: reqwest::Result<reqwest::Response>) -> Result<T, FetchError> {
    let mut answer = answer.map_err(|_| FetchError::Unreachable)?;
    if !answer.status().is_success() {
        return Err(FetchError::Status(answer.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|_| FetchError::Unreachable)? {
        if body.len() + piece.len() > MAX_BYTES {
            return Err(FetchError::Unreadable);
        }
        body.extend_from_slice(&piece);
    }
    serde_json::from_slice(&body).map_err(|_| FetchError::Unreadable)
}
