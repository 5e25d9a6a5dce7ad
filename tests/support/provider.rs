//! A provider of models that does what it is told: a real HTTP server on a free port of this machine, speaking the Messages
//! API, Chat Completions and the list of models. It writes down every request, and when its connection was closed.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::cache::Cache;
use super::dialect::{Dialect, Used};
use super::script::{Script, Step, models};

/// How long a test waits for something that must happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// The provider; it stops when dropped.
pub struct Provider {
    pub address: SocketAddr,
    state: Arc<State>,
    server: JoinHandle<()>,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which connection it came on, from 0.
    pub connection: usize,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Value,
    pub at: Instant,
    /// When each piece of text was written.
    pub told: Vec<Instant>,
    /// When the client closed the connection that this was the last request on.
    pub closed: Option<Instant>,
    /// The tokens of its prompt, where the provider models a cache.
    pub used: Option<Used>,
}

/// What is said to a request, by what it asks.
type Answering = Box<dyn Fn(&Value) -> Script + Send + Sync>;

#[derive(Default)]
struct State {
    scripts: Mutex<VecDeque<Script>>,
    always: Mutex<Option<Script>>,
    answering: Mutex<Option<Answering>>,
    cache: Mutex<Option<Cache>>,
    models: Mutex<Vec<String>>,
    requests: Mutex<Vec<Request>>,
    changed: Notify,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let server = tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { address, state, server }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers the next request so; several wait in line.
    pub fn will(&self, script: Script) {
        lock(&self.state.scripts).push_back(script);
    }

    pub fn will_say<T: AsRef<str>>(&self, pieces: &[T]) {
        self.will(Script::say(pieces));
    }

    /// Answers so whenever nothing else waits in line.
    pub fn always(&self, script: Script) {
        *lock(&self.state.always) = Some(script);
    }

    /// Answers by what is asked whenever nothing else waits in line.
    pub fn answers(&self, answering: impl Fn(&Value) -> Script + Send + Sync + 'static) {
        *lock(&self.state.answering) = Some(Box::new(answering));
    }

    /// Models a cache of prompts from now on.
    pub fn caches(&self, cache: Cache) {
        *lock(&self.state.cache) = Some(cache);
    }

    /// What `/v1/models` lists; nothing: 404.
    pub fn list_models(&self, names: &[&str]) {
        *lock(&self.state.models) = names.iter().map(|name| (*name).to_owned()).collect();
    }

    /// All requests so far, for models too.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.state.requests).clone()
    }

    /// Requests for a reply so far.
    pub fn asked(&self) -> Vec<Request> {
        self.requests().into_iter().filter(|request| !request.path.ends_with("/models")).collect()
    }

    /// Waits until the requests are as described.
    pub async fn until(&self, what: impl Fn(&[Request]) -> bool) -> Vec<Request> {
        let waiting = async {
            loop {
                let changed = self.state.changed.notified();
                let requests = self.requests();
                if what(&requests) {
                    return requests;
                }
                changed.await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .unwrap_or_else(|_| panic!("it never came to that: {:?}", self.requests()))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl State {
    fn next_script(&self, body: &Value) -> Script {
        let waiting = lock(&self.scripts).pop_front();
        let asked = || lock(&self.answering).as_ref().map(|answering| answering(body));
        waiting.or_else(asked).or_else(|| lock(&self.always).clone()).unwrap_or_else(|| Script::say(&["Well ", "said."]))
    }

    fn change(&self, number: usize, change: impl FnOnce(&mut Request)) {
        change(&mut lock(&self.requests)[number]);
        self.changed.notify_waiters();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = tokio::task::JoinSet::new();
    let mut number = 0;
    while let Ok((socket, _)) = listener.accept().await {
        connections.spawn(converse(socket, number, Arc::clone(&state)));
        number += 1;
    }
}

/// One connection, request after request.
async fn converse(socket: TcpStream, connection: usize, state: Arc<State>) {
    let _ = socket.set_nodelay(true);
    let (mut from, mut to) = socket.into_split();
    let mut unread = vec![];
    let mut last = None;
    while let Some(request) = read_request(&mut from, &mut unread).await {
        let used = lock(&state.cache).as_mut().map(|cache| cache.take(&request.body));
        let request = Request { connection, used, ..request };
        let (path, body) = (request.path.clone(), request.body.clone());
        let number = {
            let mut requests = lock(&state.requests);
            requests.push(request);
            requests.len() - 1
        };
        last = Some(number);
        state.changed.notify_waiters();
        let mut byte = [0; 1];
        let whole = tokio::select! {
            whole = answer(&mut to, (&path, &body, used.unwrap_or_default()), number, &state) => whole,
            // Nothing is sent before the answer is over: the client has gone.
            _ = from.read(&mut byte) => false,
        };
        if !whole {
            break;
        }
    }
    if let Some(number) = last {
        state.change(number, |request| request.closed = Some(Instant::now()));
    }
}

async fn read_request(from: &mut OwnedReadHalf, unread: &mut Vec<u8>) -> Option<Request> {
    let head_end = loop {
        if let Some(at) = unread.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if from.read_buf(unread).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(unread[..head_end].to_vec()).ok()?;
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers.get("content-length").map_or(Ok(0), |length| length.parse()).ok()?;
    while unread.len() < head_end + length {
        if from.read_buf(unread).await.ok()? == 0 {
            return None;
        }
    }
    let body = serde_json::from_slice(&unread[head_end..head_end + length]).unwrap_or_default();
    unread.drain(..head_end + length);
    Some(Request { connection: 0, path, headers, body, at: Instant::now(), told: vec![], closed: None, used: None })
}

/// Plays the script; `false` if the connection is over then.
async fn answer(to: &mut OwnedWriteHalf, (path, body, used): (&str, &Value, Used), number: usize, state: &State) -> bool {
    if path.ends_with("/models") {
        let names = lock(&state.models).clone();
        let script = match names.is_empty() {
            true => Script::refuse(404, "not_found_error"),
            false => Script::body(200, "application/json", &models(&names).to_string()),
        };
        return play(to, &script, None, number, state).await.is_ok();
    }
    let dialect = Dialect::of(path, used);
    let script = if dialect.is_some() { state.next_script(body) } else { Script::refuse(404, "not_found_error") };
    play(to, &script, dialect, number, state).await.is_ok()
}

/// The end of a connection, wanted or not.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

async fn play(
    to: &mut OwnedWriteHalf,
    script: &Script,
    mut dialect: Option<Dialect>,
    number: usize,
    state: &State,
) -> Result<(), Over> {
    if script.status > 0 {
        let mut head = format!("HTTP/1.1 {} Test\r\ntransfer-encoding: chunked\r\n", script.status);
        head += &format!("content-type: {}\r\n", script.content_type);
        for (name, value) in &script.headers {
            head += &format!("{name}: {value}\r\n");
        }
        to.write_all((head + "\r\n").as_bytes()).await?;
    }
    let mut texts = 0;
    for step in &script.steps {
        texts += usize::from(matches!(step, Step::Text(_)));
        match step {
            Step::Raw(bytes) => write_chunk(to, bytes).await?,
            Step::Pause(pause) => tokio::time::sleep(*pause).await,
            Step::Hang => std::future::pending().await,
            Step::Cut => return Err(Over),
            step => {
                let bytes = dialect.as_mut().map(|dialect| dialect.encode(step, texts)).unwrap_or_default();
                write_chunk(to, bytes.as_bytes()).await?;
            }
        }
        if matches!(step, Step::Text(_)) {
            state.change(number, |request| request.told.push(Instant::now()));
        }
    }
    to.write_all(b"0\r\n\r\n").await?;
    Ok(())
}

async fn write_chunk(to: &mut OwnedWriteHalf, bytes: &[u8]) -> Result<(), Over> {
    if !bytes.is_empty() {
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        to.write_all(&chunk).await?;
    }
    Ok(())
}
