//! Frames as they should be, of the host and of the class, and a connection that sends them gone wrong.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message as Frame;

use super::chance::Chance;
use crate::helpers::{Host, TestApp};
use crate::watching::Phone;

/// Frames of one connection.
const FRAMES: usize = 500;

/// Every command of docs/protocol.md, with things that are there.
async fn templates(host: &Host, talk: &str, phone: &Phone) -> Vec<Value> {
    let (status, message) = host.post(&format!("/api/discussions/{talk}/turns"), json!({})).await;
    assert!(status.is_success(), "{message}");
    let ask = json!({"type": "ask", "id": "first", "text": "And who asks the child?", "key": phone.key});
    let (status, asked) = phone.post("commands", ask).await;
    assert!(status.is_success(), "{asked}");
    let (message, question) = (&message["id"], &asked["question"]);
    let id = "a-name";
    vec![
        json!({"type": "ping", "id": id}),
        json!({"type": "next", "id": id, "character_id": "john-dewey"}),
        json!({"type": "say", "id": id, "text": "What is play for?"}),
        json!({"type": "stop", "id": id, "turn": message}),
        json!({"type": "auto", "id": id, "turns": 2, "until": "2030-01-01T00:00:00Z"}),
        json!({"type": "regenerate", "id": id, "message_id": message}),
        json!({"type": "continue", "id": id, "message_id": message}),
        json!({"type": "strike", "id": id, "message_id": message, "reason": "x"}),
        json!({"type": "mute", "id": id, "character_id": "paulo-freire", "muted": true}),
        json!({"type": "ask", "id": id, "text": "Why?"}),
        json!({"type": "vote", "id": id, "question": question, "up": true}),
        json!({"type": "vote", "id": id, "prediction": "agree"}),
        json!({"type": "react", "id": id, "emoji": "👍"}),
        json!({"type": "approve", "id": id, "question": question}),
        json!({"type": "dismiss", "id": id, "question": question}),
        json!({"type": "pose", "id": id, "question": question, "character_id": "john-dewey"}),
        json!({"type": "class", "id": id, "questions": "open", "reactions": true, "predictions": true}),
        json!({"type": "stage", "id": id, "blank": false, "words_per_minute": 200, "type_size": 100, "show": "code"}),
    ]
}

/// A discussion of its own with a host's connection and an observer's, which send so many frames each; then it is deleted.
pub async fn quarrel(app: &TestApp, seed: u64) -> usize {
    let host = app.host().await;
    let talk = host.open("Play").await;
    let phone = Phone::new(app, &host.share(&talk).await);
    let templates: Vec<String> = templates(&host, &talk, &phone).await.iter().map(ToString::to_string).collect();
    let hosts = format!("/api/discussions/{talk}/live?ticket={}", host.ticket(&talk).await);
    let observers = phone.path("live", None).await;
    let sent = tokio::join!(
        connection(app, &hosts, &templates, Chance::new(seed)),
        connection(app, &observers, &templates, Chance::new(seed ^ 0xffff)),
    );
    let gone = host.request(reqwest::Method::DELETE, "/api/me").send().await.unwrap();
    assert!(gone.status().is_success(), "seed {seed}");
    sent.0 + sent.1
}

async fn connection(app: &TestApp, path: &str, templates: &[String], mut chance: Chance) -> usize {
    let url = format!("{}{path}", app.url.replacen("http", "ws", 1));
    let (stream, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let (mut writing, mut reading) = stream.split();
    let drain = tokio::spawn(async move {
        while let Some(Ok(frame)) = reading.next().await {
            if let Frame::Close(reason) = frame {
                return reason.map(|reason| u16::from(reason.code));
            }
        }
        None
    });
    let mut sent = 0;
    for _ in 0..FRAMES {
        let mut frame = chance.pick(templates).clone().into_bytes();
        chance.mutate(&mut frame);
        let frame = match String::from_utf8(frame) {
            Ok(text) => Frame::text(text),
            // A frame that is no text, or text that is none, ends the connection: once in a while.
            Err(wrong) if chance.below(1_000) == 0 => Frame::binary(wrong.into_bytes()),
            Err(wrong) => Frame::text(String::from_utf8_lossy(wrong.as_bytes()).into_owned()),
        };
        sent += 1;
        if writing.feed(frame).await.is_err() {
            break;
        }
    }
    drop(writing.close().await);
    let code = timeout(Duration::from_secs(60), drain).await.expect("the server closes too").unwrap();
    assert_ne!(code, Some(1011), "an internal error");
    sent
}
