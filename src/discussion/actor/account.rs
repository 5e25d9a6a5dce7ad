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
use crate::domain::prompt::Task;
use crate::domain::protocol::Event;
use crate::llm::Attempted;
use crate::store::Attempt;

/// Bytes of text to a token, where nobody counts them.
const BYTES_PER_TOKEN: usize = 4;
/// Tokens that a turn is expected to say.
const USUAL_OUTPUT: i64 = 400;
/// So few turns left are told.
const FEW: i64 = 3;

/// What the running turn's attempts have told so far.
pub(super) struct Account {
    pub asked_tokens: i64,
    pub since: Instant,
    /// No attempt was written down yet.
    pub first: bool,
    /// The last thing heard was an attempt's end: none is under way.
    pub settled: bool,
}

impl Account {
    pub fn new(task: &Task) -> Self {
        Self { asked_tokens: tokens(task.render().len()), since: Instant::now(), first: true, settled: false }
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
        let usage = Usage { input_tokens, output_tokens: USUAL_OUTPUT, ..Usage::default() };
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
        speech.account.settled = true;
        speech.account.since = Instant::now();
        self.write_attempt(turn, first, attempted, ctx);
    }

    /// A turn that is stopped leaves an attempt behind of which nobody tells any more.
    pub(super) fn settle_cut_off(&mut self, speech: &RunningSpeech, ctx: &mut Context<Self>) {
        if speech.account.settled || self.costs_nothing() {
            return;
        }
        let said = self.core.turn().and_then(|turn| turn.text).map_or(0, |text| text.len());
        let usage = Usage {
            provider: self.house.voices.first().to_owned(),
            input_tokens: speech.account.asked_tokens,
            output_tokens: tokens(said),
            estimated: true,
            ..Usage::default()
        };
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

fn tokens(bytes: usize) -> i64 {
    i64::try_from(bytes.div_ceil(BYTES_PER_TOKEN)).unwrap_or(i64::MAX)
}
