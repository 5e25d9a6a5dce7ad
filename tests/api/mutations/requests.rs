//! Requests as they should be: one at least for every route of the description, by somebody who may, with ids of things that
//! are there; and how they go wrong.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::chance::Chance;
use crate::helpers::{Host, TestApp};

/// Routes after which whoever asked has less than before: somebody else than the one who asks for the rest.
const ENDINGS: &[&str] = &["delete", "/api/auth/logout", "/api/auth/register", "/api/me/password"];

const JSON: &str = "application/json";

/// One of the lessons on the shelf.
const LESSON: &str = "who-decides-what-to-learn";

/// A request in the parts that go wrong one by one.
#[derive(Clone)]
pub struct Template {
    /// Method and route, for the statistics.
    pub route: String,
    target: String,
    token: String,
    /// What the body is, unless it is JSON.
    kind: &'static str,
    body: Vec<u8>,
}

/// Somebody with one of everything.
pub struct Place {
    pub host: Host,
    pub talk: String,
    message: String,
    character: String,
    script: String,
    code: String,
}

impl Place {
    pub async fn new(app: &TestApp) -> Self {
        let host = app.host().await;
        let talk = host.open("Play").await;
        let made = async |path: &str, body: Value, field: &str| {
            let (status, made) = host.post(path, body).await;
            assert!(status.is_success(), "{path}: {made}");
            made[field].as_str().unwrap().to_owned()
        };
        let message = made(&format!("/api/discussions/{talk}/turns"), json!({"say": "x"}), "id").await;
        let character = made("/api/characters", json!({"name": "Grandmother"}), "id").await;
        let script = made("/api/me/tokens", json!({"name": "x"}), "id").await;
        let code = made(&format!("/api/discussions/{talk}/share"), json!({}), "code").await;
        let step = json!({"after_turns": 1, "say": "And who pays?"});
        let (status, plan) = host.put(&format!("/api/discussions/{talk}/plan"), json!({"steps": [step]})).await;
        assert!(status.is_success(), "{plan}");
        let (status, summary) = host.post(&format!("/api/discussions/{talk}/summary"), json!({})).await;
        assert!(status.is_success(), "{summary}");
        Self { host, talk, message, character, script, code }
    }

    fn target(&self, path: &str, operation: &Value) -> String {
        let id = match path.split('/').nth(2) {
            Some("characters") => &self.character,
            Some("me") => &self.script,
            Some("portraits") => "john-dewey",
            Some("lessons") => LESSON,
            _ => &self.talk,
        };
        let filled = [("{id}", id), ("{mid}", &self.message), ("{code}", &self.code)];
        let filled = filled.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
        let filled = filled.replace("{provider}", "google").replace("{name}", "own-book").replace("{step}", "0");
        let of_query = operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query");
        let query: Vec<String> = of_query.map(|one| query(one["name"].as_str().unwrap(), path)).collect();
        if query.is_empty() { filled } else { format!("{filled}?{}", query.join("&")) }
    }
}

fn query(name: &str, path: &str) -> String {
    let value = match name {
        "limit" | "before" | "after" => "5",
        "format" if path.starts_with("/api/admin") => "csv",
        "format" => "md",
        "version" => "1",
        "q" => "play+is",
        "from" | "to" => "2026-11-23",
        "archived" => "all",
        "character" => "john-dewey",
        _ => "",
    };
    format!("{name}={value}")
}

/// One for each route, and more where one body cannot say it all.
pub async fn templates(app: &TestApp, place: &Place, mortal: &Place) -> Vec<Template> {
    let api: Value = app.get("/api/openapi.json").await.json().await.unwrap();
    let mut found = vec![];
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let ends = ENDINGS.contains(&method.as_str()) || ENDINGS.contains(&path.as_str());
            let who = if ends { mortal } else { place };
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let body = if schema.is_null() { vec![] } else { example(&api, schema, "").to_string().into_bytes() };
            let (method, route) = (method.to_uppercase(), format!("{method} {path}"));
            let target = format!("{method} {}", who.target(path, operation));
            found.push(Template { route, target, token: who.host.token.clone(), kind: JSON, body });
        }
    }
    let other = |target: &str, kind: &'static str, body: Vec<u8>| Template {
        route: format!("{} {kind}", target.replace(&place.character, "{id}")).trim_end().to_owned(),
        target: target.to_owned(),
        token: place.host.token.clone(),
        kind,
        body,
    };
    found.extend(["GET /favicon.svg", "HEAD /history", "OPTIONS /api/me"].map(|target| other(target, "", vec![])));
    found.extend(files(place).await.into_iter().map(|(target, kind, body)| other(&target, kind, body)));
    found
}

/// What comes as a file: cards, packs, pictures, lessons.
async fn files(place: &Place) -> Vec<(String, &'static str, Vec<u8>)> {
    let card = |name: &str| std::fs::read(format!("{}/tests/cards/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let body = json!({"title": "Two", "character_ids": ["john-dewey", place.character]});
    let pack = place.host.request(Method::POST, "/api/characters/export").json(&body).send().await.unwrap();
    assert!(pack.status().is_success());
    let pack = pack.bytes().await.unwrap().to_vec();
    let answer = place.host.request(Method::GET, &format!("/api/lessons/{LESSON}/file")).send().await.unwrap();
    let lesson = json!({"file": answer.text().await.unwrap()}).to_string().into_bytes();
    let import = "POST /api/characters/import?same_name=replace";
    let picture = format!("PUT /api/characters/{}/picture", place.character);
    vec![
        (import.to_owned(), "image/png", card("chub-v2.png")),
        (import.to_owned(), "application/json", card("by-hand-v2.json")),
        (import.to_owned(), "application/zip", pack),
        (picture, "image/png", card("tavernai-v1.png")),
        ("POST /api/lessons/check".to_owned(), JSON, lesson.clone()),
        ("POST /api/lessons".to_owned(), JSON, lesson),
    ]
}

/// A body as the description has it. Named fields have values that mean something here.
fn example(api: &Value, schema: &Value, field: &str) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return example(api, &api["components"]["schemas"][name], field);
    }
    if let Some(one) = ["oneOf", "anyOf", "allOf"].iter().find_map(|of| schema[of].as_array()) {
        let fields: Vec<Value> =
            one.iter().filter(|one| one["type"] != "null").map(|one| example(api, one, field)).collect();
        let whole = |mut all: Map<String, Value>, one: &Value| {
            all.extend(one.as_object().cloned().unwrap_or_default());
            all
        };
        let objects = fields.iter().all(Value::is_object);
        return if objects { Value::Object(fields.iter().fold(Map::new(), whole)) } else { fields[0].clone() };
    }
    let kinds = [&schema["type"], &schema["type"][0]].map(|kind| kind.as_str().unwrap_or_default());
    match kinds {
        ["object", _] | [_, "object"] => {
            let fields = schema["properties"].as_object().cloned().unwrap_or_default();
            fields.iter().map(|(name, schema)| (name.clone(), example(api, schema, name))).collect()
        }
        ["array", _] | [_, "array"] => json!([example(api, &schema["items"], field)]),
        ["integer" | "number", _] | [_, "integer" | "number"] => json!(60),
        ["boolean", _] | [_, "boolean"] => json!(true),
        _ => json!(word(field)),
    }
}

fn word(field: &str) -> &str {
    match field {
        "character_id" | "character_ids" => "john-dewey",
        "turn_order" => "balanced",
        "length" => "short",
        "level" => "14",
        "scopes" => "read",
        "expires_at" | "at" => "2030-01-01T00:00:00Z",
        "kind" => "page_view",
        "lesson" => LESSON,
        "email" => "nobody@example.org",
        "color" | "color_dark" => "#1a6b54",
        "emblem" => "own-book",
        "key" => "a-key-of-a-phone-in-class",
        "type" => "ping",
        _ => "Play is work.",
    }
}

impl Template {
    /// As it should be.
    pub fn whole(&self) -> Vec<u8> {
        self.request(self.target.as_bytes(), &self.body)
    }

    /// As it came: its target, its body, or anything of it.
    pub fn mutated(&self, chance: &mut Chance) -> Vec<u8> {
        let part = |bytes: &[u8], chance: &mut Chance| {
            let mut bytes = bytes.to_vec();
            chance.mutate(&mut bytes);
            bytes
        };
        match chance.below(3) {
            0 if !self.body.is_empty() => self.request(self.target.as_bytes(), &part(&self.body, chance)),
            1 => self.request(&part(self.target.as_bytes(), chance), &self.body),
            _ => {
                let mut whole = self.whole();
                chance.mutate(&mut whole);
                whole
            }
        }
    }

    fn request(&self, target: &[u8], body: &[u8]) -> Vec<u8> {
        let Self { token, kind, .. } = self;
        let mut head = format!(" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n");
        if !body.is_empty() {
            head += &format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        }
        [target, head.as_bytes(), b"\r\n", body].concat()
    }
}

/// The status, if there was an answer. The connection is reset, so that thousands of them leave no ports behind.
pub async fn ask(address: &str, request: &[u8], patience: Duration) -> Option<u16> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    stream.write_all(request).await.ok()?;
    let mut answer = [0; 64];
    let read = timeout(patience, stream.read(&mut answer)).await.ok()?.ok()?;
    std::str::from_utf8(&answer[..read.min(12)]).ok()?.split(' ').nth(1)?.parse().ok()
}
