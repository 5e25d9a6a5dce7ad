//! A join code lets anybody watch, without an account, until it ends.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::helpers::{Socket, TestApp, in_time};
use super::support::database;
use super::watching::Phone;

const ALPHABET: &str = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

#[tokio::test]
async fn a_code_opens_the_discussion_to_anybody_and_says_who_takes_part() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let path = format!("/api/discussions/{talk}/share");
    assert_eq!(host.request(reqwest::Method::GET, &path).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let (status, share) = host.post(&path, json!({})).await;
    assert_eq!(status, StatusCode::OK);
    let code = share["code"].as_str().unwrap();
    assert!(code.len() == 6 && code.chars().all(|letter| ALPHABET.contains(letter)), "{code}");
    assert_eq!(share["url"], format!("{}/watch/{code}", app.url));
    assert!(share["expires_at"].as_str().unwrap().ends_with('Z'));
    assert!(share["warnings"][0].as_str().unwrap().contains("make class"), "a loopback address reaches no phone");
    assert_eq!(host.get(&path).await, share, "the host's reload finds it");
    assert_eq!(host.post(&path, json!({})).await.1["code"], code, "a second press is the same share");

    let phone = Phone::new(&app, &code.to_lowercase());
    let (status, seen) = phone.get("").await;
    assert_eq!((status, &seen["topic"]), (StatusCode::OK, &json!("What is play for?")));
    assert_eq!(seen["participants"].as_array().unwrap().len(), 3);
    let mut laptop = host.connect(&talk).await;
    let mut joined = phone.join().await;
    app.llm.will_say(&["Play ", "is work."]);
    laptop.turn().await;
    joined.until("turn_ended").await;
    assert_eq!(joined.view.texts(), ["Play is work."]);
    let (_, page) = phone.get("/messages").await;
    assert_eq!(page["items"][0]["text"], "Play is work.");
}

#[tokio::test]
async fn only_the_owner_shares() {
    let app = TestApp::spawn_demo().await;
    let (host, other) = (app.host().await, app.host().await);
    let talk = host.open("What is play for?").await;
    host.share(&talk).await;
    assert_eq!(other.post(&format!("/api/discussions/{talk}/share"), json!({})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(other.end_share(&talk).await, StatusCode::NOT_FOUND);
    let path = format!("{}/api/discussions/{talk}/share", app.url);
    assert_eq!(reqwest::Client::new().post(path).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let (status, wrong) = host.post(&format!("/api/discussions/{talk}/share"), json!({"expires_in": 5})).await;
    assert_eq!((status.as_u16(), &wrong["errors"][0]["field"]), (422, &json!("expires_in")));
}

#[tokio::test]
async fn an_ended_share_disconnects_its_observers_and_nobody_else() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    let mut laptop = host.connect(&talk).await;
    let (mut one, mut two) = (phone.join().await, phone.join().await);
    let unused = phone.path("live", None).await;
    let stream = phone.path("events", None).await;
    let events = app.get(&stream).await;
    assert_eq!(host.end_share(&talk).await, StatusCode::NO_CONTENT);
    assert_eq!((one.closed().await, two.closed().await), (Some(4403), Some(4403)));
    let body = in_time("the stream ends", events.text()).await.unwrap();
    assert!(body.trim_end().ends_with(r#"data: {"type":"closed","code":4403}"#), "{body}");
    assert_eq!(Socket::open(&app.url, &unused).await.closed().await, Some(4403), "an older ticket opens nothing");
    assert_eq!(phone.post("ticket", json!({})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(phone.get("").await.0, StatusCode::NOT_FOUND);
    assert_eq!(laptop.say("Still here.").await["type"], "ack");
    let again = host.share(&talk).await;
    assert_ne!(again, phone.code, "an old link never opens again");
    Phone::new(&app, &again).join().await;
}

#[tokio::test]
async fn a_code_whose_time_is_over_disconnects_as_well() {
    let mut app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    app.signal("TERM").await;
    // Its last seconds: sooner than can be asked for.
    database::run(&app.database(), &format!("UPDATE shares SET expires_at = {}", database::in_seconds(6)));
    app.restart().await;
    let mut joined = phone.at(&app).join().await;
    assert_eq!(joined.closed().await, Some(4403));
    assert_eq!(phone.at(&app).post("ticket", json!({})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_restart_keeps_the_code_and_a_deleted_discussion_does_not() {
    let mut app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    app.crash_and_restart().await;
    let (host, phone) = (host.at(&app), phone.at(&app));
    let mut joined = phone.join().await;
    assert_eq!(host.get(&format!("/api/discussions/{talk}/share")).await["code"], phone.code);
    let path = format!("/api/discussions/{talk}");
    host.request(reqwest::Method::DELETE, &path).send().await.unwrap();
    assert_eq!(joined.closed().await, Some(4404));
    assert_eq!(phone.post("ticket", json!({})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn observers_see_no_usage_no_reason_no_host_and_steer_nothing() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    let (mut laptop, mut joined) = (host.connect(&talk).await, phone.join().await);
    app.llm.will_say(&["Play."]);
    let heard = laptop.turn().await;
    assert!(heard["usage"].is_object());
    let seen = joined.until("turn_ended").await["message"].clone();
    app.llm.will(super::support::script::Script::refuse(400, "invalid_request_error"));
    laptop.next().await;
    let failed = laptop.until("turn_ended").await["message"].clone();
    assert!(failed["error"].is_string(), "{failed}");
    let failed = joined.until("turn_ended").await["message"].clone();
    let (_, page) = phone.get("/messages").await;
    let late = phone.join().await;
    let items = page["items"].as_array().unwrap().iter().chain(late.view.messages.values());
    for message in items.chain([&seen, &failed]) {
        assert_eq!((&message["usage"], &message["error"]), (&Value::Null, &Value::Null), "{message}");
    }
    let owner = host.get("/api/me").await["id"].as_str().unwrap().to_owned();
    assert!(!late.view.discussion.to_string().contains(&owner) && !page.to_string().contains(&owner));
    for command in [json!({"type": "next"}), json!({"type": "say", "text": "I am the host"}), json!({"type": "stop"})] {
        assert_eq!(joined.command(command).await["code"], "not_allowed");
    }
    assert_eq!(joined.command(json!({"type": "ping"})).await["type"], "pong");
    assert_eq!(host.messages(&talk).await.len(), 2, "nothing was said");
}

#[tokio::test]
async fn who_guesses_is_refused_and_the_class_behind_the_same_address_comes_in() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    let wrong = ["22222", "2222222", "nonsense", "OOOOOO", "%20"];
    for code in wrong {
        let (status, problem) = Phone { code: code.to_owned(), ..phone.clone() }.post("ticket", json!({})).await;
        assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("not_found")), "{code}");
    }
    // A thousand guesses in all, the most of them at once, and three hundred phones that know the code.
    let guess = |number: usize| {
        let letter = |at: u32| ALPHABET.as_bytes()[number / 30_usize.pow(at) % 30] as char;
        let guesser = Phone { code: (0..6).map(letter).collect(), ..phone.clone() };
        async move { (guesser.get("").await.0, Instant::now()) }
    };
    let (begun, mut answered) = (Instant::now(), vec![]);
    for number in 0..15 {
        answered.push(guess(number).await);
    }
    assert!(answered.iter().all(|(status, _)| *status == StatusCode::NOT_FOUND));
    let mut guesses: FuturesUnordered<_> = (15..995).map(guess).collect();
    let mut class = pin!(join_all((0..300).map(|_| phone.path("live", None))));
    let joined = loop {
        tokio::select! {
            joined = &mut class => break joined,
            Some(answer) = guesses.next() => answered.push(answer),
        }
    };
    assert_eq!(joined.len(), 300, "each of them has a ticket");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let refused = &answered[15..];
    assert!(refused.len() > 100 && refused.iter().all(|(status, _)| *status == StatusCode::TOO_MANY_REQUESTS));
    // Fifty answers in any second, give or take what the machine is late by.
    for (place, (_, at)) in answered.iter().enumerate() {
        let within = answered[..place].iter().filter(|(_, before)| at.duration_since(*before) < Duration::from_secs(1));
        assert!(within.count() <= 55, "answer {place}");
    }
}

#[tokio::test]
async fn three_hundred_phones_from_one_address_join_within_ten_seconds() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    let begun = Instant::now();
    let joined = join_all((0..300).map(|_| phone.join())).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let mut laptop = host.connect(&talk).await;
    while laptop.until("presence").await["observers"] != 300 {}
    drop(joined);
    while laptop.until("presence").await["observers"] != 0 {}
}

#[tokio::test]
async fn no_more_observers_than_allowed() {
    let app = TestApp::spawn_with(&[("MAX_OBSERVERS", "2")]).await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    let _joined = (phone.join().await, phone.join().await);
    let mut third = Socket::open(&app.url, &phone.path("live", None).await).await;
    assert_eq!(third.closed().await, Some(4429));
    host.connect(&talk).await;
}
