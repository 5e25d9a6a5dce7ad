//! Secrets stay where they are: not one byte of them in an answer, a frame, the log, the metrics, an export or the page.

mod corners;

use std::io::{Cursor, Read};

use reqwest::{Method, Response};
use serde_json::{Value, json};

use self::corners::{Corners, SAID, cards_in};
use super::browser::{ADA, Browser, secret_of};
use super::helpers::{Host, Socket, TestApp, View};
use super::support::script::Script;
use super::watching::Phone;

const CANARY: &str = "kanarienvogel";
/// Names of settings that hold a secret.
const SECRETS: [&str; 8] = [
    "ANTHROPIC_API_KEY",
    "OPENAI_API_KEY",
    "EXTERNAL_API_KEY",
    "JWT_SECRET",
    "GOOGLE_CLIENT_SECRET",
    "MICROSOFT_CLIENT_SECRET",
    "METRICS_TOKEN",
    "SMTP_URL",
];

/// With every secret that there can be, and a log that tells all it can.
async fn place() -> TestApp {
    let secrets = SECRETS.map(|name| (name, format!("{CANARY}-{}-0123456789abcdef0123456789abcdef", name.to_lowercase())));
    let smtp = format!("smtp://{CANARY}:{CANARY}@127.0.0.1:9");
    let mut settings: Vec<(&str, &str)> =
        secrets.iter().map(|(name, value)| (*name, if *name == "SMTP_URL" { &smtp } else { value.as_str() })).collect();
    settings.extend([
        ("GOOGLE_CLIENT_ID", "x"),
        ("MICROSOFT_CLIENT_ID", "x"),
        ("GOOGLE_ISSUER", "http://127.0.0.1:9"),
        ("MICROSOFT_AUTHORITY", "http://127.0.0.1:9"),
        ("ANTHROPIC_BASE_URL", "http://127.0.0.1:9"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
        ("LLM_PROVIDERS", "external,anthropic,openai"),
        ("MAIL_FROM", "chatlab@example.org"),
        ("RUST_LOG", "trace"),
        ("MAX_INPUT_TOKENS", "4000"),
        ("ADMIN_EMAILS", ADA),
        ("GUEST_ACCESS", "true"),
        ("REGISTRATION", "open"),
    ]);
    TestApp::spawn_with(&settings).await
}

fn external_key() -> String {
    format!("{CANARY}-external_api_key-0123456789abcdef0123456789abcdef")
}

/// A provider that quotes the key in its complaint.
fn quoting() -> Script {
    let message = format!("Incorrect API key provided: {}", external_key());
    Script::body(401, "application/json", &json!({"error": {"type": "invalid_api_key", "message": message}}).to_string())
}

/// Everything that left the server.
#[derive(Default)]
struct Seen {
    all: String,
    answers: usize,
}

impl Seen {
    fn text(&mut self, text: &str) {
        self.all.push_str(text);
    }

    /// With what is packed into it.
    fn bytes(&mut self, bytes: &[u8]) {
        self.text(&String::from_utf8_lossy(bytes));
        if let Some(card) = cards_in(bytes) {
            self.text(&card);
        }
        if bytes.starts_with(b"PK") {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            for index in 0..archive.len() {
                let mut file = vec![];
                archive.by_index(index).unwrap().read_to_end(&mut file).unwrap();
                self.bytes(&file);
            }
        }
    }

    async fn answer(&mut self, answer: Response) {
        self.answers += 1;
        self.text(&format!("{} {:?}", answer.status(), answer.headers()));
        self.bytes(&answer.bytes().await.unwrap());
    }

    /// Frames up to the end of a turn.
    async fn turn(&mut self, socket: &mut Socket) {
        loop {
            let event = socket.event().await;
            self.text(&event.to_string());
            if event["type"] == "turn_ended" {
                return;
            }
        }
    }

    /// Every route, asked as it should be and as it should not.
    async fn routes(&mut self, app: &TestApp, host: &Host, corners: &Corners) {
        let api: Value = app.get("/api/openapi.json").await.json().await.unwrap();
        for (path, methods) in api["paths"].as_object().unwrap() {
            let path = corners.path(path);
            for method in methods.as_object().unwrap().keys().filter(|method| *method != "delete") {
                let method: Method = method.to_uppercase().parse().unwrap();
                if path.ends_with("/events") || path.ends_with("/live") || path.ends_with("/logout") {
                    continue;
                }
                for body in [json!({"topic": 5, "format": 7, "password": {}}), json!({})] {
                    self.answer(host.request(method.clone(), &path).json(&body).send().await.unwrap()).await;
                }
            }
        }
    }

    /// The page with all that it loads, now or later.
    async fn page(&mut self, app: &TestApp) {
        let mut waiting = vec!["/".to_owned()];
        let mut known = std::collections::HashSet::new();
        while let Some(path) = waiting.pop().filter(|path| known.insert(path.clone())) {
            let text = app.get(&path).await.text().await.unwrap();
            let files = text.split(['"', '\'', '`', '(', ')']).filter_map(|part| part.find("assets/").map(|at| &part[at..]));
            waiting
                .extend(files.filter(|file| file.ends_with(".js") || file.ends_with(".css")).map(|file| format!("/{file}")));
            self.text(&text);
        }
        assert!(known.len() > 3, "the page is part of the binary (make binary): {known:?}");
    }
}

#[tokio::test]
async fn no_secret_leaves_the_server() {
    let app = place().await;
    let mut ada = Browser::new(&app);
    ada.register(ADA).await;
    let link = app.command(&["confirm-link", ADA]).await.unwrap();
    ada.post("/api/auth/confirm", json!({"token": secret_of(&link)})).await;
    assert_eq!(ada.me().await["role"], "admin");
    let host = ada.host();
    let mut seen = Seen { all: link, answers: 0 };
    app.llm.will_say(&["A word."]);
    let talk = host.open("Play").await;
    let code = host.share(&talk).await;
    let (mut socket, mut phone) = (host.connect(&talk).await, Phone::new(&app, &code).join().await);
    seen.text(&socket.next().await.to_string());
    seen.turn(&mut socket).await;
    seen.turn(&mut phone).await;
    app.llm.will(quoting());
    seen.text(&socket.next().await.to_string());
    seen.turn(&mut socket).await;
    seen.turn(&mut phone).await;
    host.post("/api/providers/test", json!({})).await;

    let corners = Corners::fill(&app, &host, &talk, &code).await;
    corners.take(&host, &mut seen).await;
    assert!(seen.all.matches(SAID).count() > 100, "what was said was read");
    corners.come_late(&app, &host, &mut seen).await;
    corners.complain(&app, &host, &mut seen).await;
    let key = format!("Bearer {}", external_key());
    assert!(app.llm.asked().iter().all(|request| request.headers["authorization"] == key), "it was the right key");
    seen.routes(&app, &host, &corners).await;
    seen.page(&app).await;
    seen.answer(host.request(Method::GET, "/metrics").bearer_auth("wrong").send().await.unwrap()).await;
    let token = format!("{CANARY}-metrics_token-0123456789abcdef0123456789abcdef");
    seen.answer(app.known_by(&token).request(Method::GET, "/metrics").send().await.unwrap()).await;
    assert!(seen.all.contains("chatlab_turns_total"), "the metrics were read");
    let (access, refresh) = (ada.token.clone().unwrap(), ada.cookies["chatlab_refresh"].clone());
    let log = app.end().await;
    log_is_whole(&log, &seen, &corners);
    seen.text(&log);
    assert_eq!(around(&seen.all, CANARY), None);
    // Nor what it gave out itself, nor what was said.
    for secret in [access.as_str(), &refresh, "A word.", "Play", SAID, &format!("watch/{code}")] {
        assert_eq!(around(&log, secret), None, "{secret}");
    }
}

/// The first place of `what`, with what stands there.
fn around(text: &str, what: &str) -> Option<String> {
    let at = text.find(what)?;
    let from = (0..=at.saturating_sub(300)).rev().find(|from| text.is_char_boundary(*from))?;
    Some(text[from..].chars().take(600).collect())
}

/// It tells of every answer, of the turns and what became of them, of what was asked of a provider, and of the end.
fn log_is_whole(log: &str, seen: &Seen, corners: &Corners) {
    let with = |words: &[&str]| log.lines().filter(|line| words.iter().all(|word| line.contains(word))).count();
    assert!(with(&["Answered"]) >= seen.answers, "{} of {} answers", with(&["Answered"]), seen.answers);
    for path in ["/api/characters/{id}/card", "/api/discussions/{id}/lesson", "/api/admin/transcripts", "/metrics"] {
        assert!(with(&["Answered", &format!("path={} ", corners.path(path)), "status=200"]) > 0, "{path}");
    }
    assert!(with(&["Turn ended", "status=\"complete\""]) > 10 && with(&["Turn ended", "status=\"failed\""]) > 0);
    assert!(with(&["A recap was made"]) > 0 && with(&["Stopping"]) == 1);
    assert_eq!(with(&["panicked"]), 0);
}

#[tokio::test]
async fn a_refused_start_names_the_setting_and_not_its_value() {
    let folder = tempfile::tempdir().unwrap();
    for (name, wrong) in [
        ("DATABASE_URL", format!("postgres://chatlab:{CANARY}@[/chatlab")),
        ("DATABASE_URL", format!("mysql://chatlab:{CANARY}@host/chatlab")),
        ("SMTP_URL", format!("http://{CANARY}:{CANARY}@host")),
        ("JWT_SECRET", CANARY.to_owned()),
        ("OPENAI_BASE_URL", format!("ftp://{CANARY}:{CANARY}@host")),
    ] {
        let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_chatlab"))
            .env_clear()
            .envs([(name, wrong.as_str()), ("PORT", "0"), ("RUST_LOG", "trace")])
            .env("MAIL_FROM", "chatlab@example.org")
            .env("OPENAI_API_KEY", "x")
            .current_dir(folder.path())
            .output()
            .await
            .unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!output.status.success() && said.contains(name), "{name}: {said}");
        assert!(!said.contains(CANARY), "{name}: {said}");
    }
}
