//! How many sockets one user has open.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::ids::UserId;

/// Counts each user's sockets.
#[derive(Clone, Default)]
pub struct Seats(Arc<Mutex<HashMap<UserId, usize>>>);

struct Seat {
    user: UserId,
    seats: Seats,
}

impl Seats {
    /// A seat until it is dropped; `None` when the user has `max` already.
    pub fn take(&self, user: UserId, max: usize) -> Option<Box<dyn Any>> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(user).or_default();
        if *count >= max {
            return None;
        }
        *count += 1;
        Some(Box::new(Seat { user, seats: self.clone() }))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user);
            }
        }
    }
}
