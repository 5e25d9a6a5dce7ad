//! Trying the providers out: a small request to each, by itself, once.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Tested;
use super::attempt::{Answer, Attempt};
use super::fault::Fault;
use super::panel::{Panel, attempted};
use super::piece::FinishReason;
use super::provider::Provider;
use crate::domain::prompt::{Rendered, Task};

/// A person waits for the answer; local models load first.
const PATIENCE: Duration = Duration::from_secs(30);
/// Room for one word, and for a model that thinks before it.
const MAX_TOKENS: u32 = 512;

impl Panel {
    /// Asks all of them at once, each once.
    pub async fn test(&self) -> Vec<Tested> {
        let rendered = Task::Test.render();
        join_all(self.providers.iter().map(|provider| self.test_one(provider, &rendered))).await
    }

    async fn test_one(&self, provider: &Provider, rendered: &Rendered) -> Tested {
        let asked = Instant::now();
        // What is said is of no interest, and dropped.
        let (tell, mut told) = mpsc::channel(64);
        let attempt = Attempt {
            provider,
            rendered,
            max_tokens: MAX_TOKENS,
            max_reply_bytes: self.max_reply_bytes,
            deadline: asked + PATIENCE,
            tell: &tell,
        };
        let running = attempt.run();
        tokio::pin!(running);
        let Answer { end, shown, usage } = loop {
            tokio::select! {
                answer = &mut running => break answer,
                Some(_) = told.recv() => {}
            }
        };
        provider.note(&end);
        let model = usage.as_ref().map(|usage| usage.model.clone());
        let model = model.or_else(|| provider.known_model().map(str::to_owned)).unwrap_or_default();
        let told = words(provider, &model, &end);
        let attempted = attempted(provider, asked, &end, shown, usage);
        Tested { kind: provider.kind, model, works: works(&end), told, attempted }
    }
}

/// A reply without a word is one all the same: thinking may use up so small a limit.
fn works(end: &Result<FinishReason, Fault>) -> bool {
    !matches!(end, Ok(FinishReason::Refusal)) && matches!(end, Ok(_) | Err(Fault::EmptyAtLimit))
}

fn words(provider: &Provider, model: &str, end: &Result<FinishReason, Fault>) -> String {
    match end {
        _ if works(end) => format!("It works: {model} answers."),
        Ok(_) => format!("{model} answers, but declined to say a word."),
        Err(Fault::Empty) => format!("{model} answers, but without a word."),
        Err(fault) => fault.told(provider.kind),
    }
}
