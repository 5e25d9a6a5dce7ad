//! Limits on what may be spent: reserved before a turn, settled after it, so that no number of presses at once gets past.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::discussion::Limit;
use crate::domain::ids::{DiscussionId, UserId};
use crate::domain::text::Moment;
use crate::store::{Spender, Store, StoreError};

const DAY_MS: i64 = 86_400_000;

/// What may be spent; zero: no limit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Allowance {
    pub turns: i64,
    pub usd: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    pub user_day: Allowance,
    pub discussion: Allowance,
    pub server_day: Allowance,
}

/// What was spent, with what is reserved.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    turns: i64,
    usd: f64,
}

impl Tally {
    fn fits(self, allowance: Allowance, usd: f64) -> bool {
        (allowance.turns == 0 || self.turns < allowance.turns) && (allowance.usd == 0.0 || self.usd + usd <= allowance.usd)
    }

    fn add(&mut self, turns: i64, usd: f64) {
        self.turns += turns;
        self.usd += usd;
    }
}

pub struct Budget {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Since 1970, in UTC.
    day: i64,
    users: HashMap<UserId, Tally>,
    discussions: HashMap<DiscussionId, Tally>,
    server: Tally,
}

impl State {
    fn add(&mut self, user: UserId, discussion: Option<DiscussionId>, turns: i64, usd: f64) {
        self.users.entry(user).or_default().add(turns, usd);
        if let Some(discussion) = discussion {
            self.discussions.entry(discussion).or_default().add(turns, usd);
        }
        self.server.add(turns, usd);
    }
}

/// A turn's share of the budget; dropped, what it did not use is free again.
pub struct Reservation {
    budget: Arc<Budget>,
    user: UserId,
    /// None: a turn that belongs to no discussion.
    discussion: Option<DiscussionId>,
    usd: f64,
    day: i64,
    /// The turn has begun: it counts.
    pub begun: bool,
    /// Turns that are left now by the nearest limit.
    pub left: Option<i64>,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        let turns = if self.begun { 0 } else { -1 };
        match state.day == self.day {
            true => state.add(self.user, self.discussion, turns, -self.usd),
            // A new day has begun with nothing spent.
            false => {
                if let Some(discussion) = self.discussion {
                    state.discussions.entry(discussion).or_default().add(turns, -self.usd);
                }
            }
        }
    }
}

impl Budget {
    /// With what was spent today already.
    pub async fn open(limits: Limits, store: &Store) -> Result<Arc<Self>, StoreError> {
        let day = today();
        let spent = store.find_spent(Spender::Server, Moment(day * DAY_MS)).await?;
        let server = Tally { turns: spent.turns, usd: spent.reckoned_usd };
        Ok(Arc::new(Self { limits, state: Mutex::new(State { day, server, ..State::default() }) }))
    }

    /// Reads what a user and a discussion have spent, before either spends more.
    pub async fn learn(&self, store: &Store, user: UserId, discussion: DiscussionId) -> Result<(), StoreError> {
        self.learn_user(store, user).await?;
        if !self.state().discussions.contains_key(&discussion) {
            let spent = store.find_spent(Spender::Discussion(discussion), Moment(0)).await?;
            let tally = Tally { turns: spent.turns, usd: spent.reckoned_usd };
            self.state().discussions.entry(discussion).or_insert(tally);
        }
        Ok(())
    }

    /// Reads what a user has spent today.
    pub async fn learn_user(&self, store: &Store, user: UserId) -> Result<(), StoreError> {
        let day = today();
        if !self.state().users.contains_key(&user) {
            let spent = store.find_spent(Spender::User(user), Moment(day * DAY_MS)).await?;
            let tally = Tally { turns: spent.turns, usd: spent.reckoned_usd };
            self.state().users.entry(user).or_insert(tally);
        }
        Ok(())
    }

    /// A share for one turn that will cost about so much.
    pub fn reserve(
        self: &Arc<Self>,
        user: UserId,
        discussion: impl Into<Option<DiscussionId>>,
        usd: f64,
    ) -> Result<Reservation, Limit> {
        let discussion = discussion.into();
        let mut state = self.today();
        let of = |tally: Option<&Tally>| tally.copied().unwrap_or_default();
        let (theirs, its) = (of(state.users.get(&user)), of(discussion.and_then(|discussion| state.discussions.get(&discussion))));
        let Limits { user_day, discussion: each, server_day } = self.limits;
        if !its.fits(each, usd) {
            return Err(Limit::Discussion);
        }
        if !theirs.fits(user_day, usd) {
            return Err(Limit::UserToday);
        }
        if !state.server.fits(server_day, usd) {
            return Err(Limit::ServerToday);
        }
        let left = [(user_day, theirs), (each, its), (server_day, state.server)];
        let left = left.iter().filter(|(allowance, _)| allowance.turns > 0);
        let left = left.map(|(allowance, tally)| allowance.turns - tally.turns - 1).min();
        state.add(user, discussion, 1, usd);
        let day = state.day;
        Ok(Reservation { budget: Arc::clone(self), user, discussion, usd, day, begun: false, left })
    }

    /// Money was spent.
    pub fn spend(&self, user: UserId, discussion: impl Into<Option<DiscussionId>>, usd: f64) {
        self.today().add(user, discussion.into(), 0, usd);
    }

    fn today(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        let day = today();
        if state.day != day {
            state.day = day;
            state.users.clear();
            state.server = Tally::default();
        }
        state
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Midnight of today, in UTC.
pub fn midnight() -> Moment {
    Moment(today() * DAY_MS)
}

fn today() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX) / DAY_MS
}
