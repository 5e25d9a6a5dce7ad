//! What a provider does wrong is told in plain words, and the discussion goes on.

use std::time::Duration;

use serde_json::json;

use super::helpers::TestApp;
use super::support::script::{Script, Step};

#[tokio::test]
async fn a_busy_provider_is_waited_for_and_the_wait_is_shown() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will(Script::refuse(429, "rate_limit_error").header("retry-after", "2"));
    app.llm.will_say(&["Play ", "is work."]);
    laptop.next().await;
    let notice = laptop.until("notice").await;
    assert_eq!(notice["code"], "retrying");
    assert!(notice["text"].as_str().unwrap().contains("2 s"), "{notice}");
    let message = laptop.until("turn_ended").await["message"].clone();
    assert_eq!((&message["text"], &message["status"]), (&json!("Play is work."), &json!("complete")));
    let asked = app.llm.asked();
    assert!(asked[1].at.duration_since(asked[0].at) >= Duration::from_secs(2));
}

#[tokio::test]
async fn a_stream_that_breaks_keeps_its_words_and_next_goes_on() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    let thirty: String = (0..30).map(|n| format!("w{n} ")).collect();
    for broken in [Script::words(60).after(30, Step::Cut), Script::words(30).without_end()] {
        app.llm.will(broken);
        let message = laptop.turn().await;
        assert_eq!((&message["text"], &message["status"]), (&json!(thirty), &json!("interrupted")));
        assert!(message["error"].is_string());
        assert_eq!(laptop.turn().await["status"], "complete");
    }
}

#[tokio::test]
async fn one_broken_event_is_skipped() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will(Script::words(5).garbled(2, 1));
    let message = laptop.turn().await;
    assert_eq!((&message["text"], &message["status"]), (&json!("w0 w1 w2 w3 w4 "), &json!("complete")));
}

#[tokio::test]
async fn a_wrong_key_fails_the_turn_with_a_reason_for_hosts_only() {
    let app = TestApp::spawn_with(&[("EXTERNAL_API_KEY", "canary-key")]).await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will(Script::refuse(401, "authentication_error"));
    let message = laptop.turn().await;
    assert_eq!(message["status"], "failed");
    assert!(!message.to_string().contains("canary"));
    assert_eq!(laptop.view.discussion["next"], "john-dewey", "who said nothing was not heard");
    assert_eq!(app.llm.asked().len(), 1, "a wrong key is not tried again");
}
