//! A summary of what was said so far: one request to the model, told line by line, kept with a version of its own.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use serde::Serialize;
use tokio::sync::watch;

use super::actor::ReadScene;
use super::ask::{Answer, AskError, Question, ask};
use super::{DiscussionHandle, House};
use crate::domain::ids::{DiscussionId, UserId};
use crate::domain::prompt::{self, Task};
use crate::domain::summary::{Draft, Summary};
use crate::store::{self, Purpose};

/// For so long whoever asks again about the same words gets the same summary: a double click is one request.
const SAME_FOR: Duration = Duration::from_secs(5);
/// No summary takes longer to make.
const KNOWN_FOR: Duration = Duration::from_secs(3_600);
const MAX_CACHED: u64 = 1_000;

/// What is kept of a summary.
#[derive(Serialize)]
struct Content {
    /// The built-in voices made it, no model.
    demo: bool,
    /// Null for the built-in voices.
    model: Option<String>,
    prompt_version: u32,
    #[serde(flatten)]
    summary: Summary,
}

/// How far a summary has come.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// The lines that are whole.
    pub draft: Option<Arc<Summary>>,
    pub end: Option<Result<Arc<store::Summary>, AskError>>,
}

/// Summaries on their way.
pub struct Summaries {
    asked: Cache<(DiscussionId, i64), Arc<Making>>,
}

struct Making {
    progress: watch::Receiver<Progress>,
    /// Set once it has ended.
    ended: Arc<Mutex<Option<Instant>>>,
}

impl Making {
    /// Whether it is the answer to whoever asks now: a failure is not, and an old one neither.
    fn is_fresh(&self) -> bool {
        let failed = matches!(self.progress.borrow().end, Some(Err(_)));
        let ended = *self.ended.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        !failed && ended.is_none_or(|ended| ended.elapsed() < SAME_FOR)
    }
}

impl Default for Summaries {
    fn default() -> Self {
        Self { asked: Cache::builder().max_capacity(MAX_CACHED).time_to_live(KNOWN_FOR).build() }
    }
}

impl Summaries {
    /// Begins a new summary of the discussion as it is now, without the running turn. It is made to its end whether anybody
    /// waits for it or not: it is paid for.
    pub async fn begin(
        &self,
        house: &Arc<House>,
        user: UserId,
        discussion: &DiscussionHandle,
    ) -> Result<watch::Receiver<Progress>, AskError> {
        let id = discussion.id();
        let read = discussion.scene().await?;
        if read.scene.lines.is_empty() {
            return Err(AskError::NothingSaid);
        }
        let key = (id, read.last_seq);
        let begin = || {
            let (tell, progress) = watch::channel(Progress::default());
            let ended = Arc::new(Mutex::new(None));
            let (house, over) = (Arc::clone(house), Arc::clone(&ended));
            tokio::spawn(async move {
                let end = make(&house, user, id, read, &tell).await.map(Arc::new);
                *over.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Instant::now());
                tell.send_modify(|progress| progress.end = Some(end));
            });
            Arc::new(Making { progress, ended })
        };
        let stale = |making: &Arc<Making>| !making.is_fresh();
        let entry = self.asked.entry(key).or_insert_with_if(begin, stale);
        Ok(entry.into_value().progress.clone())
    }
}

async fn make(
    house: &House,
    user: UserId,
    id: DiscussionId,
    ReadScene { scene, places, last_seq, rehearsal }: ReadScene,
    tell: &watch::Sender<Progress>,
) -> Result<store::Summary, AskError> {
    let question = Question { user, discussion: Some(id), purpose: Purpose::Summary, rehearsal };
    let mut draft = Draft::default();
    let heard = |more: &str| {
        let lines = draft.push(more).and_then(|json| Summary::read(&json, &scene, &places).ok());
        if let Some(lines) = lines {
            tell.send_modify(|progress| progress.draft = Some(Arc::new(lines)));
        }
    };
    let Answer { text, usage } = ask(house, question, Task::Summary { scene: scene.clone() }, heard).await?;
    let summary = Summary::read(&text, &scene, &places).map_err(|_| AskError::Unusable)?;
    let model = usage.map(|usage| usage.model);
    let content = Content { demo: rehearsal || house.voices.is_demo(), model, prompt_version: prompt::VERSION, summary };
    let content = serde_json::to_value(content).expect("a summary has a JSON form");
    Ok(house.store.insert_summary(id, last_seq, content).await?)
}
