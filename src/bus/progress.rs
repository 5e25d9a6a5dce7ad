//! How far a reader is: what was sent, and what they have confirmed by answering a ping that came behind it.
//!
//! The kernel takes a hundred kilobytes for a phone that sleeps, and the phone would wake to all of it. So no more is sent than a
//! reader could soon have read; when they go on, they get what they missed as one piece, or a snapshot.

use std::cell::Cell;

/// Bytes that may be on their way without a word from the reader.
const UNREAD: u64 = 64 * 1024;
/// Bytes after which the reader is asked (again).
const ASK_EVERY: u64 = 32 * 1024;

/// Shared by who sends and who hears the answers.
#[derive(Debug, Default)]
pub struct Progress {
    sent: Cell<u64>,
    asked: Cell<u64>,
    /// `None`: they never answered such a question, and are not waited for.
    confirmed: Cell<Option<u64>>,
}

impl Progress {
    /// So many bytes more were sent. What to ask the reader now, if it is time.
    pub fn sent(&self, bytes: usize) -> Option<u64> {
        let sent = self.sent.get() + bytes as u64;
        self.sent.set(sent);
        let due = self.asked.get() == 0 || sent - self.asked.get() >= ASK_EVERY;
        due.then(|| self.asked.replace(sent)).map(|_| sent)
    }

    /// The reader answered a ping that carried this; others carry nothing.
    pub fn answered(&self, ping: &[u8]) {
        let Ok(bytes) = ping.try_into().map(u64::from_be_bytes) else { return };
        if bytes <= self.sent.get() {
            self.confirmed.set(self.confirmed.get().max(Some(bytes)));
        }
    }

    /// Too much is on its way already.
    pub fn is_held(&self) -> bool {
        self.confirmed.get().is_some_and(|confirmed| self.sent.get() - confirmed > UNREAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_answers_is_asked_every_so_often_and_waited_for() {
        let progress = Progress::default();
        assert_eq!(progress.sent(5_000), Some(5_000), "the snapshot");
        assert_eq!(progress.sent(10_000), None);
        progress.answered(&5_000_u64.to_be_bytes());
        assert_eq!(progress.sent(30_000), Some(45_000));
        assert!(!progress.is_held());
        progress.sent(30_000);
        assert!(progress.is_held());
        progress.answered(&45_000_u64.to_be_bytes());
        assert!(!progress.is_held());
    }

    #[test]
    fn who_never_answers_or_answers_anything_is_not_waited_for() {
        let progress = Progress::default();
        progress.sent(1_000_000);
        progress.answered(b"");
        progress.answered(b"a long answer");
        progress.answered(&2_000_000_u64.to_be_bytes());
        assert!(!progress.is_held());
    }
}
