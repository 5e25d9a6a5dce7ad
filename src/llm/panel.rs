//! The providers in their order: who is asked, how often, and what is told meanwhile. Our only loop of retries.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::{info, warn};

use super::attempt::{Answer, Attempt};
use super::fault::{Cure, Fault};
use super::piece::FinishReason;
use super::provider::Provider;
use super::{Attempted, End, Notice, Outcome, Settings, SettingsError, Speech};
use crate::domain::message::Usage;
use crate::domain::prompt::{Rendered, Task};

/// Most attempts at one provider, and at one while another is waiting.
const ATTEMPTS: u32 = 3;
const ATTEMPTS_BEFORE_ANOTHER: u32 = 2;

/// All waiting between the attempts of a turn.
const WAITING: Duration = Duration::from_secs(30);

/// Thinking models need room before their first word.
const LEAST_OUTPUT_TOKENS: u32 = 2_048;

/// The configured providers.
pub struct Panel {
    pub providers: Vec<Provider>,
    pub(super) max_output_tokens: u32,
    pub(super) max_reply_bytes: usize,
}

impl Panel {
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let timeouts = |kind| match kind {
            super::ProviderKind::External => settings.external_timeouts,
            super::ProviderKind::Anthropic | super::ProviderKind::OpenAi => settings.timeouts,
        };
        let providers = settings.providers.iter().map(|one| Provider::new(one, timeouts(one.kind)));
        Ok(Self {
            providers: providers.collect::<Result<_, _>>()?,
            max_output_tokens: settings.max_output_tokens.max(LEAST_OUTPUT_TOKENS),
            max_reply_bytes: settings.max_reply_bytes,
        })
    }

    /// As they would be asked now: those in trouble come last; the order is otherwise the one that was set.
    pub fn in_order(&self) -> Vec<&Provider> {
        let mut providers: Vec<&Provider> = self.providers.iter().collect();
        providers.sort_by_key(|provider| provider.breaker.is_open());
        providers
    }

    /// Asks one provider after the other until one has answered, and tells everything on the way.
    pub async fn answer(&self, task: &Task, tell: &mpsc::Sender<Speech>) -> Outcome {
        let rendered = task.render();
        let mut turn = Turn::new(self, tell);
        let providers = self.in_order();
        for (index, provider) in providers.iter().enumerate() {
            let next = providers.get(index + 1).copied();
            match turn.ask(provider, next, &rendered).await {
                Asked::Ended(outcome) => return outcome,
                Asked::NextProvider => {}
            }
        }
        Outcome { end: End::Failed(turn.reasons.join(" ")), usage: turn.usage }
    }
}

/// What came of asking one provider.
enum Asked {
    Ended(Outcome),
    NextProvider,
}

/// What is remembered from attempt to attempt.
struct Turn<'a> {
    panel: &'a Panel,
    tell: &'a mpsc::Sender<Speech>,
    started: Instant,
    /// The longest turn that any provider asked so far may have.
    limit: Duration,
    waited: Duration,
    max_tokens: u32,
    /// An empty reply was asked for again: that happens once.
    asked_again: bool,
    /// Why each provider could not answer.
    reasons: Vec<String>,
    usage: Option<Usage>,
}

impl<'a> Turn<'a> {
    fn new(panel: &'a Panel, tell: &'a mpsc::Sender<Speech>) -> Self {
        Self {
            panel,
            tell,
            started: Instant::now(),
            limit: Duration::ZERO,
            waited: Duration::ZERO,
            max_tokens: panel.max_output_tokens,
            asked_again: false,
            reasons: vec![],
            usage: None,
        }
    }

    async fn ask(&mut self, provider: &Provider, next: Option<&Provider>, rendered: &Rendered) -> Asked {
        self.limit = self.limit.max(provider.timeouts.total);
        let most = if next.is_some() { ATTEMPTS_BEFORE_ANOTHER } else { ATTEMPTS };
        let mut pauses = pauses();
        for attempt in 1.. {
            let answer = Attempt {
                provider,
                rendered,
                max_tokens: self.max_tokens,
                max_reply_bytes: self.panel.max_reply_bytes,
                deadline: self.started + self.limit,
                tell: self.tell,
            };
            let asked = Instant::now();
            let Answer { end, shown, usage } = answer.run().await;
            self.tell_attempt(provider, asked, &end, shown, usage.clone()).await;
            self.usage = usage;
            provider.note(&end);
            let fault = match end {
                Ok(reason) => return self.ended(provider, reason),
                Err(fault) => fault,
            };
            self.log(provider, attempt, &fault);
            if shown {
                return Asked::Ended(self.outcome(End::Interrupted(fault.told(provider.kind))));
            }
            match fault.cure(provider.kind) {
                Cure::Once { twice_the_limit } if !self.asked_again => self.ask_again(&fault, twice_the_limit).await,
                Cure::Again(wish) if attempt < most => {
                    let pause = wish.unwrap_or_else(|| pauses.next().unwrap_or_default());
                    if !self.wait(&fault, pause).await {
                        return self.give_up(provider, next, &fault).await;
                    }
                }
                Cure::Again(_) | Cure::NextProvider => return self.give_up(provider, next, &fault).await,
                Cure::Once { .. } | Cure::GiveUp => {
                    self.reasons.push(fault.told(provider.kind));
                    return Asked::Ended(self.outcome(End::Failed(self.reasons.join(" "))));
                }
            }
        }
        unreachable!("the attempts are counted")
    }

    async fn tell_attempt(
        &self,
        provider: &Provider,
        asked: Instant,
        end: &Result<FinishReason, Fault>,
        shown: bool,
        usage: Option<Usage>,
    ) {
        let attempted = attempted(provider, asked, end, shown, usage);
        // Nobody listens any more: the turn is about to be dropped.
        let _ = self.tell.send(Speech::Attempt(attempted)).await;
    }

    fn ended(&mut self, provider: &Provider, reason: FinishReason) -> Asked {
        let duration_ms = self.started.elapsed().as_millis();
        info!(provider = provider.kind.as_str(), ?reason, duration_ms, "A reply has ended");
        Asked::Ended(self.outcome(match reason {
            FinishReason::Stop => End::Complete,
            FinishReason::Length => End::Length,
            FinishReason::Refusal => End::Refusal,
        }))
    }

    fn outcome(&mut self, end: End) -> Outcome {
        Outcome { end, usage: self.usage.take() }
    }

    async fn ask_again(&mut self, fault: &Fault, twice_the_limit: bool) {
        self.asked_again = true;
        if twice_the_limit {
            self.max_tokens = self.max_tokens.saturating_mul(2);
        }
        self.notice("retrying", format!("The provider {}; asking again.", fault.briefly()), None).await;
    }

    /// Waits, having told it; `false` if there is no time left for it.
    async fn wait(&mut self, fault: &Fault, pause: Duration) -> bool {
        if self.waited + pause > WAITING || self.started.elapsed() + pause >= self.limit {
            return false;
        }
        self.waited += pause;
        let when = match pause.as_secs_f64().round() {
            seconds if seconds < 1.0 => "in a moment".to_owned(),
            seconds => format!("in {seconds} s"),
        };
        self.notice("retrying", format!("The provider {}; trying again {when}.", fault.briefly()), Some(pause)).await;
        tokio::time::sleep(pause).await;
        true
    }

    /// Done with this provider; the next one is asked if there is one.
    async fn give_up(&mut self, provider: &Provider, next: Option<&Provider>, fault: &Fault) -> Asked {
        self.reasons.push(fault.told(provider.kind));
        if let Some(next) = next {
            let text = format!("The provider {}; asking {} instead.", fault.briefly(), next.kind.title());
            self.notice("failover", text, None).await;
        }
        Asked::NextProvider
    }

    async fn notice(&self, code: &'static str, text: String, retry_after: Option<Duration>) {
        // Nobody listens any more: the turn is about to be dropped.
        let _ = self.tell.send(Speech::Notice(Notice { code, text, retry_after })).await;
    }

    fn log(&self, provider: &Provider, attempt: u32, fault: &Fault) {
        warn!(provider = provider.kind.as_str(), attempt, ?fault, "A provider did not answer well");
    }
}

/// An attempt as it is written down.
pub(super) fn attempted(
    provider: &Provider,
    asked: Instant,
    end: &Result<FinishReason, Fault>,
    shown: bool,
    usage: Option<Usage>,
) -> Attempted {
    let outcome = match end {
        Ok(FinishReason::Stop) => "complete",
        Ok(FinishReason::Length) => "length",
        Ok(FinishReason::Refusal) => "refusal",
        Err(_) if shown => "interrupted",
        Err(_) => "failed",
    };
    let unused = || provider.usage(provider.known_model().unwrap_or_default());
    Attempted { usage: usage.unwrap_or_else(unused), duration: asked.elapsed(), outcome }
}

/// Our own waits: about half a second, one, two, with some chance in them, so that a hundred classes do not come back at once.
fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(400))
        .with_max_delay(Duration::from_secs(4))
        .with_jitter()
        .build()
}
