//! What can be read of a discussion, and snapshots for those who watch.

use super::Discussion;
use crate::domain::change::{CommandKey, Record};
use crate::domain::classroom::RoomView;
use crate::domain::ids::MessageId;
use crate::domain::message::Message;
use crate::domain::protocol::{Audience, DiscussionView, RecapView, SNAPSHOT_MESSAGES, Snapshot, TurnView};

impl Discussion {
    pub fn record(&self) -> &Record {
        &self.record
    }

    pub fn view(&self) -> DiscussionView {
        DiscussionView { auto: self.auto, ..DiscussionView::of(&self.record) }
    }

    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The first `seq` of a command that took effect.
    pub fn find_command(&self, key: &CommandKey) -> Option<i64> {
        self.commands.get(key).copied()
    }

    /// Nothing is running and nothing waits.
    pub fn is_idle(&self) -> bool {
        self.turn.is_none() && self.pending.is_none() && self.line.is_empty()
    }

    /// The running turn with its text so far, also while it is still thinking.
    pub fn turn(&self) -> Option<TurnView> {
        let turn = self.turn.as_ref()?;
        let state = if turn.text.is_empty() { "thinking" } else { "speaking" };
        Some(TurnView { state: Some(state), text: Some(turn.text.clone()), ..turn.view.clone() })
    }

    /// Bytes that the running turn has said itself.
    pub fn said_bytes(&self) -> usize {
        self.turn.as_ref().map_or(0, |turn| turn.text.len() - turn.so_far)
    }

    /// The running turn's id, version and text, for writing it down on the way.
    pub fn checkpoint(&self) -> Option<(MessageId, i32, &str)> {
        let turn = self.turn.as_ref().filter(|turn| turn.end.is_none())?;
        Some((turn.view.id, turn.view.version, &turn.text))
    }

    /// A snapshot as JSON. With `after`, only what changed since, unless that is more than a whole one holds.
    pub fn snapshot(&self, audience: Audience, after: Option<i64>, room: RoomView) -> String {
        // The message that is being spoken again is told by its turn.
        let spoken = self.turn.as_ref().map(|turn| turn.view.id);
        let shown = || self.messages.iter().filter(move |message| Some(message.id) != spoken);
        let changed: Option<Vec<&Message>> = after
            .filter(|after| (0..=self.record.last_seq).contains(after))
            .map(|after| shown().filter(|message| message.seq > after).collect())
            .filter(|changed: &Vec<&Message>| changed.len() <= SNAPSHOT_MESSAGES);
        let whole = changed.is_none();
        let from = shown().count().saturating_sub(SNAPSHOT_MESSAGES);
        let messages = changed.unwrap_or_else(|| shown().skip(from).collect());
        let more_before = messages.first().filter(|_| from > 0 && whole).map(|first| first.position);
        Snapshot {
            seq: self.record.last_seq,
            after: after.filter(|_| !whole),
            discussion: self.view(),
            messages: &messages,
            more_before,
            turn: self.turn(),
            recap: self.recap().map(RecapView::of),
            room,
        }
        .encode(audience)
    }
}
