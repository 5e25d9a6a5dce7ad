//! How much of a worker's time goes into crowds: two thirds at most, so that those who join, ask and speak find it free.

use std::cell::RefCell;
use std::time::{Duration, Instant};

/// The part of the time that passes may take in the long run.
const SHARE: f64 = 2.0 / 3.0;
/// Passes that may come in a row before the next one waits.
const AT_ONCE: Duration = Duration::from_millis(10);

thread_local! {
    static PACE: RefCell<Pace> = RefCell::new(Pace { owed: Duration::ZERO, at: Instant::now() });
}

/// Counts a pass that took so long on this worker. How long to rest before the next; what comes meanwhile is one write instead of
/// several.
pub fn rest_after(took: Duration) -> Duration {
    PACE.with_borrow_mut(|pace| pace.count(Instant::now(), took))
}

/// A bucket that passes fill and time empties.
struct Pace {
    owed: Duration,
    at: Instant,
}

impl Pace {
    fn count(&mut self, now: Instant, took: Duration) -> Duration {
        let paid = now.saturating_duration_since(self.at).mul_f64(SHARE);
        self.owed = (self.owed + took).saturating_sub(paid);
        self.at = now;
        self.owed.saturating_sub(AT_ONCE).div_f64(SHARE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Passes that take so long, with something to send all the time. The part of the time that they took.
    fn busy(feeds: u32, pass: Duration) -> f64 {
        let mut now = Instant::now();
        let (begun, mut pace) = (now, Pace { owed: Duration::ZERO, at: now });
        for _ in 0..1_000 {
            let mut rest = Duration::ZERO;
            for _ in 0..feeds {
                now += pass;
                rest = pace.count(now, pass);
            }
            now += rest;
        }
        f64::from(1_000 * feeds) * pass.as_secs_f64() / (now - begun).as_secs_f64()
    }

    #[test]
    fn a_third_of_the_time_is_left_whether_one_feed_is_large_or_many_are_small() {
        for (feeds, pass) in [(1, 25 * MS), (50, MS / 2), (1, 200 * MS)] {
            let part = busy(feeds, pass);
            assert!((0.6..0.7).contains(&part), "{feeds} passes of {pass:?} took {part}");
        }
    }

    #[test]
    fn a_room_of_a_few_hundred_never_waits() {
        let now = Instant::now();
        let mut pace = Pace { owed: Duration::ZERO, at: now };
        for frame in 1..1_000 {
            assert_eq!(pace.count(now + frame * 33 * MS, 2 * MS), Duration::ZERO);
        }
    }
}
