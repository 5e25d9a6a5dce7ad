//! Summaries with receipts: told line by line, kept in versions, true to what was struck.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::helpers::{Host, TestApp};
use super::support::script::{Script, Step};

const LINES: [&str; 5] = [
    r#"{"insights": [{"name": "John Dewey", "text": "Play is growth.", "messages": [1]},"#,
    r#" {"name": "Maria Montessori", "text": "Play is work.", "messages": [2, 99]}],"#,
    r#" "agreements": [{"text": "Both watch the child.", "messages": [1, 2]}, {"text": "Of nothing.", "messages": [7]}],"#,
    r#" "tensions": [], "questions": [{"text": "Who decides?", "#,
    r#""messages": [3]}]}"#,
];

async fn three_turns(settings: &[(&str, &str)]) -> (TestApp, Host, String) {
    let app = TestApp::spawn_with(settings).await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    for _ in 0..3 {
        host.post(&format!("/api/discussions/{talk}/turns"), json!({})).await;
    }
    (app, host, talk)
}

/// The events of a streamed summary: name and data.
async fn streamed(host: &Host, talk: &str) -> Vec<(String, Value)> {
    let request = host.request(Method::POST, &format!("/api/discussions/{talk}/summary"));
    let answer = request.header("accept", "text/event-stream").json(&json!({})).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let text = answer.text().await.unwrap();
    let read = |block: &str| {
        let (name, data) = block.strip_prefix("event: ")?.split_once("\ndata: ")?;
        Some((name.to_owned(), serde_json::from_str(data).unwrap()))
    };
    text.split("\n\n").filter_map(read).collect()
}

#[tokio::test]
async fn a_repeated_summary_is_the_one_that_was_made() {
    let (app, host, talk) = three_turns(&[]).await;
    let path = format!("/api/discussions/{talk}/summary");
    app.llm.will(Script::say(&LINES));
    let make = async || {
        let request = host.request(Method::POST, &path).header("idempotency-key", "one").json(&json!({}));
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let (status, first) = make().await;
    assert_eq!((status, &first["version"]), (StatusCode::CREATED, &json!(1)));
    let asked = app.llm.asked().len();
    // What is said meanwhile would make another one.
    host.connect(&talk).await.say("And now?").await;
    assert_eq!(make().await, (StatusCode::CREATED, first.clone()));
    let request = host.request(Method::POST, &path).header("idempotency-key", "one").header("accept", "text/event-stream");
    let told = request.json(&json!({})).send().await.unwrap().text().await.unwrap();
    assert_eq!(told, format!("event: summary\ndata: {first}\n\n"));
    assert_eq!(app.llm.asked().len(), asked, "made once");
    app.llm.will(Script::say(&LINES));
    assert_eq!(host.post(&path, json!({})).await.1["version"], 2, "without the key it is a new one");
}

#[tokio::test]
async fn a_summary_is_told_line_by_line_and_kept_in_versions() {
    let (app, host, talk) = three_turns(&[]).await;
    let path = format!("/api/discussions/{talk}");
    let pause = std::time::Duration::from_millis(30);
    app.llm.will(Script::say(&LINES).pace(pause));
    let events = streamed(&host, &talk).await;
    let (last, drafts) = events.split_last().unwrap();
    assert!(drafts.len() >= 2 && drafts.iter().all(|(name, _)| name == "draft"), "{events:?}");
    let lines = |summary: &Value| -> usize {
        ["insights", "agreements", "questions"].iter().map(|list| summary[list].as_array().unwrap().len()).sum()
    };
    let grown: Vec<usize> = drafts.iter().map(|(_, summary)| lines(summary)).collect();
    assert!(grown.is_sorted() && grown[0] >= 1, "{grown:?}");
    assert_eq!((last.0.as_str(), &last.1["version"], &last.1["model"]), ("summary", &json!(1), &json!("test-model")));
    let summary = &last.1;
    assert_eq!((lines(summary), summary["agreements"].as_array().unwrap().len()), (4, 1), "what rests on nothing is gone");
    let ids: Vec<Value> = host.messages(&talk).await.iter().map(|message| message["id"].clone()).collect();
    assert_eq!(summary["insights"][1]["messages"], json!([ids[1]]), "a message that is not there is no receipt");
    assert_eq!(host.get(&format!("{path}/summary")).await, *summary);
    assert_eq!(summary["positions"][ids[1].as_str().unwrap()], 2, "where the receipt stands");

    host.post(&format!("{path}/turns"), json!({})).await;
    app.llm.will(Script::say(&LINES));
    let (status, second) = host.post(&format!("{path}/summary"), json!({})).await;
    assert_eq!((status, &second["version"]), (StatusCode::CREATED, &json!(2)));
    let all = host.get(&format!("{path}/summaries")).await;
    assert_eq!((&all["items"], &all["next_cursor"]), (&json!([second, summary]), &Value::Null));
    let first = host.get(&format!("{path}/summaries?limit=1")).await;
    assert_eq!((&first["items"], &first["next_cursor"]), (&json!([second]), &json!("2")));
    assert_eq!(host.get(&format!("{path}/summaries?limit=1&cursor=2")).await["items"], json!([summary]));
    assert_eq!(host.get(&format!("{path}/summary?version=1")).await, *summary);
    let missing = host.request(Method::GET, &format!("{path}/summary?version=9")).send().await.unwrap();
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);

    host.post(&format!("{path}/commands"), json!({"type": "strike", "id": "s", "message_id": ids[0]})).await;
    for kept in [host.get(&format!("{path}/summary?version=1")).await, host.get(&format!("{path}/summary")).await] {
        assert_eq!((lines(&kept), &kept["insights"][0]["name"]), (2, &json!("Maria Montessori")), "{kept}");
    }
    app.llm.will(Script::say(&LINES));
    let (_, third) = host.post(&format!("{path}/summary"), json!({})).await;
    assert!(!third.to_string().contains("Play is growth"), "a struck message is no receipt: {third}");
}

#[tokio::test]
async fn what_is_struck_while_it_is_written_is_in_no_draft_any_more() {
    let (app, host, talk) = three_turns(&[]).await;
    app.llm.will(Script::say(&LINES).after(2, Step::Pause(std::time::Duration::from_millis(400))));
    let request = host.request(Method::POST, &format!("/api/discussions/{talk}/summary"));
    let mut answer = request.header("accept", "text/event-stream").json(&json!({})).send().await.unwrap();
    let first = String::from_utf8(answer.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(first.contains("Play is growth"), "{first}");
    let struck = host.messages(&talk).await[0]["id"].clone();
    let command = json!({"type": "strike", "id": "s", "message_id": struck});
    host.post(&format!("/api/discussions/{talk}/commands"), command).await;
    let rest = answer.text().await.unwrap();
    let drafts: Vec<&str> = rest.split("\n\n").filter(|event| event.starts_with("event: draft")).collect();
    let last = drafts.last().unwrap_or_else(|| panic!("{rest}"));
    assert!(last.contains("Who decides?") && !last.contains("Play is growth"), "{rest}");
}

#[tokio::test]
async fn why_there_is_no_summary_is_told_in_the_stream_too() {
    let (app, host, talk) = three_turns(&[("MAX_TURNS_DISCUSSION", "5")]).await;
    app.llm.will(Script::refuse(401, "authentication_error"));
    let events = streamed(&host, &talk).await;
    let (name, problem) = events.last().unwrap();
    assert_eq!((name.as_str(), &problem["code"]), ("problem", &json!("provider_unavailable")), "{problem}");
    app.llm.will(Script::say(&["I would rather not."]));
    assert_eq!(streamed(&host, &talk).await.last().unwrap().1["code"], "provider_unavailable");
    // Both were asked for, so both count; now the budget is used up, which is said before anything is asked.
    let (status, answer) = host.post(&format!("/api/discussions/{talk}/summary"), json!({})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::PAYMENT_REQUIRED, &json!("budget_exhausted")), "{answer}");
    assert_eq!(app.llm.asked().len(), 5);
    let spent = host.get(&format!("/api/discussions/{talk}/usage")).await;
    assert_eq!((&spent["discussion"]["turns"], &spent["discussion"]["attempts"]), (&json!(3), &json!(5)));
}

#[tokio::test]
async fn whoever_leaves_has_still_paid_for_it() {
    let (app, host, talk) = three_turns(&[]).await;
    app.llm.will(Script::say(&LINES).after(2, Step::Pause(std::time::Duration::from_millis(300))));
    let request = host.request(Method::POST, &format!("/api/discussions/{talk}/summary"));
    let mut answer = request.header("accept", "text/event-stream").json(&json!({})).send().await.unwrap();
    answer.chunk().await.unwrap().unwrap();
    drop(answer);
    let path = format!("/api/discussions/{talk}/summaries");
    super::helpers::in_time("it is kept all the same", async {
        while host.get(&path).await["items"].as_array().unwrap().is_empty() {}
    })
    .await;
    assert_eq!(app.llm.asked().len(), 4);
}
