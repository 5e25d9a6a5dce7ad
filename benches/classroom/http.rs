//! As much of an HTTP client as a load generator needs: one request after the other on a connection, nothing in the background.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(30);

pub struct Client {
    address: SocketAddr,
    stream: Option<TcpStream>,
    pub token: Option<String>,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Result<Value> {
        ensure!(self.status < 300, "{}: {}", self.status, String::from_utf8_lossy(&self.body));
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// A text field of the JSON body.
    pub fn text(&self, field: &str) -> Result<String> {
        let json = self.json()?;
        Ok(json[field].as_str().with_context(|| format!("no `{field}` in {json}"))?.to_owned())
    }
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, token: None }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.request("GET", path, "")
    }

    pub fn post(&mut self, path: &str, body: &Value) -> Result<Answer> {
        self.request("POST", path, &body.to_string())
    }

    fn request(&mut self, method: &str, path: &str, body: &str) -> Result<Answer> {
        let reused = self.stream.is_some();
        match self.try_request(method, path, body) {
            // The server may have closed an idle connection meanwhile.
            Err(_) if reused => {
                self.stream = None;
                self.try_request(method, path, body)
            }
            answer => answer,
        }
    }

    fn try_request(&mut self, method: &str, path: &str, body: &str) -> Result<Answer> {
        let identity = self.token.as_deref().map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => none.insert(connect(self.address)?),
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{identity}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes())?;
        read_answer(stream)
    }
}

pub fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Reads a head; what came behind it is given back.
pub fn read_head(stream: &mut TcpStream) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::with_capacity(1024);
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece)?;
        ensure!(count > 0, "the connection was closed before an answer");
        bytes.extend_from_slice(&piece[..count]);
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return Ok((String::from_utf8(bytes)?, rest));
        }
    }
}

fn read_answer(stream: &mut TcpStream) -> Result<Answer> {
    let (head, mut body) = read_head(stream)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no HTTP answer")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok()).flatten()
    });
    let Some(length) = length else { bail!("an answer without its length: {head}") };
    let mut piece = [0; 16 * 1024];
    while body.len() < length {
        let count = stream.read(&mut piece)?;
        ensure!(count > 0, "the connection was closed within an answer");
        body.extend_from_slice(&piece[..count]);
    }
    Ok(Answer { status, head, body })
}

pub fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
