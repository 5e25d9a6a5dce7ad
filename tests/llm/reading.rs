//! A stream from a file, read as a reply.

use chatlab::llm::piece::{FinishReason, Parser, Piece, Tokens};
use chatlab::llm::sse::{Broken, Events};
use chatlab::llm::{anthropic, openai};
use futures_util::{StreamExt, stream};

/// The pieces in which every body is fed: single bytes, odd ones, a network's packets, whole.
pub const CUTS: [usize; 4] = [1, 7, 1_400, usize::MAX];

/// What a body came to.
#[derive(Debug, Default, PartialEq)]
pub struct Reading {
    pub text: String,
    pub finish: Option<FinishReason>,
    pub tokens: Tokens,
    pub thinking: bool,
    pub marked: bool,
    pub error: Option<String>,
    pub broken: Option<Broken>,
}

/// Reads a body of the given format (`anthropic` or `chat`), cut into pieces of `size` bytes.
pub async fn read(format: &str, body: &[u8], size: usize) -> Reading {
    let chunks: Vec<Result<Vec<u8>, ()>> = body.chunks(size.min(body.len())).map(|chunk| Ok(chunk.to_vec())).collect();
    let mut events = Events::new(stream::iter(chunks));
    let mut parser: Box<dyn Parser> = match format {
        "anthropic" => Box::<anthropic::Reply>::default(),
        _ => Box::<openai::Reply>::default(),
    };
    let mut reading = Reading::default();
    let mut pieces = vec![];
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => parser.read(&event, &mut pieces),
            Err(broken) => reading.broken = Some(broken),
        }
        pieces.drain(..).for_each(|piece| reading.take(piece));
    }
    reading
}

impl Reading {
    fn take(&mut self, piece: Piece) {
        match piece {
            Piece::Thinking => self.thinking = true,
            Piece::Text(text) => self.text.push_str(&text),
            Piece::Finish(reason) => self.finish = Some(reason),
            Piece::Tokens(tokens) => self.tokens.update(tokens),
            Piece::EndMarker => self.marked = true,
            Piece::Error(complaint) => self.error = Some(complaint.word().to_owned()),
        }
    }
}
