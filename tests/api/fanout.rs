//! Many watch one discussion: whoever is cut off at any moment ends with the very text that the database has.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Frame;

use super::helpers::{Host, Socket, TestApp, View, in_time};
use super::support::script::Script;
use super::watching::{Phone, Stream};

/// A phone that comes back after every cut with what it has.
struct Observer {
    phone: Phone,
    wire: Wire,
}

/// The way its network leaves open.
enum Wire {
    Socket(Box<Socket>),
    Stream(Box<Stream>),
}

impl Observer {
    async fn join(phone: Phone, without_sockets: bool) -> Self {
        let wire = match without_sockets {
            false => Wire::Socket(Box::new(phone.join().await)),
            true => {
                let mut stream = Stream::open(&phone, View::default(), None).await;
                assert_eq!(stream.event().await["type"], "snapshot");
                Wire::Stream(Box::new(stream))
            }
        };
        Self { phone, wire }
    }

    fn view(&mut self) -> &mut View {
        match &mut self.wire {
            Wire::Socket(socket) => &mut socket.view,
            Wire::Stream(stream) => &mut stream.view,
        }
    }

    async fn event(&mut self) -> Value {
        match &mut self.wire {
            Wire::Socket(socket) => socket.event().await,
            Wire::Stream(stream) => stream.event().await,
        }
    }

    /// Cut off without a word, and back with `after`, as a page does.
    async fn cut(&mut self) {
        let view = std::mem::take(self.view());
        let after = Some(view.seq);
        self.wire = match &self.wire {
            Wire::Socket(_) => {
                let mut socket = Socket::open(&self.phone.url, &self.phone.path("live", after).await).await;
                socket.view = view;
                Wire::Socket(Box::new(socket))
            }
            Wire::Stream(_) => Wire::Stream(Box::new(Stream::open(&self.phone, view, after).await)),
        };
        assert_eq!(self.event().await["type"], "snapshot");
    }

    /// Reads so many events, or until this turn, counted from 1, is over.
    async fn read(&mut self, events: usize, turn: usize) {
        for _ in 0..events {
            if self.view().turn.is_none() && self.view().messages.len() >= turn {
                return;
            }
            self.event().await;
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
        while observer.view().seq < last || observer.view().turn.is_some() {
            observer.event().await;
        }
        assert_eq!(seen(observer.view()), texts(&kept));
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

/// A number from the environment, to make a run longer or to repeat it.
fn number_from(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |number| number.parse().unwrap())
}

const OBSERVERS: usize = 20;
/// How often each observer is cut off in a turn.
const CUTS: usize = 5;

/// `CUTS=5000` makes it longer, `CUTS_SEED=…` another one.
#[tokio::test]
async fn observers_cut_at_any_moment_end_with_the_text_of_the_database() {
    let seed = number_from("CUTS_SEED", 7);
    let turns = number_from("CUTS", 500).div_ceil(OBSERVERS * CUTS);
    eprintln!("CUTS_SEED={seed}");
    let mut app = TestApp::spawn().await;
    let mut host = app.host().await;
    let talk = host.open("What is play for?").await;
    let phone = Phone::new(&app, &host.share(&talk).await);
    // Every fourth of them is in a network without WebSockets.
    let mut observers = join_all((0..OBSERVERS).map(|place| Observer::join(phone.clone(), place % 4 == 0))).await;
    let mut number = numbers(u64::try_from(seed).unwrap());
    for turn in 1..=turns {
        // Every fifth is cut off by the end of the server, long before its last word.
        let restarts = turn % 5 == 3;
        let words = if restarts { 6_000 } else { 20 + number(60) };
        app.llm.will(Script::words(words).pace(Duration::from_millis(4)));
        let mut laptop = host.connect(&talk).await;
        assert_eq!(laptop.next().await["type"], "ack");
        // Before the first delta, in the middle, at the end.
        let cuts = observers.iter_mut().map(|observer| {
            let reads: Vec<usize> = (0..CUTS).map(|_| number(16)).collect();
            async move {
                for events in reads {
                    observer.read(events, turn).await;
                    observer.cut().await;
                }
            }
        });
        let cuts: Vec<_> = cuts.collect();
        join_all(cuts).await;
        if restarts {
            // And once more over a restart of the server, in mid-turn.
            laptop.speaking().await;
            app.crash_and_restart().await;
            host = host.at(&app);
            for observer in &mut observers {
                observer.phone = observer.phone.at(&app);
                // The words that were shown last may be gone: what was written down counts.
                observer.view().turn = None;
            }
            join_all(observers.iter_mut().map(Observer::cut)).await;
        } else if laptop.view.ended.is_none() {
            laptop.until("turn_ended").await;
        }
        all_agree(&host, &talk, &mut observers).await;
        let kept = host.messages(&talk).await;
        let status = if restarts { "interrupted" } else { "complete" };
        assert_eq!((kept.len(), &kept[turn - 1]["status"]), (turn, &json!(status)));
    }
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
    // It asks in between without reading the answers: they fall between whole frames, never into one.
    let asks = async {
        for id in 0..500 {
            stalled.send(Frame::text(json!({"type": "ping", "id": id.to_string()}).to_string())).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(to_the_end(&mut laptop), to_the_end(&mut well), asks);
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

/// A WebSocket at its barest, once the first frame is there.
async fn bare(app: &TestApp, path: &str) -> TcpStream {
    let mut socket = TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    let head = "Host: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    socket.write_all(format!("GET {path} HTTP/1.1\r\n{head}").as_bytes()).await.unwrap();
    let mut read = vec![];
    while !read.windows(4).any(|four| four == b"\r\n\r\n") {
        assert!(socket.read_buf(&mut read).await.unwrap() > 0);
    }
    socket
}

/// How long the server takes from its last word to hanging up.
async fn hangs_up(mut socket: TcpStream) -> Duration {
    let begun = std::time::Instant::now();
    in_time("the end of the connection", socket.read_to_end(&mut vec![])).await.unwrap();
    begun.elapsed()
}

/// A browser tells its page of the code only when the connection is closed, and the page waits for that before it comes back.
#[tokio::test]
async fn a_closed_socket_is_hung_up_at_once() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let (mut refused, mut ended) = (vec![], vec![]);
    // This machine may be busy elsewhere: one out of five shows what the server does.
    for _ in 0..5 {
        refused.push(hangs_up(bare(&app, &format!("/api/discussions/{talk}/live")).await).await);
        let phone = Phone::new(&app, &host.share(&talk).await);
        let socket = bare(&app, &phone.path("live", None).await).await;
        assert_eq!(host.end_share(&talk).await, StatusCode::NO_CONTENT);
        ended.push(hangs_up(socket).await);
    }
    let soon = Duration::from_millis(250);
    assert!(refused.iter().min() < Some(&soon) && ended.iter().min() < Some(&soon), "{refused:?} {ended:?}");
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
