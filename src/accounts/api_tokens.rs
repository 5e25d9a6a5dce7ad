//! Tokens for scripts: `clt_` and a secret, shown once.

use uuid::Uuid;

use super::{Accounts, AccountsError, Credential, Ended, Identity};
use crate::auth::{digest, random_secret};
use crate::domain::ids::UserId;
use crate::domain::text::Moment;
use crate::store::ApiToken;

/// What every token begins with, so that a scanner of leaked secrets knows it.
pub const PREFIX: &str = "clt_";

/// What somebody may do with what is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes {
    pub read: bool,
    pub write: bool,
}

impl Scopes {
    pub const ALL: Self = Self { read: true, write: true };

    /// `None`: a word is unknown, or there is none.
    pub fn from_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut scopes = Self { read: false, write: false };
        for word in words {
            match word {
                "read" => scopes.read = true,
                "write" => scopes.write = true,
                _ => return None,
            }
        }
        (scopes.read || scopes.write).then_some(scopes)
    }

    pub fn words(self) -> Vec<&'static str> {
        [("read", self.read), ("write", self.write)].into_iter().filter_map(|(word, has)| has.then_some(word)).collect()
    }
}

impl Accounts {
    /// A new token and what is kept of it.
    pub async fn new_api_token(
        &self,
        user: UserId,
        name: String,
        scopes: Scopes,
        expires_at: Option<Moment>,
    ) -> Result<(String, ApiToken), AccountsError> {
        let token = format!("{PREFIX}{}", random_secret());
        let words = scopes.words().join(" ");
        let kept = self.store.insert_api_token(user, name, digest(&token), words, expires_at).await?;
        tracing::info!(user.id = %user, token.id = %kept.id, scopes = kept.scopes, "A token for scripts was made");
        Ok((token, kept))
    }

    /// Ends one of a user's tokens. Whether there was one.
    pub async fn delete_api_token(&self, user: UserId, token: Uuid) -> Result<bool, AccountsError> {
        let gone = self.store.delete_api_token(user, token).await?;
        if gone {
            self.end(Ended::Credential(Credential::ApiToken(token))).await;
        }
        Ok(gone)
    }

    pub(super) async fn identify_script(&self, token: &str) -> Result<Identity, AccountsError> {
        let hash = digest(token);
        if let Some(known) = self.known.script(&hash).await {
            return Ok(known);
        }
        let kept = self.store.find_api_token(hash.clone()).await?.ok_or(AccountsError::Unauthorized)?;
        let user = self.find(kept.user).await?;
        let mut identity = self.identity(&user, Credential::ApiToken(kept.id));
        // A script speaks for its user's own things only.
        (identity.is_owner, identity.is_admin) = (false, false);
        identity.scopes = Scopes::from_words(kept.scopes.split_whitespace()).ok_or(AccountsError::Unauthorized)?;
        if kept.expires_at.is_none() {
            self.known.keep_script(hash, identity).await;
        }
        Ok(identity)
    }
}
