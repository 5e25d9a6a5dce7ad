//! One of everything that a host can have, and the ways in which it leaves the server.

use std::time::Duration;

use chatlab::domain::card::png;
use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Seen, quoting};
use crate::helpers::{Host, Socket, TestApp, in_time};
use crate::support::script::{Script, Step};
use crate::watching::{Phone, Stream};

const CARD: &[u8] = include_bytes!("../../cards/chub-v2.png");
const PICTURE: &[u8] = include_bytes!("../../cards/tavernai-v1.png");
const LESSON: &str = "who-decides-what-to-learn";
/// What is said in the discussion: in no line of the log.
pub const SAID: &str = "sandcastle";

pub struct Corners {
    pub talk: String,
    pub code: String,
    message: String,
    character: String,
    /// Where the character's picture is.
    picture: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

async fn done(host: &Host, method: Method, path: &str, body: Value) -> Value {
    let answer = host.request(method, path).json(&body).send().await.unwrap();
    let status = answer.status();
    let body = answer.text().await.unwrap();
    assert!(status.is_success(), "{path}: {status} {body}");
    serde_json::from_str(&body).unwrap_or_default()
}

/// A model's answer by what it is asked for.
fn answer(body: &Value) -> Script {
    let body = body.to_string();
    if body.contains("as JSON and nothing else") {
        let point = json!([{"text": SAID, "name": "John Dewey", "messages": [1]}]);
        let summary = json!({"insights": point, "agreements": point, "tensions": point, "questions": point});
        return Script::say(&[summary.to_string()]);
    }
    if body.contains("One sentence each") {
        return Script::say(&[format!("1. {SAID}.\n2. {SAID}.")]);
    }
    Script::say(&[SAID])
}

impl Corners {
    /// Fills them, for somebody whose discussion is `talk`.
    pub async fn fill(app: &TestApp, host: &Host, talk: &str, code: &str) -> Self {
        app.llm.answers(answer);
        let own = |end: &str| format!("/api/discussions/{talk}{end}");
        // So much that the beginning is remembered in short.
        for _ in 0..10 {
            done(host, Method::POST, &own("/turns"), json!({"say": format!("{SAID} ").repeat(300)})).await;
        }
        let messages = host.messages(talk).await;
        let [first, second, third] = [0, 1, 2].map(|at: usize| text(&messages[at]["id"]));
        let edited = json!({"text": format!("{SAID}!"), "reason": SAID});
        done(host, Method::PATCH, &own(&format!("/messages/{first}")), edited).await;
        let strike = json!({"type": "strike", "id": "strike", "message_id": second, "reason": SAID});
        done(host, Method::POST, &own("/commands"), strike).await;
        done(host, Method::POST, &own("/fork"), json!({"at": third})).await;
        done(host, Method::PUT, &own("/plan"), json!({"steps": [{"say": SAID}, {"say": SAID, "why": SAID}]})).await;
        done(host, Method::POST, &own("/plan/0/say"), json!({})).await;
        done(host, Method::POST, &own("/summary"), json!({})).await;
        let remembered = async || !host.get(&own("/recaps")).await["items"].as_array().unwrap().is_empty();
        in_time("the beginning is remembered in short", async { while !remembered().await {} }).await;

        let import = host.request(Method::POST, "/api/characters/import").body(CARD).send().await.unwrap();
        assert_eq!(import.status(), StatusCode::CREATED);
        let character = text(&import.json::<Value>().await.unwrap()["items"][0]["character"]["id"]);
        let give = host.request(Method::PUT, &format!("/api/characters/{character}/picture"));
        let given: Value = give.body(PICTURE).send().await.unwrap().json().await.unwrap();
        let event = json!({"kind": "page_view", "at": "2026-11-23T08:00:00.000Z", "data": {"text": SAID}});
        done(host, Method::POST, "/api/activity", json!({"events": [event]})).await;
        Self { talk: talk.to_owned(), code: code.to_owned(), message: first, character, picture: text(&given["avatar_url"]) }
    }

    /// A route's path with what is there.
    pub fn path(&self, path: &str) -> String {
        let picture = self.picture.trim_start_matches("/api/pictures/").split('?').next().unwrap();
        let id = match path.split('/').nth(2) {
            Some("characters") => &self.character,
            Some("pictures") => picture,
            Some("lessons") => LESSON,
            _ => &self.talk,
        };
        path.replace("{id}", id)
            .replace("{mid}", &self.message)
            .replace("{step}", "1")
            .replace("{code}", &self.code)
            .replace("{provider}", "google")
            .replace("{name}", "own-book")
    }

    /// Everything that can be had by asking rightly.
    pub async fn take(&self, host: &Host, seen: &mut Seen) {
        let mut paths: Vec<String> = ["md", "txt", "html", "json", "csv", "docx"]
            .map(|format| self.path(&format!("/api/discussions/{{id}}/export?format={format}")))
            .to_vec();
        let of_talk = ["", "/messages", "/messages/{mid}/versions", "/plan", "/lesson", "/summaries", "/recaps", "/usage"];
        paths.extend(of_talk.map(|end| self.path(&format!("/api/discussions/{{id}}{end}"))));
        let others = [
            "/api/characters/{id}",
            "/api/characters/{id}/card?format=json",
            "/api/characters/{id}/card?format=png",
            "/api/pictures/{id}",
            "/api/lessons/{id}/file",
            "/api/me/export",
            "/api/admin/usage",
            "/api/admin/actions",
            "/api/admin/transcripts",
            "/api/admin/transcripts?format=csv",
            "/api/admin/activity",
            "/api/admin/activity?format=csv",
        ];
        paths.extend(others.map(|path| self.path(path)));
        for path in &paths {
            let answer = host.request(Method::GET, path).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            seen.answer(answer).await;
        }
        let cast = json!({"topic": SAID, "character_ids": ["john-dewey", self.character], "title": SAID});
        let character = json!({"topic": SAID, "character": {"name": "Grandma"}});
        for (path, body) in [
            ("/api/characters/export", &cast),
            ("/api/lessons/write", &cast),
            ("/api/perspectives", &cast),
            ("/api/characters/preview", &character),
        ] {
            let answer = host.request(Method::POST, path).json(body).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            seen.answer(answer).await;
        }
    }

    /// What is told first to those who come late, by socket and by stream.
    pub async fn come_late(&self, app: &TestApp, host: &Host, seen: &mut Seen) {
        let phone = Phone::new(app, &self.code);
        let hosts = format!("/api/discussions/{}/live?ticket={}", self.talk, host.ticket(&self.talk).await);
        for path in [hosts, phone.path("live", None).await] {
            let first = Socket::open(&app.url, &path).await.event().await;
            assert_eq!(first["type"], "snapshot");
            seen.text(&first.to_string());
        }
        seen.text(&Stream::open(&phone, super::View::default(), None).await.event().await.to_string());
    }

    /// A provider that quotes the key in its complaint, wherever one is asked; the others cannot be reached.
    pub async fn complain(&self, app: &TestApp, host: &Host, seen: &mut Seen) {
        let cast = json!({"topic": "Something new", "character_ids": ["john-dewey"]});
        let character = json!({"topic": SAID, "character": {"name": "Grandma"}});
        let asking = [
            (self.path("/api/discussions/{id}/summary"), json!({})),
            ("/api/perspectives".to_owned(), cast),
            ("/api/characters/preview".to_owned(), character),
            ("/api/providers/test".to_owned(), json!({})),
        ];
        // So that there is something new to sum up.
        let say = json!({"type": "say", "id": "new", "text": SAID});
        done(host, Method::POST, &self.path("/api/discussions/{id}/commands"), say).await;
        let before = app.llm.asked().len();
        // All have asked before it complains: after that it is left alone for a while.
        asking.iter().for_each(|_| app.llm.will(quoting().after(0, Step::Pause(Duration::from_millis(300)))));
        let answers = asking.iter().map(|(path, body)| host.request(Method::POST, path).json(body).send());
        for answer in join_all(answers).await {
            seen.answer(answer.unwrap()).await;
        }
        assert_eq!(app.llm.asked().len() - before, asking.len(), "it was asked by all of them");
    }
}

/// The cards in a picture, as text.
pub fn cards_in(bytes: &[u8]) -> Option<String> {
    png::is_png(bytes).then(|| png::card(bytes).ok())?
}
