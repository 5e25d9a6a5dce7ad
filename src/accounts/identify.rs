//! Whose token this is. Looked up in the database once a minute at most for each login.

use std::time::Duration;

use moka::future::Cache;
use uuid::Uuid;

use super::{Accounts, AccountsError, Credential, Ended};
use crate::domain::ids::UserId;
use crate::store::{User, UserKind, UserRole};

/// For so long what was looked up is taken to be so still.
const KNOWN_FOR: Duration = Duration::from_secs(60);
const KNOWN: u64 = 20_000;

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    pub user: UserId,
    pub kind: UserKind,
    pub is_owner: bool,
    pub is_admin: bool,
    pub credential: Credential,
}

/// Who was looked up lately, by login.
pub struct Known {
    logins: Cache<Uuid, Identity>,
}

impl Default for Known {
    fn default() -> Self {
        Self { logins: Cache::builder().max_capacity(KNOWN).time_to_live(KNOWN_FOR).build() }
    }
}

impl Known {
    /// What has ended is looked up again, and then not found.
    pub async fn forget(&self, ended: Ended) {
        match ended {
            Ended::Credential(Credential::Login(login)) => self.logins.invalidate(&login).await,
            Ended::Credential(Credential::ApiToken(_)) => {}
            Ended::User(user) => {
                let theirs: Vec<Uuid> =
                    self.logins.iter().filter(|(_, who)| who.user == user).map(|(login, _)| *login).collect();
                for login in theirs {
                    self.logins.invalidate(&login).await;
                }
            }
        }
    }
}

impl Accounts {
    /// Whose access token this is.
    pub async fn identify(&self, token: &str) -> Result<Identity, AccountsError> {
        let claims = self.signer.verify(token).map_err(|_| AccountsError::Unauthorized)?;
        if let Some(known) = self.known.logins.get(&claims.sid).await.filter(|known| known.user == claims.sub) {
            return Ok(known);
        }
        let owner = self.store.find_login_user(claims.sid).await?;
        if owner != Some(claims.sub) {
            return Err(AccountsError::Unauthorized);
        }
        let identity = self.identity(&self.find(claims.sub).await?, Credential::Login(claims.sid));
        self.known.logins.insert(claims.sid, identity).await;
        Ok(identity)
    }

    pub(super) fn identity(&self, user: &User, credential: Credential) -> Identity {
        Identity {
            user: user.id,
            kind: user.kind,
            is_owner: user.role == UserRole::Owner,
            is_admin: self.is_admin(user),
            credential,
        }
    }

    /// What was looked up about a user may have changed.
    pub(super) async fn look_again(&self, user: UserId) {
        self.known.forget(Ended::User(user)).await;
    }
}
