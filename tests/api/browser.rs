//! Somebody with a browser: cookies, and an access token as the page keeps it.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::helpers::{Host, TestApp};

pub const PASSWORD: &str = "correct horse battery";
pub const ADA: &str = "ada@example.org";

/// What stands behind the `#` of a link.
pub fn secret_of(link: &str) -> String {
    link.trim().split_once('#').unwrap().1.to_owned()
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// A browser: it keeps the cookie that it is given, and the access token as the page does.
pub struct Browser {
    pub url: String,
    http: reqwest::Client,
    pub cookies: BTreeMap<String, String>,
    pub token: Option<String>,
}

impl Browser {
    pub fn new(app: &TestApp) -> Self {
        Self { url: app.url.clone(), http: client(), cookies: BTreeMap::new(), token: None }
    }

    /// A second one with everything that this one has: a thief's, or another tab.
    pub fn copy(&self) -> Self {
        Self { url: self.url.clone(), http: self.http.clone(), cookies: self.cookies.clone(), token: self.token.clone() }
    }

    pub async fn post(&mut self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Renews, by a name for this one renewal.
    pub async fn refresh(&mut self, key: Option<&str>) -> StatusCode {
        self.send_named(Method::POST, "/api/auth/refresh", Some(json!({})), key).await.0
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        self.send_named(method, path, body, None).await
    }

    async fn send_named(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
        key: Option<&str>,
    ) -> (StatusCode, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if path.starts_with("/api/auth") {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, cookies.join("; "));
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        for set in answer.headers().get_all(SET_COOKIE) {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
        }
        let status = answer.status();
        if let Some(to) = answer.headers().get(LOCATION) {
            return (status, json!(to.to_str().unwrap()));
        }
        let body: Value = answer.json().await.unwrap_or_default();
        if let Some(token) = body["access_token"].as_str() {
            self.token = Some(token.to_owned());
        }
        (status, body)
    }

    pub async fn me(&mut self) -> Value {
        self.send(Method::GET, "/api/me", None).await.1
    }

    pub async fn status(&mut self) -> StatusCode {
        self.send(Method::GET, "/api/me", None).await.0
    }

    pub async fn guest(app: &TestApp) -> Self {
        let mut guest = Self::new(app);
        assert_eq!(guest.post("/api/auth/guest", json!({})).await.0, StatusCode::OK);
        guest
    }

    /// Whom `ADMIN_EMAILS` names, with a confirmed address: [`ADA`].
    pub async fn admin(app: &TestApp) -> Self {
        let mut admin = Self::new(app);
        assert_eq!(admin.register(ADA).await.0, StatusCode::OK);
        let secret = secret_of(&app.command(&["confirm-link", ADA]).await.unwrap());
        assert_eq!(admin.post("/api/auth/confirm", json!({"token": secret})).await.0, StatusCode::OK);
        admin
    }

    /// What uses a token for scripts that is made here.
    pub async fn script(&mut self) -> Self {
        let (status, made) = self.post("/api/me/tokens", json!({"name": "Homework"})).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let token = made["token"].as_str().map(str::to_owned);
        Self { url: self.url.clone(), http: client(), cookies: BTreeMap::new(), token }
    }

    pub async fn register(&mut self, email: &str) -> (StatusCode, Value) {
        self.post("/api/auth/register", json!({"email": email, "password": PASSWORD, "name": "Ada"})).await
    }

    pub async fn login(&mut self, email: &str, password: &str) -> (StatusCode, Value) {
        self.post("/api/auth/login", json!({"email": email, "password": password})).await
    }

    pub fn host(&self) -> Host {
        Host::with(&self.url, self.token.as_deref().unwrap())
    }
}
