//! Who tries join codes: an address that guesses is slowed down, and the class behind the same address still comes in.
//!
//! A school has one address. So what counts is wrong codes: after 20 in a minute the address is answered 429 for wrong ones
//! for a minute, and everything from there waits its turn, 50 answers a second. Live codes queue apart from wrong ones, so
//! that who guesses does not delay who knows, and none of them is ever refused. A wrong one is not answered before its turn
//! either: an answer at once would say as much as the right one.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, rt};

use super::State;
use super::error::ApiError;
use super::extract::client_address;
use super::limit::{Limiter, counted};
use crate::store::Share;

const MINUTE: Duration = Duration::from_secs(60);
/// Wrong codes in a minute after which an address is taken to guess.
const MAX_WRONG: usize = 20;
/// Between two answers to such an address.
const PACE: Duration = Duration::from_millis(20);
/// The longest that a live code waits.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest that a wrong one waits: three thousand of them at once.
const LONGEST: Duration = MINUTE;
/// Addresses that are remembered; beyond, those that do not guess are forgotten, and then whoever comes first.
const MAX_ADDRESSES: usize = 50_000;

/// The live share of a code, once this address may know.
///
/// # Errors
/// 404 unknown, ended or malformed; 429 too many wrong ones, or more requests than `rate` allows.
pub async fn find(request: &HttpRequest, state: &State, code: &str, rate: &Limiter<IpAddr>) -> Result<Share, ApiError> {
    let address = counted(client_address(request));
    let share = state.shares.find(code);
    let Answer { wait, verdict } = state.guesses.knock(Instant::now(), address, share.is_some());
    if !wait.is_zero() {
        rt::time::sleep(wait).await;
    }
    match (verdict, share) {
        (Verdict::Known, Some(share)) => rate.check(&address).map(|()| share),
        // Slowed down already: the limit on joins would let a guesser lock the class out.
        (Verdict::Waited, Some(share)) => Ok(share),
        (Verdict::TooMany(wait), _) => Err(ApiError::RateLimited(wait)),
        (Verdict::Known | Verdict::Waited, None) | (Verdict::Wrong, _) => {
            Err(ApiError::NotHere("No discussion is open under this code. Look at the code again; it may have ended."))
        }
    }
}

/// How an address is answered, and after which wait.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    wait: Duration,
    verdict: Verdict,
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// A live code from an address that does not guess.
    Known,
    /// A live code from one that does.
    Waited,
    Wrong,
    /// Wrong, once too often; come back after so long.
    TooMany(Duration),
}

/// The wrong codes of every address.
#[derive(Default)]
pub struct Guesses(Mutex<HashMap<IpAddr, Guesser>>);

#[derive(Default)]
struct Guesser {
    /// When wrong codes came, in the last minute.
    wrong: VecDeque<Instant>,
    /// Until when the address is taken to guess.
    until: Option<Instant>,
    live: Lane,
    others: Lane,
}

/// Answers one after the other.
#[derive(Default)]
struct Lane {
    free_at: Option<Instant>,
}

impl Guesses {
    fn knock(&self, now: Instant, address: IpAddr, live: bool) -> Answer {
        let mut addresses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if live && !addresses.contains_key(&address) {
            return Answer { wait: Duration::ZERO, verdict: Verdict::Known };
        }
        if addresses.len() >= MAX_ADDRESSES {
            addresses.retain(|_, guesser| guesser.guesses(now));
            // A flood from everywhere: half are forgotten at once, so that the next ones cost nothing.
            if addresses.len() > MAX_ADDRESSES / 2 {
                let mut keep = false;
                addresses.retain(|_, _| {
                    keep = !keep;
                    keep
                });
            }
        }
        let answer = addresses.entry(address).or_default().knock(now, live);
        if addresses.get(&address).is_some_and(|guesser| guesser.is_clear(now)) {
            addresses.remove(&address);
        }
        answer
    }
}

impl Guesser {
    fn guesses(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    fn is_clear(&self, now: Instant) -> bool {
        self.wrong.is_empty() && !self.guesses(now)
    }

    fn knock(&mut self, now: Instant, live: bool) -> Answer {
        while self.wrong.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            self.wrong.pop_front();
        }
        match (self.until.filter(|until| now < *until), live) {
            (None, true) => Answer { wait: Duration::ZERO, verdict: Verdict::Known },
            (None, false) => {
                self.wrong.push_back(now);
                if self.wrong.len() >= MAX_WRONG {
                    self.wrong.clear();
                    self.until = Some(now + MINUTE);
                    // Those that were answered at once count too.
                    self.others.free_at = Some(now + PACE * u32::try_from(MAX_WRONG).expect("twenty"));
                }
                Answer { wait: Duration::ZERO, verdict: Verdict::Wrong }
            }
            (Some(_), true) => Answer { wait: self.live.wait(now, PATIENCE), verdict: Verdict::Waited },
            (Some(until), false) => {
                let wait = self.others.wait(now, LONGEST);
                Answer { wait, verdict: Verdict::TooMany(until.duration_since(now)) }
            }
        }
    }
}

impl Lane {
    /// Takes the next place; how long until its turn, at most `longest`.
    fn wait(&mut self, now: Instant, longest: Duration) -> Duration {
        let turn = self.free_at.map_or(now, |free| free.max(now)).min(now + longest);
        self.free_at = Some(turn + PACE);
        turn - now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHOOL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));
    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 8));

    /// An address that has just been found guessing.
    fn guessing(now: Instant) -> Guesses {
        let guesses = Guesses::default();
        for _ in 0..MAX_WRONG {
            assert_eq!(guesses.knock(now, SCHOOL, false), Answer { wait: Duration::ZERO, verdict: Verdict::Wrong });
        }
        guesses
    }

    #[test]
    fn after_twenty_wrong_codes_wrong_ones_are_refused_for_a_minute() {
        let now = Instant::now();
        let guesses = guessing(now);
        let refused = |at| matches!(guesses.knock(at, SCHOOL, false).verdict, Verdict::TooMany(_));
        assert!(refused(now) && refused(now + MINUTE - PACE));
        assert_eq!(guesses.knock(now + MINUTE, SCHOOL, false).verdict, Verdict::Wrong);
        assert_eq!(guesses.knock(now, HOME, false).verdict, Verdict::Wrong, "somebody else's address is not concerned");
    }

    #[test]
    fn twenty_wrong_codes_in_an_hour_are_typing_errors() {
        let (guesses, start) = (Guesses::default(), Instant::now());
        for minute in 0..60 {
            assert_eq!(guesses.knock(start + MINUTE * minute, SCHOOL, false).verdict, Verdict::Wrong);
        }
    }

    #[test]
    fn a_live_code_opens_from_there_and_waits_for_no_wrong_one() {
        let now = Instant::now();
        let guesses = guessing(now);
        for _ in 0..2_000 {
            guesses.knock(now, SCHOOL, false);
        }
        for place in 0..1_000 {
            let Answer { wait, verdict } = guesses.knock(now, SCHOOL, true);
            assert_eq!((verdict, wait), (Verdict::Waited, (PACE * place).min(PATIENCE)));
        }
    }

    #[test]
    fn who_guesses_is_answered_fifty_times_a_second() {
        let now = Instant::now();
        let guesses = guessing(now);
        let waits: Vec<Duration> = (0..1_000).map(|_| guesses.knock(now, SCHOOL, false).wait).collect();
        let within = |second| {
            let begin = Duration::from_secs(second);
            waits.iter().filter(|wait| **wait >= begin && **wait < begin + Duration::from_secs(1)).count()
        };
        assert_eq!(MAX_WRONG + within(0), 50, "with those before");
        assert!((1..20).all(|second| within(second) == 50));
    }

    #[test]
    fn a_line_that_was_long_is_forgotten_when_all_are_served() {
        let now = Instant::now();
        let guesses = guessing(now);
        for _ in 0..2_000 {
            guesses.knock(now, SCHOOL, true);
        }
        let later = now + PATIENCE + PACE;
        assert_eq!(guesses.knock(later, SCHOOL, true).wait, Duration::ZERO);
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        for number in 0..=u32::try_from(MAX_ADDRESSES).expect("fits") {
            let address = IpAddr::from(number.to_be_bytes());
            for _ in 0..MAX_WRONG {
                guesses.knock(now, address, false);
            }
        }
        assert!(guesses.0.lock().expect("not poisoned").len() <= MAX_ADDRESSES / 2 + 2);
    }

    #[test]
    fn who_knows_the_code_leaves_no_trace() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        assert_eq!(guesses.knock(now, SCHOOL, true).verdict, Verdict::Known);
        assert!(guesses.0.lock().expect("not poisoned").is_empty());
        guesses.knock(now, SCHOOL, false);
        guesses.knock(now + MINUTE, SCHOOL, true);
        assert!(guesses.0.lock().expect("not poisoned").is_empty());
    }
}
