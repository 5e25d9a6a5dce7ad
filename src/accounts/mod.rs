//! Who uses ChatLab and what is theirs: guests, their logins, tickets and join codes for the live events. Accounts will live here too.

mod doors;
mod logins;
mod owner;
mod shares;
mod tickets;

use std::time::Duration;

use moka::future::Cache;
use secrecy::SecretString;

use crate::auth::{Kind, Role, Signer, random_secret};
use crate::domain::ids::UserId;
use crate::store::{NewUser, Store, StoreError, User, UserKind, UserPatch};

pub use doors::Doors;
pub use logins::REFRESH_LIFE;
pub use owner::new_owner_code;
pub use shares::{JoinCodes, LocalJoinCodes, Shares};
pub use tickets::{LocalTickets, TICKET_LIFE, Ticket, Tickets};

/// How long a guest's access token is valid: a school day.
const GUEST_ACCESS_LIFE: Duration = Duration::from_secs(12 * 60 * 60);
/// An account's: it is renewed while the page is open.
const ACCOUNT_ACCESS_LIFE: Duration = Duration::from_secs(60 * 60);
/// Name of a guest until they give themselves another.
const GUEST_NAME: &str = "Guest";
/// Name under which the secret that signs tokens is kept.
const JWT_SECRET: &str = "jwt_secret";
/// For so long a user who was there is taken to be there still.
const KNOWN_FOR: Duration = Duration::from_secs(60);
const KNOWN_USERS: u64 = 20_000;

/// What `config` says about identity.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `JWT_SECRET`; none: made at the first start and kept in the database.
    pub jwt_secret: Option<SecretString>,
    /// `GUEST_ACCESS`: anyone may start without an account.
    pub guest_access: bool,
}

/// Users and their logins.
pub struct Accounts {
    store: Store,
    signer: Signer,
    settings: Settings,
    /// Users who were found lately: a token is no proof that its user was not deleted.
    known: Cache<UserId, ()>,
    renewals: Cache<String, logins::Renewal>,
    /// The owner's code opens once: whoever looks at it holds this.
    owner: tokio::sync::Mutex<()>,
}

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    pub user: UserId,
    pub kind: Kind,
    pub role: Role,
}

/// What a login is answered.
#[derive(Debug)]
pub struct Grant {
    pub user: User,
    pub access_token: String,
    /// The access token's life.
    pub expires_in: Duration,
    /// For the cookie.
    pub refresh_token: String,
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum AccountsError {
    /// The token is not ours, has ended, or its user is gone.
    #[error("no valid identity")]
    Unauthorized,
    /// Guests need the owner's code here, and this is not it (any more).
    #[error("guests need the owner's code")]
    CodeNeeded,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Accounts {
    /// Takes the secret from the settings, or the one that the database keeps; makes it at the first start.
    pub async fn open(store: Store, settings: Settings) -> Result<Self, StoreError> {
        let secret = match settings.jwt_secret.clone() {
            Some(secret) => secret,
            None => store.find_or_insert_secret(JWT_SECRET, random_secret().into()).await?,
        };
        let known = Cache::builder().max_capacity(KNOWN_USERS).time_to_live(KNOWN_FOR).build();
        Ok(Self {
            store,
            signer: Signer::new(&secret),
            settings,
            known,
            renewals: logins::renewals(),
            owner: tokio::sync::Mutex::default(),
        })
    }

    /// Whether guests need the owner's code (`/start#CODE`).
    pub fn needs_code(&self) -> bool {
        !self.settings.guest_access
    }

    /// A new guest. Where guests are not welcome, the owner's one-time code opens.
    pub async fn guest(&self, code: Option<&str>) -> Result<Grant, AccountsError> {
        if self.needs_code() && !self.take_owner_code(code.unwrap_or_default()).await? {
            return Err(AccountsError::CodeNeeded);
        }
        let user = self.store.insert_user(NewUser::guest(GUEST_NAME)).await?;
        self.start_login(user).await
    }

    /// Whose access token this is.
    pub async fn identify(&self, token: &str) -> Result<Identity, AccountsError> {
        let claims = self.signer.verify(token).map_err(|_| AccountsError::Unauthorized)?;
        let user = claims.sub;
        if self.known.get(&user).await.is_none() {
            self.find(user).await?;
            self.known.insert(user, ()).await;
        }
        Ok(Identity { user, kind: claims.kind, role: claims.role })
    }

    pub async fn find(&self, user: UserId) -> Result<User, AccountsError> {
        self.store.find_user(user).await?.ok_or(AccountsError::Unauthorized)
    }

    pub async fn update(&self, user: UserId, patch: UserPatch) -> Result<User, AccountsError> {
        match self.store.update_user(user, patch).await {
            Err(StoreError::NotFound) => Err(AccountsError::Unauthorized),
            other => Ok(other?),
        }
    }

    /// Deletes the user with everything that is theirs; their tokens are worth nothing from now on.
    pub async fn delete(&self, user: UserId) -> Result<(), StoreError> {
        self.store.delete_user(user).await?;
        self.known.invalidate(&user).await;
        Ok(())
    }

    /// The access token for a user.
    fn access(&self, user: &User) -> (String, Duration) {
        let (kind, life) = match user.kind {
            UserKind::Guest => (Kind::Guest, GUEST_ACCESS_LIFE),
            UserKind::Account => (Kind::Account, ACCOUNT_ACCESS_LIFE),
        };
        (self.signer.sign(user.id, kind, Role::User, life.as_secs()), life)
    }
}

#[cfg(test)]
mod tests;
