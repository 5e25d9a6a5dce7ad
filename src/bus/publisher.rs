//! The discussion's end: whom to tell, and how many are watching.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use tokio::sync::mpsc::error::TrySendError;

use super::{Item, Link};
use crate::domain::protocol::{Audience, Event};

/// The links of one discussion.
#[derive(Default)]
pub struct Publisher {
    links: Vec<Link>,
}

impl Publisher {
    pub fn subscribe(&mut self, link: Link) {
        self.links.push(link);
    }

    /// Tells both audiences. Each event's JSON is made once for each audience that is there.
    pub fn publish(&mut self, event: &Event) {
        let seq = event.seq();
        let mut made: [Option<Bytes>; 2] = [None, None];
        for link in self.links.iter_mut().filter(|link| event.is_for(link.audience)) {
            let audience = if event.same_for_all() { Audience::Observer } else { link.audience };
            let json = made[audience as usize].get_or_insert_with(|| Bytes::from(event.encode(audience)));
            link.send(Item::Event { seq, json: json.clone() });
        }
        self.forget_the_gone();
    }

    /// Sends a snapshot through one link; `json` makes it for the link's audience. From here on nothing is lost again.
    pub fn snapshot(&mut self, link: u64, after: Option<i64>, seq: i64, json: impl FnOnce(Audience) -> String) {
        if let Some(link) = self.links.iter_mut().find(|other| other.id == link) {
            // The feed may read past the gap before it looks at `lost` again: the snapshot itself says what it closes.
            let torn = link.shared.lost.swap(false, Ordering::AcqRel);
            link.send(Item::Snapshot { after, seq, json: Bytes::from(json(link.audience)), torn });
        }
    }

    /// Disconnects an audience, or everyone.
    pub fn close(&mut self, audience: Option<Audience>, code: u16) {
        for link in self.links.iter_mut().filter(|link| audience.is_none_or(|audience| audience == link.audience)) {
            link.close(code);
        }
    }

    /// How many are watching: observers and hosts.
    pub fn watchers(&self) -> (usize, usize) {
        let count = |audience| {
            let links = self.links.iter().filter(|link| link.audience == audience);
            links.map(|link| link.shared.watchers.load(Ordering::Relaxed)).sum()
        };
        (count(Audience::Observer), count(Audience::Host))
    }

    /// Nobody is watching.
    pub fn is_alone(&mut self) -> bool {
        self.forget_the_gone();
        self.links.is_empty()
    }

    fn forget_the_gone(&mut self) {
        self.links.retain(|link| !link.items.is_closed());
    }
}

impl Link {
    /// Whoever is behind is disconnected all the same, only without what they missed.
    fn close(&mut self, code: u16) {
        let _ = self.shared.closed.compare_exchange(0, code, Ordering::AcqRel, Ordering::Acquire);
        // Full: there is enough to wake the feed, which looks at the code.
        let _ = self.items.try_send(Item::Close);
    }

    /// Never waits. A full channel means that this worker is far behind: it is told to ask for a snapshot.
    fn send(&mut self, item: Item) {
        if self.shared.lost.load(Ordering::Acquire) {
            return;
        }
        if let Err(TrySendError::Full(_)) = self.items.try_send(item) {
            self.shared.lost.store(true, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::CHANNEL_ITEMS;

    #[test]
    fn a_snapshot_behind_a_loss_says_so_once() {
        let mut publisher = Publisher::default();
        let (link, mut items, shared, id) = Link::pair(Audience::Observer);
        publisher.subscribe(link);
        let presence = Event::Presence { observers: 1, hosts: 1 };
        (0..=CHANNEL_ITEMS).for_each(|_| publisher.publish(&presence));
        assert!(shared.lost.load(Ordering::Acquire));
        publisher.snapshot(id, None, 1, |_| "{}".into());
        assert!(shared.lost.load(Ordering::Acquire), "there was no room for it either");
        while items.try_recv().is_ok_and(|item| matches!(item, Item::Event { .. })) {}
        for torn in [true, false] {
            publisher.snapshot(id, None, 1, |_| "{}".into());
            assert!(matches!(items.try_recv(), Ok(Item::Snapshot { torn: told, .. }) if told == torn));
        }
        assert!(!shared.lost.load(Ordering::Acquire));
    }
}
