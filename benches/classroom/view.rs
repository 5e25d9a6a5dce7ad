//! What one connection has been sent: frames taken apart, the running turn's text as a length and a hash, and whether anything
//! was missing. Cheap enough for thousands of them on one core.

use anyhow::Result;
use serde_json::Value;

use crate::clock;
use crate::http::find;

/// A frame of the server's: its kind and where its payload lies.
struct Frame<'a> {
    op: u8,
    payload: &'a [u8],
    /// Bytes on the wire.
    length: usize,
}

/// What a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// Live events over a WebSocket.
    Live,
    /// The provider's own stream, read without ChatLab.
    Provider,
}

/// A delta that was just read.
pub struct Delta<'a> {
    pub from: usize,
    pub text: &'a [u8],
}

pub struct View {
    pub speaks: Speaks,
    /// Not yet a whole frame.
    partial: Vec<u8>,
    /// The handshake is over.
    pub shaken: bool,
    /// Length and hash of the running turn's text, or of the last one's. All texts here are ASCII: a unit is a byte.
    pub length: usize,
    hash: u64,
    /// Changes that were seen, for a client that comes back.
    pub seq: i64,
    pub deltas: u64,
    pub delta_bytes: u64,
    /// The deltas that came before each snapshot.
    pub snapshots: Vec<u64>,
    pub turns_started: u64,
    pub turns_ended: u64,
    /// A delta that did not go on where the text ended, or a text that was not the deltas joined.
    pub wrong: u64,
    pub closed: bool,
    /// To be answered: the server's last ping, by what it carried.
    pub ping: Option<Vec<u8>>,
}

const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

fn hash(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

impl View {
    pub fn new(speaks: Speaks) -> Self {
        Self {
            speaks,
            partial: vec![],
            shaken: false,
            length: 0,
            hash: EMPTY,
            seq: 0,
            deltas: 0,
            delta_bytes: 0,
            snapshots: vec![],
            turns_started: 0,
            turns_ended: 0,
            wrong: 0,
            closed: false,
            ping: None,
        }
    }

    /// Length and hash of the running turn's text.
    pub fn text(&self) -> (usize, u64) {
        (self.length, self.hash)
    }

    /// Takes what was read; each delta is also handed to `tell`.
    pub fn take(&mut self, bytes: &[u8], mut tell: impl FnMut(Delta, u64)) -> Result<()> {
        if self.partial.is_empty() {
            let used = self.parse(bytes, &mut tell)?;
            self.partial.extend_from_slice(&bytes[used..]);
        } else {
            let mut all = std::mem::take(&mut self.partial);
            all.extend_from_slice(bytes);
            let used = self.parse(&all, &mut tell)?;
            all.drain(..used);
            self.partial = all;
        }
        if self.partial.is_empty() && self.partial.capacity() > 64 * 1024 {
            self.partial = vec![];
        }
        Ok(())
    }

    fn parse(&mut self, bytes: &[u8], tell: &mut impl FnMut(Delta, u64)) -> Result<usize> {
        let mut used = 0;
        if !self.shaken {
            let Some(end) = find(bytes, b"\r\n\r\n") else { return Ok(0) };
            let accepted = bytes.starts_with(b"HTTP/1.1 101") || bytes.starts_with(b"HTTP/1.1 200");
            anyhow::ensure!(accepted, "refused: {}", String::from_utf8_lossy(&bytes[..end]));
            self.shaken = true;
            used = end + 4;
        }
        match self.speaks {
            Speaks::Live => {
                while let Some(frame) = frame(&bytes[used..]) {
                    used += frame.length;
                    self.frame(&frame, tell)?;
                }
            }
            Speaks::Provider => {
                while let Some(end) = find(&bytes[used..], b"\n\n") {
                    self.provider_event(&bytes[used..used + end], tell);
                    used += end + 2;
                }
            }
        }
        Ok(used)
    }

    fn frame(&mut self, frame: &Frame, tell: &mut impl FnMut(Delta, u64)) -> Result<()> {
        match frame.op {
            1 => match delta(frame.payload) {
                Some(delta) => {
                    self.deltas += 1;
                    self.delta_bytes += frame.length as u64;
                    let before = self.length;
                    self.append(&delta);
                    tell(delta, before as u64);
                }
                None if frame.payload.starts_with(br#"{"hosts""#) => {}
                None => self.event(&serde_json::from_slice(frame.payload)?),
            },
            8 => self.closed = true,
            9 => self.ping = Some(frame.payload.to_vec()),
            _ => {}
        }
        Ok(())
    }

    fn append(&mut self, delta: &Delta) {
        let Some(known) = self.length.checked_sub(delta.from) else {
            self.wrong += 1;
            return;
        };
        let new = delta.text.get(known..).unwrap_or_default();
        self.hash = hash(self.hash, new);
        self.length += new.len();
    }

    fn event(&mut self, event: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(seq) = event["seq"].as_i64() {
            self.seq = seq;
        }
        match event["type"].as_str() {
            Some("snapshot") => {
                let running = event["turn"].is_object();
                let newest = event["messages"].as_array().and_then(|all| all.last()).map(|message| text(&message["text"]));
                let words = if running { text(&event["turn"]["text"]) } else { newest.unwrap_or_default() };
                (self.length, self.hash) = (words.len(), hash(EMPTY, words.as_bytes()));
                if !running {
                    self.turns_ended = self.turns_started;
                }
                self.snapshots.push(self.deltas);
            }
            Some("turn_started") => {
                (self.length, self.hash) = (0, EMPTY);
                self.turns_started += 1;
            }
            Some("turn_ended") => {
                let whole = text(&event["message"]["text"]);
                let kept = hash(EMPTY, whole.as_bytes());
                // A model's last space is no part of the message.
                let same = self.text() == (whole.len(), kept) || self.text() == (whole.len() + 1, hash(kept, b" "));
                self.wrong += u64::from(!same);
                (self.length, self.hash) = (whole.len(), kept);
                self.turns_ended += 1;
            }
            Some("delta") => self.wrong += 1,
            _ => {}
        }
    }

    fn provider_event(&mut self, event: &[u8], tell: &mut impl FnMut(Delta, u64)) {
        if find(event, b"[DONE]").is_some() {
            (self.length, self.hash) = (0, EMPTY);
            self.turns_ended += 1;
            return;
        }
        let Some(start) = find(event, br#""content":""#).map(|at| at + 11) else { return };
        let Some(length) = find(&event[start..], b"\"").filter(|length| *length > 0) else { return };
        let delta = Delta { from: self.length, text: &event[start..start + length] };
        let before = self.length;
        self.append(&delta);
        self.deltas += 1;
        tell(delta, before as u64);
    }
}

impl Delta<'_> {
    /// When each of its words was said, the words having this length.
    pub fn times(&self, word: usize) -> impl Iterator<Item = u64> {
        self.text.chunks(word).filter_map(clock::read)
    }
}

/// The first whole frame.
fn frame(bytes: &[u8]) -> Option<Frame<'_>> {
    let [first, second, ..] = *bytes else { return None };
    let (start, length) = match second & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, usize::from(short)),
    };
    let payload = bytes.get(start..start + length)?;
    Some(Frame { op: first & 0x0f, payload, length: start + length })
}

/// A delta as the server writes it; `None` for every other event.
fn delta(payload: &[u8]) -> Option<Delta<'_>> {
    const UUID: usize = 36;
    let rest = payload.strip_prefix(br#"{"type":"delta","turn":""#)?.get(UUID..)?.strip_prefix(br#"","from":"#)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let from = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    let text = rest[digits..].strip_prefix(br#","text":""#)?.strip_suffix(br#""}"#)?;
    (!text.contains(&b'\\')).then_some(Delta { from, text })
}
