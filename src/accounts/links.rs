//! Links that confirm an address or set a new password. What is kept of them is a hash; they are sent by mail, or made by
//! the operator's command.

use std::time::Duration;

use secrecy::SecretString;

use super::{Accounts, AccountsError, Ended, Grant, after};
use crate::auth::{digest, random_secret};
use crate::domain::ids::UserId;
use crate::store::{LinkKind, NewLink, User};

const CONFIRM_LIFE: Duration = Duration::from_secs(3 * 24 * 60 * 60);
const RESET_LIFE: Duration = Duration::from_secs(60 * 60);

impl Accounts {
    /// The secret of a link that confirms this user's address. None where there is nothing to confirm.
    pub async fn new_confirmation(&self, user: UserId) -> Result<Option<(User, String)>, AccountsError> {
        let user = self.find(user).await?;
        if user.email.is_none() || user.email_confirmed_at.is_some() {
            return Ok(None);
        }
        let secret = self.new_link(LinkKind::Confirm, user.id, CONFIRM_LIFE).await?;
        Ok(Some((user, secret)))
    }

    /// The secret of a link that sets a new password for this address.
    ///
    /// An address that nobody confirmed may be a stranger's: it gets no mail. The operator (`unconfirmed_too`) knows whom
    /// they help.
    pub async fn new_reset(&self, email: &str, unconfirmed_too: bool) -> Result<Option<(User, String)>, AccountsError> {
        let user = self.store.find_user_by_email(email).await?;
        let Some(user) = user.filter(|user| unconfirmed_too || user.email_confirmed_at.is_some()) else { return Ok(None) };
        let secret = self.new_link(LinkKind::Reset, user.id, RESET_LIFE).await?;
        Ok(Some((user, secret)))
    }

    pub async fn find_by_email(&self, email: &str) -> Result<Option<User>, AccountsError> {
        Ok(self.store.find_user_by_email(email).await?)
    }

    /// Confirms the address of the user who is signed in. Only their own link does: the mailbox of an address that a
    /// stranger typed in must not make the stranger its owner.
    pub async fn confirm(&self, user: UserId, secret: &str) -> Result<User, AccountsError> {
        if !self.store.confirm_email(user, digest(secret)).await? {
            return Err(AccountsError::DeadLink);
        }
        self.look_again(user).await;
        self.find(user).await
    }

    /// Sets the new password, ends every login and every script's token, and starts a new login.
    pub async fn reset(&self, secret: &str, password: SecretString) -> Result<Grant, AccountsError> {
        let hash = self.passwords.hash(password).await;
        let user = self.store.reset_password(digest(secret), hash).await?.ok_or(AccountsError::DeadLink)?;
        tracing::info!(user.id = %user, "A password was set by a link");
        self.end(Ended::User(user)).await;
        self.start_login(self.find(user).await?).await
    }

    async fn new_link(&self, kind: LinkKind, user: UserId, life: Duration) -> Result<String, AccountsError> {
        let secret = random_secret();
        let link = NewLink { token_hash: digest(&secret), kind, user, uses: 1, expires_at: after(life) };
        self.store.insert_link(link).await?;
        Ok(secret)
    }
}
