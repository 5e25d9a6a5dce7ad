//! The owner's one-time code: where guests are not welcome, it lets the one who started the server in.

use secrecy::ExposeSecret;

use super::Accounts;
use crate::auth::{digest, random_secret};
use crate::store::{Store, StoreError};

/// Name under which the code's digest is kept.
const OWNER_CODE: &str = "owner_code";

/// Makes a new code in place of the one before; it is shown once and kept as a digest.
pub async fn new_owner_code(store: &Store) -> Result<String, StoreError> {
    let code = random_secret();
    store.delete_secret(OWNER_CODE).await?;
    store.find_or_insert_secret(OWNER_CODE, digest(&code).into()).await?;
    Ok(code)
}

impl Accounts {
    /// Whether this is the code. It is used up by that.
    pub(super) async fn take_owner_code(&self, code: &str) -> Result<bool, StoreError> {
        let _alone = self.owner.lock().await;
        let kept = self.store.find_secret(OWNER_CODE).await?;
        // Digests are compared, so the time it takes tells nothing of the code.
        let right = kept.is_some_and(|kept| kept.expose_secret() == digest(code));
        if right {
            self.store.delete_secret(OWNER_CODE).await?;
        }
        tracing::info!(right, "The owner's link was tried");
        Ok(right)
    }
}
