//! Who uses ChatLab and what is theirs: guests and accounts, their logins, tickets and join codes for the live events.

mod api_tokens;
mod doors;
mod ended;
mod foreign;
mod identify;
mod invitations;
mod links;
mod logins;
mod owner;
mod passwords;
mod register;
mod shares;
mod tickets;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::SecretString;
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::auth::{Flow, Signer, Supabase, SupabaseSettings, random_secret};
use crate::domain::ids::UserId;
use crate::domain::text::Moment;
use crate::store::{NewUser, Store, StoreError, User, UserPatch, UserRole};

pub use api_tokens::Scopes;
pub use doors::Doors;
pub use ended::{Credential, Ended};
pub use identify::Identity;
pub use invitations::{INVITATION_LIFE, MAX_INVITATION_USES};
pub use logins::{Asker, REFRESH_LIFE};
pub use owner::new_owner_code;
pub use passwords::{MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS};
pub use register::{Registration, email_address};
pub use shares::{JoinCodes, LocalJoinCodes, Shares};
pub use tickets::{LocalTickets, TICKET_LIFE, Ticket, Tickets};

/// How long a guest's access token is valid: a school day, for scripts of a lesson that keep no cookie.
const GUEST_ACCESS_LIFE: Duration = Duration::from_secs(12 * 60 * 60);
/// An account's, and the owner's also before they have one: it is renewed while the page is open.
const ACCOUNT_ACCESS_LIFE: Duration = Duration::from_secs(15 * 60);
/// Name of a guest until they give themselves another.
const GUEST_NAME: &str = "Guest";
/// Name under which the secret that signs tokens is kept.
const JWT_SECRET: &str = "jwt_secret";

/// What `config` says about identity.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `JWT_SECRET`; none: made at the first start and kept in the database.
    pub jwt_secret: Option<SecretString>,
    /// `GUEST_ACCESS`: anyone may start without an account.
    pub guest_access: bool,
    pub registration: Registration,
    /// `ADMIN_EMAILS`, in small letters.
    pub admin_emails: Vec<String>,
    /// Given: its tokens are taken, and there are no passwords here.
    pub supabase: Option<SupabaseSettings>,
}

/// Users and their logins.
pub struct Accounts {
    store: Store,
    signer: Signer,
    settings: Settings,
    supabase: Option<Supabase>,
    known: identify::Known,
    renewals: moka::future::Cache<String, logins::Renewal>,
    answered: moka::future::Cache<String, logins::Renewal>,
    passwords: passwords::Passwords,
    /// The owner's code opens once: whoever looks at it holds this.
    owner: tokio::sync::Mutex<()>,
    ended: broadcast::Sender<Ended>,
}

/// What a login is answered.
#[derive(Debug)]
pub struct Grant {
    pub user: User,
    pub is_admin: bool,
    pub login: Uuid,
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
    /// Unknown address or wrong password: nobody is told which.
    #[error("wrong address or password")]
    WrongLogin,
    #[error("the address has an account already")]
    EmailTaken,
    /// `REGISTRATION=invite`, and there is no invitation, or it is used up or over.
    #[error("an account needs an invitation")]
    InvitationNeeded,
    #[error("no new accounts")]
    RegistrationClosed,
    /// Who asks has an account already.
    #[error("there is an account already")]
    HasAccount,
    /// The link is unknown, was used, is over, or is somebody else's.
    #[error("the link does not open anything")]
    DeadLink,
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
        Ok(Self {
            store,
            signer: Signer::new(&secret),
            supabase: settings.supabase.as_ref().map(Supabase::new),
            settings,
            known: identify::Known::default(),
            renewals: logins::renewals(),
            answered: logins::answered(),
            passwords: passwords::Passwords::default(),
            owner: tokio::sync::Mutex::default(),
            ended: broadcast::channel(ended::WAITING).0,
        })
    }

    /// Whether guests need the owner's code (`/start#CODE`).
    pub fn needs_code(&self) -> bool {
        !self.settings.guest_access
    }

    /// Where one signs in with Supabase.
    pub fn supabase(&self) -> Option<&SupabaseSettings> {
        self.settings.supabase.as_ref()
    }

    pub fn sign_flow(&self, flow: &Flow, seconds: u64) -> String {
        self.signer.sign_flow(flow, seconds)
    }

    pub fn verify_flow(&self, token: &str) -> Option<Flow> {
        self.signer.verify_flow(token)
    }

    pub fn registration(&self) -> Registration {
        self.settings.registration
    }

    /// A new guest. Where guests are not welcome, the owner's one-time code opens, and its visitor is the owner.
    pub async fn guest(&self, code: Option<&str>) -> Result<Grant, AccountsError> {
        let owner = match code {
            Some(code) => self.take_owner_code(code).await?,
            None => false,
        };
        if self.needs_code() && !owner {
            return Err(AccountsError::CodeNeeded);
        }
        if code.is_some() && !owner {
            // A link from anybody may have it: whoever follows that stays who they are.
            return Err(AccountsError::DeadLink);
        }
        let role = if owner { UserRole::Owner } else { UserRole::User };
        let user = self.store.insert_user(NewUser { role, ..NewUser::guest(GUEST_NAME) }).await?;
        self.start_login(user).await
    }

    pub async fn find(&self, user: UserId) -> Result<User, AccountsError> {
        self.store.find_user(user).await?.ok_or(AccountsError::Unauthorized)
    }

    /// An address of `ADMIN_EMAILS` that is confirmed to be theirs.
    pub fn is_admin(&self, user: &User) -> bool {
        user.email_confirmed_at.is_some()
            && user.email.as_ref().is_some_and(|email| self.settings.admin_emails.contains(email))
    }

    pub async fn update(&self, user: UserId, patch: UserPatch) -> Result<User, AccountsError> {
        match self.store.update_user(user, patch).await {
            Err(StoreError::NotFound) => Err(AccountsError::Unauthorized),
            other => Ok(other?),
        }
    }

    /// Deletes the user with everything that is theirs; their tokens are worth nothing from now on.
    pub async fn delete(&self, user: UserId) -> Result<(), StoreError> {
        match self.supabase {
            Some(_) => self.store.delete_named_user(user, self.hash_of(user).await?).await?,
            None => self.store.delete_user(user).await?,
        };
        tracing::info!(user.id = %user, "Deleted, with everything that was theirs");
        self.end(Ended::User(user)).await;
        self.store.fold().await;
        Ok(())
    }
}

/// The clock, in the database's grain, so much later.
fn after(time: Duration) -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + time;
    Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
