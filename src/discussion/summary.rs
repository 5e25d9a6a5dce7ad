//! A summary of what was said so far: one request to the model, kept with a version of its own.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use serde::Serialize;

use super::ask::AskError;
use super::{DiscussionHandle, House};
use crate::domain::ids::DiscussionId;
use crate::domain::prompt::Task;
use crate::domain::summary::Summary;
use crate::store;

/// For so long whoever asks again about the same words gets the same summary: a double click is one request.
const SAME_FOR: Duration = Duration::from_secs(5);
const MAX_CACHED: u64 = 1_000;

/// What is kept of a summary.
#[derive(Serialize)]
struct Content {
    /// The built-in voices made it, no model.
    demo: bool,
    #[serde(flatten)]
    summary: Summary,
}

/// Summaries on their way.
pub struct Summaries {
    asked: Cache<(DiscussionId, i64), Arc<store::Summary>>,
}

impl Default for Summaries {
    fn default() -> Self {
        Self { asked: Cache::builder().max_capacity(MAX_CACHED).time_to_live(SAME_FOR).build() }
    }
}

impl Summaries {
    /// A new summary of the discussion as it is now, without the running turn.
    pub async fn ask(&self, house: &House, discussion: &DiscussionHandle) -> Result<Arc<store::Summary>, AskError> {
        let id = discussion.id();
        let read = discussion.scene().await?;
        if read.scene.lines.is_empty() {
            return Err(AskError::NothingSaid);
        }
        let asking = async {
            let (reply, _) = house.voices.complete(Task::Summary { scene: read.scene.clone() }).await?;
            let summary = Summary::read(&reply, &read.scene).map_err(|_| AskError::Unusable)?;
            let content = Content { demo: house.voices.is_demo(), summary };
            let content = serde_json::to_value(content).expect("a summary has a JSON form");
            Ok(Arc::new(house.store.insert_summary(id, read.last_seq, content).await?))
        };
        let made: Result<_, Arc<AskError>> = self.asked.try_get_with((id, read.last_seq), asking).await;
        made.map_err(|error| (*error).clone())
    }
}
