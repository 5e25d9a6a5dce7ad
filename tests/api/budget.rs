//! What may be spent: no number of presses gets past a limit, and every request is written down.

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message as Frame;

use super::browser::{ADA, Browser};
use super::helpers::{Host, TestApp, in_time};
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
async fn a_turn_that_could_not_follow_by_itself_gives_its_share_back() {
    let settings = [("MAX_TURNS_USER_DAY", "2"), ("AUTO_PAUSE_MS", "300")];
    let app = TestApp::spawn_with(&settings).await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    laptop.command(json!({"type": "auto", "turns": 5})).await;
    laptop.until("turn_ended").await;
    let mute = |character: &str, muted: bool| json!({"type": "mute", "character_id": character, "muted": muted});
    let cast: Vec<String> = laptop.view.discussion["participants"].as_array().unwrap().iter().map(id_of).collect();
    for character in &cast {
        laptop.command(mute(character, true)).await;
    }
    // The time for the second turn comes, and nobody may speak.
    laptop.sees(|view| view.discussion["auto"].is_null()).await;
    laptop.command(mute(&cast[0], false)).await;
    let ended = laptop.turn().await;
    assert_eq!(ended["status"], "complete", "one of two turns was left: {ended}");
    assert_eq!(laptop.next().await["code"], "budget_exhausted");
}

fn id_of(participant: &Value) -> String {
    participant["character_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_limit_in_dollars_reckons_with_the_model_that_is_asked() {
    let pressed = async |limit: &str| {
        let settings = [("OPENAI_MODEL", "gpt-6-luna"), ("MAX_COST_USER_DAY", limit)];
        let app = TestApp::spawn_vendor("OPENAI", &settings).await;
        let host = app.host().await;
        let talk = host.open("What is play for?").await;
        host.post(&format!("/api/discussions/{talk}/turns"), json!({})).await.0
    };
    // A turn of this model is far below half a cent; of one without a price, two cents would be reckoned.
    assert_eq!(pressed("0.005").await, StatusCode::OK);
    assert_eq!(pressed("0.00001").await, StatusCode::PAYMENT_REQUIRED);
}

#[tokio::test]
async fn nothing_is_said_before_a_turn_that_may_not_begin() {
    let app = TestApp::spawn_with(&[("MAX_TURNS_DISCUSSION", "1")]).await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let path = format!("/api/discussions/{talk}/turns");
    assert_eq!(host.post(&path, json!({})).await.0, StatusCode::OK);
    let (status, answer) = host.post(&path, json!({"say": "And what of work?"})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::PAYMENT_REQUIRED, &json!("budget_exhausted")));
    assert_eq!(host.messages(&talk).await.len(), 1, "a script that tries again would say it again each time");
}

#[tokio::test]
async fn every_request_is_written_down_also_one_that_failed_or_was_stopped() {
    let app = TestApp::spawn_vendor("ANTHROPIC", &[("ANTHROPIC_MODEL", "claude-sonnet-5-5")]).await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will(Script::refuse(500, "api_error"));
    app.llm.will_say(&["Play is work."]);
    laptop.turn().await;
    // Stopped while it waits: no request is under way that could cost anything.
    app.llm.will(Script::refuse(429, "rate_limit_error").header("retry-after", "9"));
    laptop.next().await;
    laptop.until("notice").await;
    laptop.stop().await;
    app.llm.will(Script::words(4).after(3, Step::Hang));
    laptop.next().await;
    laptop.speaking().await;
    laptop.stop().await;
    laptop.sees(|view| view.turn.is_none()).await;
    let stopped = host.messages(&talk).await.pop().unwrap();
    let usage = &stopped["usage"];
    let model = json!("claude-sonnet-5-5");
    assert_eq!((&stopped["status"], &usage["provider"], &usage["model"]), (&json!("stopped"), &json!("anthropic"), &model));
    assert!(usage["input_tokens"].as_i64() > Some(0) && usage["output_tokens"].as_i64() > Some(0), "{usage}");
    assert!(usage["cost_usd"].as_f64() > Some(0.0), "{usage}");
    let path = format!("/api/discussions/{talk}/usage");
    // A stopped request is written down beside the turn's end.
    loop {
        let usage = host.get(&path).await;
        let spent = &usage["discussion"];
        assert!(spent["attempts"].as_i64() <= Some(4), "no request was made in the wait: {spent}");
        if spent["attempts"] == 4 {
            assert_eq!((&spent["turns"], &spent["unpriced_attempts"]), (&json!(3), &json!(0)), "{spent}");
            assert_eq!((&usage["last_turn"]["turns"], &usage["last_turn"]["attempts"]), (&json!(1), &json!(1)), "{usage}");
            assert!(usage["last_turn"]["cost_usd"].as_f64() > Some(0.0), "{usage}");
            break;
        }
    }
}

/// What admins are told of all requests, once there are so many.
async fn used(admin: &Host, requests: i64) -> Value {
    let look = async || admin.get("/api/admin/usage").await["tokens"].clone();
    in_time("the requests are written down", async {
        loop {
            let used = look().await;
            if used[0]["attempts"] == json!(requests) {
                return used;
            }
        }
    })
    .await
}

#[tokio::test]
async fn what_was_spent_stays_counted_when_the_discussion_and_its_owner_are_deleted() {
    let mut app = TestApp::spawn_with(&[("MAX_TURNS_SERVER_DAY", "3"), ("ADMIN_EMAILS", ADA)]).await;
    let admin = Browser::admin(&app).await;
    let mut guest = Browser::guest(&app).await;
    let talk = format!("/api/discussions/{}", guest.host().open("What is play for?").await);
    app.llm.will_say(&["Play is work."]);
    assert_eq!(guest.host().post(&format!("{talk}/turns"), json!({})).await.0, StatusCode::OK);
    app.llm.will_say(&[r#"{"insights": [], "agreements": [], "tensions": [], "questions": []}"#]);
    guest.host().post(&format!("{talk}/summary"), json!({})).await;
    let before = used(&admin.host(), 2).await;
    assert_eq!((before.as_array().unwrap().len(), &before[0]["turns"]), (1, &json!(1)), "{before}");
    assert!(before[0]["output_tokens"].as_i64() > Some(0), "{before}");

    assert_eq!(guest.send(Method::DELETE, &talk, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(used(&admin.host(), 2).await, before);
    assert_eq!(guest.send(Method::DELETE, "/api/me", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(used(&admin.host(), 2).await, before);

    app.signal("TERM").await;
    app.restart().await;
    let host = app.host().await;
    let path = format!("/api/discussions/{}/turns", host.open("Once more").await);
    assert_eq!(host.post(&path, json!({})).await.0, StatusCode::OK, "the last of the day");
    assert_eq!(host.post(&path, json!({})).await.1["code"], "budget_exhausted", "a new guest has no new day");
}
