//! Logins: a chain of refresh tokens, each good for one renewal. One that comes back after it was used was copied, and ends
//! its whole family; two tabs that renew at the same moment are given the same next token.

use std::time::Duration;

use moka::future::Cache;
use uuid::Uuid;

use super::{ACCOUNT_ACCESS_LIFE, Accounts, AccountsError, Credential, Ended, GUEST_ACCESS_LIFE, Grant, after};
use crate::auth::{digest, random_secret};
use crate::domain::ids::UserId;
use crate::store::{Rotation, Store, User, UserKind, UserRole};

/// How long a login lasts after its last renewal.
pub const REFRESH_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// So long a renewal waits for other tabs: those share one cookie jar, and asked before the answer was there. Whoever asks
/// with the old token after the answer has it from somewhere else.
const TOGETHER: Duration = Duration::from_millis(50);
/// So long a renewal can be asked for again by its key, when the answer did not arrive.
const LOST_FOR: Duration = Duration::from_secs(10 * 60);
const MAX_REMEMBERED: u64 = 100_000;

/// A renewal: whose, and the next refresh token.
#[derive(Clone)]
pub struct Renewal {
    user: UserId,
    login: Uuid,
    next: String,
}

/// Whoever asks for a renewal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asker<'a> {
    /// Its own name for this renewal, by which it is answered once more: a page that is reloaded before the answer arrives still has
    /// the old token.
    pub key: Option<&'a str>,
    /// Tabs take turns there: none asks while another one does, and nobody has to be waited for.
    pub alone: bool,
}

/// Why there was none.
#[derive(Clone)]
enum Refusal {
    /// The login that a replayed token has ended.
    Replayed(Uuid),
    Because(AccountsError),
}

/// Renewals that are being answered, by the digest of the token that was used.
pub fn renewals() -> Cache<String, Renewal> {
    Cache::builder().max_capacity(MAX_REMEMBERED).time_to_live(Duration::from_secs(10)).build()
}

/// Renewals that were answered, by the digest of the token that was used and of the key that the page had made for this one.
pub fn answered() -> Cache<String, Renewal> {
    Cache::builder().max_capacity(MAX_REMEMBERED).time_to_live(LOST_FOR).build()
}

impl Accounts {
    /// A new login.
    pub(super) async fn start_login(&self, user: User) -> Result<Grant, AccountsError> {
        let token = random_secret();
        let login = self.store.insert_login(user.id, digest(&token), after(REFRESH_LIFE)).await?.family;
        tracing::info!(user.id = %user.id, kind = user.kind.as_str(), "Signed in");
        Ok(self.grant(user, login, token))
    }

    /// A new access token and a new refresh token for an old one.
    pub async fn refresh(&self, token: &str, asker: Asker<'_>) -> Result<Grant, AccountsError> {
        let used = digest(token);
        let asked = asker.key.map(|key| digest(&format!("{used}:{key}")));
        if let Some(Renewal { user, login, next }) = self.answered_before(asked.as_deref()).await? {
            return Ok(self.grant(self.find(user).await?, login, next));
        }
        let renewal = self.renewals.try_get_with(used.clone(), renew(&self.store, &used)).await;
        match renewal.map_err(|refusal| (*refusal).clone()) {
            Ok(renewal) => {
                if let Some(asked) = asked {
                    self.answered.insert(asked, renewal.clone()).await;
                }
                if !asker.alone {
                    tokio::time::sleep(TOGETHER).await;
                }
                self.renewals.invalidate(&used).await;
                Ok(self.grant(self.find(renewal.user).await?, renewal.login, renewal.next))
            }
            Err(Refusal::Replayed(login)) => {
                self.end(Ended::Credential(Credential::Login(login))).await;
                Err(AccountsError::Unauthorized)
            }
            Err(Refusal::Because(error)) => Err(error),
        }
    }

    /// Unless the next token has been used since: then the answer did arrive, and whoever asks has a copy.
    async fn answered_before(&self, asked: Option<&str>) -> Result<Option<Renewal>, AccountsError> {
        let Some(asked) = asked else { return Ok(None) };
        let Some(renewal) = self.answered.get(asked).await else { return Ok(None) };
        let current = self.store.find_login(&digest(&renewal.next)).await?;
        Ok(current.map(|_| renewal))
    }

    /// Ends the login that this refresh token belongs to; an unknown one is as good as ended.
    pub async fn logout(&self, token: &str) -> Result<(), AccountsError> {
        match self.store.find_login(&digest(token)).await? {
            Some(login) => self.end_login(login.family).await,
            None => Ok(()),
        }
    }

    pub async fn end_login(&self, login: Uuid) -> Result<(), AccountsError> {
        self.store.delete_login(login).await?;
        tracing::info!(login.id = %login, "Signed out");
        self.end(Ended::Credential(Credential::Login(login))).await;
        Ok(())
    }

    /// Ends all logins of a user and their scripts' tokens: signs out everywhere.
    pub async fn end_logins(&self, user: UserId) -> Result<(), AccountsError> {
        self.store.delete_logins(user).await?;
        tracing::info!(user.id = %user, "Signed out everywhere");
        self.end(Ended::User(user)).await;
        Ok(())
    }

    /// Whose login this refresh token belongs to.
    pub async fn find_by_refresh(&self, token: &str) -> Result<Option<User>, AccountsError> {
        match self.store.find_login(&digest(token)).await? {
            Some(login) => Ok(self.store.find_user(login.user).await?),
            None => Ok(None),
        }
    }

    fn grant(&self, user: User, login: Uuid, refresh_token: String) -> Grant {
        let expires_in = match (user.kind, user.role) {
            (UserKind::Guest, UserRole::User) => GUEST_ACCESS_LIFE,
            (UserKind::Guest, UserRole::Owner) | (UserKind::Account, _) => ACCOUNT_ACCESS_LIFE,
        };
        let access_token = self.signer.sign(user.id, login, expires_in.as_secs());
        Grant { is_admin: self.is_admin(&user), user, login, access_token, expires_in, refresh_token }
    }
}

async fn renew(store: &Store, used: &str) -> Result<Renewal, Refusal> {
    let next = random_secret();
    let rotation = store.rotate_login(used, digest(&next), after(REFRESH_LIFE)).await;
    match rotation.map_err(|error| Refusal::Because(error.into()))? {
        Rotation::Rotated(login) => Ok(Renewal { user: login.user, login: login.family, next }),
        Rotation::Replayed { user, family } => {
            tracing::warn!(user.id = %user, "A used refresh token came back; its login was ended");
            Err(Refusal::Replayed(family))
        }
        Rotation::Unknown => Err(Refusal::Because(AccountsError::Unauthorized)),
    }
}
