//! How often: each limit has its own counter, per address or per user.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use moka::sync::Cache;

use super::error::ApiError;
use crate::config::Config;
use crate::domain::ids::{UserId, WatcherId};

const TEN_MINUTES: Duration = Duration::from_secs(600);
const TEN_SECONDS: Duration = Duration::from_secs(10);
const MINUTE: Duration = Duration::from_secs(60);
/// Counters that are full again are forgotten after so many checks.
const TIDY_EVERY: u32 = 4_096;
const MAX_FAILURES: u64 = 200_000;
/// Wrong sign-ins of one address, whichever accounts they are for: so many times those for one. A school has one address; who
/// tries one password on everybody, or keeps all cores hashing, has one too.
const ACCOUNTS_OF_AN_ADDRESS: u32 = 25;

/// The limits of the HTTP routes.
pub struct RateLimits {
    /// New guests, per address.
    pub guest: Limiter<IpAddr>,
    /// New accounts, and questions for links, per address.
    pub register: Limiter<IpAddr>,
    /// Wrong sign-ins, per address and account.
    pub login: Failures,
    /// Letters to one address.
    pub letters: Limiter<String>,
    /// Tickets, per user.
    pub ticket: Limiter<UserId>,
    /// Things made, and questions to a model, per user.
    pub create: Limiter<UserId>,
    /// Scripted turns, per user: as often as the commands of a socket.
    pub turn: Limiter<UserId>,
    /// Files with pictures, per user: reading them costs more than other things.
    pub picture: Limiter<UserId>,
    /// Turns to try a character out, per user.
    pub preview: Limiter<UserId>,
    /// Downloads, per user.
    pub export: Limiter<UserId>,
    /// Trials of the providers, per user.
    pub provider_test: Limiter<UserId>,
    /// Joins by code, per address.
    pub join: Limiter<IpAddr>,
    /// Readings by code, per address.
    pub watch: Limiter<IpAddr>,
    /// Commands that come one by one, per watcher: as many as on one socket.
    pub commands: Limiter<WatcherId>,
    /// Reports of activity, per user.
    pub activity: Limiter<UserId>,
    /// What is reported in them, per user.
    pub events: Limiter<UserId>,
}

impl RateLimits {
    pub fn new(config: &Config) -> Self {
        let rates = &config.rates;
        let commands = config.ws.commands;
        Self {
            guest: Limiter::new(rates.guest, TEN_MINUTES),
            register: Limiter::new(rates.register, TEN_MINUTES),
            login: Failures::new(rates.login),
            letters: Limiter::new(rates.letter, TEN_MINUTES),
            ticket: Limiter::new(rates.ticket, MINUTE),
            create: Limiter::new(rates.create, MINUTE),
            turn: Limiter::new(rates.turn, MINUTE),
            picture: Limiter::new(rates.picture, MINUTE),
            preview: Limiter::new(rates.preview, MINUTE),
            export: Limiter::new(rates.export, MINUTE),
            provider_test: Limiter::new(rates.provider_test, MINUTE),
            join: Limiter::new(rates.join, TEN_SECONDS),
            watch: Limiter::new(rates.join, TEN_SECONDS),
            commands: Limiter::new(commands, Duration::from_millis(100) * commands.get()),
            activity: Limiter::new(rates.create, MINUTE),
            events: Limiter::new(rates.event, MINUTE),
        }
    }
}

/// So many within a period, for each key.
pub struct Limiter<K: Hash + Eq + Clone> {
    counters: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
    checks: AtomicU32,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    fn new(number: NonZeroU32, period: Duration) -> Self {
        let each = (period / number.get()).max(Duration::from_nanos(1));
        let quota = Quota::with_period(each).expect("longer than nothing").allow_burst(number);
        Self { counters: RateLimiter::keyed(quota), clock: DefaultClock::default(), checks: AtomicU32::new(0) }
    }

    /// Counts one.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub fn check(&self, key: &K) -> Result<(), ApiError> {
        self.check_many(key, NonZeroU32::MIN)
    }

    /// Counts several, or none of them.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub fn check_many(&self, key: &K, count: NonZeroU32) -> Result<(), ApiError> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.counters.retain_recent();
            self.counters.shrink_to_fit();
        }
        let refused = |until: governor::NotUntil<_>| ApiError::RateLimited(until.wait_time_from(self.clock.now()));
        match self.counters.check_key_n(key, count) {
            Ok(checked) => checked.map_err(refused),
            // More than can ever be counted at once.
            Err(_) => Err(ApiError::RateLimited(MINUTE)),
        }
    }
}

/// So many failures within ten minutes, for each client address and account, and for each address in all. Attempts that are
/// being looked at count, so that a thousand at once are no more than twenty one by one.
pub struct Failures {
    accounts: Cache<(IpAddr, String), Arc<Failed>>,
    addresses: Cache<IpAddr, Arc<Failed>>,
    max: u32,
}

struct Failed {
    count: AtomicU32,
    since: Instant,
}

/// One that is being looked at; it was a failure unless it is said to have succeeded.
#[must_use]
pub struct Attempt([Arc<Failed>; 2]);

impl Failures {
    fn new(max: NonZeroU32) -> Self {
        let accounts = Cache::builder().max_capacity(MAX_FAILURES).time_to_live(TEN_MINUTES).build();
        let addresses = Cache::builder().max_capacity(MAX_FAILURES).time_to_live(TEN_MINUTES).build();
        Self { accounts, addresses, max: max.get() }
    }

    /// # Errors
    /// 429 with the time to wait.
    pub fn attempt(&self, address: IpAddr, account: &str) -> Result<Attempt, ApiError> {
        // A digest: an address that nobody has an account with is not kept in memory either.
        let key = (address, crate::auth::digest(account));
        let new = || Arc::new(Failed { count: AtomicU32::new(0), since: Instant::now() });
        let account = self.accounts.get_with(key, new);
        let of_address = self.addresses.get_with(address, new);
        account.count_one(self.max)?;
        if let Err(refused) = of_address.count_one(self.max.saturating_mul(ACCOUNTS_OF_AN_ADDRESS)) {
            account.forget_one();
            return Err(refused);
        }
        Ok(Attempt([account, of_address]))
    }
}

impl Failed {
    fn count_one(&self, max: u32) -> Result<(), ApiError> {
        if self.count.fetch_add(1, Ordering::AcqRel) >= max {
            self.forget_one();
            return Err(ApiError::RateLimited(TEN_MINUTES.saturating_sub(self.since.elapsed())));
        }
        Ok(())
    }

    fn forget_one(&self) {
        self.count.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Attempt {
    /// It does not count.
    pub fn succeeded(self) {
        self.0.iter().for_each(|failed| failed.forget_one());
    }
}

/// The address as it is counted: of IPv6 the network, since one household has 2^64 addresses.
pub fn counted(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_counter() {
        let limiter = Limiter::new(NonZeroU32::new(2).expect("two"), MINUTE);
        let (one, other) = (UserId::new(), UserId::new());
        assert!(limiter.check(&one).is_ok() && limiter.check(&one).is_ok());
        let Err(ApiError::RateLimited(wait)) = limiter.check(&one) else { unreachable!("the third is one too many") };
        assert!(wait <= MINUTE / 2 && wait > Duration::from_secs(20));
        assert!(limiter.check(&other).is_ok());
    }

    #[test]
    fn only_failures_count_and_each_account_has_its_own() {
        let failures = Failures::new(NonZeroU32::new(2).expect("two"));
        let address = IpAddr::from([192, 0, 2, 7]);
        let attempt = |account: &str| failures.attempt(address, account);
        (0..5).for_each(|_| attempt("ada").expect("let through").succeeded());
        let (_one, _two) = (attempt("ada").expect("the first"), attempt("ada").expect("the second"));
        assert!(matches!(attempt("ada"), Err(ApiError::RateLimited(_))));
        assert!(attempt("bob").is_ok());
    }

    #[test]
    fn one_password_for_everybody_is_not_tried_for_long() {
        let failures = Failures::new(NonZeroU32::new(2).expect("two"));
        let attempt =
            |address: [u8; 4], account: u32| failures.attempt(IpAddr::from(address), &account.to_string()).map(drop);
        let most = 2 * ACCOUNTS_OF_AN_ADDRESS;
        assert!((0..most).all(|account| attempt([192, 0, 2, 7], account).is_ok()));
        assert!(matches!(attempt([192, 0, 2, 7], most), Err(ApiError::RateLimited(_))));
        assert!(attempt([192, 0, 2, 8], most).is_ok(), "somebody else's address");
    }

    #[test]
    fn a_household_of_ipv6_counts_once() {
        let address = |text: &str| counted(text.parse().expect("an address"));
        assert_eq!(address("2001:db8:1:2::5"), address("2001:db8:1:2:ffff::1"));
        assert_ne!(address("2001:db8:1:2::5"), address("2001:db8:1:3::5"));
        assert_eq!(address("192.0.2.7").to_string(), "192.0.2.7");
    }
}
