//! Fewer frames than tokens where many watch: deltas within an interval share a frame, the first goes out at once.

use std::time::{Duration, Instant};

use crate::domain::ids::MessageId;

/// Watchers up to whom `auto` sends one frame per chunk of the model.
const SMALL_ROOM: usize = 50;
const LARGE_ROOM_INTERVAL: Duration = Duration::from_millis(33);

/// Shortest time between two deltas of a discussion (`DELTA_INTERVAL_MS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeltaInterval {
    /// None with up to 50 watching, 33 ms with more.
    Auto,
    Fixed(Duration),
}

impl DeltaInterval {
    fn with(self, watching: usize) -> Duration {
        match self {
            Self::Fixed(interval) => interval,
            Self::Auto if watching <= SMALL_ROOM => Duration::ZERO,
            Self::Auto => LARGE_ROOM_INTERVAL,
        }
    }
}

/// The deltas that wait for their frame.
#[derive(Default)]
pub struct Coalescer {
    waiting: Option<Delta>,
    last: Option<Instant>,
}

/// A piece of the running turn's text; `from` in UTF-16 units.
#[derive(Debug, PartialEq, Eq)]
pub struct Delta {
    pub turn: MessageId,
    pub from: usize,
    pub text: String,
}

/// What to do with a new delta.
#[derive(Debug, PartialEq)]
pub enum Then {
    Send(Delta),
    /// The first that waits: flush after so long.
    FlushIn(Duration),
    Wait,
}

impl Coalescer {
    pub fn push(&mut self, now: Instant, interval: DeltaInterval, watching: usize, delta: Delta) -> Then {
        if let Some(waiting) = &mut self.waiting {
            waiting.text.push_str(&delta.text);
            return Then::Wait;
        }
        let interval = interval.with(watching);
        let since = self.last.map_or(interval, |last| now.duration_since(last));
        if since >= interval {
            self.last = Some(now);
            return Then::Send(delta);
        }
        self.waiting = Some(delta);
        Then::FlushIn(interval - since)
    }

    /// What waits, as one delta.
    pub fn flush(&mut self, now: Instant) -> Option<Delta> {
        let waiting = self.waiting.take()?;
        self.last = Some(now);
        Some(waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_goes_at_once_and_those_within_the_interval_share_a_frame() {
        let turn = MessageId::new();
        let interval = DeltaInterval::Fixed(Duration::from_millis(33));
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut deltas = Coalescer::default();
        let push = |deltas: &mut Coalescer, ms, from, text: &str| {
            deltas.push(at(ms), interval, 100, Delta { turn, from, text: text.to_owned() })
        };
        let sent = |from, text: &str| Delta { turn, from, text: text.to_owned() };
        assert_eq!(push(&mut deltas, 0, 0, "a"), Then::Send(sent(0, "a")));
        assert_eq!(push(&mut deltas, 10, 1, "b"), Then::FlushIn(Duration::from_millis(23)));
        assert_eq!(push(&mut deltas, 20, 2, "c"), Then::Wait);
        assert_eq!(deltas.flush(at(33)), Some(sent(1, "bc")));
        assert_eq!(deltas.flush(at(34)), None);
        assert_eq!(push(&mut deltas, 70, 3, "d"), Then::Send(sent(3, "d")));
    }

    #[test]
    fn a_small_room_gets_every_chunk() {
        let turn = MessageId::new();
        let mut deltas = Coalescer::default();
        for from in 0..3 {
            let then = deltas.push(Instant::now(), DeltaInterval::Auto, 50, Delta { turn, from, text: "x".to_owned() });
            assert!(matches!(then, Then::Send(_)));
        }
        assert!(matches!(
            deltas.push(Instant::now(), DeltaInterval::Auto, 51, Delta { turn, from: 3, text: "x".to_owned() }),
            Then::FlushIn(_)
        ));
    }
}
