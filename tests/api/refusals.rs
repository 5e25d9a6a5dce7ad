//! Bad input gets a clear error with a code, never a 500, and the socket stays open where it should.

use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message as Frame;

use super::helpers::{Host, Socket, TestApp};

async fn refused(host: &Host, body: &Value) -> (u16, Value) {
    let (status, problem) = host.post("/api/discussions", body.clone()).await;
    (status.as_u16(), problem)
}

#[tokio::test]
async fn a_discussion_needs_a_topic_and_characters_that_exist() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let cast = json!(["john-dewey"]);
    let long = "x".repeat(100_000);
    let bodies = [
        (json!({"topic": "", "character_ids": cast}), "topic"),
        (json!({"topic": " \n ", "character_ids": cast}), "topic"),
        (json!({"topic": long, "character_ids": cast}), "topic"),
        (json!({"topic": 5, "character_ids": cast}), "topic"),
        (json!({"topic": "Play", "character_ids": ["nobody"]}), "character_ids"),
        (json!({"topic": "Play", "character_ids": []}), "character_ids"),
        (json!({"topic": "Play", "character_ids": ["john-dewey", "john-dewey"]}), "character_ids"),
        (json!({"topic": "Play"}), "character_ids"),
        (json!({"topic": "Play", "character_ids": cast, "turn_order": "random"}), "turn_order"),
    ];
    for (body, field) in bodies {
        let (status, problem) = refused(&host, &body).await;
        assert_eq!(status, 422, "{problem}");
        assert!(problem["errors"][0]["field"].as_str().unwrap().starts_with(field), "{field}: {problem}");
        assert!(problem["code"].is_string() && problem["request_id"].as_str().is_some_and(|id| !id.is_empty()));
    }
}

#[tokio::test]
async fn bodies_are_checked_after_identity_and_ownership() {
    let app = TestApp::spawn_demo().await;
    let (ada, ben) = (app.host().await, app.host().await);
    let talk = ada.open("Play").await;
    let anonymous = reqwest::Client::new().post(format!("{}/api/discussions", app.url)).body("{");
    let answer = anonymous.send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let unknown = "01940000-0000-7000-8000-000000000001";
    for id in [talk.as_str(), unknown, "no-id"] {
        let answer = ben.request(Method::POST, &format!("/api/discussions/{id}/turns")).body("{").send().await.unwrap();
        assert_eq!(answer.status(), 404, "{id}");
    }
    let own = format!("/api/discussions/{talk}/turns");
    let json = |body: &str| ada.request(Method::POST, &own).header("content-type", "application/json").body(body.to_owned());
    assert_eq!(json("{").send().await.unwrap().status(), 400);
    assert_eq!(json(&format!("\"{}\"", "x".repeat(1_100_000))).send().await.unwrap().status(), 413);
    assert_eq!(ada.request(Method::POST, &own).body("say=hello").send().await.unwrap().status(), 415);
    assert_eq!(json(r#"{"say": 5}"#).send().await.unwrap().status(), 422);
}

#[tokio::test]
async fn nobody_sees_what_is_somebody_elses() {
    let app = TestApp::spawn_demo().await;
    let (ada, ben) = (app.host().await, app.host().await);
    let talk = ada.open("Play").await;
    for path in ["", "/messages", "/summary", "/export?format=md"] {
        let answer = ben.request(Method::GET, &format!("/api/discussions/{talk}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    for (method, path) in [(Method::POST, "/ticket"), (Method::POST, "/turns"), (Method::PATCH, ""), (Method::DELETE, "")] {
        let answer = ben.request(method, &format!("/api/discussions/{talk}{path}")).json(&json!({})).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    assert_eq!(ben.get("/api/discussions").await["items"], json!([]));
}

#[tokio::test]
async fn illegal_frames_are_answered_and_the_socket_stays_open() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("Play").await;
    let mut socket = host.connect(&talk).await;
    for text in
        ["", "{", "[]", "5", "{\"type\":\"dance\",\"id\":\"a\"}", "{\"type\":\"say\",\"id\":\"a\"}", "{\"id\":\"a\"}"]
    {
        socket.send(Frame::text(text)).await;
        let error = socket.until("error").await;
        assert_eq!(error["code"], "invalid_command", "{text}");
    }
    let long = socket.command(json!({"type": "say", "text": "x".repeat(4_001)})).await;
    assert_eq!(long["code"], "too_long");
    let unknown = socket.command(json!({"type": "next", "character_id": "nobody"})).await;
    assert_eq!(unknown["code"], "unknown_character");
    let pong = socket.command(json!({"type": "ping"})).await;
    assert_eq!(pong["type"], "pong");
}

#[tokio::test]
async fn frames_that_are_no_text_or_too_large_close_the_socket() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("Play").await;
    let mut socket = host.connect(&talk).await;
    socket.send(Frame::binary(vec![1, 2, 3])).await;
    assert_eq!(socket.closed().await, Some(1003));
    let mut socket = host.connect(&talk).await;
    socket.send(Frame::text("x".repeat(70_000))).await;
    assert_eq!(socket.closed().await, Some(1009));
}

#[tokio::test]
async fn a_ticket_opens_one_socket_of_its_own_discussion() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let (talk, other) = (host.open("Play").await, host.open("Work").await);
    let ticket = host.ticket(&talk).await;
    let path = |id: &str, ticket: &str| format!("/api/discussions/{id}/live?ticket={ticket}");
    for wrong in [path(&talk, "nonsense"), path(&talk, ""), path(&other, &host.ticket(&talk).await)] {
        assert_eq!(Socket::open(&app.url, &wrong).await.closed().await, Some(4401), "{wrong}");
    }
    let mut socket = Socket::open(&app.url, &path(&talk, &ticket)).await;
    assert_eq!(socket.event().await["type"], "snapshot");
    assert_eq!(Socket::open(&app.url, &path(&talk, &ticket)).await.closed().await, Some(4401), "used");
}

#[tokio::test]
async fn a_page_of_another_origin_opens_no_socket() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("Play").await;
    let ask = async |origin: &str| {
        let ticket = host.ticket(&talk).await;
        let request = host.request(Method::GET, &format!("/api/discussions/{talk}/live?ticket={ticket}"));
        let upgrade = request
            .header("origin", origin)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        upgrade.send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask("https://evil.example").await, 403);
    assert_eq!(ask(&app.url).await, 101);
}

#[tokio::test]
async fn too_many_commands_at_once_are_refused_but_what_took_effect_is_acknowledged() {
    let app = TestApp::spawn_with(&[("RATE_LIMIT_COMMAND", "5")]).await;
    let host = app.host().await;
    let talk = host.open("Play").await;
    let mut socket = host.connect(&talk).await;
    let first = socket.command(json!({"type": "say", "id": "first", "text": "Hello"})).await;
    let mut codes = vec![];
    for _ in 0..30 {
        codes.push(socket.say("Again").await["code"].as_str().unwrap_or("ok").to_owned());
    }
    assert!(codes.contains(&"rate_limited".to_owned()), "{codes:?}");
    assert_eq!(socket.command(json!({"type": "say", "id": "first", "text": "Hello"})).await, first);
}
