//! Join codes: each lets anybody watch one discussion, until it ends or its time is over.
//!
//! Looked up in memory only, so that a thousand phones that come back, or one that guesses, cost the database nothing; written
//! down as well, so that a restart keeps them. Several instances will share them behind the same trait.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::auth::random_bytes;
use crate::domain::ids::DiscussionId;
use crate::domain::share::JoinCode;
use crate::domain::text::Moment;
use crate::store::{Share, Store, StoreError};

/// How long a code opens unless it is said: a school day.
const LIFE: Duration = Duration::from_secs(12 * 60 * 60);
/// Codes drawn before giving up; with a million taken ones the first is free in 99.9 % of all cases.
const DRAWS: usize = 20;

/// Where live codes are looked up.
pub trait JoinCodes: Send + Sync {
    /// Keeps a code; the discussion's one before is forgotten.
    fn keep(&self, share: Share);
    fn find(&self, code: JoinCode, now: Moment) -> Option<Share>;
    fn of(&self, discussion: DiscussionId, now: Moment) -> Option<Share>;
    fn forget(&self, discussion: DiscussionId);
    /// Forgets the codes whose time is over; their discussions.
    fn take_expired(&self, now: Moment) -> Vec<DiscussionId>;
}

/// The codes of this process.
#[derive(Default)]
pub struct LocalJoinCodes(Mutex<Board>);

#[derive(Default)]
struct Board {
    shares: HashMap<DiscussionId, Share>,
    codes: HashMap<String, DiscussionId>,
}

impl LocalJoinCodes {
    fn board(&self) -> std::sync::MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl JoinCodes for LocalJoinCodes {
    fn keep(&self, share: Share) {
        let mut board = self.board();
        board.forget(share.discussion);
        board.codes.insert(share.code.clone(), share.discussion);
        board.shares.insert(share.discussion, share);
    }

    fn find(&self, code: JoinCode, now: Moment) -> Option<Share> {
        let board = self.board();
        let share = board.shares.get(board.codes.get(code.as_str())?)?;
        Some(share).filter(|share| now < share.expires_at).cloned()
    }

    fn of(&self, discussion: DiscussionId, now: Moment) -> Option<Share> {
        self.board().shares.get(&discussion).filter(|share| now < share.expires_at).cloned()
    }

    fn forget(&self, discussion: DiscussionId) {
        self.board().forget(discussion);
    }

    fn take_expired(&self, now: Moment) -> Vec<DiscussionId> {
        let mut board = self.board();
        let over = board.shares.values().filter(|share| share.expires_at <= now).map(|share| share.discussion);
        let over: Vec<DiscussionId> = over.collect();
        over.iter().for_each(|discussion| board.forget(*discussion));
        over
    }
}

impl Board {
    fn forget(&mut self, discussion: DiscussionId) {
        if let Some(share) = self.shares.remove(&discussion) {
            self.codes.remove(&share.code);
        }
    }
}

/// The codes, in memory and in the database.
pub struct Shares {
    store: Store,
    codes: Box<dyn JoinCodes>,
    /// Two tabs that share at once get the same code.
    one_at_a_time: tokio::sync::Mutex<()>,
}

impl Shares {
    /// With every code that was live when ChatLab ended.
    pub async fn open(store: Store) -> Result<Self, StoreError> {
        let codes = LocalJoinCodes::default();
        store.list_shares().await?.into_iter().for_each(|share| codes.keep(share));
        Ok(Self { store, codes: Box::new(codes), one_at_a_time: tokio::sync::Mutex::default() })
    }

    /// Opens a discussion to observers. One that is open keeps its code; with `life` it ends at another time.
    pub async fn begin(&self, discussion: DiscussionId, life: Option<Duration>) -> Result<Share, StoreError> {
        let _alone = self.one_at_a_time.lock().await;
        let end = after(life.unwrap_or(LIFE));
        if let Some(share) = self.of(discussion) {
            if life.is_none() {
                return Ok(share);
            }
            self.store.update_share(share.code.clone(), end).await?;
            let share = Share { expires_at: end, ..share };
            self.codes.keep(share.clone());
            return Ok(share);
        }
        let share = self.draw(discussion, end).await?;
        self.codes.keep(share.clone());
        Ok(share)
    }

    async fn draw(&self, discussion: DiscussionId, end: Moment) -> Result<Share, StoreError> {
        let drawn = std::iter::repeat_with(|| JoinCode::draw(&random_bytes::<32>())).flatten().take(DRAWS);
        let mut taken = StoreError::Conflict("join codes".to_owned());
        for code in drawn {
            match self.store.insert_share(discussion, code.to_string(), end).await {
                // Taken, perhaps by one that has ended and must not open something else.
                Err(error @ StoreError::Conflict(_)) => taken = error,
                other => return other,
            }
        }
        Err(taken)
    }

    /// Nobody joins any more.
    pub async fn end(&self, discussion: DiscussionId) -> Result<(), StoreError> {
        let _alone = self.one_at_a_time.lock().await;
        self.store.end_shares(discussion).await?;
        self.codes.forget(discussion);
        Ok(())
    }

    /// The live share of this code.
    pub fn find(&self, code: &str) -> Option<Share> {
        self.codes.find(code.parse().ok()?, now())
    }

    /// The live share of this discussion.
    pub fn of(&self, discussion: DiscussionId) -> Option<Share> {
        self.codes.of(discussion, now())
    }

    /// The discussion is deleted.
    pub fn forget(&self, discussion: DiscussionId) {
        self.codes.forget(discussion);
    }

    /// Discussions whose codes have ended since this was asked last.
    pub fn take_expired(&self) -> Vec<DiscussionId> {
        self.codes.take_expired(now())
    }
}

fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn after(life: Duration) -> Moment {
    now().plus_ms(i64::try_from(life.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(code: &str, expires_at: i64) -> Share {
        let (discussion, expires_at) = (DiscussionId::new(), Moment(expires_at));
        Share { code: code.to_owned(), discussion, created_at: Moment(0), expires_at }
    }

    #[test]
    fn a_code_opens_until_its_time_is_over() {
        let (codes, share) = (LocalJoinCodes::default(), share("H7KZ2M", 100));
        codes.keep(share.clone());
        let code: JoinCode = "h7kz2m".parse().expect("a code");
        assert_eq!(codes.find(code, Moment(99)), Some(share.clone()));
        assert_eq!(codes.find(code, Moment(100)), None);
        assert_eq!(codes.take_expired(Moment(99)), vec![]);
        assert_eq!(codes.take_expired(Moment(100)), vec![share.discussion]);
        assert_eq!(codes.of(share.discussion, Moment(0)), None);
    }

    #[test]
    fn a_discussion_has_one_code() {
        let (codes, first) = (LocalJoinCodes::default(), share("H7KZ2M", 100));
        let second = Share { code: "K7QM2P".to_owned(), ..first.clone() };
        codes.keep(first);
        codes.keep(second.clone());
        assert_eq!(codes.find("H7KZ2M".parse().expect("a code"), Moment(0)), None);
        codes.forget(second.discussion);
        assert_eq!(codes.find("K7QM2P".parse().expect("a code"), Moment(0)), None);
    }
}
