//! Secrets stay where they are: not one byte of them in an answer, a frame, the log, the metrics, an export or the page.

use std::io::{Cursor, Read};

use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::browser::{ADA, Browser, secret_of};
use super::helpers::{Host, Socket, TestApp};
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
        ("ADMIN_EMAILS", ADA),
        ("GUEST_ACCESS", "true"),
        ("REGISTRATION", "open"),
    ]);
    TestApp::spawn_with(&settings).await
}

/// Everything that left the server.
#[derive(Default)]
struct Seen(String);

impl Seen {
    async fn answer(&mut self, answer: Response) {
        self.0.push_str(&format!("{} {:?}", answer.status(), answer.headers()));
        let bytes = answer.bytes().await.unwrap();
        self.0.push_str(&String::from_utf8_lossy(&bytes));
        if bytes.starts_with(b"PK") {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            for index in 0..archive.len() {
                // Texts, all of them.
                archive.by_index(index).unwrap().read_to_string(&mut self.0).unwrap();
            }
        }
    }

    /// Frames up to the end of a turn.
    async fn turn(&mut self, socket: &mut Socket) {
        loop {
            let event = socket.event().await;
            self.0.push_str(&event.to_string());
            if event["type"] == "turn_ended" {
                return;
            }
        }
    }

    /// Every route, asked as it should be and as it should not.
    async fn routes(&mut self, app: &TestApp, host: &Host, talk: &str, code: &str) {
        let api: Value = app.get("/api/openapi.json").await.json().await.unwrap();
        for (path, methods) in api["paths"].as_object().unwrap() {
            let path = path.replace("{id}", talk).replace("{code}", code);
            let path = path.replace("{provider}", "google").replace("{name}", "own-book");
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
        for format in ["md", "txt", "html", "json", "csv", "docx"] {
            let path = format!("/api/discussions/{talk}/export?format={format}");
            self.answer(host.request(Method::GET, &path).send().await.unwrap()).await;
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
            self.0.push_str(&text);
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
    let mut seen = Seen(link);
    app.llm.will_say(&["A word."]);
    let talk = host.open("Play").await;
    let code = host.share(&talk).await;
    let (mut socket, mut phone) = (host.connect(&talk).await, Phone::new(&app, &code).join().await);
    seen.0.push_str(&socket.next().await.to_string());
    seen.turn(&mut socket).await;
    seen.turn(&mut phone).await;
    // A provider that quotes the key in its complaint; the others cannot be reached.
    let key = format!("{CANARY}-external_api_key-0123456789abcdef0123456789abcdef");
    let quoted = json!({"error": {"type": "invalid_api_key", "message": format!("Incorrect API key provided: {key}")}});
    app.llm.will(Script::body(401, "application/json", &quoted.to_string()));
    seen.0.push_str(&socket.next().await.to_string());
    seen.turn(&mut socket).await;
    seen.turn(&mut phone).await;
    let sent = app.llm.asked();
    assert!(sent.iter().all(|request| request.headers["authorization"] == format!("Bearer {key}")), "it was the right key");

    seen.routes(&app, &host, &talk, &code).await;
    seen.page(&app).await;
    seen.answer(host.request(Method::GET, "/metrics").bearer_auth("wrong").send().await.unwrap()).await;
    let token = format!("{CANARY}-metrics_token-0123456789abcdef0123456789abcdef");
    seen.answer(app.known_by(&token).request(Method::GET, "/metrics").send().await.unwrap()).await;
    assert!(seen.0.contains("chatlab_turns_total"), "the metrics were read");
    let (access, refresh) = (ada.token.clone().unwrap(), ada.cookies["chatlab_refresh"].clone());
    let log = app.end().await;
    assert!(log.len() > 20_000, "the log was read: {}", log.len());
    assert!(!log.contains("panicked"));
    seen.0.push_str(&log);
    let around =
        |at: usize| seen.0[seen.0.floor_char_boundary(at.saturating_sub(300))..].chars().take(600).collect::<String>();
    assert_eq!(seen.0.find(CANARY).map(around), None);
    // Nor what it gave out itself, nor what was said.
    for secret in [access.as_str(), &refresh, "A word.", "Play", &format!("watch/{code}")] {
        let around =
            |at: usize| log[log.floor_char_boundary(at.saturating_sub(300))..].chars().take(600).collect::<String>();
        assert_eq!(log.find(secret).map(around), None, "{secret}");
    }
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
