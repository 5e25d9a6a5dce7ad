//! People whom somebody else vouches for: Supabase by its tokens, Google and Microsoft by their codes.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use super::{Accounts, AccountsError, Credential, Ended, Grant, Identity};
use crate::auth::{LEEWAY_SECONDS, Person, SupabaseUser, digest};
use crate::domain::ids::UserId;
use crate::domain::text::{self, Moment};
use crate::store::{IdentityKey, NewUser, Opening, StoreError, User, UserKind, UserRole};

/// Name of somebody of whom none is known.
const NAME: &str = "Host";
const MAX_NAME_CHARS: usize = 100;
/// The provider under which a Supabase user is kept who was a guest here before: everybody else has the id they have there.
const SUPABASE: &str = "supabase";

impl Accounts {
    /// Whose Supabase token this is. Seen for the first time, they become a user with the same id.
    pub(super) async fn identify_foreign(&self, token: &str) -> Result<Identity, AccountsError> {
        let supabase = self.supabase.as_ref().ok_or(AccountsError::Unauthorized)?;
        let named = supabase.verify(token).await.map_err(|_| AccountsError::Unauthorized)?;
        if named.anonymous && !self.settings.guest_access {
            return Err(AccountsError::Unauthorized);
        }
        let kind = if named.anonymous { UserKind::Guest } else { UserKind::Account };
        let user = match self.known.foreign(named.id, kind).await {
            Some(user) => user,
            None => {
                let user = self.meet(&named, kind).await?.id;
                self.known.keep_foreign(named.id, user, kind).await;
                user
            }
        };
        let credential = Credential::Until(end_of(&named));
        Ok(Identity { user, kind, is_owner: false, is_admin: named.admin, credential, scopes: super::Scopes::ALL })
    }

    async fn meet(&self, named: &SupabaseUser, kind: UserKind) -> Result<User, AccountsError> {
        if let Some(user) = self.store.find_identity(key_of(named.id)).await? {
            return self.find(user).await;
        }
        let new = NewUser {
            id: UserId(named.id),
            kind,
            name: name_of(named.name.as_deref()),
            email: None,
            password_hash: None,
            role: UserRole::User,
        };
        let issued_at = Moment(i64::try_from(named.issued_at.saturating_mul(1000)).unwrap_or(i64::MAX));
        let met = self.store.find_or_insert_named(new, hash_of(UserId(named.id)), issued_at).await?;
        met.ok_or(AccountsError::Unauthorized)
    }

    /// Makes a guest the Supabase user who has just come for the first time, with everything that is the guest's. False: they
    /// have been here before, and the guest stays a guest.
    pub async fn adopt(&self, newcomer: UserId, guest: UserId) -> Result<bool, AccountsError> {
        let adopted = self.store.adopt_guest(newcomer, key_of(newcomer.0), guest).await?;
        if adopted {
            self.end(Ended::User(guest)).await;
            self.look_again(newcomer).await;
        }
        Ok(adopted)
    }

    /// What is remembered of a Supabase user who is to be deleted: a hash of the id they have there.
    pub(super) async fn hash_of(&self, user: UserId) -> Result<String, StoreError> {
        let there = self.store.find_subject(user, SUPABASE).await?;
        Ok(digest(&there.unwrap_or_else(|| user.to_string())))
    }

    /// A login for whom a provider has named: their account, or a new one (the guest's, who keeps everything).
    pub async fn enter(
        &self,
        person: Person,
        guest: Option<User>,
        invitation: Option<&str>,
    ) -> Result<Grant, AccountsError> {
        let key = IdentityKey { provider: person.provider.as_str(), tenant: person.tenant, subject: person.subject };
        if let Some(user) = self.store.find_identity(key.clone()).await? {
            return self.start_login(self.find(user).await?).await;
        }
        let invite = self.may_open(guest.as_ref(), invitation)?;
        // An address that has an account stays that account's: nobody is merged by an address.
        let email = match person.email {
            Some(email) if self.store.find_user_by_email(&email).await?.is_none() => Some(email),
            _ => None,
        };
        let opening = Opening {
            guest: guest.map(|guest| guest.id),
            name: name_of(person.name.as_deref()),
            email_confirmed: email.is_some(),
            email,
            password_hash: None,
            identity: Some(key),
            invite,
        };
        self.open_account(opening).await
    }
}

fn key_of(named: Uuid) -> IdentityKey {
    IdentityKey { provider: SUPABASE, tenant: String::new(), subject: named.to_string() }
}

fn hash_of(user: UserId) -> String {
    digest(&user.to_string())
}

fn name_of(given: Option<&str>) -> String {
    let cut = |name: &str| name.chars().take(MAX_NAME_CHARS).collect::<String>();
    given.map(cut).and_then(|name| text::parse(&name, MAX_NAME_CHARS).ok()).unwrap_or_else(|| NAME.to_owned())
}

/// When the token ends, in milliseconds; one that is used in its last seconds of leeway ends with those.
fn end_of(named: &SupabaseUser) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let end = if named.expires_at > now { named.expires_at } else { named.expires_at.saturating_add(LEEWAY_SECONDS) };
    i64::try_from(end.saturating_mul(1000)).unwrap_or(i64::MAX)
}
