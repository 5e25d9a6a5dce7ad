//! How often: each limit has its own counter, per address or per user.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::error::ApiError;
use crate::config::Rates;
use crate::domain::ids::UserId;

const TEN_MINUTES: Duration = Duration::from_secs(600);
const MINUTE: Duration = Duration::from_secs(60);
/// Ten a second, as on a socket.
const TURNS_A_MINUTE: NonZeroU32 = NonZeroU32::new(600).expect("not zero");
/// Counters that are full again are forgotten after so many checks.
const TIDY_EVERY: u32 = 4_096;

/// The limits of the HTTP routes.
pub struct RateLimits {
    /// New guests, per address.
    pub guest: Limiter<IpAddr>,
    /// Tickets, per user.
    pub ticket: Limiter<UserId>,
    /// Things made, and questions to a model, per user.
    pub create: Limiter<UserId>,
    /// Scripted turns, per user: as often as the commands of a socket.
    pub turn: Limiter<UserId>,
    /// Reports of activity, per user.
    pub activity: Limiter<UserId>,
}

impl RateLimits {
    pub fn new(rates: &Rates) -> Self {
        Self {
            guest: Limiter::new(rates.guest, TEN_MINUTES),
            ticket: Limiter::new(rates.ticket, MINUTE),
            create: Limiter::new(rates.create, MINUTE),
            turn: Limiter::new(TURNS_A_MINUTE, MINUTE),
            activity: Limiter::new(rates.create, MINUTE),
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
        if self.checks.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.counters.retain_recent();
            self.counters.shrink_to_fit();
        }
        let refused = |until: governor::NotUntil<_>| ApiError::RateLimited(until.wait_time_from(self.clock.now()));
        self.counters.check_key(key).map_err(refused)
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
    fn a_household_of_ipv6_counts_once() {
        let address = |text: &str| counted(text.parse().expect("an address"));
        assert_eq!(address("2001:db8:1:2::5"), address("2001:db8:1:2:ffff::1"));
        assert_ne!(address("2001:db8:1:2::5"), address("2001:db8:1:3::5"));
        assert_eq!(address("192.0.2.7").to_string(), "192.0.2.7");
    }
}
