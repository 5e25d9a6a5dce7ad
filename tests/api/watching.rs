//! The verbs of those who watch: share, join by a code, come back.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::helpers::{Host, Socket, TestApp};

impl Host {
    /// Opens a discussion to observers; its code.
    pub async fn share(&self, discussion: &str) -> String {
        let (status, share) = self.post(&format!("/api/discussions/{discussion}/share"), json!({})).await;
        assert_eq!(status, StatusCode::OK, "{share}");
        share["code"].as_str().unwrap().to_owned()
    }

    pub async fn end_share(&self, discussion: &str) -> StatusCode {
        let path = format!("/api/discussions/{discussion}/share");
        self.request(reqwest::Method::DELETE, &path).send().await.unwrap().status()
    }
}

/// A phone in the classroom: the code, and the key that its page keeps.
#[derive(Clone)]
pub struct Phone {
    pub url: String,
    pub code: String,
    pub key: String,
    pub http: reqwest::Client,
}

impl Phone {
    pub fn new(app: &TestApp, code: &str) -> Self {
        let key = uuid::Uuid::new_v4().simple().to_string();
        Self { url: app.url.clone(), code: code.to_owned(), key, http: reqwest::Client::new() }
    }

    /// The same phone after a restart, which has another port.
    pub fn at(&self, app: &TestApp) -> Self {
        Self { url: app.url.clone(), ..self.clone() }
    }

    pub async fn post(&self, what: &str, body: Value) -> (StatusCode, Value) {
        let path = format!("{}/api/watch/{}/{what}", self.url, self.code);
        let answer = self.http.post(path).json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    pub async fn get(&self, what: &str) -> (StatusCode, Value) {
        let answer = self.http.get(format!("{}/api/watch/{}{what}", self.url, self.code)).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    /// The path of a fresh ticket's connection; `kind`: `live` or `events`.
    pub async fn path(&self, kind: &str, after: Option<i64>) -> String {
        let (status, ticket) = self.post("ticket", json!({"key": self.key})).await;
        assert_eq!((status, &ticket["role"]), (StatusCode::OK, &json!("observer")), "{ticket}");
        let (id, ticket) = (ticket["discussion_id"].as_str().unwrap(), ticket["ticket"].as_str().unwrap());
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        format!("/api/discussions/{id}/{kind}?ticket={ticket}{after}")
    }

    /// A socket; the first frame was a snapshot.
    pub async fn join(&self) -> Socket {
        let mut socket = Socket::open(&self.url, &self.path("live", None).await).await;
        assert_eq!(socket.event().await["type"], "snapshot");
        socket
    }
}
