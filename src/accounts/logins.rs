//! Logins: a chain of refresh tokens, each good for one renewal. One that comes back after it was used was copied, and ends
//! its whole family; two tabs that renew at the same moment are forgiven.

use std::time::Duration;

use super::{Accounts, AccountsError, Grant};
use crate::auth::{digest, random_secret};
use crate::store::{Rotation, User};

/// How long a login lasts after its last renewal.
pub const REFRESH_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// For so long a used token may come again: two tabs, or an answer that was lost on the way.
const GRACE: Duration = Duration::from_secs(10);

impl Accounts {
    /// A new login.
    pub(super) async fn start_login(&self, user: User) -> Result<Grant, AccountsError> {
        let refresh_token = random_secret();
        self.store.insert_login(user.id, digest(&refresh_token), REFRESH_LIFE).await?;
        self.known.insert(user.id, ()).await;
        Ok(self.grant(user, refresh_token))
    }

    /// A new access token and a new refresh token for an old one.
    pub async fn refresh(&self, token: &str) -> Result<Grant, AccountsError> {
        let fresh = random_secret();
        match self.store.rotate_login(digest(token), digest(&fresh), REFRESH_LIFE, GRACE).await? {
            Rotation::Rotated(user) => {
                let user = self.find(user).await?;
                Ok(self.grant(user, fresh))
            }
            Rotation::Replayed(user) => {
                tracing::warn!(user.id = %user, "A used refresh token came back; its login was ended");
                Err(AccountsError::Unauthorized)
            }
            Rotation::Unknown => Err(AccountsError::Unauthorized),
        }
    }

    /// Ends the login that this refresh token belongs to; an unknown one is as good as ended.
    pub async fn logout(&self, token: &str) -> Result<(), AccountsError> {
        Ok(self.store.delete_login(digest(token)).await?)
    }

    fn grant(&self, user: User, refresh_token: String) -> Grant {
        let (access_token, expires_in) = self.access(&user);
        Grant { user, access_token, expires_in, refresh_token }
    }
}
