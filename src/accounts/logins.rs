//! Logins: a chain of refresh tokens, each good for one renewal. One that comes back after it was used was copied, and ends
//! its whole family; two tabs that renew at the same moment are given the same next token.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use moka::future::Cache;

use super::{Accounts, AccountsError, Grant};
use crate::auth::{digest, random_secret};
use crate::domain::ids::UserId;
use crate::domain::text::Moment;
use crate::store::{Rotation, Store, User};

/// How long a login lasts after its last renewal.
pub const REFRESH_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// For so long a used token may come again: two tabs, or an answer that was lost on the way.
const GRACE: Duration = Duration::from_secs(10);
const MAX_REMEMBERED: u64 = 100_000;

/// A renewal: whose, and the next refresh token.
#[derive(Clone)]
pub struct Renewal {
    user: UserId,
    next: String,
}

/// Renewals of the last seconds, by the digest of the token that was used.
pub fn renewals() -> Cache<String, Renewal> {
    Cache::builder().max_capacity(MAX_REMEMBERED).time_to_live(GRACE).build()
}

impl Accounts {
    /// A new login.
    pub(super) async fn start_login(&self, user: User) -> Result<Grant, AccountsError> {
        let token = random_secret();
        self.store.insert_login(user.id, digest(&token), end()).await?;
        self.known.insert(user.id, ()).await;
        Ok(self.grant(user, token))
    }

    /// A new access token and a new refresh token for an old one.
    pub async fn refresh(&self, token: &str) -> Result<Grant, AccountsError> {
        let used = digest(token);
        let renewal = self.renewals.try_get_with(used.clone(), renew(&self.store, &used)).await;
        let Renewal { user, next } = renewal.map_err(|error| (*error).clone())?;
        Ok(self.grant(self.find(user).await?, next))
    }

    /// Ends the login that this refresh token belongs to; an unknown one is as good as ended.
    pub async fn logout(&self, token: &str) -> Result<(), AccountsError> {
        let used = digest(token);
        if let Some(login) = self.store.find_login(&used).await? {
            self.store.delete_login(login.family).await?;
        }
        // Nor is the token before it good for the seconds of grace that are left.
        let before = self.renewals.iter().filter(|(_, renewal)| renewal.next == token);
        let before: Vec<String> = before.map(|(used, _)| used.to_string()).collect();
        for used in before.iter().chain([&used]) {
            self.renewals.invalidate(used).await;
        }
        Ok(())
    }

    fn grant(&self, user: User, refresh_token: String) -> Grant {
        let (access_token, expires_in) = self.access(&user);
        Grant { user, access_token, expires_in, refresh_token }
    }
}

async fn renew(store: &Store, used: &str) -> Result<Renewal, AccountsError> {
    let next = random_secret();
    match store.rotate_login(used, digest(&next), end()).await? {
        Rotation::Rotated(login) => Ok(Renewal { user: login.user, next }),
        Rotation::Replayed { user, .. } => {
            tracing::warn!(user.id = %user, "A used refresh token came back; its login was ended");
            Err(AccountsError::Unauthorized)
        }
        Rotation::Unknown => Err(AccountsError::Unauthorized),
    }
}

/// When a login that is renewed now ends.
fn end() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + REFRESH_LIFE;
    Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
