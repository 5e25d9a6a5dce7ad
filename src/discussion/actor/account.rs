//! What a turn costs: reserved before it, written down with each attempt.

use std::time::Instant;

use actix::prelude::*;
use tracing::error;

use super::{DiscussionActor, RunningSpeech};
use crate::discussion::ask::settle;
use crate::discussion::budget::{Reservation, Share};
use crate::domain::discussion::Limit;
use crate::domain::ids::MessageId;
use crate::domain::message::Usage;
use crate::domain::protocol::Event;
use crate::domain::tokens;
use crate::llm::Attempted;
use crate::store::Attempt;

/// Tokens that a turn is expected to say.
const USUAL_OUTPUT: i64 = 400;
/// So few turns left are told.
const FEW: i64 = 3;

/// What the running turn's attempts have told so far.
pub(super) struct Account {
    /// What the request under way has used at least; `None`: none is.
    asked: Option<Usage>,
    since: Instant,
    /// No attempt was written down yet.
    first: bool,
}

impl Account {
    pub fn new() -> Self {
        Self { asked: None, since: Instant::now(), first: true }
    }

    pub fn ask(&mut self, usage: Usage) {
        self.asked = Some(usage);
        self.since = Instant::now();
    }
}

impl DiscussionActor {
    /// The demo voices speak.
    fn costs_nothing(&self) -> bool {
        self.house.voices.is_demo() || self.core.record().rehearsal
    }

    /// A share of the budget for a turn; the demo voices cost nothing.
    pub(super) fn reserve(&mut self) -> Result<Option<Reservation>, Limit> {
        if self.costs_nothing() {
            return Ok(None);
        }
        let input_tokens = i64::try_from(self.core.input_tokens()).unwrap_or(i64::MAX);
        let usage = Usage { input_tokens, output_tokens: USUAL_OUTPUT, ..self.house.voices.expect() };
        let record = self.core.record();
        let usd = self.house.prices.reckon(&usage);
        let share = Share { user: record.owner, discussion: Some(record.id), turns: 1, usd };
        self.house.budget.reserve(share).map(Some)
    }

    /// The turn of this reservation has begun.
    pub(super) fn begin_account(&mut self) {
        let Some(reservation) = &mut self.reservation else { return };
        reservation.begun = true;
        let text = match reservation.left {
            Some(0) => "This is the last turn within the budget.".to_owned(),
            Some(1) => "One more turn is within the budget.".to_owned(),
            Some(left) if left <= FEW => format!("{left} more turns are within the budget."),
            _ => return,
        };
        self.tell(&Event::Notice { code: "budget_low", text, turn: None, retry_after_ms: None });
    }

    pub(super) fn attempted(&mut self, turn: MessageId, attempted: Attempted, ctx: &mut Context<Self>) {
        let Some(speech) = self.speech.as_mut().filter(|speech| speech.turn == turn) else { return };
        let first = std::mem::take(&mut speech.account.first);
        speech.account.asked = None;
        self.write_attempt(turn, first, attempted, ctx);
    }

    /// What the request under way has used so far, reckoned.
    pub(super) fn used_so_far(&self, account: &Account) -> Option<Usage> {
        let mut usage = account.asked.clone()?;
        usage.output_tokens = tokens::about(self.core.said_bytes());
        usage.cost_usd = self.house.prices.cost(&usage);
        Some(usage)
    }

    /// A turn that is stopped leaves an attempt behind of which nobody tells any more.
    pub(super) fn settle_cut_off(&mut self, speech: &RunningSpeech, ctx: &mut Context<Self>) {
        let Some(usage) = self.used_so_far(&speech.account) else { return };
        let attempted = Attempted { usage, duration: speech.account.since.elapsed(), outcome: "stopped" };
        self.write_attempt(speech.turn, speech.account.first, attempted, ctx);
    }

    fn write_attempt(&mut self, message: MessageId, first: bool, attempted: Attempted, ctx: &mut Context<Self>) {
        let record = self.core.record();
        let settled = settle(&self.house, (record.owner, Some(record.id)), attempted);
        let attempt = Attempt { message: Some(message), first, ..settled };
        let store = self.house.store.clone();
        let write = async move { store.insert_attempt(attempt).await }.into_actor(self);
        ctx.spawn(write.map(|written, _, _| {
            if let Err(cause) = written {
                error!(error = %cause, "An attempt could not be written down");
            }
        }));
    }
}
