//! The discussion as a state machine: one input at a time, and what must happen next. No clock, no socket, no database.
//!
//! Commit, then tell: a change becomes true when `Committed` answers its `Commit`; until then every other input that changes
//! something waits in line. Deltas are the one exception: they are the running turn, not yet a change. An input that belongs
//! to a turn carries the turn's id; when that turn is over it has no effect.

mod apply;
mod correct;
mod direct;
mod ending;
mod input;
mod memory;
mod pose;
mod read;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::change::{Change, CommandKey, Commit, Committed, EndedTurn, Participant, Record};
use super::character::Character;
use super::ids::{CharacterId, MessageId};
use super::message::{Author, Message, Status, Usage};
use super::order::{Floor, named};
use super::protocol::{AutoView, Event, TurnView, seats};
use super::text::utf16_len;

use apply::accepted;
use ending::{counts, ended_turn};
pub use input::{Accepted, Command, Effect, Ending, EndingKind, Input, Limit, Origin, Posed, Refusal, Wanted};
use memory::Memory;
pub use memory::{DueRecap, INPUT_TOKENS};

pub struct Discussion {
    record: Record,
    cast: Arc<[Character]>,
    /// In order of position; the running turn's is not among them.
    messages: Vec<Message>,
    turn: Option<Turn>,
    /// Turns that follow by themselves. Nobody's promise: it ends with the memory.
    auto: Option<AutoView>,
    /// The commit under way.
    pending: Option<Pending>,
    /// Inputs that wait for the commit under way.
    line: VecDeque<Input>,
    /// What took effect lately, by its client's name for it.
    commands: HashMap<CommandKey, i64>,
    closing: bool,
    memory: Memory,
}

struct Turn {
    view: TurnView,
    text: String,
    /// Bytes of `text` that it goes on from: said by an earlier version.
    so_far: usize,
    /// Length of `text` in UTF-16 units.
    units: usize,
    /// What it has used so far, as the rim reckons it: for a turn whose voice will not tell any more.
    reckoned: Option<Usage>,
    /// A host's message called somebody while this turn was running.
    called_meanwhile: bool,
    /// Set once the turn is over; it stays until its end is committed.
    end: Option<End>,
}

#[derive(Clone)]
struct End {
    change: EndedTurn,
    key: Option<CommandKey>,
    origin: Option<Origin>,
}

struct Pending {
    change: Change,
    floor: Option<Floor>,
    seats: Option<Vec<Participant>>,
    /// The turns that follow by themselves after the change, if it is about them.
    auto: Option<AutoView>,
    key: Option<CommandKey>,
    origin: Option<Origin>,
}

impl Discussion {
    /// A discussion as the database has it. `commands` are the recent ones that took effect.
    pub fn restore(record: Record, mut messages: Vec<Message>, commands: HashMap<CommandKey, i64>) -> Self {
        let cast = cards(&record.participants);
        for struck in messages.iter_mut().filter(|message| message.status == Status::Struck) {
            struck.text.clear();
        }
        Self {
            record,
            cast,
            messages,
            turn: None,
            auto: None,
            pending: None,
            line: VecDeque::new(),
            commands,
            closing: false,
            memory: Memory::default(),
        }
    }

    /// Takes one input and says what must happen next, in this order.
    pub fn step(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Delta { turn, text } => self.hear(turn, text),
            Input::Aside { turn, code, text, retry_after_ms } => match self.running(turn) {
                Some(_) => vec![Effect::Tell(Event::Notice { code, text, turn: Some(turn), retry_after_ms })],
                None => vec![],
            },
            Input::Ended { turn, ending } => self.end(turn, ending, None, None),
            Input::Committed(committed) => self.committed(committed),
            Input::CommitFailed => self.commit_failed(),
            Input::Retry => self.commit_end(),
            Input::GoOn { fresh, at } => self.go_on_by_itself(fresh, at),
            Input::EndAuto { code, text } => self.end_auto(code, text),
            Input::Close => self.close(),
            Input::Command { origin, key, command } => self.command(origin, key, command),
        }
    }

    fn command(&mut self, origin: Origin, key: Option<CommandKey>, command: Command) -> Vec<Effect> {
        if let Some(seq) = key.as_ref().and_then(|key| self.commands.get(key)) {
            return vec![accept(origin, Accepted { seq: Some(*seq), turn: None })];
        }
        match command {
            // Stop does not wait: the provider's connection is closed now. Nor does striking what is being spoken.
            Command::Stop { turn } => self.stop(origin, key, turn),
            Command::Strike { message, reason } if self.running(message).is_some() => {
                let ending = Ending { kind: EndingKind::Struck(reason), usage: None };
                self.end(message, ending, key, Some(origin))
            }
            command if self.pending.is_some() => {
                self.line.push_back(Input::Command { origin, key, command });
                vec![]
            }
            command => match self.decide(command) {
                Ok(Some(pending)) => self.commit(Pending { key, origin: Some(origin), ..pending }),
                // What was asked for is so.
                Ok(None) => vec![accept(origin, Accepted::default())],
                Err(refusal) => vec![refuse(origin, refusal)],
            },
        }
    }

    /// What a command changes, if it may.
    fn decide(&mut self, command: Command) -> Result<Option<Pending>, Refusal> {
        match command {
            Command::Next { fresh, character } => self.next(fresh, character).map(Some),
            Command::Say { fresh, text } => Ok(Some(self.say(fresh, text))),
            Command::Pose(posed) => self.pose(posed).map(Some),
            Command::Stop { .. } => Ok(None),
            Command::Auto { turns, until } => self.begin_auto(turns, until).map(Some),
            Command::Regenerate { message } => self.regenerate(message).map(Some),
            Command::Continue { message } => self.continue_turn(message).map(Some),
            Command::Strike { message, reason } => self.strike(message, reason),
            Command::EditMessage { message, text, reason } => self.edit_message(message, text, reason),
            Command::Mute { character, muted } => self.mute(&character, muted),
            Command::Seat { fresh, wanted } => self.seat(fresh, wanted),
            Command::Edit(edit) => Ok(Some(Pending::of(Change::Edit(edit)))),
        }
    }

    /// Whether a turn could begin now.
    pub fn may_begin(&self, character: Option<CharacterId>) -> Result<(), Refusal> {
        self.next(MessageId::new(), character).map(drop)
    }

    fn next(&self, fresh: MessageId, character: Option<CharacterId>) -> Result<Pending, Refusal> {
        self.may_speak()?;
        let picked = character.is_some();
        let speaker = match character {
            Some(id) => self.cast.iter().find(|c| c.id == id).ok_or(Refusal::UnknownCharacter),
            None => {
                let next = self.record.floor.next(self.record.turn_order, &seats(&self.record.participants));
                self.cast.iter().find(|c| Some(&c.id) == next.as_ref()).ok_or(Refusal::EveryoneMuted)
            }
        }?;
        let author = Author::character(speaker.id.clone(), &speaker.name);
        let seats = match picked {
            true => self.unmuted(&speaker.id),
            false => None,
        };
        Ok(Pending { seats, ..Pending::of(Change::StartTurn { message: fresh, author }) })
    }

    /// No turn runs and the server stays.
    fn may_speak(&self) -> Result<(), Refusal> {
        match (self.closing, &self.turn) {
            (true, _) => Err(Refusal::Closing),
            (_, Some(_)) => Err(Refusal::TurnInProgress),
            _ => Ok(()),
        }
    }

    fn say(&mut self, fresh: MessageId, text: String) -> Pending {
        let called = named(&text, &seats(&self.record.participants)).cloned();
        let floor = called.map(|called| Floor { called: Some(called), ..self.record.floor.clone() });
        Pending { floor, ..Pending::of(Change::Say { message: fresh, author: Author::host(), text }) }
    }

    fn stop(&mut self, origin: Origin, key: Option<CommandKey>, turn: Option<MessageId>) -> Vec<Effect> {
        let running = self.turn.as_ref().filter(|now| now.end.is_none()).map(|now| now.view.id);
        let begins = |pending: &Pending| matches!(pending.change, Change::StartTurn { .. } | Change::StartVersion { .. });
        match running {
            Some(now) if turn.is_none_or(|turn| turn == now) => {
                let ending = Ending { kind: EndingKind::Stopped, usage: None };
                self.end(now, ending, key, Some(origin))
            }
            // A turn is about to begin or to follow: the stop waits until it has something to stop.
            _ if self.pending.as_ref().is_some_and(|pending| begins(pending) || self.auto.is_some()) => {
                self.line.push_back(Input::Command { origin, key, command: Command::Stop { turn } });
                vec![]
            }
            _ if self.auto.is_some() => self.commit(Pending { key, origin: Some(origin), ..Pending::of(Change::Auto) }),
            // Over already, or never begun: what was asked for is so.
            _ => vec![accept(origin, Accepted::default())],
        }
    }

    /// What the running turn has used so far.
    pub fn reckon(&mut self, used: Option<Usage>) {
        if let Some(turn) = self.turn.as_mut().filter(|turn| turn.end.is_none()) {
            turn.reckoned = used;
        }
    }

    fn hear(&mut self, turn: MessageId, text: String) -> Vec<Effect> {
        match self.running(turn) {
            Some(now) if !text.is_empty() => {
                let from = now.units;
                now.text.push_str(&text);
                now.units += utf16_len(&text);
                vec![Effect::Show { turn, from, text }]
            }
            _ => vec![],
        }
    }

    /// The turn is over: nothing more is heard, its end is committed as soon as the line allows.
    fn end(&mut self, turn: MessageId, ending: Ending, key: Option<CommandKey>, origin: Option<Origin>) -> Vec<Effect> {
        let Some(now) = self.running(turn) else { return vec![] };
        let change = ended_turn(now, ending);
        now.end = Some(End { change, key, origin });
        let mut effects = vec![Effect::Silence { turn }];
        effects.extend(self.commit_end());
        effects
    }

    fn commit_end(&mut self) -> Vec<Effect> {
        let Some(turn) = &self.turn else { return vec![] };
        let Some(end) = turn.end.clone() else { return vec![] };
        if self.pending.is_some() {
            // Committed as soon as the commit under way is answered.
            return vec![];
        }
        let mut floor = self.record.floor.clone();
        if counts(&end.change) && self.speaks_first(turn) {
            floor.spoke(&turn.view.character_id, &seats(&self.record.participants), turn.called_meanwhile);
        }
        let End { change, key, origin } = end;
        self.commit(Pending { floor: Some(floor), key, origin, ..Pending::of(Change::EndTurn(change)) })
    }

    fn close(&mut self) -> Vec<Effect> {
        self.closing = true;
        match self.turn.as_ref().map(|turn| turn.view.id) {
            Some(turn) => {
                let kind = EndingKind::Broken("ChatLab was restarted. Press Next Response to go on.".to_owned());
                self.end(turn, Ending { kind, usage: None }, None, None)
            }
            None => vec![],
        }
    }

    fn commit(&mut self, pending: Pending) -> Vec<Effect> {
        let commit = Commit {
            discussion: self.record.id,
            change: pending.change.clone(),
            floor: pending.floor.clone(),
            seats: pending.seats.clone(),
            command: pending.key.clone(),
        };
        self.pending = Some(pending);
        vec![Effect::Commit(commit)]
    }

    fn committed(&mut self, committed: Committed) -> Vec<Effect> {
        let Some(pending) = self.pending.take() else { return vec![] };
        if let Some(key) = pending.key.clone() {
            self.commands.insert(key, committed.seq);
        }
        let mut effects = match committed.repeated {
            // Took effect before this actor was woken: nothing is new.
            true => pending.origin.map(|origin| accept(origin, accepted(&committed))).into_iter().collect(),
            false => self.apply(pending, committed),
        };
        effects.extend(self.go_on());
        effects
    }

    fn commit_failed(&mut self) -> Vec<Effect> {
        let Some(pending) = self.pending.take() else { return vec![] };
        let mut effects: Vec<Effect> = match pending.change {
            // The words are not given up: they stay in memory and their commit is tried again.
            Change::EndTurn(_) => vec![Effect::RetryLater],
            Change::StartTurn { .. } if self.auto.take().is_some() => vec![self.tell_discussion()],
            _ => vec![],
        };
        if let Some(end) = self.turn.as_mut().and_then(|turn| turn.end.as_mut()) {
            end.origin = end.origin.filter(|waiting| Some(*waiting) != pending.origin);
        }
        effects.extend(pending.origin.map(|origin| refuse(origin, Refusal::StorageUnavailable)));
        effects.extend(self.go_on_behind_failure());
        effects
    }

    /// The commit under way is answered: a turn's end comes first, then the line.
    fn go_on(&mut self) -> Vec<Effect> {
        let mut effects = self.commit_end();
        effects.extend(self.go_on_behind_failure());
        effects
    }

    fn go_on_behind_failure(&mut self) -> Vec<Effect> {
        let mut effects = vec![];
        while self.pending.is_none() {
            let Some(input) = self.line.pop_front() else { break };
            effects.extend(self.step(input));
        }
        effects
    }

    fn running(&mut self, turn: MessageId) -> Option<&mut Turn> {
        self.turn.as_mut().filter(|now| now.view.id == turn && now.end.is_none())
    }

    fn tell_discussion(&self) -> Effect {
        Effect::Tell(Event::Discussion { seq: self.record.last_seq, discussion: Box::new(self.view()) })
    }
}

impl Pending {
    /// A change that touches nothing else, asked by nobody.
    fn of(change: Change) -> Self {
        Self { change, floor: None, seats: None, auto: None, key: None, origin: None }
    }
}

fn cards(participants: &[Participant]) -> Arc<[Character]> {
    participants.iter().map(|participant| participant.character.clone()).collect()
}

fn accept(origin: Origin, accepted: Accepted) -> Effect {
    Effect::Reply { origin, result: Ok(accepted) }
}

fn refuse(origin: Origin, refusal: Refusal) -> Effect {
    Effect::Reply { origin, result: Err(refusal) }
}

#[cfg(test)]
mod tests;
