//! Who has sockets open: how many one user has, and what each rests on.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::oneshot;

use crate::accounts::Credential;
use crate::domain::ids::UserId;

/// Longer than any connection.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// The open sockets of everybody who is known; observers are not.
#[derive(Clone, Default)]
pub struct Seats(Arc<Mutex<Table>>);

#[derive(Default)]
struct Table {
    next: u64,
    taken: HashMap<u64, Taken>,
    counts: HashMap<UserId, usize>,
}

struct Taken {
    user: UserId,
    credential: Credential,
    /// Dropped or used: whoever sits there has to go.
    leave: Option<oneshot::Sender<()>>,
}

/// Held as long as the connection lasts.
pub struct Seat {
    id: u64,
    seats: Seats,
    end: Option<SystemTime>,
    /// What the seat is waited for by, until somebody does.
    leave: Option<oneshot::Receiver<()>>,
}

impl Seats {
    /// A seat until it is dropped; `None` when the user has `max` already.
    pub fn take(&self, user: UserId, credential: Credential, max: usize) -> Option<Seat> {
        let mut table = self.table();
        let count = table.counts.entry(user).or_default();
        if *count >= max {
            return None;
        }
        *count += 1;
        table.next += 1;
        let id = table.next;
        let (sender, receiver) = oneshot::channel();
        let end = match credential {
            Credential::Until(end) => Some(UNIX_EPOCH + Duration::from_millis(end.unsigned_abs())),
            _ => None,
        };
        table.taken.insert(id, Taken { user, credential, leave: Some(sender) });
        Some(Seat { id, seats: self.clone(), end, leave: Some(receiver) })
    }

    /// What the open sockets rest on, each once.
    pub fn credentials(&self) -> HashSet<Credential> {
        self.table().taken.values().map(|taken| taken.credential).collect()
    }

    /// Asks those to go for whom this holds.
    pub fn clear(&self, gone: impl Fn(UserId, Credential) -> bool) {
        for taken in self.table().taken.values_mut() {
            if gone(taken.user, taken.credential)
                && let Some(leave) = taken.leave.take()
            {
                // An error: they are going already.
                let _ = leave.send(());
            }
        }
    }

    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Completes with true when whoever sits here has to go: called away, or at the end of what the seat rests on. Taken
    /// once, by whoever closes the connection.
    pub fn called_away(&mut self) -> impl Future<Output = bool> + use<> {
        let end = self.end.and_then(|end| end.duration_since(SystemTime::now()).ok());
        let left = self.end.map(|_| end.unwrap_or_default());
        let leave = self.leave.take();
        async move {
            let (Some(leave), Some(left)) = (leave, left.or(Some(FOREVER))) else { return false };
            // Called away, or its time is over. Dropped: the connection ended first.
            tokio::time::timeout(left, leave).await.map_or(true, |called| called.is_ok())
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = self.seats.table();
        let Some(taken) = table.taken.remove(&self.id) else { return };
        if let Some(count) = table.counts.get_mut(&taken.user) {
            *count -= 1;
            if *count == 0 {
                table.counts.remove(&taken.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn seats_are_counted_and_cleared_by_what_they_rest_on() {
        let (seats, user) = (Seats::default(), UserId::new());
        let (one, other) = (Credential::Login(Uuid::from_u128(1)), Credential::Login(Uuid::from_u128(2)));
        let mut first = seats.take(user, one, 2).expect("a seat");
        let mut second = seats.take(user, other, 2).expect("a seat");
        assert!(seats.take(user, one, 2).is_none(), "two are all");
        let (first_called, second_called) = (first.called_away(), second.called_away());
        seats.clear(|_, credential| credential == one);
        assert!(first_called.await);
        drop(first);
        assert_eq!(seats.credentials(), HashSet::from([other]));
        assert!(seats.take(user, one, 2).is_some());
        drop(second);
        assert!(!second_called.await, "it ended by itself");
        let mut over = seats.take(user, Credential::Until(0), 2).expect("a seat");
        assert!(over.called_away().await, "its time is over");
    }
}
