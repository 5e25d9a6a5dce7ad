//! Lessons: the ready-made ones, files of one's own, rehearsals, and what the host means to say.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::helpers::{Host, TestApp};
use super::watching::Phone;

const OWN: &str = r#"
title = "Soup"
topic = "What is soup for?"
[settings]
length = "short"
level = "10"
turn_order = "round_robin"
auto_turns = 2
[[cast]]
character = "john-dewey"
[[cast]]
name = "Grandma Ada"
voice = "Speaks in recipes."
[[plan]]
after_turns = 1
say = "And who washes up?"
why = "Brings in work."
[[plan]]
say = "One sentence each, please."
"#;

async fn start(host: &Host, body: Value) -> Value {
    let (status, talk) = host.post("/api/lessons", body).await;
    assert_eq!(status, StatusCode::CREATED, "{talk}");
    talk
}

fn path_of(talk: &Value, what: &str) -> String {
    format!("/api/discussions/{}{what}", talk["id"].as_str().unwrap())
}

async fn text(host: &Host, method: Method, path: &str, body: Value) -> String {
    let answer = host.request(method, path).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_ready_made_lesson_is_begun_with_one_request() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let lessons = host.get("/api/lessons").await;
    let items = lessons["items"].as_array().unwrap();
    assert!(items.len() >= 6);
    for lesson in items {
        assert!(lesson["cast"].as_array().unwrap().len() >= 3 && lesson["plan"].as_array().unwrap().len() >= 3);
        let file =
            text(&host, Method::GET, &format!("/api/lessons/{}/file", lesson["id"].as_str().unwrap()), json!({})).await;
        let (status, read) = host.post("/api/lessons/check", json!({"file": file})).await;
        assert_eq!((status, &read["topic"]), (StatusCode::OK, &lesson["topic"]));
    }
    let talk = start(&host, json!({"lesson": items[0]["id"]})).await;
    assert_eq!((&talk["title"], &talk["topic"]), (&items[0]["title"], &items[0]["topic"]));
    assert_eq!(talk.get("rehearsal"), None);
    assert_eq!(host.get(&path_of(&talk, "/messages")).await["items"], json!([]), "nothing is said by itself");
    let (status, turn) = host.post(&path_of(&talk, "/turns"), json!({})).await;
    assert_eq!((status, &turn["author"]["id"]), (StatusCode::OK, &items[0]["cast"][0]["id"]));
    assert_eq!(host.post("/api/lessons", json!({"lesson": "nothing"})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_file_of_ones_own_is_begun_and_comes_out_again() {
    let app = TestApp::spawn().await;
    app.llm.will_say(&["It warms."]);
    let host = app.host().await;
    let talk = start(&host, json!({"file": OWN})).await;
    let names: Vec<_> = talk["participants"].as_array().unwrap().iter().map(|seat| &seat["name"]).collect();
    assert_eq!(json!(names), json!(["John Dewey", "Grandma Ada"]));
    assert_eq!(json!([talk["length"], talk["level"], talk["turn_order"]]), json!(["short", "10", "round_robin"]));
    assert_eq!(host.post(&path_of(&talk, "/turns"), json!({})).await.0, StatusCode::OK);
    assert!(app.llm.asked()[0].body.to_string().contains("Speaks in recipes."));
    let file = text(&host, Method::GET, &path_of(&talk, "/lesson"), json!({})).await;
    let again = start(&host, json!({"file": file})).await;
    let plan = |talk: &Value| path_of(talk, "/plan");
    assert_eq!(host.get(&plan(&talk)).await, host.get(&plan(&again)).await);
    let (_, checked) = host.post("/api/lessons/check", json!({"file": file})).await;
    assert_eq!(json!([checked["auto_turns"], checked["cast"][1]["voice"]]), json!([2, "Speaks in recipes."]));

    let draft = json!({"topic": "Why \"soup\"?", "character_ids": ["plato", "socrates"], "turn_order": "round_robin"});
    let written = text(&host, Method::POST, "/api/lessons/write", draft).await;
    let (_, read) = host.post("/api/lessons/check", json!({"file": written})).await;
    assert_eq!(
        json!([read["topic"], read["turn_order"], read["cast"][1]["id"]]),
        json!(["Why \"soup\"?", "round_robin", "socrates"])
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_by_line() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let wrong = OWN.replace("length = ", "lenght = ");
    let (status, problem) = host.post("/api/lessons/check", json!({"file": wrong})).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("line 5")));
    assert!(problem["errors"][0]["message"].as_str().unwrap().contains("lenght"), "{problem}");
    let wrong = OWN.replace("john-dewey", "john-dewy").replace("\"10\"", "\"11\"");
    let (_, problem) = host.post("/api/lessons", json!({"file": wrong})).await;
    let lines: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(json!(lines), json!(["line 6", "line 10"]));
    assert_eq!(host.post("/api/lessons", json!({})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(host.get("/api/discussions").await["items"], json!([]));
}

#[tokio::test]
async fn a_rehearsal_is_spoken_by_the_demo_voices_whatever_is_set_up() {
    let app = TestApp::spawn_with(&[("DEMO_WORDS_PER_SECOND", "0"), ("MAX_TURNS_USER_DAY", "1")]).await;
    let host = app.host().await;
    let talk = start(&host, json!({"file": OWN, "rehearsal": true})).await;
    assert_eq!(talk["rehearsal"], true);
    for _ in 0..3 {
        let (status, turn) = host.post(&path_of(&talk, "/turns"), json!({})).await;
        assert_eq!((status, &turn["status"]), (StatusCode::OK, &json!("complete")), "{turn}");
    }
    let (status, summary) = host.post(&path_of(&talk, "/summary"), json!({})).await;
    assert_eq!((status, &summary["demo"]), (StatusCode::CREATED, &json!(true)));
    assert_eq!(app.llm.asked().len(), 0, "nobody was asked, and nothing was spent");
    let (_, real) = host.post(&path_of(&talk, "/duplicate"), json!({"rehearsal": false})).await;
    assert_eq!(real.get("rehearsal"), None);
    assert_eq!(host.get(&path_of(&real, "/plan")).await["steps"].as_array().unwrap().len(), 2);
    app.llm.will_say(&["Yes."]);
    assert_eq!(host.post(&path_of(&real, "/turns"), json!({})).await.0, StatusCode::OK);
    assert_eq!(app.llm.asked().len(), 1);
}

#[tokio::test]
async fn a_planned_step_is_said_once_and_only_by_its_host() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = start(&host, json!({"file": OWN})).await;
    let say = |step: &str| path_of(&talk, &format!("/plan/{step}/say"));
    for _ in 0..2 {
        let (status, plan) = host.post(&say("0"), json!({})).await;
        assert_eq!(
            (status, &plan["steps"][0]["said"], &plan["steps"][1]["said"]),
            (StatusCode::OK, &json!(true), &json!(false))
        );
    }
    let said = host.messages(talk["id"].as_str().unwrap()).await;
    assert_eq!(said.len(), 1);
    assert_eq!(json!([said[0]["text"], said[0]["author"]["kind"]]), json!(["And who washes up?", "user"]));
    for step in ["2", "x", "-1"] {
        assert_eq!(host.post(&say(step), json!({})).await.0, StatusCode::NOT_FOUND, "{step}");
    }
    let steps = json!({"steps": [{"say": "New.", "after_turns": 2}, {"say": "And who washes up?", "said": true}]});
    let answer = host.request(Method::PUT, &path_of(&talk, "/plan")).json(&steps).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["steps"][0]["after_turns"], 2);
    let wrong = json!({"steps": [{"say": " "}, {"say": "x", "after_turns": 0}]});
    let answer = host.request(Method::PUT, &path_of(&talk, "/plan")).json(&wrong).send().await.unwrap();
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(
        json!([problem["errors"][0]["field"], problem["errors"][1]["field"]]),
        json!(["steps[0].say", "steps[1].after_turns"])
    );

    let code = host.share(talk["id"].as_str().unwrap()).await;
    let (_, watched) = Phone::new(&app, &code).get("").await;
    let observer = Phone::new(&app, &code).join().await;
    for seen in [watched.to_string(), format!("{:?}", observer.view)] {
        assert!(!seen.contains("New.") && !seen.contains("Brings in work"), "{seen}");
    }
}
