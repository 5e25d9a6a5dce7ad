//! A model provider over real HTTP (Chat Completions): words at a given pace, each with the time at which it was said. A thread
//! for each connection: nothing but the clock decides when a word goes out.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::clock;
use crate::http::find;

/// How replies are spoken from now on; running ones notice changes of `go` and `finish`.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Between the request and the first word.
    pub think: Duration,
    /// Between two words.
    pub interval: Duration,
    pub words: usize,
    /// Bytes of a word, its space among them.
    pub length: usize,
    /// No word is said before this is set.
    pub go: bool,
    /// The end is not told before this is set.
    pub finish: bool,
}

impl Plan {
    /// `words` of 7 bytes at so many a second.
    pub fn new(words: usize, per_second: u32) -> Self {
        let interval = Duration::from_secs(1) / per_second;
        Self { think: Duration::from_millis(20), interval, words, length: 7, go: true, finish: true }
    }

    /// Waits before the first word and before the end, until it is told.
    pub fn held(self) -> Self {
        Self { go: false, finish: false, ..self }
    }
}

pub struct Provider {
    pub address: SocketAddr,
    plan: Arc<Mutex<Plan>>,
    /// Bytes of all requests so far.
    asked: Arc<AtomicU64>,
}

impl Provider {
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let plan = Arc::new(Mutex::new(Plan::new(50, 50)));
        let asked = Arc::new(AtomicU64::new(0));
        let shared = (Arc::clone(&plan), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (plan, asked) = shared.clone();
                // The end of a connection is the client's to notice.
                thread::spawn(move || converse(stream, &plan, &asked).is_ok());
            }
        });
        Ok(Self { address, plan, asked })
    }

    /// Bytes that it was sent in all requests so far.
    pub fn asked_bytes(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    pub fn plan(&self, plan: Plan) {
        *lock(&self.plan) = plan;
    }

    pub fn go(&self) {
        lock(&self.plan).go = true;
    }

    pub fn finish(&self) {
        lock(&self.plan).finish = true;
    }
}

fn lock(plan: &Mutex<Plan>) -> MutexGuard<'_, Plan> {
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers request after request.
fn converse(mut stream: TcpStream, plan: &Mutex<Plan>, asked: &AtomicU64) -> Result<()> {
    stream.set_nodelay(true)?;
    while let Some(bytes) = read_request(&mut stream)? {
        asked.fetch_add(bytes, Ordering::Relaxed);
        speak(&mut stream, plan)?;
    }
    Ok(())
}

/// Reads a request to its end; its bytes, if there is one.
fn read_request(stream: &mut TcpStream) -> Result<Option<u64>> {
    let (mut bytes, mut piece) = (vec![], [0; 16 * 1024]);
    loop {
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                return Ok(Some(bytes.len() as u64));
            }
        }
        match stream.read(&mut piece)? {
            0 => return Ok(None),
            count => bytes.extend_from_slice(&piece[..count]),
        }
    }
}

fn speak(stream: &mut TcpStream, shared: &Mutex<Plan>) -> Result<()> {
    let plan = *lock(shared);
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    send(stream, r#"{"role":"assistant","content":""}"#, "null")?;
    thread::sleep(plan.think);
    wait_until(|| lock(shared).go);
    let start = Instant::now();
    for number in 0..plan.words {
        let due = start + plan.interval * u32::try_from(number).unwrap_or(u32::MAX);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        send(stream, &format!(r#"{{"content":"{}"}}"#, clock::word(plan.length)), "null")?;
    }
    wait_until(|| lock(shared).finish);
    send(stream, "{}", r#""stop""#)?;
    chunk(stream, "data: [DONE]\n\n")?;
    stream.write_all(b"0\r\n\r\n")?;
    Ok(())
}

fn wait_until(condition: impl Fn() -> bool) {
    while !condition() {
        thread::sleep(Duration::from_millis(1));
    }
}

fn send(stream: &mut TcpStream, delta: &str, reason: &str) -> Result<()> {
    let event = format!(
        r#"{{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"bench","choices":[{{"index":0,"delta":{delta},"finish_reason":{reason}}}]}}"#
    );
    chunk(stream, &format!("data: {event}\n\n"))
}

fn chunk(stream: &mut TcpStream, text: &str) -> Result<()> {
    Ok(stream.write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes())?)
}
