//! An event on its way out: its JSON once, its framing once for each kind of reader.

use std::cell::OnceCell;

use actix_http::ws::{OpCode, Parser};
use bytes::{BufMut, Bytes, BytesMut};

/// How a reader takes events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    WebSocket,
    /// Server-sent events.
    Sse,
}

/// Made by the feed, framed by the first reader of a kind, shared by all.
pub struct Frame {
    seq: Option<i64>,
    /// Empty: a heartbeat.
    json: Bytes,
    web_socket: OnceCell<Bytes>,
    sse: OnceCell<Bytes>,
}

impl Frame {
    pub fn new(seq: Option<i64>, json: Bytes) -> Self {
        Self { seq, json, web_socket: OnceCell::new(), sse: OnceCell::new() }
    }

    /// A protocol ping, or for SSE a comment.
    pub fn heartbeat() -> Self {
        Self::new(None, Bytes::new())
    }

    /// Whether it tells a committed change.
    pub fn is_change(&self) -> bool {
        self.seq.is_some()
    }

    /// Bytes it occupies, for the ring's limit.
    pub fn len(&self) -> usize {
        self.json.len()
    }

    pub fn framed(&self, framing: Framing) -> &Bytes {
        match framing {
            Framing::WebSocket => self.web_socket.get_or_init(|| self.for_web_socket()),
            Framing::Sse => self.sse.get_or_init(|| self.for_sse()),
        }
    }

    /// A protocol ping that carries how much was sent before it: its answer says that the reader got so far.
    pub fn question(sent: u64) -> Bytes {
        let mut out = BytesMut::with_capacity(10);
        Parser::write_message(&mut out, sent.to_be_bytes(), OpCode::Ping, true, false);
        out.freeze()
    }

    fn for_web_socket(&self) -> Bytes {
        let op = if self.json.is_empty() { OpCode::Ping } else { OpCode::Text };
        let mut out = BytesMut::with_capacity(self.json.len() + 10);
        Parser::write_message(&mut out, &self.json, op, true, false);
        out.freeze()
    }

    fn for_sse(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(self.json.len() + 40);
        if self.json.is_empty() {
            out.put_slice(b": still here\n\n");
            return out.freeze();
        }
        if let Some(seq) = self.seq {
            out.put_slice(format!("id: {seq}\n").as_bytes());
        }
        // JSON has no raw line ends, so one data line holds it.
        out.put_slice(b"data: ");
        out.put_slice(&self.json);
        out.put_slice(b"\n\n");
        out.freeze()
    }
}
