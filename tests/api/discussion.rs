//! The main job: characters discuss, streamed from the provider to everyone who watches, kept in the database.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::helpers::{Socket, TestApp, in_time};
use super::support::script::{Script, Step};

#[tokio::test]
async fn three_turns_are_heard_kept_and_read_back() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will_say(&["Play ", "is ", "work."]);
    app.llm.will_say(&["Work ", "is ", "play."]);
    let first = laptop.turn().await;
    assert_eq!((first["text"].as_str(), first["status"].as_str()), (Some("Play is work."), Some("complete")));
    assert_eq!(first["author"]["name"], "John Dewey");
    assert_eq!(first["usage"]["model"], "test-model");
    let second = laptop.turn().await;
    assert_eq!(second["author"]["id"], "maria-montessori");
    assert_eq!(host.messages(&talk).await, [first, second]);
    let seen = host.get(&format!("/api/discussions/{talk}")).await;
    assert_eq!((&seen["next"], &seen["message_count"]), (&json!("paulo-freire"), &json!(2)));
}

#[tokio::test]
async fn whoever_joins_in_the_middle_of_a_word_has_the_whole_text() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will(Script::say(&["Play is w", "ork 🎲", "é."]).pace(Duration::from_millis(30)));
    laptop.next().await;
    laptop.until("delta").await;
    let mut phone = host.connect(&talk).await;
    let ended = laptop.until("turn_ended").await;
    if phone.view.ended.is_none() {
        phone.until("turn_ended").await;
    }
    assert_eq!(ended["message"]["text"], "Play is work 🎲é.");
    assert_eq!(phone.view.texts(), laptop.view.texts());
}

#[tokio::test]
async fn a_socket_that_comes_back_gets_what_it_missed_and_no_more() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    laptop.turn().await;
    let left_at = laptop.view.seq;
    drop(laptop);
    let mut other = host.connect(&talk).await;
    other.say("Go on.").await;
    let ticket = host.ticket(&talk).await;
    let mut back = Socket::open(&app.url, &format!("/api/discussions/{talk}/live?ticket={ticket}&after={left_at}")).await;
    let snapshot = back.event().await;
    assert_eq!(snapshot["after"], left_at);
    let texts: Vec<&Value> = snapshot["messages"].as_array().unwrap().iter().map(|message| &message["text"]).collect();
    assert_eq!(texts, ["Go on."]);
}

#[tokio::test]
async fn twenty_five_presses_from_two_sockets_make_one_turn_and_one_request() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let (mut one, mut two) = (host.connect(&talk).await, host.connect(&talk).await);
    app.llm.always(Script::words(50).pace(Duration::from_millis(20)));
    let presses = async |socket: &mut Socket, count: usize| {
        let mut answers = vec![];
        for _ in 0..count {
            answers.push(socket.next().await);
        }
        answers
    };
    let (a, b) = tokio::join!(presses(&mut one, 13), presses(&mut two, 12));
    let answers: Vec<Value> = a.into_iter().chain(b).collect();
    let accepted = answers.iter().filter(|answer| answer["type"] == "ack").count();
    let refused = answers.iter().filter(|answer| answer["code"] == "turn_in_progress").count();
    assert_eq!((accepted, refused), (1, 24));
    assert_eq!(app.llm.asked().len(), 1);
}

#[tokio::test]
async fn a_command_repeated_after_a_restart_takes_effect_once() {
    let mut app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    let command = json!({"type": "say", "id": "the same", "text": "Hello."});
    let first = laptop.command(command.clone()).await;
    assert_eq!(laptop.command(command.clone()).await, first);
    app.crash_and_restart().await;
    let host = host.at(&app);
    let mut laptop = host.connect(&talk).await;
    assert_eq!(laptop.command(command).await, first);
    assert_eq!(host.messages(&talk).await.len(), 1);
}

#[tokio::test]
async fn stop_closes_the_providers_connection_and_keeps_the_text() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will(Script::words(4).after(3, Step::Hang));
    laptop.next().await;
    while laptop.view.turn.as_ref().is_none_or(|(_, text)| text != "w0 w1 w2 ") {
        laptop.event().await;
    }
    let pressed = Instant::now();
    laptop.stop().await;
    let requests = app.llm.until(|requests| requests[0].closed.is_some()).await;
    assert!(requests[0].closed.unwrap().duration_since(pressed) < Duration::from_millis(500));
    let kept = host.messages(&talk).await;
    assert_eq!((&kept[0]["text"], &kept[0]["status"]), (&json!("w0 w1 w2 "), &json!("stopped")));
    assert_eq!(laptop.turn().await["status"], "complete");
}

#[tokio::test]
async fn a_closed_page_does_not_end_the_turn() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will(Script::words(20).pace(Duration::from_millis(20)));
    laptop.next().await;
    laptop.until("delta").await;
    drop(laptop);
    let mut back = host.connect(&talk).await;
    let message = match back.view.turn {
        Some(_) => back.until("turn_ended").await["message"].clone(),
        None => back.view.messages[&1].clone(),
    };
    assert_eq!(message["status"], "complete");
    assert_eq!(message["text"], (0..20).map(|n| format!("w{n} ")).collect::<String>());
}

#[tokio::test]
async fn what_is_said_in_mid_turn_stands_after_it_and_calls_the_next() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will(Script::words(10).pace(Duration::from_millis(20)));
    laptop.next().await;
    laptop.until("delta").await;
    assert_eq!(laptop.say("Freire, what would you say?").await["type"], "ack");
    laptop.until("turn_ended").await;
    assert_eq!(laptop.view.texts()[1], "Freire, what would you say?");
    assert_eq!(laptop.turn().await["author"]["id"], "paulo-freire");
    let asked = app.llm.asked();
    assert!(asked[1].body.to_string().contains("what would you say?"));
}

#[tokio::test]
async fn nobody_speaks_for_another() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    app.llm.will_say(&["John De", "wey: Play is work.\n", "\n**Paulo Fre", "ire:** No, it is not.", " Never."]);
    let message = laptop.turn().await;
    assert_eq!((message["text"].as_str(), message["status"].as_str()), (Some("Play is work."), Some("complete")));
}

#[tokio::test]
async fn the_scripted_next_answers_with_the_message_or_streams_it() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let path = format!("/api/discussions/{talk}/turns");
    app.llm.will_say(&["Play ", "is work."]);
    let (status, message) = host.post(&path, json!({"character_id": "paulo-freire", "say": "Begin."})).await;
    assert_eq!((status.as_u16(), message["text"].as_str()), (200, Some("Play is work.")), "{message}");
    assert_eq!(message["author"]["id"], "paulo-freire");
    app.llm.will_say(&["Work ", "is play."]);
    let request = host.request(reqwest::Method::POST, &path).header("accept", "text/event-stream").json(&json!({}));
    let answer = request.send().await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let body = in_time("the stream ends", answer.text()).await.unwrap();
    assert!(body.contains("\"turn_started\"") && body.contains("\"delta\"") && body.contains("Work is play."), "{body}");
    assert!(body.trim_end().lines().last().unwrap().contains("turn_ended"));
}

#[tokio::test]
async fn the_same_events_come_as_server_sent_events() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let ticket = host.ticket(&talk).await;
    let mut answer = app.get(&format!("/api/discussions/{talk}/events?ticket={ticket}")).await;
    assert_eq!(answer.headers()["x-accel-buffering"], "no");
    let mut laptop = host.connect(&talk).await;
    laptop.turn().await;
    let mut body = String::new();
    while !body.contains("turn_ended") {
        let piece = in_time("events", answer.chunk()).await.unwrap().expect("it goes on");
        body.push_str(&String::from_utf8_lossy(&piece));
    }
    assert!(body.starts_with("id: 0\ndata: {"), "{body}");
    assert!(body.contains("\"type\":\"delta\""));
}

#[tokio::test]
async fn the_built_in_voices_answer_each_other() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("Should schools grade children?").await;
    let mut laptop = host.connect(&talk).await;
    let mut texts = vec![];
    for _ in 0..6 {
        let message = laptop.turn().await;
        assert_eq!((&message["status"], &message["usage"]), (&json!("complete"), &Value::Null), "no model, no tokens");
        texts.push(message["text"].as_str().unwrap().to_owned());
    }
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 6, "no turn is like another");
}
