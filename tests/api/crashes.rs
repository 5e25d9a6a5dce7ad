//! `kill -9` at random moments while five discussions speak. A few in every run of the tests; `CRASHES=50` for the long form.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::helpers::{Host, Socket, TestApp};
use super::support::script::Script;

const DISCUSSIONS: usize = 5;

/// One discussion with what its host was told.
struct Talk {
    id: String,
    /// Messages that were acknowledged, by their text.
    acknowledged: Vec<String>,
    /// Turns whose end was seen.
    ended: Vec<Value>,
    /// The running turn's length in bytes, with when it was heard.
    heard: Vec<(Instant, usize)>,
}

/// A number below `bound`, different each time.
fn random(bound: u128) -> u64 {
    u64::try_from(uuid::Uuid::new_v4().as_u128() % bound).unwrap()
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_whenever_the_server_dies() {
    let crashes: u32 = std::env::var("CRASHES").map_or(4, |count| count.parse().expect("CRASHES is a number"));
    let mut app = TestApp::spawn().await;
    app.llm.always(Script::words(60).pace(Duration::from_millis(12)));
    let host = app.host().await;
    let mut talks = vec![];
    for number in 0..DISCUSSIONS {
        let id = host.open(&format!("Question {number}")).await;
        talks.push(Talk { id, acknowledged: vec![], ended: vec![], heard: vec![] });
    }
    for crash in 0..crashes {
        let host = host.at(&app);
        let life = Duration::from_millis(300 + random(1_500));
        let spoken = talks.iter_mut().map(|talk| speak(&host, talk, crash, Instant::now() + life));
        futures_util::future::join_all(spoken).await;
        let killed = Instant::now();
        app.crash_and_restart().await;
        assert!(killed.elapsed() < Duration::from_secs(3), "ready after {:?}", killed.elapsed());
        let host = host.at(&app);
        for talk in &mut talks {
            check(&host, talk, killed).await;
        }
    }
}

/// Presses Next again and again, says something, and listens, until the moment of the crash.
async fn speak(host: &Host, talk: &mut Talk, crash: u32, end: Instant) {
    let mut socket = host.connect(&talk.id).await;
    talk.heard.clear();
    let text = format!("Before crash {crash}");
    if socket.say(&text).await["type"] == "ack" {
        talk.acknowledged.push(text);
    }
    while Instant::now() < end {
        assert_eq!(socket.next().await["type"], "ack", "Next Response works after every crash");
        listen(&mut socket, talk, end).await;
    }
}

/// Hears the running turn to its end or to the crash.
async fn listen(socket: &mut Socket, talk: &mut Talk, end: Instant) {
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        let Ok(event) = tokio::time::timeout(left, socket.frame()).await else { return };
        let event = event.expect("the socket is open until the crash");
        match event["type"].as_str() {
            Some("delta") => {
                let length = socket.view.turn.as_ref().map_or(0, |(_, text)| text.len());
                talk.heard.push((Instant::now(), length));
            }
            Some("turn_ended") => {
                talk.ended.push(event["message"].clone());
                talk.heard.clear();
                return;
            }
            _ => {}
        }
    }
}

async fn check(host: &Host, talk: &Talk, killed: Instant) {
    let mut messages = vec![];
    let mut cursor = String::new();
    loop {
        let page = host.get(&format!("/api/discussions/{}/messages?limit=100{cursor}", talk.id)).await;
        messages.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    for text in &talk.acknowledged {
        assert_eq!(messages.iter().filter(|message| message["text"] == *text).count(), 1, "{text}");
    }
    for turn in &talk.ended {
        assert!(messages.contains(turn), "a turn whose end was told is there as it was told: {turn}");
    }
    assert!(messages.iter().all(|message| message["status"] != "streaming"));
    let old = talk.heard.iter().rev().find(|(at, _)| killed.duration_since(*at) >= Duration::from_millis(500));
    if let Some((_, length)) = old {
        let last = messages.iter().rev().find(|message| message["author"]["kind"] == "character").unwrap();
        // A turn may have ended, and been written down, in the moment before we would have heard of it.
        assert!(["interrupted", "complete"].contains(&last["status"].as_str().unwrap()), "{last}");
        assert!(last["text"].as_str().unwrap().len() >= *length, "what was heard half a second before is kept");
    }
    let positions: Vec<i64> = messages.iter().map(|message| message["position"].as_i64().unwrap()).collect();
    assert!(positions.windows(2).all(|pair| pair[0] < pair[1]), "each once, in order");
}
