//! Many watch one discussion: whoever is cut off at any moment ends with the very text that the database has.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message as Frame;

use super::helpers::{Host, Socket, TestApp, View};
use super::support::script::Script;
use super::watching::Phone;

/// A phone that comes back after every cut with what it has.
struct Observer {
    phone: Phone,
    socket: Socket,
}

impl Observer {
    async fn join(phone: Phone) -> Self {
        Self { socket: phone.join().await, phone }
    }

    /// Cut off without a word, and back with `after`, as a page does.
    async fn cut(&mut self) {
        let view = std::mem::take(&mut self.socket.view);
        let path = self.phone.path("live", Some(view.seq)).await;
        self.socket = Socket::open(&self.phone.url, &path).await;
        self.socket.view = view;
        assert_eq!(self.socket.event().await["type"], "snapshot");
    }

    /// Reads so many events, or until the turn ends.
    async fn read(&mut self, events: usize) {
        for _ in 0..events {
            if self.socket.event().await["type"] == "turn_ended" {
                return;
            }
        }
    }
}

fn texts(messages: &[Value]) -> Vec<(i64, String)> {
    let text = |message: &Value| (message["position"].as_i64().unwrap(), message["text"].as_str().unwrap().to_owned());
    messages.iter().map(text).collect()
}

fn seen(view: &View) -> Vec<(i64, String)> {
    texts(&view.messages.values().cloned().collect::<Vec<_>>())
}

/// Everyone reads on to the end of the turns, and has what the database has.
async fn all_agree(host: &Host, talk: &str, observers: &mut [Observer]) {
    let kept = host.messages(talk).await;
    let last = kept.iter().map(|message| message["seq"].as_i64().unwrap()).max().unwrap();
    for observer in observers {
        while observer.socket.view.seq < last || observer.socket.view.turn.is_some() {
            observer.socket.event().await;
        }
        assert_eq!(seen(&observer.socket.view), texts(&kept));
    }
}

/// Reads on until the turn is over; how many snapshots that took.
async fn to_the_end(socket: &mut Socket) -> usize {
    let mut snapshots = 0;
    while socket.view.turn.is_some() || socket.view.messages.is_empty() {
        snapshots += usize::from(socket.event().await["type"] == "snapshot");
    }
    snapshots
}

/// Numbers without a pattern, the same in every run.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    }
}

#[tokio::test]
async fn observers_cut_at_any_moment_end_with_the_text_of_the_database() {
    let mut app = TestApp::spawn().await;
    let mut host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    let mut observers = join_all((0..20).map(|_| Observer::join(phone.clone()))).await;
    let mut number = numbers(7);
    for turn in 0..4 {
        // The third is cut off by the end of the server, long before its last word.
        let words = if turn == 2 { 6_000 } else { 60 };
        app.llm.will(Script::words(words).pace(Duration::from_millis(10)));
        let mut laptop = host.connect(&talk).await;
        assert_eq!(laptop.next().await["type"], "ack");
        // Five cuts each: before the first delta, in the middle, at the end.
        let cuts = observers.iter_mut().map(|observer| {
            let reads: Vec<usize> = (0..5).map(|_| number(10)).collect();
            async move {
                for events in reads {
                    observer.read(events).await;
                    observer.cut().await;
                }
            }
        });
        if turn == 2 {
            // And once over a restart of the server, in mid-turn.
            laptop.until("delta").await;
            join_all(cuts.collect::<Vec<_>>()).await;
            app.crash_and_restart().await;
            host = host.at(&app);
            for observer in &mut observers {
                observer.phone = observer.phone.at(&app);
                // The words that were shown last may be gone: what was written down counts.
                observer.socket.view.turn = None;
                observer.cut().await;
            }
        } else {
            join_all(cuts.collect::<Vec<_>>()).await;
            if laptop.view.ended.is_none() {
                laptop.until("turn_ended").await;
            }
        }
        all_agree(&host, &talk, &mut observers).await;
    }
    let statuses: Vec<Value> = host.messages(&talk).await.iter().map(|message| message["status"].clone()).collect();
    assert_eq!(statuses, ["complete", "complete", "interrupted", "complete"]);
}

#[tokio::test]
async fn a_stalled_observer_delays_nobody_and_goes_on_with_one_snapshot() {
    let app = TestApp::spawn_with(&[("DELTA_INTERVAL_MS", "0")]).await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    let (mut stalled, mut well) = (phone.join().await, phone.join().await);
    let mut laptop = host.connect(&talk).await;
    // More than the kernel keeps for a reader who does not read.
    let long = "play ".repeat(2_000);
    let pieces: Vec<&str> = std::iter::repeat_n(long.as_str(), 90).collect();
    app.llm.will(Script::say(&pieces).pace(Duration::from_millis(5)));
    assert_eq!(laptop.next().await["type"], "ack");
    tokio::join!(to_the_end(&mut laptop), to_the_end(&mut well));
    assert_eq!(well.view.texts()[0].len(), 900_000);
    let snapshots = to_the_end(&mut stalled).await;
    assert_eq!(snapshots, 1, "one, instead of all that was missed");
    assert_eq!(seen(&stalled.view), seen(&well.view));
}

#[tokio::test]
async fn who_sends_and_never_reads_is_closed_and_nobody_else_notices() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    let mut rude = phone.join().await;
    let mut well = phone.join().await;
    for _ in 0..2_000 {
        rude.send(Frame::text(json!({"type": "dance"}).to_string())).await;
    }
    assert_eq!(well.command(json!({"type": "ping"})).await["type"], "pong");
    assert_eq!(rude.closed().await, Some(4429));
}

#[tokio::test]
async fn a_thousand_connects_and_disconnects_leave_nothing_open() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    let mut laptop = host.connect(&talk).await;
    let open = || std::fs::read_dir(format!("/proc/{}/fd", app.process())).unwrap().count();
    let round = async |laptop: &mut Socket| {
        let joined = join_all((0..100).map(|_| phone.join())).await;
        while laptop.until("presence").await["observers"] != 100 {}
        drop(joined);
        while laptop.until("presence").await["observers"] != 0 {}
    };
    round(&mut laptop).await;
    let before = open();
    round(&mut laptop).await;
    // Kept connections of the tests' HTTP client come and go.
    assert!(open() <= before + 10, "{} of {before}", open());
}

#[tokio::test]
async fn joining_again_asks_the_database_nothing() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    let mut first = phone.join().await;
    // The database is locked against everybody else: whoever needed it would wait for five seconds and be refused.
    let deleted = host.request(Method::DELETE, &format!("/api/discussions/{}", host.open("Another").await)).send().await;
    assert!(deleted.unwrap().status().is_success());
    std::fs::rename(app.database(), app.database().with_extension("away")).unwrap();
    let again = join_all((0..50).map(|_| phone.join())).await;
    assert!(again.iter().all(|socket| socket.view.discussion == first.view.discussion));
    assert_eq!(first.command(json!({"type": "ping"})).await["type"], "pong");
}
