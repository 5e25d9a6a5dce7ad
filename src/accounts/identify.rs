//! Whose token this is. Looked up in the database once a minute at most for each login.

use std::time::Duration;

use moka::future::Cache;
use uuid::Uuid;

use super::{Accounts, AccountsError, Credential, Ended, Scopes, api_tokens};
use crate::domain::ids::UserId;
use crate::store::{User, UserKind, UserRole};

/// For so long what was looked up is taken to be so still.
const KNOWN_FOR: Duration = Duration::from_secs(60);
const KNOWN: u64 = 20_000;

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    pub user: UserId,
    pub kind: UserKind,
    pub is_owner: bool,
    pub is_admin: bool,
    pub credential: Credential,
    pub scopes: Scopes,
}

/// Who was looked up lately.
pub struct Known {
    logins: Cache<Uuid, Identity>,
    /// By the digests of scripts' tokens.
    scripts: Cache<String, Identity>,
    /// Users whose tokens somebody else signs, by their ids there.
    foreign: Cache<Uuid, (UserId, UserKind)>,
}

impl Default for Known {
    fn default() -> Self {
        Self { logins: cache(), scripts: cache(), foreign: cache() }
    }
}

fn cache<K: std::hash::Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static>() -> Cache<K, V> {
    Cache::builder().max_capacity(KNOWN).time_to_live(KNOWN_FOR).build()
}

impl Known {
    /// What has ended is looked up again, and then not found.
    pub async fn forget(&self, ended: Ended) {
        match ended {
            Ended::Credential(Credential::Login(login)) => self.logins.invalidate(&login).await,
            Ended::Credential(Credential::ApiToken(token)) => {
                self.forget_scripts(|who| who.credential == Credential::ApiToken(token)).await;
            }
            Ended::Credential(Credential::Until(_)) => {}
            Ended::User(user) => {
                let theirs: Vec<Uuid> =
                    self.logins.iter().filter(|(_, who)| who.user == user).map(|(login, _)| *login).collect();
                for login in theirs {
                    self.logins.invalidate(&login).await;
                }
                self.forget_scripts(|who| who.user == user).await;
                let named: Vec<Uuid> =
                    self.foreign.iter().filter(|(_, (who, _))| *who == user).map(|(named, _)| *named).collect();
                for named in named {
                    self.foreign.invalidate(&named).await;
                }
            }
        }
    }

    async fn forget_scripts(&self, gone: impl Fn(&Identity) -> bool) {
        let gone: Vec<String> = self.scripts.iter().filter(|(_, who)| gone(who)).map(|(hash, _)| hash.to_string()).collect();
        for hash in gone {
            self.scripts.invalidate(&hash).await;
        }
    }

    pub async fn script(&self, hash: &str) -> Option<Identity> {
        self.scripts.get(hash).await
    }

    pub async fn keep_script(&self, hash: String, identity: Identity) {
        self.scripts.insert(hash, identity).await;
    }

    pub async fn foreign(&self, named: Uuid, kind: UserKind) -> Option<UserId> {
        self.foreign.get(&named).await.filter(|(_, known)| *known == kind).map(|(user, _)| user)
    }

    pub async fn keep_foreign(&self, named: Uuid, user: UserId, kind: UserKind) {
        self.foreign.insert(named, (user, kind)).await;
    }
}

impl Accounts {
    /// Whose token this is: a script's, one of ours, or Supabase's.
    pub async fn identify(&self, token: &str) -> Result<Identity, AccountsError> {
        if token.starts_with(api_tokens::PREFIX) {
            return self.identify_script(token).await;
        }
        let Ok(claims) = self.signer.verify(token) else { return self.identify_foreign(token).await };
        if let Some(known) = self.known.logins.get(&claims.sid).await.filter(|known| known.user == claims.sub) {
            return Ok(known);
        }
        let owner = self.store.find_login_user(claims.sid).await?;
        if owner != Some(claims.sub) {
            return Err(AccountsError::Unauthorized);
        }
        let identity = self.identity(&self.find(claims.sub).await?, Credential::Login(claims.sid));
        self.known.logins.insert(claims.sid, identity).await;
        Ok(identity)
    }

    pub(super) fn identity(&self, user: &User, credential: Credential) -> Identity {
        Identity {
            user: user.id,
            kind: user.kind,
            is_owner: user.role == UserRole::Owner,
            is_admin: self.is_admin(user),
            credential,
            scopes: Scopes::ALL,
        }
    }

    /// What was looked up about a user may have changed.
    pub(super) async fn look_again(&self, user: UserId) {
        self.known.forget(Ended::User(user)).await;
    }
}
