//! One attempt: one request to one provider, read to its end within its time-outs.

use std::time::Duration;

use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use super::Speech;
use super::fault::{Fault, Slow};
use super::piece::{FinishReason, Parser, Piece, Tokens};
use super::provider::Provider;
use super::sse::{Event, Events};
use crate::domain::message::Usage;
use crate::domain::prompt::Rendered;
use crate::domain::text::clean;
use crate::domain::tokens;

/// How long an end marker is waited for once the provider has given its reason to end.
const AFTER_FINISH: Duration = Duration::from_secs(5);

/// How long the body's own end is waited for after the end marker: the connection can then be used again.
const DRAIN: Duration = Duration::from_millis(50);

/// What an attempt is given.
pub struct Attempt<'a> {
    pub provider: &'a Provider,
    pub rendered: &'a Rendered,
    pub max_tokens: u32,
    pub max_reply_bytes: usize,
    /// The end of the whole turn.
    pub deadline: Instant,
    pub tell: &'a mpsc::Sender<Speech>,
}

/// What came of it.
pub struct Answer {
    pub end: Result<FinishReason, Fault>,
    /// Visible text was told: nothing can be asked again.
    pub shown: bool,
    /// `None`: no reply was begun.
    pub usage: Option<Usage>,
}

impl Attempt<'_> {
    pub async fn run(&self) -> Answer {
        let started = Instant::now();
        let (model, response) = match timeout_at(self.deadline, self.ask()).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(fault)) => return Answer { end: Err(fault), shown: false, usage: None },
            Err(_) => return Answer { end: Err(Fault::TooSlow(Slow::Turn)), shown: false, usage: None },
        };
        let mut events = Events::new(response.bytes_stream().boxed());
        let mut reading = Reading::new(self, started);
        let end = reading.read(&mut events).await;
        Answer { shown: reading.shown > 0, usage: Some(reading.usage(model, end.is_ok())), end }
    }

    async fn ask(&self) -> Result<(&str, reqwest::Response), Fault> {
        let model = self.provider.model().await?;
        let asked =
            Usage { input_tokens: tokens::about(self.rendered.len()), estimated: true, ..self.provider.usage(model) };
        // Nobody listens any more: the whole attempt is about to be dropped.
        let _ = self.tell.send(Speech::Asked(asked)).await;
        Ok((model, self.provider.ask(model, self.rendered, self.max_tokens).await?))
    }
}

/// How far a reply has come; each phase has its own patience.
#[derive(Clone, Copy)]
enum Phase {
    /// Nothing but pings and comments since the request.
    Waiting {
        since: Instant,
    },
    /// Events, but no text yet.
    Thinking {
        since: Instant,
    },
    Speaking {
        since: Instant,
    },
    /// The provider gave its reason to end.
    Finished {
        since: Instant,
    },
}

struct Reading<'a> {
    attempt: &'a Attempt<'a>,
    parser: Box<dyn Parser>,
    phase: Phase,
    told_thinking: bool,
    /// Blank text at the beginning, held back: a reply of nothing else is empty.
    blank: String,
    /// Bytes told.
    shown: usize,
    finish: Option<FinishReason>,
    tokens: Tokens,
}

impl<'a> Reading<'a> {
    fn new(attempt: &'a Attempt<'a>, started: Instant) -> Self {
        Self {
            attempt,
            parser: attempt.provider.parser(),
            phase: Phase::Waiting { since: started },
            told_thinking: false,
            blank: String::new(),
            shown: 0,
            finish: None,
            tokens: Tokens::default(),
        }
    }

    async fn read<S>(&mut self, events: &mut Events<S>) -> Result<FinishReason, Fault>
    where
        S: Stream<Item = reqwest::Result<bytes::Bytes>> + Unpin,
    {
        let mut pieces = vec![];
        loop {
            let (until, slow) = self.patience();
            let event = match timeout_at(until, events.next()).await {
                Ok(Some(Ok(event))) => event,
                Ok(Some(Err(broken))) => return self.finished_or(Fault::Broken(broken)),
                Ok(None) => return self.finished_or(Fault::NoEnd),
                Err(_) => return self.finished_or(Fault::TooSlow(slow)),
            };
            if is_ping(&event) {
                continue;
            }
            self.note_event();
            self.parser.read(&event, &mut pieces);
            let mut marked = false;
            for piece in pieces.drain(..) {
                marked |= piece == Piece::EndMarker;
                self.take(piece).await?;
            }
            if marked {
                // What still comes says nothing more; an unfinished body would cost the connection.
                let _ = timeout(DRAIN, async { while let Some(Ok(_)) = events.next().await {} }).await;
                return self.ended();
            }
        }
    }

    /// Until when the next event must come, and what is too slow otherwise.
    fn patience(&self) -> (Instant, Slow) {
        let timeouts = &self.attempt.provider.timeouts;
        let (until, slow) = match self.phase {
            Phase::Waiting { since } => (since + timeouts.first_event, Slow::FirstEvent),
            Phase::Thinking { since } => (since + timeouts.first_text, Slow::FirstText),
            Phase::Speaking { since } => (since + timeouts.silence, Slow::Silence),
            Phase::Finished { since } => (since + AFTER_FINISH.min(timeouts.silence), Slow::Silence),
        };
        if self.attempt.deadline < until { (self.attempt.deadline, Slow::Turn) } else { (until, slow) }
    }

    fn note_event(&mut self) {
        let now = Instant::now();
        match &mut self.phase {
            Phase::Waiting { .. } => self.phase = Phase::Thinking { since: now },
            Phase::Speaking { since } => *since = now,
            Phase::Thinking { .. } | Phase::Finished { .. } => {}
        }
    }

    async fn take(&mut self, piece: Piece) -> Result<(), Fault> {
        match piece {
            Piece::Thinking if self.told_thinking => {}
            Piece::Thinking => {
                self.told_thinking = true;
                self.tell(Speech::Thinking).await;
            }
            Piece::Text(text) => return self.take_text(&clean(&text)).await,
            Piece::Finish(reason) => {
                self.finish = Some(reason);
                self.phase = Phase::Finished { since: Instant::now() };
            }
            Piece::Tokens(tokens) => self.tokens.update(tokens),
            Piece::EndMarker => {}
            Piece::Error(complaint) => return Err(Fault::Reported(complaint)),
        }
        Ok(())
    }

    async fn take_text(&mut self, text: &str) -> Result<(), Fault> {
        if self.shown == 0 && text.trim().is_empty() {
            self.blank.push_str(text);
            return self.check_length(self.blank.len());
        }
        if let Phase::Thinking { .. } = self.phase {
            self.phase = Phase::Speaking { since: Instant::now() };
        }
        let text = std::mem::take(&mut self.blank) + text;
        let room = self.attempt.max_reply_bytes.saturating_sub(self.shown);
        let fits = (0..=room.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        self.shown += fits;
        if fits > 0 {
            self.tell(Speech::Text(text[..fits].to_owned())).await;
        }
        self.check_length(self.shown + text.len() - fits)
    }

    fn check_length(&self, bytes: usize) -> Result<(), Fault> {
        if bytes > self.attempt.max_reply_bytes { Err(Fault::TooLong) } else { Ok(()) }
    }

    async fn tell(&self, speech: Speech) {
        // Nobody listens any more: the whole attempt is about to be dropped.
        let _ = self.attempt.tell.send(speech).await;
    }

    /// A reply whose provider gave its reason to end is whole, however its body ends.
    fn finished_or(&self, fault: Fault) -> Result<FinishReason, Fault> {
        if self.finish.is_some() { self.ended() } else { Err(fault) }
    }

    fn ended(&self) -> Result<FinishReason, Fault> {
        match self.finish {
            Some(FinishReason::Refusal) => Ok(FinishReason::Refusal),
            Some(FinishReason::Length) if self.shown == 0 => Err(Fault::EmptyAtLimit),
            _ if self.shown == 0 => Err(Fault::Empty),
            reason => Ok(reason.unwrap_or(FinishReason::Stop)),
        }
    }

    /// What the provider told of tokens; estimated where it told nothing, or was cut off before it could.
    fn usage(&self, model: &str, whole: bool) -> Usage {
        let Tokens { input, cache_read, cache_write, output } = self.tokens;
        let told = output.filter(|_| whole || self.finish.is_some());
        Usage {
            input_tokens: input.unwrap_or_else(|| tokens::about(self.attempt.rendered.len())),
            cache_read_tokens: cache_read.unwrap_or(0),
            cache_write_tokens: cache_write.unwrap_or(0),
            output_tokens: told.unwrap_or_else(|| tokens::about(self.shown).max(output.unwrap_or(0))),
            estimated: input.is_none() || told.is_none(),
            ..self.attempt.provider.usage(model)
        }
    }
}

fn is_ping(event: &Event) -> bool {
    matches!(event, Event::Json(value) if value["type"] == "ping")
}
