//! The ring alone, item by item, in the order in which they can come off the channel.

use bytes::Bytes;
use tokio::sync::Notify;

use super::ring::Ring;
use crate::bus::Item;
use crate::bus::frame::Framing;

fn event(number: u32) -> Item {
    Item::Event { seq: None, json: Bytes::from(format!("{{\"number\":{number}}}")) }
}

fn snapshot(torn: bool) -> Item {
    Item::Snapshot { after: None, seq: 1, json: Bytes::from_static(b"{}"), torn }
}

#[test]
fn nobody_reads_past_a_gap_that_a_snapshot_for_somebody_else_has_closed() {
    let mut ring = Ring::default();
    ring.take(event(0));
    let reader = ring.next();
    ring.take(event(1));
    // Here something was lost. The discussion heard it before this feed did, and sent on behind a snapshot.
    ring.take(snapshot(true));
    ring.take(event(3));
    assert!(reader < ring.first, "who was in front of the gap waits for a snapshot");
    let (at, _) = ring.snapshot(None, &Notify::new()).expect("it is there");
    assert_eq!((at, ring.next()), (ring.first, ring.first + 1), "and goes on right behind it");
}

#[test]
fn a_snapshot_for_those_who_join_sends_nobody_back() {
    let mut ring = Ring::default();
    let reader = ring.next();
    ring.take(event(0));
    ring.take(snapshot(false));
    ring.take(event(1));
    assert!(reader >= ring.first);
    assert_eq!(ring.read(reader, Framing::Sse), "data: {\"number\":0}\n\ndata: {\"number\":1}\n\n");
}
