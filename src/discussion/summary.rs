//! A summary of what was said so far: one request to the model, kept with a version of its own.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;

use super::ask::AskError;
use super::{DiscussionHandle, House};
use crate::domain::ids::DiscussionId;
use crate::domain::prompt::Task;
use crate::domain::summary::Summary;
use crate::store::{NewSummary, StoredSummary};

/// For so long whoever asks again about the same words gets the same summary: a double click is one request.
const SAME_FOR: Duration = Duration::from_secs(5);
const MAX_CACHED: u64 = 1_000;

/// Summaries on their way.
pub struct Summaries {
    asked: Cache<(DiscussionId, i64), Arc<StoredSummary>>,
}

impl Default for Summaries {
    fn default() -> Self {
        Self { asked: Cache::builder().max_capacity(MAX_CACHED).time_to_live(SAME_FOR).build() }
    }
}

impl Summaries {
    /// A new summary of the discussion as it is now, without the running turn.
    pub async fn ask(&self, house: &House, discussion: &DiscussionHandle) -> Result<Arc<StoredSummary>, AskError> {
        let id = discussion.id();
        let read = discussion.scene().await?;
        if read.scene.lines.is_empty() {
            return Err(AskError::NothingSaid);
        }
        let asking = async {
            let (reply, _) = house.voices.complete(Task::Summary { scene: read.scene.clone() }).await?;
            let summary = Summary::read(&reply, &read.scene).map_err(|_| AskError::Unusable)?;
            let new = NewSummary { seq: read.last_seq, demo: house.voices.is_demo(), summary };
            Ok(Arc::new(house.store.insert_summary(id, new).await?))
        };
        let made: Result<_, Arc<AskError>> = self.asked.try_get_with((id, read.last_seq), asking).await;
        made.map_err(|error| (*error).clone())
    }
}
