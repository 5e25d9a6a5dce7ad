//! What can be read of a discussion: snapshots for those who watch, the scene for those who speak.

use std::sync::Arc;

use super::Discussion;
use crate::domain::change::{CommandKey, Record};
use crate::domain::classroom::RoomView;
use crate::domain::ids::MessageId;
use crate::domain::message::{AuthorKind, Finish, Message, Status};
use crate::domain::prompt::{Line, Scene};
use crate::domain::protocol::{Audience, DiscussionView, SNAPSHOT_MESSAGES, Snapshot, TurnView};

/// Characters of transcript that a model is sent at most; older messages are left out.
const SCENE_CHARS: usize = 120_000;
/// Older messages are left out in steps of so many characters, so that the prefix a provider caches changes rarely.
const SCENE_STEP: usize = 40_000;

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
            room,
        }
        .encode(audience)
    }

    /// What a model is told was said. Refusals, failures and struck messages are left out: nobody said them.
    pub fn scene(&self) -> Scene {
        let lines: Vec<Line> = self.messages.iter().filter(|message| is_said(message)).map(line).collect();
        self.scene_of(lines)
    }

    /// What the running turn rests on: a version of an earlier message knows what came before that message, no more.
    pub fn turn_scene(&self) -> Scene {
        let Some(turn) = self.turn.as_ref().filter(|turn| turn.view.version > 1) else { return self.scene() };
        let before = self.messages.iter().take_while(|message| message.position < turn.view.position);
        let again = usize::try_from(turn.view.version - 1).unwrap_or_default();
        let so_far = turn.text[..turn.so_far].to_owned();
        Scene { again, so_far, ..self.scene_of(before.filter(|message| is_said(message)).map(line).collect()) }
    }

    fn scene_of(&self, lines: Vec<Line>) -> Scene {
        Scene { style: self.record.style, ..Scene::new(&self.record.topic, Arc::clone(&self.cast), recent(lines)) }
    }
}

fn is_said(message: &Message) -> bool {
    let spoken = !matches!(message.status, Status::Struck | Status::Failed | Status::Streaming);
    let by_someone = message.author.kind != AuthorKind::Notice;
    spoken && by_someone && message.finish != Some(Finish::Refusal) && !message.text.trim().is_empty()
}

fn line(message: &Message) -> Line {
    Line {
        message: message.id,
        speaker: message.author.id.clone(),
        name: message.author.name.clone(),
        text: message.text.clone(),
    }
}

/// The newest lines that fit; older ones are dropped in large steps.
fn recent(mut lines: Vec<Line>) -> Vec<Line> {
    let total: usize = lines.iter().map(|line| line.text.len()).sum();
    let excess = total.saturating_sub(SCENE_CHARS).div_ceil(SCENE_STEP) * SCENE_STEP;
    let mut dropped = 0;
    let keep_from = lines.iter().position(|line| {
        let enough = dropped >= excess;
        dropped += line.text.len();
        enough
    });
    lines.split_off(keep_from.unwrap_or_default())
}
