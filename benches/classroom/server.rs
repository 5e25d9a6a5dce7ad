//! A ChatLab of its own for each measurement: the release binary on its core, a fresh database, limits that a load generator
//! would meet set high.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tempfile::TempDir;

use crate::crowd::Crowd;
use crate::http::{Client, connect};
use crate::machine::{self, GENERATOR_CORE, SERVER_CORE};
use crate::view::Speaks;

/// The binary to be measured: this version's, or another one that `BENCH_BINARY` names.
pub fn binary() -> String {
    std::env::var("BENCH_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_chatlab").to_owned())
}

const LIMITS: [(&str, &str); 8] = [
    ("MAX_SOCKETS_PER_USER", "100000"),
    ("MAX_OBSERVERS", "100000"),
    ("RATE_LIMIT_GUEST", "1000000"),
    ("RATE_LIMIT_TICKET", "1000000"),
    ("RATE_LIMIT_CREATE", "1000000"),
    ("RATE_LIMIT_JOIN", "1000000"),
    ("RATE_LIMIT_COMMAND", "1000000"),
    ("EXTERNAL_API_MODEL", "bench"),
];

pub struct Server {
    pub address: SocketAddr,
    child: Child,
    pub files: TempDir,
}

impl Server {
    /// With this provider and these settings; listens when it returns.
    pub fn start(provider: SocketAddr, settings: &[(&str, &str)]) -> Result<Self> {
        Self::start_under(&[], provider, settings)
    }

    /// Under another program, such as valgrind.
    pub fn start_under(wrapper: &[&str], provider: SocketAddr, settings: &[(&str, &str)]) -> Result<Self> {
        let files = tempfile::tempdir()?;
        let binary = binary();
        let program: Vec<&str> = wrapper.iter().copied().chain([binary.as_str()]).collect();
        let mut command = Command::new(program[0]);
        command
            .args(&program[1..])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("PORT", "0")
            .env("EXTERNAL_API_BASE_URL", format!("http://{provider}/v1"))
            .envs(LIMITS)
            .envs(settings.iter().copied())
            .current_dir(files.path())
            .stdout(Stdio::piped());
        let mut child = spawn_on_server_core(&mut command)?;
        let lines = BufReader::new(child.stdout.take().context("its log is not there")?);
        let address = read_address(lines);
        let server = |address| Self { address, child, files };
        // Made first, so that the process ends also when it never listened.
        let mut server = server(SocketAddr::from(([127, 0, 0, 1], 0)));
        server.address = address?;
        Ok(server)
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn cpu_us(&self) -> Result<u64> {
        machine::cpu_us(self.process())
    }

    pub fn resident_kib(&self) -> Result<u64> {
        machine::resident_kib(self.process())
    }

    /// One of the figures under `/metrics`.
    pub fn metric(&self, name: &str) -> Result<u64> {
        let metrics = String::from_utf8(Client::new(self.address).get("/metrics")?.body)?;
        let number = metrics.lines().find_map(|line| line.strip_prefix("chatlab_")?.strip_prefix(name)?.strip_prefix(' '));
        number.and_then(|number| number.parse().ok()).with_context(|| format!("/metrics has no {name}"))
    }

    /// A new guest, who will be the host.
    pub fn host(&self) -> Result<Client> {
        let mut client = Client::new(self.address);
        client.token = Some(client.post("/api/auth/guest", &json!({}))?.text("access_token")?);
        Ok(client)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a program on the server's core.
pub fn spawn_on_server_core(command: &mut Command) -> Result<Child> {
    machine::run_on(SERVER_CORE)?;
    let child = command.spawn();
    machine::run_on(GENERATOR_CORE)?;
    child.with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))
}

/// Reads the log until the server listens; the rest is read and forgotten, so that it never waits for us.
fn read_address(mut lines: BufReader<std::process::ChildStdout>) -> Result<SocketAddr> {
    let mut said = String::new();
    loop {
        let mut line = String::new();
        ensure!(lines.read_line(&mut line)? > 0, "the server ended: {said}");
        if let Some((_, rest)) = line.split_once("listening on http://") {
            let address = rest.split(|c: char| c.is_whitespace() || c == '"').next().unwrap_or_default().parse()?;
            thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
            return Ok(address);
        }
        said.push_str(&line);
    }
}

/// A discussion and the way into it.
pub struct Talk {
    pub id: String,
    /// The join code, once discussions can be shared; until then watchers are the host's own sockets.
    code: Option<String>,
}

impl Talk {
    pub fn open(host: &mut Client) -> Result<Self> {
        let cast = ["john-dewey", "maria-montessori", "paulo-freire"];
        let body = json!({"topic": "What is play for?", "character_ids": cast});
        let id = host.post("/api/discussions", &body)?.text("id")?;
        let share = host.post(&format!("/api/discussions/{id}/share"), &json!({}))?;
        let code = share.text("code").ok();
        Ok(Self { id, code })
    }

    /// A whole turn, without a socket.
    pub fn turn(&self, host: &mut Client) -> Result<()> {
        let turn = host.post(&format!("/api/discussions/{}/turns", self.id), &json!({}))?;
        turn.text("id").map(|_| ())
    }

    /// The host's own socket.
    pub fn steer(&self, host: &mut Client, crowd: &mut Crowd) -> Result<usize> {
        let ticket = host.post(&format!("/api/discussions/{}/ticket", self.id), &json!({}))?.text("ticket")?;
        crowd.add(self.knock(host, &ticket, None)?, Speaks::Live)
    }

    /// One more watcher.
    pub fn watch(&self, host: &mut Client, crowd: &mut Crowd) -> Result<usize> {
        crowd.add(self.arrive(host, None)?, Speaks::Live)
    }

    /// Fetches a ticket and asks for the live events.
    pub fn arrive(&self, client: &mut Client, after: Option<i64>) -> Result<TcpStream> {
        let door = match &self.code {
            Some(code) => format!("/api/watch/{code}/ticket"),
            None => format!("/api/discussions/{}/ticket", self.id),
        };
        let ticket = client.post(&door, &json!({}))?.text("ticket")?;
        self.knock(client, &ticket, after)
    }

    /// The same events as a stream over plain HTTP.
    pub fn stream(&self, client: &mut Client) -> Result<TcpStream> {
        let code = self.code.as_deref().context("it is not shared")?;
        let ticket = client.post(&format!("/api/watch/{code}/ticket"), &json!({}))?.text("ticket")?;
        let mut stream = connect(client.address())?;
        let path = format!("/api/discussions/{}/events?ticket={ticket}", self.id);
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", client.address()).as_bytes())?;
        Ok(stream)
    }

    fn knock(&self, client: &Client, ticket: &str, after: Option<i64>) -> Result<TcpStream> {
        let after = after.map(|seq| format!("&after={seq}")).unwrap_or_default();
        let path = format!("/api/discussions/{}/live?ticket={ticket}{after}", self.id);
        upgrade(client.address(), &path)
    }
}

/// Asks for a WebSocket; the answer is read with all the rest.
pub fn upgrade(address: SocketAddr, path: &str) -> Result<TcpStream> {
    let mut stream = connect(address)?;
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    Ok(stream)
}

/// So many watchers, each with its first snapshot.
pub fn fill(talk: &Talk, host: &mut Client, crowd: &mut Crowd, count: usize) -> Result<Vec<usize>> {
    let mut numbers = Vec::with_capacity(count);
    for number in 0..count {
        numbers.push(talk.watch(host, crowd)?);
        if number % 64 == 63 {
            crowd.read(Duration::ZERO)?;
        }
    }
    crowd.until("everyone has the first snapshot", Duration::from_secs(60), |crowd| {
        crowd.views().all(|view| !view.snapshots.is_empty())
    })?;
    Ok(numbers)
}
