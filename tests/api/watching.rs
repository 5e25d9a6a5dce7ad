//! The verbs of those who watch: share, join by a code, come back.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::helpers::{Host, Socket, TestApp, View, in_time};

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

/// The live events over plain HTTP, as a phone reads them where WebSockets are forbidden.
pub struct Stream {
    answer: reqwest::Response,
    /// What has come and is no whole event yet.
    rest: Vec<u8>,
    pub view: View,
}

impl Stream {
    /// Opens with the view that the phone has already.
    pub async fn open(phone: &Phone, view: View, after: Option<i64>) -> Self {
        let url = format!("{}{}", phone.url, phone.path("events", after).await);
        let answer = in_time("the stream opens", phone.http.get(url).send()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        Self { answer, rest: vec![], view }
    }

    /// The next event, applied to the view.
    pub async fn event(&mut self) -> Value {
        loop {
            while let Some(end) = self.rest.windows(2).position(|two| two == b"\n\n") {
                let block: Vec<u8> = self.rest.drain(..end + 2).collect();
                let block = String::from_utf8(block).unwrap();
                let line = |name| block.lines().find_map(|line| line.strip_prefix(name));
                let Some(data) = line("data: ") else { continue };
                let event: Value = serde_json::from_str(data).unwrap();
                if event["type"] != "ack" {
                    assert_eq!(line("id: ").map(|id| id.parse().unwrap()), event["seq"].as_i64());
                }
                self.view.apply(&event);
                return event;
            }
            let piece = in_time("an event of the stream", self.answer.chunk()).await.unwrap();
            self.rest.extend(piece.expect("the stream goes on"));
        }
    }
}

/// The class as a page would show it: made of a snapshot and the events behind it.
#[derive(Default, Debug, Clone, PartialEq)]
pub struct Room {
    pub class: Value,
    pub stage: Value,
    /// By when they were asked and their ids.
    pub questions: BTreeMap<(String, String), Value>,
    pub reactions: Value,
    pub prediction: Value,
}

impl Room {
    pub fn replace(&mut self, snapshot: &Value) {
        let of = |name: &str| snapshot[name].clone();
        *self = Self {
            class: of("class"),
            stage: of("stage"),
            questions: BTreeMap::new(),
            reactions: of("reactions"),
            prediction: of("prediction"),
        };
        let questions = snapshot["questions"].as_array().into_iter().flatten();
        questions.for_each(|question| drop(self.questions.insert(place(question), question.clone())));
    }

    pub fn apply(&mut self, event: &Value) {
        match event["type"].as_str().unwrap() {
            "class" => self.class = event["class"].clone(),
            "stage" => self.stage = event["stage"].clone(),
            "prediction" => self.prediction = event["prediction"].clone(),
            "reaction" => self.reactions = json!({"turn": event["turn"], "counts": event["counts"]}),
            "votes" => {
                for question in self.questions.values_mut() {
                    if let Some(count) = event["votes"].get(question["id"].as_str().unwrap()) {
                        question["votes"] = count.clone();
                    }
                }
            }
            _ => {
                let question = &event["question"];
                match question["status"].as_str().unwrap() {
                    "asked" | "dismissed" => drop(self.questions.remove(&place(question))),
                    _ => drop(self.questions.insert(place(question), question.clone())),
                }
            }
        }
    }

    /// The questions' texts in order.
    pub fn texts(&self) -> Vec<&str> {
        self.questions.values().map(|question| question["text"].as_str().unwrap()).collect()
    }
}

fn place(question: &Value) -> (String, String) {
    let text = |name: &str| question[name].as_str().unwrap().to_owned();
    (text("asked_at"), text("id"))
}
