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
use super::command::command;
use super::{Limits, SILENCE, Visitor};
use crate::discussion::DiscussionHandle;
use crate::domain::change::CommandKey;
use crate::domain::discussion::Refusal;
use crate::domain::protocol::{Audience, ClientFrame, Person, close, encode_ack, encode_error, encode_pong};

/// Commands a second once the first ones are used up.
const COMMANDS_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// How long an answer may wait for a client to read those before it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Refused commands in a row after which a socket is closed.
const MAX_REFUSED: u32 = 1_000;

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
                // On the heap while it lasts: thousands only listen, and their tasks have no room set aside for a command.
                Ok(Some(Ok(AggregatedMessage::Text(text)))) => Box::pin(self.take(&text)).await,
                Ok(Some(Ok(AggregatedMessage::Ping(bytes)))) => {
                    self.count_ping();
                    self.session.pong(&bytes).await
                }
                Ok(Some(Ok(AggregatedMessage::Pong(bytes)))) => {
                    self.connection.answered(&bytes);
                    Ok(())
                }
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
            Ok(ClientFrame::Ping { id }) => {
                self.count_ping();
                encode_pong(&id)
            }
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

    /// A ping is always answered; a thousand of them beyond the rate are no heartbeat.
    fn count_ping(&mut self) {
        if self.rate.check().is_err() {
            self.refused += 1;
        }
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
        let command = command(frame, self.limits)?;
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
}

fn too_fast() -> Objection {
    Objection::new("rate_limited", "Too many commands at once. Wait a second and try again.")
}

fn code_of(error: &ProtocolError) -> u16 {
    match error {
        ProtocolError::Overflow => close::TOO_LARGE,
        // The stream's way to say that a text frame is not UTF-8.
        ProtocolError::Io(cause) if cause.to_string().to_lowercase().contains("utf") => close::BAD_UTF8,
        _ => 1002,
    }
}
