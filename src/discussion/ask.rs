//! Asking the model outside a turn: what can go wrong with it.

use crate::bus::Gone;
use crate::llm::Unanswered;
use crate::store::StoreError;

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AskError {
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    /// The model answered, but not with what it was asked for.
    #[error("The model's answer could not be used. Try again.")]
    Unusable,
    /// Nobody has said anything yet.
    #[error("nothing was said yet")]
    NothingSaid,
    #[error("the discussion left the memory")]
    Gone,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Gone> for AskError {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}
