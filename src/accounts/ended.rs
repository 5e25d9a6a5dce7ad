//! What a request or a socket rests on, and the news that it counts no more.

use std::time::Duration;

use tokio::sync::broadcast;
use uuid::Uuid;

use super::{Accounts, AccountsError, Identity};
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
    /// Everything of this user: all logins, or the user. What counts still is found again.
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

    /// Ends what somebody is known by: signs out. A token that somebody else has signed cannot be ended here, but every socket of
    /// its user goes; whoever is still signed in comes back with a new ticket.
    pub async fn end_credential(&self, identity: &Identity) -> Result<(), AccountsError> {
        match identity.credential {
            Credential::Login(login) => return self.end_login(login).await,
            Credential::Until(_) => self.end(Ended::User(identity.user)).await,
            Credential::ApiToken(_) => {}
        }
        Ok(())
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
