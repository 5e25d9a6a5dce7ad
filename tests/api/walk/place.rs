//! Ada with one of everything, and requests at her door.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::browser::{ADA, Browser};
use crate::helpers::{Host, TestApp};

const PICTURE: &[u8] = include_bytes!("../../cards/tavernai-v1.png");

/// What Ada has, and the others who would like to.
pub struct Place {
    pub app: TestApp,
    pub http: reqwest::Client,
    pub ada: Host,
    pub talk: String,
    pub message: String,
    pub character: String,
}

pub async fn place() -> Place {
    let app = TestApp::spawn_demo().await;
    let mut browser = Browser::new(&app);
    browser.register(ADA).await;
    let ada = browser.host();
    let talk = ada.open("Play").await;
    let (status, message) = ada.post(&format!("/api/discussions/{talk}/turns"), json!({})).await;
    assert_eq!(status, StatusCode::OK, "{message}");
    let (status, character) = ada.post("/api/characters", json!({"name": "Grandmother"})).await;
    assert_eq!(status, StatusCode::CREATED, "{character}");
    // One of everything, so that only the door keeps others from it.
    let own = |end: &str| format!("/api/discussions/{talk}{end}");
    let steps = json!({"steps": [{"say": "And who pays?"}]});
    assert_eq!(ada.put(&own("/plan"), steps).await.0, StatusCode::OK);
    for end in ["/share", "/summary"] {
        let (status, made) = ada.post(&own(end), json!({})).await;
        assert!(status.is_success(), "{end}: {made}");
    }
    let picture = format!("/api/characters/{}/picture", character["id"].as_str().unwrap());
    let answer = ada.request(Method::PUT, &picture).body(PICTURE).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(ada.post("/api/me/tokens", json!({"name": "Report"})).await.0, StatusCode::CREATED);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Place { message: text(&message["id"]), character: text(&character["id"]), http: reqwest::Client::new(), app, ada, talk }
}

impl Place {
    /// The path with Ada's things in it, or with things that nobody has.
    pub fn path(&self, path: &str, real: bool) -> String {
        let nothing = uuid::Uuid::now_v7().to_string();
        if path.starts_with("/api/lessons") {
            return path.replace("{id}", "who-decides-what-to-learn");
        }
        let id = match (real, path.starts_with("/api/characters")) {
            (false, _) => &nothing,
            (true, true) => &self.character,
            (true, false) => &self.talk,
        };
        let message = if real { &self.message } else { &nothing };
        path.replace("{id}", id)
            .replace("{mid}", message)
            .replace("{provider}", "google")
            .replace("{name}", "own-book")
            .replace("{step}", "0")
    }

    /// Sends what the route takes, as far as it has to be understood before anything else is looked at.
    pub async fn send(&self, method: &str, path: &str, token: Option<&str>) -> (StatusCode, Value) {
        let method: Method = method.to_uppercase().parse().unwrap();
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.app.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if method != Method::GET {
            request = request.json(&json!({}));
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let mut body: Value = answer.json().await.unwrap_or_default();
        if let Some(body) = body.as_object_mut() {
            body.remove("request_id");
        }
        (status, body)
    }

    /// What Ada's things look like to her, to see that nobody changed them.
    pub async fn everything(&self) -> Value {
        let of_talk = ["", "/messages", "/plan", "/share", "/summaries"];
        let mut paths: Vec<String> = of_talk.map(|end| format!("/api/discussions/{}{end}", self.talk)).to_vec();
        paths.push(format!("/api/characters/{}", self.character));
        paths.extend(["/api/me", "/api/me/tokens"].map(str::to_owned));
        let mut seen = vec![json!(self.ids("/api/me/logins").await)];
        for path in paths {
            seen.push(self.ada.get(&path).await);
        }
        json!(seen)
    }

    /// Of the things that a list of Ada's has.
    pub async fn ids(&self, path: &str) -> Vec<String> {
        let list = self.ada.get(path).await;
        let ids: Vec<_> =
            list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        assert!(!ids.is_empty(), "{path}: {list}");
        ids
    }
}

pub async fn operations(app: &TestApp) -> Vec<(String, String)> {
    let api: Value = app.get("/api/openapi.json").await.json().await.unwrap();
    let mut found = vec![];
    for (path, methods) in api["paths"].as_object().unwrap() {
        found.extend(methods.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())));
    }
    assert!(found.len() > 40, "the description was read");
    found
}
