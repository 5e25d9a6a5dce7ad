//! A provider in trouble is asked last. Shared by all discussions: what one has learned spares the others the wait.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// So many failures in a row within [`WITHIN`] mean trouble.
const FAILURES: usize = 5;
const WITHIN: Duration = Duration::from_secs(60);
/// After so long a provider in trouble is tried in its own place again.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Closed: asked in its place. Open: another one is asked first. It never keeps anyone from asking where there is no other.
#[derive(Default)]
pub struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    /// Failures since the last success, the oldest first.
    failures: Vec<Instant>,
    opened: Option<Instant>,
}

impl Breaker {
    pub fn is_open(&self) -> bool {
        self.state().is_open(Instant::now())
    }

    pub fn succeeded(&self) {
        *self.state() = State::default();
    }

    /// `at_once`: the key or the quota is at fault, which no second try mends.
    pub fn failed(&self, at_once: bool) {
        self.state().failed(at_once, Instant::now());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_open(&self, now: Instant) -> bool {
        self.opened.is_some_and(|opened| now.duration_since(opened) < AGAIN_AFTER)
    }

    fn failed(&mut self, at_once: bool, now: Instant) {
        self.failures.retain(|at| now.duration_since(*at) <= WITHIN);
        self.failures.push(now);
        // One that was in trouble and is tried again has not recovered: it waits as long again.
        if at_once || self.opened.is_some() || self.failures.len() >= FAILURES {
            self.opened = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_in_a_row_open_it_and_a_success_closes_it() {
        let breaker = Breaker::default();
        (0..4).for_each(|_| breaker.failed(false));
        breaker.succeeded();
        (0..4).for_each(|_| breaker.failed(false));
        assert!(!breaker.is_open());
        breaker.failed(false);
        assert!(breaker.is_open());
        breaker.succeeded();
        assert!(!breaker.is_open());
        breaker.failed(true);
        assert!(breaker.is_open(), "a wrong key opens it at once");
    }

    #[test]
    fn old_failures_do_not_count_and_trouble_is_looked_at_again() {
        let (mut state, begin) = (State::default(), Instant::now());
        for n in 0..8 {
            state.failed(false, begin + Duration::from_secs(20) * n);
        }
        let now = begin + Duration::from_secs(140);
        assert!(!state.is_open(now));
        state.failed(true, now);
        assert!(state.is_open(now) && !state.is_open(now + AGAIN_AFTER));
        let tried = now + AGAIN_AFTER * 2;
        state.failed(false, tried);
        assert!(state.is_open(tried), "one failure is enough while it has not recovered");
    }
}
