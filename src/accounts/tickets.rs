//! Tickets for the live events: each lets one connection in, once, within half a minute.
//!
//! In memory: a restart voids them, and clients fetch new ones. Several instances will share them behind the same trait.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Credential;
use crate::auth::random_secret;
use crate::domain::ids::DiscussionId;
use crate::domain::protocol::Person;

/// How long a ticket can be used.
pub const TICKET_LIFE: Duration = Duration::from_secs(30);
/// Tickets that may wait at once; beyond, the oldest go.
const MAX_TICKETS: usize = 100_000;

/// What a ticket admits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    pub person: Person,
    /// What a host is known by; observers have nothing.
    pub credential: Option<Credential>,
    pub discussion: DiscussionId,
}

/// Where tickets are given out and taken.
pub trait Tickets: Send + Sync {
    fn issue(&self, ticket: Ticket) -> String;
    /// What the ticket admits to, the first time it is shown and while its time lasts.
    fn redeem(&self, code: &str) -> Option<Ticket>;
}

/// The tickets of this process.
#[derive(Default)]
pub struct LocalTickets(Mutex<Drawer>);

#[derive(Default)]
struct Drawer {
    open: HashMap<String, (Ticket, Instant)>,
    /// In the order in which they end.
    ends: VecDeque<(Instant, String)>,
}

impl Tickets for LocalTickets {
    fn issue(&self, ticket: Ticket) -> String {
        self.issue_at(Instant::now(), ticket)
    }

    fn redeem(&self, code: &str) -> Option<Ticket> {
        self.redeem_at(Instant::now(), code)
    }
}

impl LocalTickets {
    fn issue_at(&self, now: Instant, ticket: Ticket) -> String {
        let code = random_secret();
        let end = now + TICKET_LIFE;
        let mut drawer = self.drawer();
        drawer.tidy(now);
        drawer.open.insert(code.clone(), (ticket, end));
        drawer.ends.push_back((end, code.clone()));
        code
    }

    fn redeem_at(&self, now: Instant, code: &str) -> Option<Ticket> {
        let mut drawer = self.drawer();
        let found = drawer.open.remove(code);
        drawer.tidy(now);
        found.filter(|(_, end)| now < *end).map(|(ticket, _)| ticket)
    }

    fn drawer(&self) -> std::sync::MutexGuard<'_, Drawer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drawer {
    /// Throws away what has ended or was used, and the oldest when there are too many. Most are used in the order in which they
    /// were given out, so those used are in front.
    fn tidy(&mut self, now: Instant) {
        while self.ends.len() >= MAX_TICKETS
            || self.ends.front().is_some_and(|(end, code)| *end <= now || !self.open.contains_key(code))
        {
            if let Some((_, code)) = self.ends.pop_front() {
                self.open.remove(&code);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::UserId;

    fn ticket() -> Ticket {
        let credential = Some(Credential::Login(uuid::Uuid::from_u128(1)));
        Ticket { person: Person::Host(UserId::new()), credential, discussion: DiscussionId::new() }
    }

    #[test]
    fn a_ticket_opens_once_and_only_what_it_was_made_for() {
        let (tickets, given) = (LocalTickets::default(), ticket());
        let code = tickets.issue(given);
        assert_eq!(tickets.redeem("another"), None);
        assert_eq!(tickets.redeem(&code), Some(given));
        assert_eq!(tickets.redeem(&code), None);
    }

    #[test]
    fn a_ticket_ends_after_half_a_minute() {
        let (tickets, now) = (LocalTickets::default(), Instant::now());
        let (early, late) = (tickets.issue_at(now, ticket()), tickets.issue_at(now, ticket()));
        assert!(tickets.redeem_at(now + TICKET_LIFE - Duration::from_millis(1), &early).is_some());
        assert!(tickets.redeem_at(now + TICKET_LIFE, &late).is_none());
    }

    #[test]
    fn used_tickets_leave_nothing() {
        let tickets = LocalTickets::default();
        let codes: Vec<String> = (0..100).map(|_| tickets.issue(ticket())).collect();
        assert!(codes.iter().all(|code| tickets.redeem(code).is_some()));
        assert_eq!(tickets.drawer().ends.len(), 0);
    }

    #[test]
    fn unused_tickets_do_not_pile_up() {
        let (tickets, now) = (LocalTickets::default(), Instant::now());
        (0..100).for_each(|_| drop(tickets.issue_at(now, ticket())));
        tickets.issue_at(now + TICKET_LIFE, ticket());
        assert_eq!(tickets.drawer().open.len(), 1);
        assert_eq!(tickets.drawer().ends.len(), 1);
    }
}
