//! What one has: characters, discussions, their messages, summaries and exports.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::helpers::{Host, TestApp};

async fn send(host: &Host, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
    let answer = host.request(method, path).json(&body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

/// All items of a list, page by page.
async fn all(host: &Host, path: &str, limit: usize) -> Vec<Value> {
    let mut items = vec![];
    let mut cursor = String::new();
    loop {
        let page = host.get(&format!("{path}limit={limit}&cursor={cursor}")).await;
        let found = page["items"].as_array().unwrap();
        assert!(found.len() <= limit);
        items.extend(found.clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return items,
        }
    }
}

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn own_characters_stand_behind_the_built_in_ones_and_are_ones_own() {
    let app = TestApp::spawn_demo().await;
    let (ada, ben) = (app.host().await, app.host().await);
    let before = all(&ada, "/api/characters?", 10).await;
    assert!(before.len() >= 42 && before.iter().all(|character| character["builtin"] == true));

    let card = json!({"name": "Grandma", "key_ideas": ["Soup: first things first."], "emblem": "own-owl"});
    let (status, made) = ada.post("/api/characters", card).await;
    assert_eq!((status, &made["pack"]), (StatusCode::CREATED, &json!("own")));
    let after = all(&ada, "/api/characters?", 100).await;
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after.last().unwrap()["id"], made["id"]);

    let path = format!("/api/characters/{}", made["id"].as_str().unwrap());
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        assert_eq!(send(&ben, method, &path, json!({"name": "x"})).await.0, StatusCode::NOT_FOUND);
    }
    let (status, changed) = send(&ada, Method::PUT, &path, json!({"name": "Grandpa"})).await;
    assert_eq!((status, &changed["name"], &changed["color"]), (StatusCode::OK, &json!("Grandpa"), &made["color"]));
    let (status, _) = send(&ada, Method::DELETE, &path, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(send(&ada, Method::GET, &path, json!({})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn built_in_characters_stay_as_they_are() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    for method in [Method::PUT, Method::DELETE] {
        let (status, problem) = send(&ada, method, "/api/characters/plato", json!({"name": "x"})).await;
        assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("not_allowed")));
    }
    let plato = ada.get("/api/characters/plato").await;
    let emblem = app.get(plato["avatar_url"].as_str().unwrap()).await;
    assert_eq!(emblem.headers()["content-type"], "image/svg+xml");
    assert!(emblem.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(app.get("/api/portraits/plato").await.status(), StatusCode::NOT_FOUND, "not fetched");
}

#[tokio::test]
async fn a_discussion_keeps_a_character_as_it_was_when_it_began() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    let (_, made) = ada.post("/api/characters", json!({"name": "Grandma"})).await;
    let (_, talk) = ada.post("/api/discussions", json!({"topic": "Soup", "character_ids": [made["id"], "plato"]})).await;
    let path = format!("/api/characters/{}", made["id"].as_str().unwrap());
    send(&ada, Method::DELETE, &path, json!({})).await;
    let kept = ada.get(&format!("/api/discussions/{}", talk["id"].as_str().unwrap())).await;
    assert_eq!(kept["participants"][0]["name"], "Grandma");
    let (status, spoken) = ada.post(&format!("/api/discussions/{}/turns", kept["id"].as_str().unwrap()), json!({})).await;
    assert_eq!((status, &spoken["author"]["name"]), (StatusCode::OK, &json!("Grandma")));
}

#[tokio::test]
async fn a_repeated_create_makes_one() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    let body = json!({"topic": "Play", "character_ids": ["plato"]});
    let create = async || {
        let request = ada.request(Method::POST, "/api/discussions").header("idempotency-key", "one").json(&body);
        request.send().await.unwrap().json::<Value>().await.unwrap()["id"].clone()
    };
    let first = create().await;
    assert_eq!(create().await, first);
    let path = format!("/api/discussions/{}/turns", first.as_str().unwrap());
    let turn = async || {
        let request = ada.request(Method::POST, &path).header("idempotency-key", "one").json(&json!({"say": "Begin."}));
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let spoken = turn().await;
    assert_eq!(turn().await, spoken);
    let request = ada.request(Method::POST, &path).header("idempotency-key", "one").header("accept", "text/event-stream");
    let told = request.send().await.unwrap().text().await.unwrap();
    let told: Value = serde_json::from_str(told.trim_end().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!((&told["type"], &told["message"]), (&json!("turn_ended"), &spoken));
    assert_eq!(ada.messages(first.as_str().unwrap()).await.len(), 2, "said once, spoken once");
}

#[tokio::test]
async fn whoever_asks_again_for_what_was_made_meets_no_limit() {
    let app = TestApp::spawn_with(&[("MAX_DISCUSSIONS_PER_USER", "2"), ("RATE_LIMIT_CREATE", "4")]).await;
    let ada = app.host().await;
    let create = async |path: &str, body: &Value, key: &str| {
        let request = ada.request(Method::POST, path).header("idempotency-key", key).json(body);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap()["id"].clone())
    };
    let body = json!({"topic": "Play", "character_ids": ["plato"]});
    let (_, first) = create("/api/discussions", &body, "one").await;
    let again = format!("/api/discussions/{}/duplicate", first.as_str().unwrap());
    let (_, copy) = create(&again, &json!({}), "two").await;
    assert_eq!(create("/api/discussions", &body, "three").await.0, StatusCode::CONFLICT);
    for _ in 0..6 {
        assert_eq!(create("/api/discussions", &body, "one").await, (StatusCode::CREATED, first.clone()));
        assert_eq!(create(&again, &json!({}), "two").await, (StatusCode::CREATED, copy.clone()));
    }
}

#[tokio::test]
async fn history_lists_the_newest_first_and_finds_words() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    let mut made = vec![];
    for topic in ["Play", "Work", "100% freedom", "Silence"] {
        made.push(ada.open(topic).await);
    }
    ada.post(&format!("/api/discussions/{}/turns", made[0]), json!({"say": "An Éclair for everyone"})).await;
    let newest: Vec<&str> = [0, 3, 2, 1].map(|index| made[index].as_str()).to_vec();
    assert_eq!(ids(&all(&ada, "/api/discussions?", 3).await), newest);

    let found = ada.get("/api/discussions?q=%C3%A9clair").await;
    assert_eq!(ids(found["items"].as_array().unwrap()), [made[0].as_str()]);
    assert_eq!(found["items"][0]["snippet"]["match"], "Éclair");
    assert_eq!(ids(ada.get("/api/discussions?q=100%25").await["items"].as_array().unwrap()), [made[2].as_str()]);
    for wrong in ["limit=0", "limit=101", "limit=x", "cursor=x"] {
        let (status, _) = send(&ada, Method::GET, &format!("/api/discussions?{wrong}"), json!({})).await;
        assert!(matches!(status.as_u16(), 400 | 422), "{wrong}: {status}");
    }
}

#[tokio::test]
async fn a_discussion_is_renamed_for_everyone_watching_and_deleted() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    let talk = ada.open("Play").await;
    let mut socket = ada.connect(&talk).await;
    let path = format!("/api/discussions/{talk}");
    let (status, renamed) = send(&ada, Method::PATCH, &path, json!({"title": "On play", "turn_order": "round_robin"})).await;
    assert_eq!((status, &renamed["title"]), (StatusCode::OK, &json!("On play")));
    let told = socket.until("discussion").await;
    assert_eq!(
        (&told["discussion"]["title"], &told["discussion"]["turn_order"]),
        (&json!("On play"), &json!("round_robin"))
    );
    let (status, _) = send(&ada, Method::PATCH, &path, json!({"title": ""})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(&ada, Method::DELETE, &path, json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(4404));
    assert_eq!(send(&ada, Method::GET, &path, json!({})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn messages_are_read_forwards_backwards_and_since() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    let talk = ada.open("Play").await;
    let mut socket = ada.connect(&talk).await;
    for number in 1..=7 {
        socket.say(&format!("Word {number}")).await;
    }
    let path = format!("/api/discussions/{talk}/messages");
    let positions = |items: &[Value]| items.iter().map(|item| item["position"].as_i64().unwrap()).collect::<Vec<_>>();
    assert_eq!(positions(&all(&ada, &format!("{path}?"), 3).await), [1, 2, 3, 4, 5, 6, 7]);
    let back = ada.get(&format!("{path}?before=6&limit=2")).await;
    assert_eq!(positions(back["items"].as_array().unwrap()), [4, 5]);
    let further = ada.get(&format!("{path}?limit=9&cursor={}", back["next_cursor"].as_str().unwrap())).await;
    assert_eq!((positions(further["items"].as_array().unwrap()), &further["next_cursor"]), (vec![1, 2, 3], &Value::Null));
    let seq = ada.get(&format!("{path}?limit=5")).await["items"][4]["seq"].as_i64().unwrap();
    assert_eq!(positions(&all(&ada, &format!("{path}?after={seq}&"), 1).await), [6, 7]);

    let message = ada.get(&path).await["items"][0]["id"].as_str().unwrap().to_owned();
    let versions = ada.get(&format!("{path}/{message}/versions")).await;
    assert_eq!((&versions["items"][0]["text"], &versions["items"][0]["current"]), (&json!("Word 1"), &json!(true)));
}

#[tokio::test]
async fn a_turn_is_scripted_with_its_events() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    let talk = ada.open("Play").await;
    let request = ada.request(Method::POST, &format!("/api/discussions/{talk}/turns")).json(&json!({"say": "Begin."}));
    let events = request.header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream; charset=utf-8");
    let text = events.text().await.unwrap();
    let last = text.trim_end().lines().last().unwrap().strip_prefix("data: ").unwrap();
    let last: Value = serde_json::from_str(last).unwrap();
    let kept = ada.messages(&talk).await;
    let told =
        if last["type"] == "turn_ended" { &last["message"] } else { last["messages"].as_array().unwrap().last().unwrap() };
    assert_eq!((kept.len(), told), (2, &kept[1]));
}

#[tokio::test]
async fn a_summary_rests_on_messages_and_an_export_has_every_word() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    let talk = ada.open("Play & <work>").await;
    let path = format!("/api/discussions/{talk}");
    let (status, problem) = ada.post(&format!("{path}/summary"), json!({})).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("nothing_said")));
    assert_eq!(send(&ada, Method::GET, &format!("{path}/summary"), json!({})).await.0, StatusCode::NOT_FOUND);
    for _ in 0..4 {
        ada.post(&format!("{path}/turns"), json!({})).await;
    }
    let (status, summary) = ada.post(&format!("{path}/summary"), json!({})).await;
    assert_eq!((status, &summary["version"], &summary["demo"]), (StatusCode::CREATED, &json!(1), &json!(true)));
    let messages = ada.messages(&talk).await;
    let known = ids(&messages);
    for insight in summary["insights"].as_array().unwrap() {
        let rests = insight["messages"].as_array().unwrap();
        assert!(!rests.is_empty() && rests.iter().all(|id| known.contains(&id.as_str().unwrap())), "{insight}");
    }
    assert_eq!(ada.get(&format!("{path}/summary")).await, summary);

    for format in ["md", "txt", "json"] {
        let export = ada.request(Method::GET, &format!("{path}/export?format={format}")).send().await.unwrap();
        let name = export.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(name.starts_with("attachment; filename=\"chatlab-Play-work.") && name.contains(format), "{name}");
        let text = export.text().await.unwrap();
        assert!(text.contains("They are not quotations"), "{text}");
        assert!(format != "md" || text.matches("<work").count() == text.matches("\\<work").count(), "a tag: {text}");
        for message in &messages {
            let words = message["text"].as_str().unwrap().lines().next().unwrap();
            let written = match format {
                "md" => words.replace('<', "\\<"),
                "json" => json!(words).to_string().trim_matches('"').to_owned(),
                _ => words.to_owned(),
            };
            assert!(text.contains(&written), "{format} lacks {written}");
        }
    }
    let (status, _) = send(&ada, Method::GET, &format!("{path}/export?format=exe"), json!({})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn perspectives_are_one_request_however_many_ask() {
    let app = TestApp::spawn().await;
    app.llm.will_say(&["1. Play is growth.\n", "2. **Montessori:** Follow the child."]);
    let ada = app.host().await;
    let body = json!({"topic": "What is play for?", "character_ids": ["john-dewey", "maria-montessori"]});
    let ask = || ada.post("/api/perspectives", body.clone());
    let ((status, one), (_, other)) = tokio::join!(ask(), ask());
    assert_eq!(status, StatusCode::OK, "{one}");
    assert_eq!(one, other);
    assert_eq!(one["items"][1], json!({"character_id": "maria-montessori", "text": "Follow the child."}));
    assert_eq!(ask().await.1, one);
    assert_eq!(app.llm.asked().len(), 1);
}

#[tokio::test]
async fn activity_is_taken_in_small_pieces() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    let event = json!({"kind": "page_view", "at": "2026-11-23T08:15:00.000Z", "data": {"page": "/"}});
    assert_eq!(ada.post("/api/activity", json!({"events": [event]})).await.0, StatusCode::NO_CONTENT);
    let wrong = [
        json!({}),
        json!({"events": vec![event.clone(); 101]}),
        json!({"events": [{"kind": "A b", "at": "yesterday", "data": "x"}]}),
        json!({"events": [{"kind": "a", "at": "2026-11-23T08:15:00Z", "data": {"x": "y".repeat(5_000)}}]}),
    ];
    for body in wrong {
        assert_eq!(ada.post("/api/activity", body).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn head_is_answered_like_get() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    for path in ["/api/config", "/api/me", "/api/characters", "/api/discussions", "/api/openapi.json"] {
        let get = ada.request(Method::GET, path).send().await.unwrap();
        let head = ada.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!(
            (head.status(), &head.headers()["content-type"]),
            (get.status(), &get.headers()["content-type"]),
            "{path}"
        );
        assert!(head.bytes().await.unwrap().is_empty());
    }
}
