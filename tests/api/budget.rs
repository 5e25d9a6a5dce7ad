//! What may be spent: no number of presses gets past a limit, and every request is written down.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message as Frame;

use super::helpers::TestApp;
use super::support::script::{Script, Step};

#[tokio::test]
async fn fifty_presses_at_once_with_a_budget_for_ten_make_ten_requests() {
    let app = TestApp::spawn_with(&[("MAX_TURNS_USER_DAY", "10")]).await;
    let host = app.host().await;
    let talks = join_all((0..50).map(|n| {
        let host = host.clone();
        async move { host.open(&format!("Topic {n}")).await }
    }))
    .await;
    let pressed = talks.iter().map(|talk| {
        let (host, path) = (host.clone(), format!("/api/discussions/{talk}/turns"));
        async move { host.post(&path, json!({})).await }
    });
    let answers = join_all(pressed).await;
    let done = answers.iter().filter(|(status, _)| *status == StatusCode::OK).count();
    let refused = answers.iter().filter(|(_, answer)| answer["code"] == "budget_exhausted").count();
    assert_eq!((done, refused, app.llm.asked().len()), (10, 40, 10));
    let told = &answers.iter().find(|(_, answer)| answer["code"] == "budget_exhausted").unwrap().1["detail"];
    assert!(told.as_str().unwrap().contains("tomorrow"), "{told}");
    let usage = host.get(&format!("/api/discussions/{}/usage", talks[0])).await;
    assert_eq!(usage["today"]["turns"], 10);
}

#[tokio::test]
async fn a_spent_budget_is_still_spent_after_a_restart() {
    let mut app = TestApp::spawn_with(&[("MAX_TURNS_DISCUSSION", "2")]).await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    laptop.turn().await;
    app.crash_and_restart().await;
    let host = host.at(&app);
    let mut laptop = host.connect(&talk).await;
    laptop.turn().await;
    assert_eq!(laptop.next().await["code"], "budget_exhausted");
    // The answer may come before or after what everybody is told.
    laptop.send(Frame::text(json!({"type": "auto", "id": "auto", "turns": 3}).to_string())).await;
    let mut heard = vec![];
    let is_there = |heard: &[Value], kind: &str| heard.iter().any(|event| event["type"] == kind);
    while !(is_there(&heard, "ack") && is_there(&heard, "notice")) {
        heard.push(laptop.event().await);
    }
    let notice = heard.iter().find(|event| event["type"] == "notice").unwrap();
    assert_eq!(notice["code"], "budget_exhausted");
    assert_eq!(app.llm.asked().len(), 2);
}

#[tokio::test]
async fn every_request_is_written_down_also_one_that_failed_or_was_stopped() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will(Script::refuse(500, "api_error"));
    app.llm.will_say(&["Play is work."]);
    laptop.turn().await;
    app.llm.will(Script::words(4).after(3, Step::Hang));
    laptop.next().await;
    laptop.speaking().await;
    laptop.stop().await;
    let path = format!("/api/discussions/{talk}/usage");
    // A stopped request is written down beside the turn's end.
    loop {
        let spent = host.get(&path).await["discussion"].clone();
        if spent["attempts"] == 3 {
            assert_eq!(spent["turns"], 2);
            assert!(spent["output_tokens"].as_i64().unwrap() > 0, "{spent}");
            break;
        }
    }
}
