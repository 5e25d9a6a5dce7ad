//! Secrets stay where they are: not one byte of them in an answer, a frame, the log, the metrics, an export or the page.

use serde_json::json;

use super::browser::{ADA, Browser};
use super::helpers::TestApp;

const CANARY: &str = "kanarienvogel";

#[tokio::test]
async fn no_secret_leaves_the_server() {
    let names = [
        "ANTHROPIC_API_KEY",
        "OPENAI_API_KEY",
        "EXTERNAL_API_KEY",
        "JWT_SECRET",
        "GOOGLE_CLIENT_SECRET",
        "MICROSOFT_CLIENT_SECRET",
        "METRICS_TOKEN",
    ];
    let secrets = names.map(|name| (name, format!("{CANARY}-{}-0123456789abcdef0123456789abcdef", name.to_lowercase())));
    let mut settings: Vec<(&str, &str)> = secrets.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let smtp = format!("smtp://{CANARY}:{CANARY}@127.0.0.1:9");
    settings.extend([
        ("GOOGLE_CLIENT_ID", "x"),
        ("MICROSOFT_CLIENT_ID", "x"),
        ("GOOGLE_ISSUER", "http://127.0.0.1:9"),
        ("MICROSOFT_AUTHORITY", "http://127.0.0.1:9"),
        ("ANTHROPIC_BASE_URL", "http://127.0.0.1:9"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
        ("SMTP_URL", &smtp),
        ("MAIL_FROM", "chatlab@example.org"),
        ("RUST_LOG", "debug,h2=info,hyper=info"),
        ("GUEST_ACCESS", "true"),
        ("REGISTRATION", "open"),
    ]);
    let app = TestApp::spawn_with(&settings).await;
    let mut ada = Browser::new(&app);
    ada.register(ADA).await;
    let host = ada.host();
    app.llm.will_say(&["A word."]);
    let talk = host.open("Play").await;
    let mut seen = String::new();
    let mut socket = host.connect(&talk).await;
    seen.push_str(&socket.next().await.to_string());
    loop {
        let event = socket.event().await;
        seen.push_str(&event.to_string());
        if event["type"] == "turn_ended" {
            break;
        }
    }
    let api: serde_json::Value = app.get("/api/openapi.json").await.json().await.unwrap();
    for (path, methods) in api["paths"].as_object().unwrap() {
        let path = path.replace("{id}", &talk).replace("{provider}", "google").replace("{name}", "own-book");
        for method in methods.as_object().unwrap().keys().filter(|method| *method != "delete") {
            let method = method.to_uppercase().parse().unwrap();
            if path.ends_with("/events") || path.ends_with("/live") || path.ends_with("/logout") {
                continue;
            }
            let answer = host.request(method, &path).json(&json!({"topic": 5, "format": 7})).send().await.unwrap();
            seen.push_str(&format!("{:?}", answer.headers()));
            seen.push_str(&String::from_utf8_lossy(&answer.bytes().await.unwrap()));
        }
    }
    let page = app.get("/").await.text().await.unwrap();
    for file in page.split('"').filter(|part| part.starts_with("/assets/")) {
        seen.push_str(&app.get(file).await.text().await.unwrap());
    }
    seen.push_str(&page);
    let metrics = host.request(reqwest::Method::GET, "/metrics").bearer_auth("wrong").send().await.unwrap();
    seen.push_str(&metrics.text().await.unwrap());
    let log = app.log();
    assert!(log.len() > 1_000, "the log was read");
    seen.push_str(&log);
    let all = app.end().await;
    assert!(!all.contains("panicked"));
    seen.push_str(&all);
    let found = seen.find(CANARY).map(|at| seen[at.saturating_sub(200)..].chars().take(400).collect::<String>());
    assert_eq!(found, None);
    // Nor what it gave out itself.
    assert!(!log.contains(ada.token.as_deref().unwrap()) && !log.contains(&ada.cookies["chatlab_refresh"]));
    assert!(!log.contains("A word.") && !log.contains("Play"), "no text of a discussion in the log");
}
