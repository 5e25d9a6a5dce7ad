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
    /// Also what counts as no turn has no place once all turns are used up.
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

/// What somebody is about to spend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub user: UserId,
    /// `None`: before there is one.
    pub discussion: Option<DiscussionId>,
    /// 1 for what counts as a turn, else 0.
    pub turns: i64,
    /// About so much.
    pub usd: f64,
}

/// A share of the budget that is set aside; dropped, what was not used is free again.
pub struct Reservation {
    budget: Arc<Budget>,
    share: Share,
    day: i64,
    /// The turn has begun: it counts.
    pub begun: bool,
    /// Turns like this one that are left now by the nearest limit.
    pub left: Option<i64>,
}

/// What is left by the nearest limit of each kind; `None`: there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Left {
    pub turns: Option<i64>,
    pub usd: Option<f64>,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        let Share { user, discussion, turns, usd } = self.share;
        let turns = if self.begun { 0 } else { -turns };
        if state.day == self.day {
            return state.add(user, discussion, turns, -usd);
        }
        // A new day has begun with nothing spent.
        if let Some(discussion) = discussion {
            state.discussions.entry(discussion).or_default().add(turns, -usd);
        }
    }
}

impl Budget {
    /// With what was spent today already.
    pub async fn open(limits: Limits, store: &Store) -> Result<Arc<Self>, StoreError> {
        let day = today();
        let spent = store.find_spent(Spender::Server, Moment(day * DAY_MS)).await?;
        let server = Tally { turns: spent.counted, usd: spent.reckoned_usd };
        Ok(Arc::new(Self { limits, state: Mutex::new(State { day, server, ..State::default() }) }))
    }

    /// Reads what a user and a discussion have spent, before either spends more.
    pub async fn learn(&self, store: &Store, user: UserId, discussion: Option<DiscussionId>) -> Result<(), StoreError> {
        let day = today();
        if !self.state().users.contains_key(&user) {
            let spent = store.find_spent(Spender::User(user), Moment(day * DAY_MS)).await?;
            let tally = Tally { turns: spent.counted, usd: spent.reckoned_usd };
            self.state().users.entry(user).or_insert(tally);
        }
        let unknown = discussion.filter(|discussion| !self.state().discussions.contains_key(discussion));
        if let Some(discussion) = unknown {
            let spent = store.find_spent(Spender::Discussion(discussion), Moment(0)).await?;
            let tally = Tally { turns: spent.counted, usd: spent.reckoned_usd };
            self.state().discussions.entry(discussion).or_insert(tally);
        }
        Ok(())
    }

    /// Sets a share aside, or says which limit is in the way.
    pub fn reserve(self: &Arc<Self>, share: Share) -> Result<Reservation, Limit> {
        let mut state = self.today();
        let tallies = self.tallies(&state, share);
        let limits = [Limit::Discussion, Limit::UserToday, Limit::ServerToday];
        let reached = limits.iter().zip(tallies).find(|(_, (allowance, tally))| !tally.fits(*allowance, share.usd));
        if let Some((limit, _)) = reached {
            return Err(*limit);
        }
        let Left { turns, usd } = left(tallies);
        #[expect(clippy::cast_possible_truncation, reason = "a number of turns, and a huge one may as well be a large one")]
        let for_money = usd.filter(|_| share.usd > 0.0).map(|usd| ((usd - share.usd) / share.usd).max(0.0) as i64);
        let left = turns.map(|turns| turns - share.turns).into_iter().chain(for_money).min();
        state.add(share.user, share.discussion, share.turns, share.usd);
        let day = state.day;
        Ok(Reservation { budget: Arc::clone(self), share, day, begun: false, left })
    }

    /// What somebody may still spend in a discussion of theirs.
    pub fn left(&self, user: UserId, discussion: DiscussionId) -> Left {
        let state = self.today();
        left(self.tallies(&state, Share { user, discussion: Some(discussion), turns: 0, usd: 0.0 }))
    }

    /// Each limit with what counts towards it: of the discussion, the user, the server.
    fn tallies(&self, state: &State, share: Share) -> [(Allowance, Tally); 3] {
        let Limits { user_day, discussion: each, server_day } = self.limits;
        let its = share.discussion.and_then(|discussion| state.discussions.get(&discussion));
        let theirs = state.users.get(&share.user);
        let of = |tally: Option<&Tally>| tally.copied().unwrap_or_default();
        // Outside a discussion no discussion's limit can be reached.
        let each = if share.discussion.is_some() { each } else { Allowance::default() };
        [(each, of(its)), (user_day, of(theirs)), (server_day, state.server)]
    }

    /// Money was spent.
    pub fn spend(&self, user: UserId, discussion: Option<DiscussionId>, usd: f64) {
        self.today().add(user, discussion, 0, usd);
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

fn left(tallies: [(Allowance, Tally); 3]) -> Left {
    let turns = tallies.iter().filter(|(allowance, _)| allowance.turns > 0);
    let turns = turns.map(|(allowance, tally)| (allowance.turns - tally.turns).max(0)).min();
    let usd = tallies.iter().filter(|(allowance, _)| allowance.usd > 0.0);
    let usd = usd.map(|(allowance, tally)| (allowance.usd - tally.usd).max(0.0)).min_by(f64::total_cmp);
    Left { turns, usd }
}

/// Midnight of today, in UTC.
pub fn midnight() -> Moment {
    Moment(today() * DAY_MS)
}

fn today() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX) / DAY_MS
}
