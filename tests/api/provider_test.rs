//! *Test* in the settings: what is wrong with a key, in plain words and without the key.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::helpers::TestApp;
use super::support::script::{Script, Step};

async fn tried(app: &TestApp) -> Value {
    let (status, tested) = app.host().await.post("/api/providers/test", json!({})).await;
    assert_eq!(status, StatusCode::OK, "{tested}");
    assert!(!tested.to_string().contains("canary"), "a key is in no answer: {tested}");
    tested["items"][0].clone()
}

#[tokio::test]
async fn a_trial_says_in_plain_words_what_is_wrong() {
    let app = TestApp::spawn_vendor("ANTHROPIC", &[]).await;
    for (script, works, words) in [
        (Script::say(&["ready"]), true, "It works"),
        (Script::say::<&str>(&[]).finish("length"), true, "It works"),
        (Script::refuse(401, "authentication_error"), false, "refused the key. Check ANTHROPIC_API_KEY"),
        (Script::refuse(400, "billing_error"), false, "no credit left"),
        (Script::refuse(404, "not_found_error"), false, "does not know the model or the address. Check ANTHROPIC_MODEL"),
        (Script::refuse(429, "rate_limit_error"), false, "takes no more requests for now"),
        (Script::body(200, "text/html", "<p>Welcome</p>"), false, "Check ANTHROPIC_BASE_URL"),
    ] {
        app.llm.will(script);
        let item = tried(&app).await;
        assert_eq!(
            (&item["provider"], &item["title"], &item["works"]),
            (&json!("anthropic"), &json!("Anthropic"), &json!(works))
        );
        assert!(item["text"].as_str().unwrap().contains(words), "{item}");
    }
    let asked = app.llm.asked();
    assert_eq!(asked.len(), 7, "each trial is one request");
    assert!(asked.iter().all(|request| request.body.to_string().len() < 600), "and a small one");
}

#[tokio::test]
async fn a_trial_that_works_closes_the_breaker() {
    let app =
        TestApp::spawn_vendor("ANTHROPIC", &[("OPENAI_API_KEY", "canary-other"), ("OPENAI_BASE_URL", "http://127.0.0.1:9")])
            .await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let turn = format!("/api/discussions/{talk}/turns");
    app.llm.will(Script::refuse(401, "authentication_error"));
    // OpenAI cannot be reached here, so the turn fails after both.
    assert_eq!(host.post(&turn, json!({})).await.1["status"], "failed");
    assert_eq!(tried(&app).await["works"], true);
    app.llm.will_say(&["Play is work."]);
    let begun = std::time::Instant::now();
    assert_eq!(host.post(&turn, json!({})).await.1["text"], "Play is work.");
    assert!(begun.elapsed() < Duration::from_secs(2), "it is asked in its own place again");
}

#[tokio::test]
async fn trials_are_few_and_cost_whoever_asks() {
    let app = TestApp::spawn_with(&[("MAX_TURNS_USER_DAY", "1")]).await;
    let host = app.host().await;
    for n in 0..7 {
        let (status, answer) = host.post("/api/providers/test", json!({})).await;
        let expected = if n < 6 { StatusCode::OK } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(status, expected, "{answer}");
    }
    let other = app.host().await;
    let talk = other.open("What is play for?").await;
    other.post(&format!("/api/discussions/{talk}/turns"), json!({})).await;
    let (status, answer) = other.post("/api/providers/test", json!({})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::PAYMENT_REQUIRED, &json!("budget_exhausted")), "{answer}");
    let spent = other.get(&format!("/api/discussions/{talk}/usage")).await;
    assert_eq!(spent["left"]["turns"], 0);

    let demo = TestApp::spawn_demo().await;
    let (status, answer) = demo.host().await.post("/api/providers/test", json!({})).await;
    assert_eq!((status, answer), (StatusCode::OK, json!({"items": []})));
}

#[tokio::test]
async fn everyone_who_watches_is_told_of_a_wait_and_nobody_of_the_key() {
    let app = TestApp::spawn_with(&[("EXTERNAL_API_KEY", "canary-key")]).await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let (_, share) = host.post(&format!("/api/discussions/{talk}/share"), json!({})).await;
    let watch = format!("{}/api/watch/{}/ticket", app.url, share["code"].as_str().unwrap());
    let ticket: Value = reqwest::Client::new().post(watch).json(&json!({})).send().await.unwrap().json().await.unwrap();
    let path = format!("/api/discussions/{talk}/live?ticket={}", ticket["ticket"].as_str().unwrap());
    let mut phone = super::helpers::Socket::open(&app.url, &path).await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will(Script::refuse(429, "rate_limit_error").header("retry-after", "1"));
    app.llm.will(Script::say(&["Play."]).after(1, Step::Pause(Duration::from_millis(1))));
    laptop.next().await;
    for socket in [&mut laptop, &mut phone] {
        let notice = socket.until("notice").await;
        assert_eq!((&notice["code"], &notice["retry_after_ms"]), (&json!("retrying"), &json!(1_000)));
        assert_eq!(notice["text"], "The provider is busy; trying again in 1 s.");
    }
}
