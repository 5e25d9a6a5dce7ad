//! Whose is it? The one place where that is decided, for HTTP and the live events alike.

use crate::domain::change::Record;
use crate::domain::ids::{DiscussionId, UserId};
use crate::store::{Store, StoreError};

/// Lets people in to what is theirs. Shares will open here too.
#[derive(Clone)]
pub struct Doors {
    store: Store,
}

impl Doors {
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The discussion, if there is one and this user is its host; somebody else's looks like none.
    pub async fn host(&self, user: UserId, discussion: DiscussionId) -> Result<Option<Record>, StoreError> {
        let record = self.store.find_discussion(discussion).await?;
        Ok(record.filter(|record| record.owner == user))
    }
}
