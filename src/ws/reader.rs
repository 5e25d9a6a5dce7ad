//! The reading half of a socket: commands in, answers out, one at a time, so that nobody can queue work.

use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::Duration;

use actix_ws::{AggregatedMessage, AggregatedMessageStream, Closed, ProtocolError, Session};
use governor::clock::DefaultClock;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::timeout;

use super::body::Connection;
use super::class::{Done, Objection, carry_out};
use super::{Limits, SILENCE, Visitor};
use crate::discussion::DiscussionHandle;
use crate::domain::change::CommandKey;
use crate::domain::discussion::{Command, Refusal};
use crate::domain::ids::MessageId;
use crate::domain::protocol::{Audience, ClientFrame, Person, close, encode_ack, encode_error, encode_pong};
use crate::domain::text::{self, MAX_REASON_CHARS, Moment, TextError};

/// Commands a second once the first ones are used up.
const COMMANDS_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// How long an answer may wait for a client to read those before it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Refused commands in a row after which a socket is closed.
const MAX_REFUSED: u32 = 1_000;

/// Turns that may follow by themselves.
const MAX_AUTO_TURNS: u32 = 100;

pub struct Reader {
    session: Session,
    connection: Rc<Connection>,
    discussion: DiscussionHandle,
    visitor: Visitor,
    limits: Limits,
    rate: RateLimiter<NotKeyed, InMemoryState, DefaultClock>,
    refused: u32,
}

impl Reader {
    pub fn new(
        session: Session,
        connection: Rc<Connection>,
        discussion: DiscussionHandle,
        visitor: Visitor,
        limits: Limits,
    ) -> Self {
        let rate = RateLimiter::direct(Quota::per_second(COMMANDS_PER_SECOND).allow_burst(limits.commands));
        Self { session, connection, discussion, visitor, limits, rate, refused: 0 }
    }

    /// Reads until either side ends. Dropping the session ends the body, and the end of the body ends the stream.
    pub async fn run(mut self, mut messages: AggregatedMessageStream) {
        loop {
            let answered = match timeout(SILENCE, messages.recv()).await {
                Ok(Some(Ok(AggregatedMessage::Text(text)))) => self.take(&text).await,
                Ok(Some(Ok(AggregatedMessage::Ping(bytes)))) => self.session.pong(&bytes).await,
                Ok(Some(Ok(AggregatedMessage::Pong(_)))) => Ok(()),
                Ok(Some(Ok(AggregatedMessage::Binary(_)))) => return self.connection.close(close::UNSUPPORTED),
                Ok(Some(Ok(AggregatedMessage::Close(reason)))) => {
                    // Answered in kind; the body ends with the session.
                    let _ = self.session.close(reason).await;
                    return;
                }
                Ok(Some(Err(error))) => return self.connection.close(code_of(&error)),
                Ok(None) | Err(_) => return,
            };
            if answered.is_err() {
                return;
            }
            if self.refused > MAX_REFUSED {
                return self.connection.close(close::TOO_MANY);
            }
        }
    }

    async fn take(&mut self, text: &str) -> Result<(), Closed> {
        let answer = match ClientFrame::parse(text) {
            Ok(ClientFrame::Ping { id }) => encode_pong(&id),
            Ok(frame) => match self.carry_out(&frame).await {
                Ok(Done { seq, question }) => {
                    self.refused = 0;
                    encode_ack(frame.id(), seq, question)
                }
                Err(Objection { code, message }) => {
                    self.refused += 1;
                    encode_error(Some(frame.id()), code, &message)
                }
            },
            Err((id, message)) => {
                self.refused += 1;
                encode_error(id.as_deref(), "invalid_command", &message)
            }
        };
        // A client that sends and reads nothing is not waited for.
        timeout(PATIENCE, self.session.text(answer)).await.unwrap_or_else(|_| {
            self.connection.close(close::TOO_MANY);
            Err(Closed)
        })
    }

    async fn carry_out(&mut self, frame: &ClientFrame) -> Result<Done, Objection> {
        if let ClientFrame::Class(frame) = frame {
            if self.rate.check().is_err() {
                return Err(too_fast());
            }
            return carry_out(&self.discussion, self.visitor.person, self.limits, frame).await;
        }
        let Person::Host(user) = self.visitor.person else {
            return Err(Objection::not_for(Audience::Observer));
        };
        let key = CommandKey { user, id: frame.id().to_owned() };
        if self.rate.check().is_err() {
            // What took effect is acknowledged whatever the limit says.
            return match self.discussion.find_command(key).await {
                Ok(Some(seq)) => Ok(Done { seq: Some(seq), question: None }),
                _ => Err(too_fast()),
            };
        }
        let command = self.command(frame)?;
        match self.discussion.command(Some(key), command).await {
            Ok(Ok(accepted)) => Ok(Done { seq: accepted.seq, question: None }),
            Ok(Err(refusal)) => Err(refusal.into()),
            Err(_gone) => {
                // Nothing is known of it: the client comes back and says it again.
                self.connection.close(close::RESTART);
                Err(Refusal::StorageUnavailable.into())
            }
        }
    }

    /// The frame as a command of the discussion, its texts checked.
    fn command(&self, frame: &ClientFrame) -> Result<Command, Objection> {
        let fresh = MessageId::new();
        match frame {
            ClientFrame::Next { character_id: None, .. } => Ok(Command::Next { fresh, character: None }),
            ClientFrame::Next { character_id: Some(id), .. } => match id.parse() {
                Ok(id) => Ok(Command::Next { fresh, character: Some(id) }),
                Err(_) => Err(Refusal::UnknownCharacter.into()),
            },
            ClientFrame::Say { text, .. } => match text::parse(text, self.limits.message_chars) {
                Ok(text) => Ok(Command::Say { fresh, text }),
                Err(TextError::Empty) => Err(Objection::new("invalid_command", "Write something first.")),
                Err(TextError::TooLong(max)) => Err(Objection {
                    code: "too_long",
                    message: format!("A message may have at most {max} characters. Shorten it, or send it in parts."),
                }),
            },
            ClientFrame::Stop { turn, .. } => Ok(Command::Stop { turn: *turn }),
            ClientFrame::Auto { turns, until, .. } => auto(*turns, until.as_deref()),
            ClientFrame::Regenerate { message_id, .. } => Ok(Command::Regenerate { message: *message_id }),
            ClientFrame::Continue { message_id, .. } => Ok(Command::Continue { message: *message_id }),
            ClientFrame::Strike { message_id, reason, .. } => {
                let reason = reason.as_deref().map(|reason| text::parse(reason, MAX_REASON_CHARS));
                match reason {
                    Some(Err(TextError::TooLong(max))) => {
                        Err(Objection { code: "too_long", message: format!("A reason may have at most {max} characters.") })
                    }
                    reason => Ok(Command::Strike { message: *message_id, reason: reason.and_then(Result::ok) }),
                }
            }
            ClientFrame::Mute { character_id, muted, .. } => match character_id.parse() {
                Ok(character) => Ok(Command::Mute { character, muted: muted.unwrap_or(true) }),
                Err(_) => Err(Refusal::UnknownCharacter.into()),
            },
            ClientFrame::Ping { .. } | ClientFrame::Class(_) => unreachable!("answered before"),
        }
    }
}

fn too_fast() -> Objection {
    Objection::new("rate_limited", "Too many commands at once. Wait a second and try again.")
}

/// So many turns, or until a time; one of the two must be there.
fn auto(turns: Option<u32>, until: Option<&str>) -> Result<Command, Objection> {
    let wrong = |message: &str| Err(Objection::new("invalid_command", message));
    let until = match until.map(Moment::parse) {
        Some(None) => return wrong("`until` must be a time such as 2026-11-23T10:45:00Z."),
        until => until.flatten(),
    };
    match turns {
        None if until.is_none() => wrong("Say how many `turns`, or `until` when."),
        Some(turns) if turns > MAX_AUTO_TURNS => wrong("At most 100 `turns` follow by themselves. Ask again after them."),
        turns => Ok(Command::Auto { turns: turns.unwrap_or(MAX_AUTO_TURNS), until }),
    }
}

fn code_of(error: &ProtocolError) -> u16 {
    match error {
        ProtocolError::Overflow => close::TOO_LARGE,
        // The stream's way to say that a text frame is not UTF-8.
        ProtocolError::Io(cause) if cause.to_string().to_lowercase().contains("utf") => close::BAD_UTF8,
        _ => 1002,
    }
}
