//! A real ChatLab for each test: the binary on a free port with a database file of its own, and people with the verbs that
//! the stories use. Roles are types with the same verbs where they may do the same.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::support::provider::Provider;
use super::watching::Room;

/// How long a test waits for what must happen.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for what must happen, and says what it was when it does not.
pub async fn in_time<T>(what: &str, happening: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, happening).await.unwrap_or_else(|_| panic!("never happened: {what}"))
}

/// The server, its files and the provider it asks.
pub struct TestApp {
    pub url: String,
    pub llm: Provider,
    files: TempDir,
    settings: Vec<(String, String)>,
    child: Child,
    http: reqwest::Client,
    log: Log,
}

/// What the server has logged so far.
type Log = Arc<Mutex<String>>;

/// Stands at the end of the log of a server that has ended.
const END: &str = "(the end)";

impl TestApp {
    /// With a scripted provider behind the external API.
    pub async fn spawn() -> Self {
        Self::spawn_with(&[]).await
    }

    pub async fn spawn_with(settings: &[(&str, &str)]) -> Self {
        let llm = Provider::start().await;
        let external =
            [("EXTERNAL_API_BASE_URL", format!("{}/v1", llm.url())), ("EXTERNAL_API_MODEL", "test-model".to_owned())];
        let own = settings.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Self::start(llm, external.into_iter().chain(own)).await
    }

    /// With a scripted provider behind a vendor's own API: `ANTHROPIC` or `OPENAI`.
    pub async fn spawn_vendor(vendor: &'static str, settings: &[(&str, &str)]) -> Self {
        let llm = Provider::start().await;
        let own = [(format!("{vendor}_BASE_URL"), llm.url()), (format!("{vendor}_API_KEY"), "canary-key".to_owned())];
        let all: Vec<(String, String)> =
            own.into_iter().chain(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect();
        Self::start(llm, all.iter().map(|(name, value)| (name.as_str(), value.clone()))).await
    }

    /// With the built-in voices, who speak at once.
    pub async fn spawn_demo() -> Self {
        Self::spawn_demo_with(&[]).await
    }

    pub async fn spawn_demo_with(settings: &[(&str, &str)]) -> Self {
        let all = [("DEMO_WORDS_PER_SECOND", "0")].into_iter().chain(settings.iter().copied());
        Self::start(Provider::start().await, all.map(|(name, value)| (name, value.to_owned()))).await
    }

    async fn start(llm: Provider, settings: impl Iterator<Item = (&str, String)>) -> Self {
        let files = tempfile::tempdir().unwrap();
        let mut all: HashMap<String, String> =
            HashMap::from([("PORT".to_owned(), "0".to_owned()), ("LOG_FORMAT".to_owned(), "text".to_owned())]);
        all.extend(settings.map(|(name, value)| (name.to_owned(), value)));
        let settings: Vec<_> = all.into_iter().collect();
        let log = Log::default();
        let (child, url) = run(&files, &settings, &log).await;
        Self { url, llm, files, settings, child, http: reqwest::Client::new(), log }
    }

    pub fn database(&self) -> PathBuf {
        self.files.path().join("chatlab.db")
    }

    pub fn process(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// `kill -9`, and up again on another port with the same files.
    pub async fn crash_and_restart(&mut self) {
        self.child.kill().await.unwrap();
        self.restart().await;
    }

    /// Sends a signal by its name and waits for the end.
    pub async fn signal(&mut self, name: &str) -> std::process::ExitStatus {
        let killed = Command::new("kill").args([&format!("-{name}"), &self.process().to_string()]).status().await.unwrap();
        assert!(killed.success());
        in_time("the server ends", self.child.wait()).await.unwrap()
    }

    /// Up again after its end.
    pub async fn restart(&mut self) {
        (self.child, self.url) = run(&self.files, &self.settings, &self.log).await;
    }

    /// Runs one of the binary's commands beside the server: what it prints, or what it complains of.
    pub async fn command(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chatlab"));
        command.args(arguments).env_clear().current_dir(self.files.path());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        let done = in_time("the command ends", command.output()).await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        if done.status.success() { Ok(text(done.stdout)) } else { Err(text(done.stderr)) }
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Stops it; all that it said, panics too.
    pub async fn end(mut self) -> String {
        self.signal("TERM").await;
        in_time("its last words are read", async {
            while !self.log().ends_with(END) {
                tokio::task::yield_now().await;
            }
        })
        .await;
        self.log()
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap()
    }

    /// Whoever has this access token.
    pub fn known_by(&self, token: &str) -> Host {
        Host { token: token.to_owned(), url: self.url.clone(), http: self.http.clone() }
    }

    /// A new guest.
    pub async fn host(&self) -> Host {
        let answer = self.http.post(format!("{}/api/auth/guest", self.url)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
        let grant: Value = answer.json().await.unwrap();
        let token = grant["access_token"].as_str().unwrap().to_owned();
        Host { token, url: self.url.clone(), http: self.http.clone() }
    }
}

/// Starts the binary and waits until it listens.
async fn run(files: &TempDir, settings: &[(String, String)], log: &Log) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chatlab"))
        .env_clear()
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .current_dir(files.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let listening = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some((_, url)) = line.split_once("listening on ") {
                return Some(url.trim().to_owned());
            }
        }
        None
    };
    let Some(url) = in_time("the server listens", listening).await else {
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
        panic!("the server ended: {said}");
    };
    // Its log is read to the end, so that it never waits for us; shown by the test runner when the test fails.
    let (log, last) = (Arc::clone(log), Arc::clone(log));
    let logged = tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            eprintln!("{line}");
            log.lock().unwrap().extend([line.as_str(), "\n"]);
        }
    });
    let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
    tokio::spawn(async move {
        while let Ok(Some(line)) = errors.next_line().await {
            eprintln!("{line}");
            last.lock().unwrap().extend([line.as_str(), "\n"]);
        }
        // An error: the log's reader panicked, and said so.
        let _ = logged.await;
        last.lock().unwrap().push_str(END);
    });
    (child, url)
}

/// Somebody with an identity of their own.
#[derive(Clone)]
pub struct Host {
    pub token: String,
    pub url: String,
    http: reqwest::Client,
}

impl Host {
    /// Whoever has this access token.
    pub fn with(url: &str, token: &str) -> Self {
        Self { token: token.to_owned(), url: url.to_owned(), http: reqwest::Client::new() }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    /// The same person after a restart, which has another port.
    pub fn at(&self, app: &TestApp) -> Self {
        Self { url: app.url.clone(), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.request(Method::POST, path).json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    pub async fn put(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.request(Method::PUT, path).json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    pub async fn patch(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.request(Method::PATCH, path).json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    /// A discussion of Dewey, Montessori and Freire; its id.
    pub async fn open(&self, topic: &str) -> String {
        let cast = ["john-dewey", "maria-montessori", "paulo-freire"];
        let (status, made) = self.post("/api/discussions", json!({"topic": topic, "character_ids": cast})).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }

    pub async fn ticket(&self, discussion: &str) -> String {
        let (status, ticket) = self.post(&format!("/api/discussions/{discussion}/ticket"), json!({})).await;
        assert_eq!(status, StatusCode::OK, "{ticket}");
        ticket["ticket"].as_str().unwrap().to_owned()
    }

    /// A socket to the discussion; the first frame was a snapshot.
    pub async fn connect(&self, discussion: &str) -> Socket {
        self.connect_after(discussion, None).await
    }

    pub async fn connect_after(&self, discussion: &str, after: Option<i64>) -> Socket {
        let ticket = self.ticket(discussion).await;
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        let path = format!("/api/discussions/{discussion}/live?ticket={ticket}{after}");
        let mut socket = Socket::open(&self.url, &path).await;
        let first = socket.event().await;
        assert_eq!(first["type"], "snapshot");
        socket
    }

    pub async fn messages(&self, discussion: &str) -> Vec<Value> {
        let page = self.get(&format!("/api/discussions/{discussion}/messages?limit=100")).await;
        page["items"].as_array().unwrap().clone()
    }
}

/// One connection to the live events, with the view that a page would have.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub view: View,
    commands: u32,
    /// Distinguishes the commands of several sockets of one user.
    name: String,
}

impl Socket {
    /// Opens without expecting anything.
    pub async fn open(url: &str, path: &str) -> Self {
        let request = format!("{}{path}", url.replacen("http", "ws", 1)).into_client_request().unwrap();
        let (stream, _) = in_time("the handshake", connect_async(request)).await.unwrap();
        Self { stream, view: View::default(), commands: 0, name: uuid::Uuid::new_v4().simple().to_string() }
    }

    pub async fn send(&mut self, frame: Frame) {
        self.stream.send(frame).await.unwrap();
    }

    /// Sends without expecting that anybody still listens.
    pub async fn try_send(&mut self, text: &str) -> Result<(), tokio_tungstenite::tungstenite::Error> {
        self.stream.send(Frame::text(text)).await
    }

    /// The next text frame, applied to the view.
    pub async fn event(&mut self) -> Value {
        match in_time("an event", self.frame()).await {
            Ok(event) => event,
            Err(code) => panic!("the socket was closed with {code:?}"),
        }
    }

    /// The next text frame, or the close code.
    pub async fn frame(&mut self) -> Result<Value, Option<u16>> {
        loop {
            match self.stream.next().await {
                Some(Ok(Frame::Text(text))) => {
                    let event: Value = serde_json::from_str(&text).unwrap();
                    self.view.apply(&event);
                    return Ok(event);
                }
                Some(Ok(Frame::Close(reason))) => return Err(reason.map(|reason| reason.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// Reads on until the server closes; its code.
    pub async fn closed(&mut self) -> Option<u16> {
        in_time("the socket is closed", async {
            loop {
                if let Err(code) = self.frame().await {
                    return code;
                }
            }
        })
        .await
    }

    /// Reads on until an event of this type.
    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            let event = self.event().await;
            if event["type"] == kind {
                return event;
            }
        }
    }

    /// Reads on until the view is so; it may be already. An answer to a command may come before the event that tells of it.
    pub async fn sees(&mut self, what: impl Fn(&View) -> bool) {
        while !what(&self.view) {
            self.event().await;
        }
    }

    /// Reads on until the running turn has said something.
    pub async fn speaking(&mut self) {
        self.sees(|view| view.turn.as_ref().is_some_and(|(_, text)| !text.is_empty())).await;
    }

    /// Sends a command and reads on until its answer.
    pub async fn command(&mut self, mut command: Value) -> Value {
        self.commands += 1;
        let id = format!("{}-{}", self.name, self.commands);
        if command.get("id").is_none() {
            command["id"] = json!(id);
        }
        let id = command["id"].clone();
        self.send(Frame::text(command.to_string())).await;
        loop {
            let event = self.event().await;
            if event["id"] == id {
                return event;
            }
        }
    }

    pub async fn next(&mut self) -> Value {
        self.command(json!({"type": "next"})).await
    }

    pub async fn say(&mut self, text: &str) -> Value {
        self.command(json!({"type": "say", "text": text})).await
    }

    pub async fn stop(&mut self) -> Value {
        self.command(json!({"type": "stop"})).await
    }

    /// One whole turn: pressed, heard to its end; the message.
    pub async fn turn(&mut self) -> Value {
        let answer = self.next().await;
        assert_eq!(answer["type"], "ack", "{answer}");
        match self.view.ended.take() {
            Some(message) => message,
            None => self.until("turn_ended").await["message"].clone(),
        }
    }
}

/// What a page would show: made of a snapshot and the events behind it.
#[derive(Default, Debug, Clone)]
pub struct View {
    pub seq: i64,
    pub discussion: Value,
    /// By position.
    pub messages: std::collections::BTreeMap<i64, Value>,
    /// The running turn's id and text.
    pub turn: Option<(String, String)>,
    /// The message of the last turn that ended.
    pub ended: Option<Value>,
    /// The class: `class`, `stage`, `questions` (by id), `reactions`, `prediction`.
    pub room: Room,
}

impl View {
    pub fn apply(&mut self, event: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(seq) = event["seq"].as_i64().filter(|_| event["type"] != "ack") {
            assert!(seq >= self.seq, "seq never goes back: {event}");
            self.seq = seq;
        }
        match event["type"].as_str().unwrap() {
            "snapshot" => {
                if event["after"].is_null() {
                    self.messages.clear();
                }
                event["messages"].as_array().unwrap().iter().for_each(|message| self.keep(message));
                self.discussion = event["discussion"].clone();
                self.room.replace(event);
                self.turn = event["turn"].as_object().map(|turn| (text(&turn["id"]), text(&turn["text"])));
            }
            "class" | "stage" | "question" | "votes" | "reaction" | "prediction" => self.room.apply(event),
            "discussion" => self.discussion = event["discussion"].clone(),
            "message" => self.keep(&event["message"]),
            "turn_started" => {
                self.ended = None;
                self.turn = Some((text(&event["turn"]["id"]), String::new()));
            }
            "delta" => {
                let (id, so_far) = self.turn.as_mut().expect("deltas belong to a running turn");
                assert_eq!(*id, text(&event["turn"]));
                let from = usize::try_from(event["from"].as_u64().unwrap()).unwrap();
                let units: Vec<u16> = so_far.encode_utf16().collect();
                assert_eq!(from, units.len(), "neither a hole nor a repeat");
                so_far.push_str(event["text"].as_str().unwrap());
            }
            "turn_ended" => {
                let message = &event["message"];
                let position = message["position"].as_i64().unwrap();
                // A version that did not become current leaves the message as it was.
                let stands = self.messages.get(&position).is_some_and(|before| before["version"] == message["version"]);
                if let Some((_, so_far)) = self.turn.take().filter(|_| !stands && message["status"] != "struck") {
                    assert_eq!(so_far, text(&message["text"]), "the text is the deltas joined");
                }
                self.ended = Some(message.clone());
                self.keep(message);
            }
            _ => {}
        }
    }

    fn keep(&mut self, message: &Value) {
        self.messages.insert(message["position"].as_i64().unwrap(), message.clone());
    }

    /// The texts in order.
    pub fn texts(&self) -> Vec<&str> {
        self.messages.values().map(|message| message["text"].as_str().unwrap()).collect()
    }
}
