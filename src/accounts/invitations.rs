//! Invitations: links with which others open their accounts, made by the owner and by admins.

use std::time::Duration;

use super::{Accounts, AccountsError, after};
use crate::auth::{digest, random_secret};
use crate::domain::ids::UserId;
use crate::domain::text::Moment;
use crate::store::{LinkKind, NewLink};

pub const INVITATION_LIFE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// Accounts that one link may open: a school's staff.
pub const MAX_INVITATION_USES: i32 = 500;

impl Accounts {
    /// The secret of an invitation for so many accounts, and when it ends.
    pub async fn new_invitation(&self, by: UserId, uses: i32) -> Result<(String, Moment), AccountsError> {
        let (secret, expires_at) = (random_secret(), after(INVITATION_LIFE));
        let uses = uses.clamp(1, MAX_INVITATION_USES);
        let link = NewLink { token_hash: digest(&secret), kind: LinkKind::Invite, user: by, uses, expires_at };
        self.store.insert_link(link).await?;
        Ok((secret, expires_at))
    }
}
