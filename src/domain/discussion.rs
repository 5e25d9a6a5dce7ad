//! The discussion as a state machine: one input at a time, and what must happen next. No clock, no socket, no database.
//!
//! Commit, then tell: a change becomes true when `Committed` answers its `Commit`; until then every other input that changes
//! something waits in line. Deltas are the one exception: they are the running turn, not yet a change. An input that belongs
//! to a turn carries the turn's id; when that turn is over it has no effect.

mod ending;
mod input;
mod pose;
mod read;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::change::{Change, CommandKey, Commit, Committed, EndedTurn, Record};
use super::character::Character;
use super::ids::{CharacterId, MessageId};
use super::message::{Author, Message, Status};
use super::order::{Floor, named};
use super::protocol::{Event, TurnView, seats};
use super::text::{Moment, utf16_len};

use ending::{counts, ended_turn};
pub use input::{Accepted, Command, Effect, Ending, EndingKind, Input, Origin, Posed, Refusal};

pub struct Discussion {
    record: Record,
    cast: Arc<[Character]>,
    /// In order of position; the running turn's is not among them.
    messages: Vec<Message>,
    turn: Option<Turn>,
    /// The commit under way.
    pending: Option<Pending>,
    /// Inputs that wait for the commit under way.
    line: VecDeque<Input>,
    /// What took effect lately, by its client's name for it.
    commands: HashMap<CommandKey, i64>,
    closing: bool,
}

struct Turn {
    view: TurnView,
    text: String,
    /// Length of `text` in UTF-16 units.
    units: usize,
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
    key: Option<CommandKey>,
    origin: Option<Origin>,
}

impl Discussion {
    /// A discussion as the database has it. `commands` are the recent ones that took effect.
    pub fn restore(record: Record, messages: Vec<Message>, commands: HashMap<CommandKey, i64>) -> Self {
        let cast = record.participants.iter().map(|participant| participant.character.clone()).collect();
        Self { record, cast, messages, turn: None, pending: None, line: VecDeque::new(), commands, closing: false }
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
            Input::Close => self.close(),
            Input::Command { origin, key, command } => self.command(origin, key, command),
        }
    }

    fn command(&mut self, origin: Origin, key: Option<CommandKey>, command: Command) -> Vec<Effect> {
        if let Some(seq) = key.as_ref().and_then(|key| self.commands.get(key)) {
            return vec![accept(origin, Accepted { seq: Some(*seq), turn: None })];
        }
        match command {
            // Stop does not wait: the provider's connection is closed now.
            Command::Stop { turn } => self.stop(origin, key, turn),
            command if self.pending.is_some() => {
                self.line.push_back(Input::Command { origin, key, command });
                vec![]
            }
            Command::Next { fresh, character } => self.next(origin, key, fresh, character),
            Command::Say { fresh, text } => self.say(origin, key, fresh, text),
            Command::Pose(posed) => self.pose(origin, key, posed),
            Command::Edit { title, turn_order } => {
                self.commit(Pending { change: Change::Edit { title, turn_order }, floor: None, key, origin: Some(origin) })
            }
        }
    }

    fn next(
        &mut self,
        origin: Origin,
        key: Option<CommandKey>,
        fresh: MessageId,
        character: Option<CharacterId>,
    ) -> Vec<Effect> {
        if self.closing {
            return vec![refuse(origin, Refusal::Closing)];
        }
        if self.turn.is_some() {
            return vec![refuse(origin, Refusal::TurnInProgress)];
        }
        let speaker = match character {
            Some(id) => self.cast.iter().find(|c| c.id == id).ok_or(Refusal::UnknownCharacter),
            None => {
                let next = self.record.floor.next(self.record.turn_order, &seats(&self.record.participants));
                self.cast.iter().find(|c| Some(&c.id) == next.as_ref()).ok_or(Refusal::EveryoneMuted)
            }
        };
        match speaker {
            Err(refusal) => vec![refuse(origin, refusal)],
            Ok(speaker) => {
                let author = Author::character(speaker.id.clone(), &speaker.name);
                let change = Change::StartTurn { message: fresh, author, version: 1 };
                self.commit(Pending { change, floor: None, key, origin: Some(origin) })
            }
        }
    }

    fn say(&mut self, origin: Origin, key: Option<CommandKey>, fresh: MessageId, text: String) -> Vec<Effect> {
        let called = named(&text, &seats(&self.record.participants)).cloned();
        let floor = called.map(|called| Floor { called: Some(called), ..self.record.floor.clone() });
        let change = Change::Say { message: fresh, author: Author::host(), text };
        self.commit(Pending { change, floor, key, origin: Some(origin) })
    }

    fn stop(&mut self, origin: Origin, key: Option<CommandKey>, turn: Option<MessageId>) -> Vec<Effect> {
        match &self.turn {
            Some(now) if now.end.is_none() && turn.is_none_or(|turn| turn == now.view.id) => {
                let ending = Ending { kind: EndingKind::Stopped, usage: None };
                self.end(now.view.id, ending, key, Some(origin))
            }
            // Over already, or never begun: what was asked for is so.
            _ => vec![accept(origin, Accepted::default())],
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
        if counts(&end.change) {
            floor.spoke(&turn.view.character_id, &seats(&self.record.participants), turn.called_meanwhile);
        }
        let End { change, key, origin } = end;
        self.commit(Pending { change: Change::EndTurn(change), floor: Some(floor), key, origin })
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

    /// Makes a committed change true, and tells it.
    fn apply(&mut self, pending: Pending, committed: Committed) -> Vec<Effect> {
        let Committed { seq, at, .. } = committed;
        let position = committed.position.unwrap_or_default();
        self.record.last_seq = seq;
        self.record.updated_at = at;
        let floor_changed = pending.floor.is_some();
        if let Some(floor) = pending.floor {
            self.record.floor = floor;
        }
        let origin = pending.origin;
        let mut effects = match pending.change {
            Change::StartTurn { message, author, version } => {
                return self.begin_turn(message, author, version, committed, origin);
            }
            Change::EndTurn(end) => vec![self.finish_turn(end, seq)],
            Change::Say { message, author, text } => {
                if let Some(turn) = self.turn.as_mut().filter(|_| floor_changed) {
                    turn.called_meanwhile = true;
                }
                let message = whole_message(message, author, text, seq, position, at);
                self.record.message_count += 1;
                self.keep(message.clone());
                vec![Effect::Tell(Event::Message { seq, message })]
            }
            Change::Pose { message, text, votes, .. } => self.posed(message, text, votes, &committed, floor_changed),
            Change::Edit { title, turn_order } => {
                self.record.title = title.unwrap_or_else(|| std::mem::take(&mut self.record.title));
                self.record.turn_order = turn_order.unwrap_or(self.record.turn_order);
                vec![self.tell_discussion()]
            }
        };
        if floor_changed {
            effects.push(self.tell_discussion());
        }
        effects.extend(origin.map(|origin| accept(origin, accepted(&committed))));
        effects
    }

    fn begin_turn(
        &mut self,
        message: MessageId,
        author: Author,
        version: i32,
        committed: Committed,
        origin: Option<Origin>,
    ) -> Vec<Effect> {
        let Some(speaker) = author.id else { return vec![] };
        let view = TurnView {
            id: message,
            character_id: speaker.clone(),
            name: author.name,
            version,
            position: committed.position.unwrap_or_default(),
            started_at: committed.at,
            state: None,
            text: None,
        };
        self.record.message_count += i64::from(version == 1);
        self.turn = Some(Turn { view: view.clone(), text: String::new(), units: 0, called_meanwhile: false, end: None });
        let mut effects = vec![Effect::Tell(Event::TurnStarted { seq: committed.seq, turn: view })];
        let accepted = Accepted { seq: Some(committed.seq), turn: Some(message) };
        effects.extend(origin.map(|origin| accept(origin, accepted)));
        match self.closing {
            // The server began to stop while the turn's row was being written.
            true => effects.extend(self.close()),
            false => effects.push(Effect::Speak { turn: message, speaker }),
        }
        effects
    }

    fn finish_turn(&mut self, end: EndedTurn, seq: i64) -> Effect {
        let turn = self.turn.take().expect("a turn's end is committed only while it is there");
        let message = Message {
            id: end.message,
            seq,
            position: turn.view.position,
            author: Author::character(turn.view.character_id, &turn.view.name),
            text: end.text,
            status: end.status,
            finish: end.finish,
            version: end.version,
            created_at: turn.view.started_at,
            usage: end.usage,
            error: end.error,
            votes: None,
        };
        self.keep(message.clone());
        Effect::Tell(Event::TurnEnded { seq, message })
    }

    fn commit_failed(&mut self) -> Vec<Effect> {
        let Some(pending) = self.pending.take() else { return vec![] };
        let mut effects: Vec<Effect> = match pending.change {
            // The words are not given up: they stay in memory and their commit is tried again.
            Change::EndTurn(_) => vec![Effect::RetryLater],
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

    fn keep(&mut self, message: Message) {
        let at = self.messages.partition_point(|other| other.position < message.position);
        match self.messages.get_mut(at) {
            Some(same) if same.id == message.id => *same = message,
            _ => self.messages.insert(at, message),
        }
    }

    fn running(&mut self, turn: MessageId) -> Option<&mut Turn> {
        self.turn.as_mut().filter(|now| now.view.id == turn && now.end.is_none())
    }

    fn tell_discussion(&self) -> Effect {
        Effect::Tell(Event::Discussion { seq: self.record.last_seq, discussion: Box::new(self.view()) })
    }
}

fn whole_message(id: MessageId, author: Author, text: String, seq: i64, position: i64, at: Moment) -> Message {
    Message {
        id,
        seq,
        position,
        author,
        text,
        status: Status::Complete,
        finish: None,
        version: 1,
        created_at: at,
        usage: None,
        error: None,
        votes: None,
    }
}

fn accepted(committed: &Committed) -> Accepted {
    Accepted { seq: Some(committed.seq), turn: None }
}

fn accept(origin: Origin, accepted: Accepted) -> Effect {
    Effect::Reply { origin, result: Ok(accepted) }
}

fn refuse(origin: Origin, refusal: Refusal) -> Effect {
    Effect::Reply { origin, result: Err(refusal) }
}

#[cfg(test)]
mod tests;
