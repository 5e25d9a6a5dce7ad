//! The way in: one task, one stream of speech, whoever speaks it.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::{FutureExt, Stream, future::BoxFuture};
use tokio::sync::mpsc;
use tracing::error;

use super::panel::Panel;
use super::provider::Provider;
use super::{End, Outcome, Settings, SettingsError, Speech, SpeechStream, Tested, demo};
use crate::domain::message::Usage;
use crate::domain::prompt::Task;

/// Pieces that may wait for a listener; more, and the provider waits.
const WAITING_PIECES: usize = 64;

const INNER_FAULT: &str = "Something went wrong inside ChatLab. Try again.";

/// All providers in their order, or the demo voices. Holds the connections; cheap to clone.
#[derive(Clone)]
pub struct Voices {
    panel: Arc<Panel>,
    demo_words_per_second: f64,
}

impl Voices {
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self { panel: Arc::new(Panel::new(settings)?), demo_words_per_second: settings.demo_words_per_second })
    }

    /// No provider is configured: the built-in voices speak, and every page says so.
    pub fn is_demo(&self) -> bool {
        self.panel.providers.is_empty()
    }

    /// The provider asked first: `anthropic`, `openai`, `external` or `demo`.
    pub fn first(&self) -> &'static str {
        self.panel.providers.first().map_or("demo", |provider| provider.kind.as_str())
    }

    /// What the next task is likely to use, before it has used anything: its provider and model.
    pub fn expect(&self) -> Usage {
        let model = |provider: &Provider| provider.usage(provider.known_model().unwrap_or_default());
        self.panel.in_order().first().map_or_else(Usage::default, |provider| model(provider))
    }

    /// Speaks a task. Nothing happens before the stream is polled; dropping it closes the provider's connection.
    pub fn speak(&self, task: Task) -> SpeechStream {
        if self.is_demo() {
            return demo::speak(&task, self.demo_words_per_second);
        }
        let panel = Arc::clone(&self.panel);
        told(|tell| async move { panel.answer(&task, &tell).await })
    }

    /// Speaks a task with the demo voices, whatever is configured.
    pub fn rehearse(&self, task: &Task) -> SpeechStream {
        demo::speak(task, self.demo_words_per_second)
    }

    /// Likewise a task that nobody watches being spoken.
    pub fn rehearse_at_once(&self, task: &Task) -> SpeechStream {
        demo::speak(task, 0.0)
    }

    /// A task that nobody watches being spoken (perspectives, a summary): the demo voices take no time over it.
    pub fn answer(&self, task: Task) -> SpeechStream {
        match self.is_demo() {
            true => demo::speak(&task, 0.0),
            false => self.speak(task),
        }
    }

    /// Tries each provider with a small request of its own: what it says, or what is wrong, in words for people.
    pub async fn test(&self) -> Vec<Tested> {
        self.panel.test().await
    }

    /// A sentence for each configured model that its provider does not list, to be logged at the start. A provider that
    /// cannot be asked now is passed over: a turn will tell.
    pub async fn unlisted_models(&self) -> Vec<String> {
        let mut warnings = vec![];
        for provider in &self.panel.providers {
            let (Ok(model), Ok(listed)) = (provider.model().await, provider.models().await) else { continue };
            if !listed.iter().any(|name| name == model) {
                warnings.push(format!("{} does not list the model {model}", provider.kind.title()));
            }
        }
        warnings
    }
}

impl std::fmt::Debug for Voices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.panel.providers.iter().map(|provider| provider.kind.as_str()).collect();
        f.debug_struct("Voices").field("providers", &names).finish_non_exhaustive()
    }
}

/// A piece of work and what it tells, as one stream: the work goes on while the stream is polled and ends when it is dropped.
/// A panic inside ends the speech, nothing else.
fn told<F>(work: impl FnOnce(mpsc::Sender<Speech>) -> F) -> SpeechStream
where
    F: Future<Output = Outcome> + Send + 'static,
{
    let (tell, told) = mpsc::channel(WAITING_PIECES);
    let work = AssertUnwindSafe(work(tell)).catch_unwind().map(|outcome| outcome.map_err(|_| Panicked)).boxed();
    Box::pin(Told { work: Some(work), told, shown: false, last: None })
}

struct Panicked;

struct Told {
    /// `None` once it is over.
    work: Option<BoxFuture<'static, Result<Outcome, Panicked>>>,
    told: mpsc::Receiver<Speech>,
    /// Text has been told.
    shown: bool,
    last: Option<Result<Outcome, Panicked>>,
}

impl Stream for Told {
    type Item = Speech;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<Option<Speech>> {
        let done = match self.work.as_mut().map(|work| work.poll_unpin(cx)) {
            Some(Poll::Ready(outcome)) => {
                self.work = None;
                self.last = Some(outcome);
                true
            }
            Some(Poll::Pending) => false,
            None => true,
        };
        match self.told.poll_recv(cx) {
            Poll::Ready(Some(speech)) => {
                self.shown |= matches!(speech, Speech::Text(_));
                Poll::Ready(Some(speech))
            }
            // The sender went with the work.
            Poll::Ready(None) if done => {
                Poll::Ready(self.last.take().map(|last| Speech::End(last.unwrap_or_else(|Panicked| self.fault()))))
            }
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

impl Told {
    fn fault(&self) -> Outcome {
        error!("The work on a turn panicked; the turn has ended");
        let end = if self.shown { End::Interrupted } else { End::Failed };
        Outcome { end: end(INNER_FAULT.to_owned()), usage: None }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    async fn panics(first: Option<Speech>) -> Vec<Speech> {
        told(|tell| async move {
            if let Some(first) = first {
                let _ = tell.send(first).await;
            }
            tokio::task::yield_now().await;
            panic!("on purpose")
        })
        .collect()
        .await
    }

    #[tokio::test]
    async fn a_panic_ends_the_turn_and_nothing_else() {
        let end = |end: End| Speech::End(Outcome { end, usage: None });
        assert_eq!(panics(None).await, [end(End::Failed(INNER_FAULT.to_owned()))]);
        let said = Speech::Text("Play is".to_owned());
        assert_eq!(panics(Some(said.clone())).await, [said, end(End::Interrupted(INNER_FAULT.to_owned()))]);
    }

    #[tokio::test]
    async fn more_than_can_wait_arrives_in_order() {
        let pieces: Vec<Speech> = told(|tell| async move {
            for number in 0..1000 {
                let _ = tell.send(Speech::Text(number.to_string())).await;
            }
            Outcome { end: End::Complete, usage: None }
        })
        .collect()
        .await;
        assert_eq!(pieces.len(), 1001);
        assert_eq!(pieces[999], Speech::Text("999".to_owned()));
    }
}
