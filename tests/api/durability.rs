//! What was acknowledged survives `kill -9`; an orderly stop loses nothing and tells everyone.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::helpers::{TestApp, in_time};
use super::support::script::{Script, Step};

#[tokio::test]
async fn a_killed_server_keeps_what_it_acknowledged_and_what_was_heard_half_a_second_before() {
    let mut app = TestApp::spawn().await;
    let host = app.host().await;
    app.llm.always(Script::words(400).pace(Duration::from_millis(10)));
    let talk = host.open("What is play for?").await;
    let mut laptop = host.connect(&talk).await;
    let said = laptop.say("Begin.").await;
    assert_eq!(said["type"], "ack");
    laptop.next().await;
    // Every delta with when it was heard, until enough time has passed for some to be older than half a second.
    let mut heard: Vec<(Instant, usize)> = vec![];
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(900) {
        if laptop.event().await["type"] == "delta" {
            heard.push((Instant::now(), laptop.view.turn.as_ref().unwrap().1.len()));
        }
    }
    let killed = Instant::now();
    app.crash_and_restart().await;
    assert!(killed.elapsed() < Duration::from_secs(3), "ready again in time");
    let host = host.at(&app);
    let messages = host.messages(&talk).await;
    let texts: Vec<&Value> = messages.iter().map(|message| &message["text"]).collect();
    assert_eq!((messages.len(), texts[0]), (2, &json!("Begin.")));
    assert_eq!(messages[1]["status"], "interrupted");
    let old = heard.iter().rev().find(|(at, _)| killed.duration_since(*at) >= Duration::from_millis(500)).unwrap();
    assert!(messages[1]["text"].as_str().unwrap().len() >= old.1, "{} of {}", texts[1], old.1);
    let mut laptop = host.connect(&talk).await;
    app.llm.will_say(&["On ", "we go."]);
    assert_eq!(laptop.turn().await["status"], "complete");
}

#[tokio::test]
async fn a_stop_signal_writes_the_running_turn_down_and_tells_every_socket_to_come_back() {
    for signal in ["TERM", "INT"] {
        let mut app = TestApp::spawn().await;
        let host = app.host().await;
        let talk = host.open("What is play for?").await;
        let mut sockets = vec![];
        for _ in 0..60 {
            sockets.push(host.connect(&talk).await);
        }
        app.llm.will(Script::words(4).after(3, Step::Hang));
        sockets[0].next().await;
        while sockets[0].view.turn.as_ref().is_none_or(|(_, text)| text != "w0 w1 w2 ") {
            sockets[0].event().await;
        }
        let asked = Instant::now();
        let (status, codes) = tokio::join!(app.signal(signal), async {
            let mut codes = vec![];
            for socket in &mut sockets {
                codes.push(socket.closed().await);
            }
            codes
        });
        assert!(status.success(), "{signal}: {status}");
        assert!(asked.elapsed() < Duration::from_secs(4), "{signal}: {:?}", asked.elapsed());
        assert!(codes.iter().all(|code| *code == Some(1012)), "{signal}: {codes:?}");
        app.restart().await;
        let kept = host.at(&app).messages(&talk).await;
        assert_eq!((&kept[0]["text"], &kept[0]["status"]), (&json!("w0 w1 w2 "), &json!("interrupted")));
    }
}

#[tokio::test]
async fn a_second_server_on_the_same_file_refuses_to_start() {
    let app = TestApp::spawn().await;
    let second = tokio::process::Command::new(env!("CARGO_BIN_EXE_chatlab"))
        .env_clear()
        .env("PORT", "0")
        .env("DATABASE_URL", format!("sqlite:///{}", app.database().display()))
        .output();
    let output = in_time("it refuses", second).await.unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("in use by another ChatLab") && said.lines().count() == 1, "{said}");
}
