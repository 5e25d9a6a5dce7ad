//! Requests and frames that went wrong on the way: whatever arrives, the server answers or hangs up, and goes on.
//!
//! `make fuzz` runs the long form: `FUZZ_REQUESTS`, `FUZZ_FRAMES`; `FUZZ_SEED` repeats a run. Seeds that once found something
//! stand in `SEEDS` and are always run.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message as Frame;

use super::helpers::{Host, TestApp};

/// Seeds to run whatever the environment says.
const SEEDS: &[u64] = &[1, 20_261_123];
const MAX_GROWTH_KIB: u64 = 50 * 1024;

/// What breaks parsers.
const SPICE: &[&str] = &[
    "\0",
    "\r\n",
    "\r\n\r\n",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]]",
    ":",
    ",",
    "null",
    "true",
    "-1",
    "1e999",
    "99999999999999999999",
    "💡",
    "\u{202e}",
    "%00",
    "%2e%2e%2f",
    "../",
    "'",
    "\"--",
    "<script>",
    "Content-Length: 9999999\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Content-Length: -1\r\n",
    "HTTP/9.9",
    "type",
    "id",
    "?",
    "&",
    "=",
    ";",
    "\u{feff}",
];

/// Small, fast and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 11).unwrap() % end.max(1)
    }

    /// One to four things go wrong.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let (at, length) = (self.below(bytes.len() + 1), self.below(16));
            let end = (at + length).min(bytes.len());
            match self.below(6) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 => drop(bytes.drain(at..end)),
                2 => drop(bytes.splice(at..at, SPICE[self.below(SPICE.len())].bytes())),
                3 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
                4 => bytes.truncate(at),
                _ => {
                    let noise: Vec<u8> = (0..length).map(|_| self.next().to_le_bytes()[0]).collect();
                    bytes.splice(at..end, noise);
                }
            }
        }
    }
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn seeds() -> Vec<u64> {
    match std::env::var("FUZZ_SEED").ok().and_then(|text| text.parse().ok()) {
        Some(seed) => vec![seed],
        None => SEEDS.to_vec(),
    }
}

async fn place() -> (TestApp, Host, String) {
    let generous = ["GUEST", "REGISTER", "LOGIN", "TICKET", "CREATE"].map(|name| format!("RATE_LIMIT_{name}"));
    let mut settings: Vec<(&str, &str)> = generous.iter().map(|name| (name.as_str(), "100000000")).collect();
    settings.extend([("LLM_PROVIDERS", "demo"), ("DEMO_WORDS_PER_SECOND", "0"), ("RUST_LOG", "warn,chatlab=info")]);
    let app = TestApp::spawn_with(&settings).await;
    let ada = app.host().await;
    let talk = ada.open("Play").await;
    (app, ada, talk)
}

/// Resident memory of the server.
fn memory_kib(app: &TestApp) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", app.process())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn still_well(app: TestApp, ada: &Host, talk: &str, before: u64) {
    assert_eq!(app.get("/ready").await.status(), StatusCode::OK);
    assert_eq!(ada.get(&format!("/api/discussions/{talk}")).await["topic"], "Play");
    let after = memory_kib(&app);
    assert!(after <= before + MAX_GROWTH_KIB, "memory grew from {before} to {after} KiB");
    let said = app.end().await;
    assert!(!said.contains("panicked"), "{said}");
}

fn requests(app: &TestApp, token: &str, talk: &str) -> Vec<Vec<u8>> {
    let host = app.url.trim_start_matches("http://");
    let make = |method: &str, path: &str, body: &str| {
        let length = if body.is_empty() {
            String::new()
        } else {
            format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len())
        };
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n{length}\r\n{body}")
            .into_bytes()
    };
    let card = r#"{"name":"Grandmother","key_ideas":["Patience: it all comes"],"works":[{"title":"Bread","year":1950}]}"#;
    vec![
        make("GET", &format!("/api/discussions/{talk}"), ""),
        make("GET", "/api/discussions?q=play&limit=5", ""),
        make("GET", &format!("/api/discussions/{talk}/messages?before=5&limit=3"), ""),
        make("GET", &format!("/api/discussions/{talk}/export?format=json"), ""),
        make("GET", &format!("/api/discussions/{talk}/live?ticket=x&after=1"), ""),
        make("GET", "/assets/index.js", ""),
        make("GET", "/api/auth/google/callback?code=x&state=y", ""),
        make("POST", "/api/auth/login", r#"{"email":"nobody","password":"x"}"#),
        make("POST", "/api/auth/guest", r#"{"code":"x"}"#),
        make("POST", "/api/discussions", r#"{"topic":"Play","character_ids":["john-dewey"],"turn_order":"round_robin"}"#),
        make("POST", &format!("/api/discussions/{talk}/turns"), r#"{"character_id":"john-dewey","say":"x"}"#),
        make("POST", "/api/characters", card),
        make("POST", "/api/activity", r#"{"events":[{"kind":"page_view","at":"2026-11-23T08:00:00Z","data":{"a":1}}]}"#),
        make("POST", "/api/me/tokens", r#"{"name":"x","scopes":["read"],"expires_at":"2030-01-01T00:00:00Z"}"#),
        make("PATCH", "/api/me", r#"{"name":"Ada","preferences":{"theme":"dark"}}"#),
        make("PATCH", &format!("/api/discussions/{talk}"), r#"{"turn_order":"balanced"}"#),
    ]
}

/// The status, if there was an answer. The connection is reset, so that thousands of them leave no ports behind.
async fn ask(address: &str, request: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    stream.write_all(request).await.ok()?;
    let mut answer = [0; 64];
    // Half a request waits for its other half; nobody waits here for that.
    let read = timeout(Duration::from_millis(200), stream.read(&mut answer)).await.ok()?.ok()?;
    std::str::from_utf8(&answer[..read.min(12)]).ok()?.split(' ').nth(1)?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutated_requests_do_no_harm() {
    let (app, ada, talk) = place().await;
    let address = app.url.trim_start_matches("http://").to_owned();
    let templates = requests(&app, &ada.token, &talk);
    for template in &templates {
        assert!(ask(&address, template).await.is_some(), "{}", String::from_utf8_lossy(template));
    }
    let each = number("FUZZ_REQUESTS", 1_000) / seeds().len();
    let mut before = 0;
    for seed in seeds() {
        let mut chance = Chance(seed);
        for round in 0..each.div_ceil(50) {
            let asked = (0..50).map(|_| {
                let mut request = templates[chance.below(templates.len())].clone();
                chance.mutate(&mut request);
                let address = address.clone();
                tokio::spawn(async move { (ask(&address, &request).await, request) })
            });
            for asked in futures_util::future::join_all(asked).await {
                let (status, request) = asked.unwrap();
                let text = String::from_utf8_lossy(&request);
                assert!(status.is_none_or(|status| status < 500), "seed {seed}: {status:?} for {text}");
            }
            if before == 0 && round == 4 {
                before = memory_kib(&app);
            }
        }
    }
    still_well(app, &ada, &talk, before).await;
}

fn frames(message: &str) -> Vec<String> {
    let id = "a-name";
    [
        json!({"type": "ping", "id": id}),
        json!({"type": "next", "id": id, "character_id": "john-dewey"}),
        json!({"type": "say", "id": id, "text": "What is play for?"}),
        json!({"type": "stop", "id": id, "turn": message}),
        json!({"type": "auto", "id": id, "turns": 2}),
        json!({"type": "regenerate", "id": id, "message_id": message}),
        json!({"type": "strike", "id": id, "message_id": message, "reason": "x"}),
        json!({"type": "react", "id": id, "emoji": "👍"}),
    ]
    .iter()
    .map(ToString::to_string)
    .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutated_frames_do_no_harm() {
    let (app, ada, talk) = place().await;
    let templates = frames(&uuid::Uuid::now_v7().to_string());
    let all = number("FUZZ_FRAMES", 4_000) / seeds().len();
    let mut before = 0;
    for seed in seeds() {
        let mut chance = Chance(seed);
        let mut sent = 0;
        while sent < all {
            let ticket = ada.ticket(&talk).await;
            let url = format!("{}/api/discussions/{talk}/live?ticket={ticket}", app.url.replacen("http", "ws", 1));
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
            for _ in 0..500 {
                let mut frame = templates[chance.below(templates.len())].clone().into_bytes();
                chance.mutate(&mut frame);
                let frame = match String::from_utf8(frame) {
                    Ok(text) => Frame::text(text),
                    // A frame that is no text, or text that is none, ends the connection: once in a while.
                    Err(wrong) if chance.below(50) == 0 => Frame::binary(wrong.into_bytes()),
                    Err(wrong) => Frame::text(String::from_utf8_lossy(wrong.as_bytes()).into_owned()),
                };
                sent += 1;
                if writing.send(frame).await.is_err() {
                    break;
                }
            }
            drop(writing.close().await);
            let code = timeout(Duration::from_secs(20), drain).await.expect("the server closes too").unwrap();
            assert_ne!(code, Some(1011), "seed {seed}: an internal error");
            if before == 0 {
                before = memory_kib(&app);
            }
        }
    }
    still_well(app, &ada, &talk, before).await;
}
