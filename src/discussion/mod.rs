//! Live discussions: an actor for each, found or woken by the registry, spoken to through its handle.

mod actor;
mod ask;
mod budget;
mod coalesce;
mod handle;
mod perspectives;
mod preview;
mod registry;
mod summary;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

pub use ask::{AskError, test_voices};
pub use budget::{Allowance, Budget, Left, Limits, midnight};
pub use coalesce::DeltaInterval;
pub use handle::DiscussionHandle;
pub use perspectives::{Perspective, Perspectives};
pub use preview::{Heard, Preview, preview};
pub use registry::{Registry, WakeError};
pub use summary::{Progress, Summaries};

use crate::domain::classroom;
use crate::llm::Voices;
use crate::llm::prices::Prices;
use crate::store::Store;

/// What every live discussion needs.
pub struct House {
    pub store: Store,
    pub voices: Arc<Voices>,
    pub prices: Prices,
    pub budget: Arc<Budget>,
    pub settings: Settings,
    pub counts: Counts,
}

/// What was done since the start, for `/metrics`.
#[derive(Debug, Default)]
pub struct Counts {
    pub turns: AtomicUsize,
    pub deltas: AtomicUsize,
}

#[derive(Debug, Clone)]
pub struct Settings {
    pub delta_interval: DeltaInterval,
    /// A discussion without sockets and turns leaves the memory after so long.
    pub idle: Duration,
    /// Between two turns of which the second follows by itself, so that the first can be read (`AUTO_PAUSE_MS`).
    pub auto_pause: Duration,
    /// Turns follow by themselves for so long without a host (`AUTO_HOST_AWAY_MS`).
    pub auto_host_away: Duration,
    /// What may be spent.
    pub limits: Limits,
    /// Tokens that one request to a model may take in (`MAX_INPUT_TOKENS`).
    pub input_tokens: usize,
    /// Threads that run the actors.
    pub arbiters: usize,
    /// How much a class may ask.
    pub class: classroom::Limits,
}
