//! What a request or a socket rests on, and the news that it counts no more.

use std::time::Duration;

use tokio::sync::broadcast;
use uuid::Uuid;

use super::{Accounts, AccountsError};
use crate::domain::ids::UserId;
use crate::domain::text::Moment;
use crate::store::StoreError;

/// News that may wait for a slow listener; one that missed some looks at everything.
pub(super) const WAITING: usize = 1_024;

/// By what somebody is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A login of ours: the family of its refresh tokens.
    Login(Uuid),
    /// A token for scripts.
    ApiToken(Uuid),
    /// A token that somebody else signed, until this moment (milliseconds since 1970).
    Until(i64),
}

/// What has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Credential(Credential),
    /// Everything of this user: all logins, or the user.
    User(UserId),
}

impl Accounts {
    /// Hears of everything that ends from now on.
    pub fn listen(&self) -> broadcast::Receiver<Ended> {
        self.ended.subscribe()
    }

    /// Forgets what has ended and tells whoever listens.
    pub(super) async fn end(&self, ended: Ended) {
        self.known.forget(ended).await;
        // Nobody listens in tests without a server.
        let _ = self.ended.send(ended);
    }

    /// Ends what somebody is known by: signs out, or deletes the token.
    pub async fn end_credential(&self, credential: Credential) -> Result<(), AccountsError> {
        match credential {
            Credential::Login(login) => self.end_login(login).await,
            Credential::ApiToken(_) | Credential::Until(_) => Ok(()),
        }
    }

    /// Whether it counts still, by the database.
    pub async fn is_alive(&self, credential: Credential) -> Result<bool, StoreError> {
        match credential {
            Credential::Login(family) => Ok(self.store.find_login_user(family).await?.is_some()),
            Credential::ApiToken(token) => self.store.has_api_token(token).await,
            Credential::Until(end) => Ok(Moment(end) > super::after(Duration::ZERO)),
        }
    }
}
