//! Opening an account, and signing in with its password.

use secrecy::{ExposeSecret, SecretString};

use super::passwords::objection;
use super::{Accounts, AccountsError, Ended, Grant};
use crate::auth::digest;
use crate::domain::ids::UserId;
use crate::store::{Opened, Opening, StoreError, User, UserKind, UserPatch, UserRole};

/// Who may open an account (`REGISTRATION`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    Open,
    /// With an invitation; the owner without one.
    Invite,
    Closed,
}

impl Registration {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invite => "invite",
            Self::Closed => "closed",
        }
    }
}

/// An address in the one form in which it is kept and compared; `None`: it is none.
///
/// Whether it exists shows only when it is confirmed, so the form is checked no further than this.
pub fn email_address(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (name, host) = text.rsplit_once('@')?;
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ',' | ';' | '"' | '\\' | '@');
    let well = !name.is_empty()
        && !host.is_empty()
        && text.len() <= 254
        && name.chars().all(plain)
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
        && !host.starts_with(['.', '-'])
        && !host.ends_with(['.', '-']);
    well.then_some(text)
}

impl Accounts {
    /// What is wrong with a password for this address, in plain words.
    pub fn password_objection(&self, password: &SecretString, email: &str) -> Option<String> {
        objection(password.expose_secret(), email)
    }

    /// A new account with a password, or the guest's, and its first login.
    pub async fn register(
        &self,
        guest: Option<User>,
        email: String,
        password: SecretString,
        name: String,
        invite: Option<&str>,
    ) -> Result<Grant, AccountsError> {
        let invite = self.may_open(guest.as_ref(), invite)?;
        let password_hash = Some(self.passwords.hash(password).await);
        let guest = guest.map(|guest| guest.id);
        let opening =
            Opening { guest, name, email: Some(email), email_confirmed: false, password_hash, identity: None, invite };
        self.open_account(opening).await
    }

    /// Whether an account may be opened; the hash of the invitation that must open it.
    pub(super) fn may_open(&self, guest: Option<&User>, invite: Option<&str>) -> Result<Option<String>, AccountsError> {
        if guest.is_some_and(|guest| guest.kind != UserKind::Guest) {
            return Err(AccountsError::HasAccount);
        }
        let is_owner = guest.is_some_and(|guest| guest.role == UserRole::Owner);
        match (self.settings.registration, invite) {
            (Registration::Closed, _) => Err(AccountsError::RegistrationClosed),
            (Registration::Open, _) => Ok(None),
            (Registration::Invite, _) if is_owner => Ok(None),
            (Registration::Invite, Some(invite)) => Ok(Some(digest(invite))),
            (Registration::Invite, None) => Err(AccountsError::InvitationNeeded),
        }
    }

    pub(super) async fn open_account(&self, opening: Opening) -> Result<Grant, AccountsError> {
        let guest = opening.guest;
        match self.store.insert_account(opening).await {
            Ok(Opened::Account(user)) => {
                if let Some(guest) = guest {
                    self.end(Ended::User(guest)).await;
                }
                self.start_login(*user).await
            }
            Ok(Opened::NotInvited) => Err(AccountsError::InvitationNeeded),
            Err(StoreError::Conflict(_)) => Err(AccountsError::EmailTaken),
            Err(StoreError::NotFound) => Err(AccountsError::HasAccount),
            Err(error) => Err(error.into()),
        }
    }

    /// A login for an address and its password. Unknown and wrong look the same and take as long.
    pub async fn login(&self, email: &str, password: SecretString) -> Result<Grant, AccountsError> {
        let user = self.store.find_user_by_email(email).await?;
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        match (self.passwords.verify(password, hash).await, user) {
            (true, Some(user)) => self.start_login(user).await,
            _ => {
                tracing::warn!("A sign-in failed: an unknown address or a wrong password");
                Err(AccountsError::WrongLogin)
            }
        }
    }

    /// Another password for whoever knows the old one. All other logins end, scripts' tokens too; the answer is a new one.
    pub async fn change_password(&self, user: UserId, old: SecretString, new: SecretString) -> Result<Grant, AccountsError> {
        let found = self.find(user).await?;
        if !self.passwords.verify(old, found.password_hash).await {
            tracing::warn!(user.id = %user, "A password was not changed: the old one was wrong");
            return Err(AccountsError::WrongLogin);
        }
        let hash = self.passwords.hash(new).await;
        let patch = UserPatch { password_hash: Some(hash), ..UserPatch::default() };
        let user = self.update(user, patch).await?;
        self.end_logins(user.id).await?;
        self.start_login(user).await
    }
}

#[cfg(test)]
mod tests {
    use super::email_address;

    #[test]
    fn an_address_has_one_form() {
        assert_eq!(email_address(" Ada@Example.ORG "), Some("ada@example.org".to_owned()));
        assert_eq!(email_address("ada@localhost"), Some("ada@localhost".to_owned()));
        for wrong in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a b@example.org",
            "a@b@example.org",
            "a@.org",
            "a@b..",
            "a,b@c.org",
            "a@c.org\r\nBcc: x",
        ] {
            assert_eq!(email_address(wrong), None, "{wrong}");
        }
    }
}
