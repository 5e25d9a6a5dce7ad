//! What becomes of a committed change: it is made true here, and told.

use super::*;
use crate::domain::change::Edit;
use crate::domain::text::Moment;

impl Discussion {
    /// Makes a committed change true, and tells it.
    pub(super) fn apply(&mut self, pending: Pending, committed: Committed) -> Vec<Effect> {
        let Committed { seq, at, .. } = committed;
        self.record.last_seq = seq;
        self.record.updated_at = at;
        let called = pending.floor.as_ref().is_some_and(|floor| floor.called.is_some());
        let head_changed = pending.floor.is_some() || pending.seats.is_some();
        if let Some(floor) = pending.floor {
            self.record.floor = floor;
        }
        if let Some(seats) = pending.seats {
            self.cast = cards(&seats);
            self.keep_former(&seats);
            self.record.participants = seats;
        }
        let origin = pending.origin;
        let mut go_on = None;
        let mut effects = match pending.change {
            Change::StartTurn { message, author } => {
                self.record.message_count += 1;
                return self.begin_turn(message, author, String::new(), committed, (origin, head_changed));
            }
            Change::StartVersion { message, text, .. } => {
                let Some(author) = self.message(message).map(|message| message.author.clone()) else { return vec![] };
                return self.begin_turn(message, author, text, committed, (origin, head_changed));
            }
            Change::EndTurn(end) => {
                let (status, first) = (end.status, end.version == 1);
                let mut effects = vec![self.finish_turn(end, seq)];
                effects.extend(self.count_auto(status, first, at));
                go_on = self.auto.map(|_| false);
                effects
            }
            Change::Say { message, author, text } => {
                if let Some(turn) = self.turn.as_mut().filter(|_| called) {
                    turn.called_meanwhile = true;
                }
                vec![self.tell_new(message, author, text, None, committed)]
            }
            Change::Pose { message, text, votes, .. } => {
                if let Some(turn) = self.turn.as_mut().filter(|_| called) {
                    turn.called_meanwhile = true;
                }
                vec![self.tell_new(message, Author::audience(), text, Some(votes), committed)]
            }
            Change::EditMessage { message, text, .. } => self.tell_changed(message, seq, |message| {
                let version = committed.version.unwrap_or(message.version + 1);
                Message { text, version, status: Status::Complete, finish: None, usage: None, error: None, ..message }
            }),
            Change::Strike { message, .. } => self.tell_changed(message, seq, struck),
            Change::Seats { told } => told
                .map(|(message, text)| self.tell_new(message, Author::notice(), text, None, committed))
                .into_iter()
                .collect(),
            Change::Auto => {
                self.auto = pending.auto;
                go_on = self.auto.filter(|_| self.turn.is_none()).map(|_| true);
                vec![self.tell_discussion()]
            }
            Change::Edit(edit) => {
                self.edit(edit);
                vec![self.tell_discussion()]
            }
        };
        if head_changed {
            effects.push(self.tell_discussion());
        }
        effects.extend(origin.map(|origin| accept(origin, accepted(&committed))));
        effects.extend(go_on.filter(|_| !self.closing).map(|at_once| Effect::GoOn { at_once }));
        effects
    }

    /// Whoever leaves the table is kept if they said something, as the database does.
    fn keep_former(&mut self, seats: &[Participant]) {
        let before: Vec<Character> = self.record.participants.iter().map(|seat| seat.character.clone()).collect();
        let all = self.record.former.drain(..).chain(before);
        let stays = |id: &CharacterId| seats.iter().any(|seat| seat.character.id == *id);
        let spoke = |id: &CharacterId| self.messages.iter().any(|message| message.author.id.as_ref() == Some(id));
        let former: Vec<Character> = all.filter(|one| !stays(&one.id) && spoke(&one.id)).collect();
        self.record.former = former;
    }

    /// `asked`: who is to be answered, and whether the discussion itself changed too.
    fn begin_turn(
        &mut self,
        message: MessageId,
        author: Author,
        text: String,
        committed: Committed,
        asked: (Option<Origin>, bool),
    ) -> Vec<Effect> {
        let Some(speaker) = author.id else { return vec![] };
        let view = TurnView {
            id: message,
            character_id: speaker.clone(),
            name: author.name,
            version: committed.version.unwrap_or(1),
            position: committed.position.unwrap_or_default(),
            started_at: committed.at,
            state: None,
            text: None,
        };
        let (so_far, units) = (text.len(), utf16_len(&text));
        self.turn = Some(Turn {
            view: view.clone(),
            text: text.clone(),
            so_far,
            units,
            reckoned: None,
            called_meanwhile: false,
            end: None,
        });
        let mut effects = vec![Effect::Tell(Event::TurnStarted { seq: committed.seq, turn: view })];
        if !text.is_empty() {
            effects.push(Effect::Show { turn: message, from: 0, text });
        }
        let (origin, head_changed) = asked;
        if head_changed {
            effects.push(self.tell_discussion());
        }
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
        let before = self.message(end.message).cloned();
        let message = match before {
            // The new version did not become the current one: the message stands as it was.
            Some(before) if !end.becomes_current => Message { seq, ..before },
            before => Message {
                id: end.message,
                seq,
                position: turn.view.position,
                author: Author::character(turn.view.character_id, &turn.view.name),
                text: if end.status == Status::Struck { String::new() } else { end.text },
                status: end.status,
                finish: end.finish,
                version: end.version,
                created_at: before.map_or(turn.view.started_at, |before| before.created_at),
                usage: end.usage,
                error: end.error,
                votes: None,
            },
        };
        self.keep(message.clone());
        Effect::Tell(Event::TurnEnded { seq, message })
    }

    fn edit(&mut self, edit: Edit) {
        let record = &mut self.record;
        record.title = edit.title.unwrap_or_else(|| std::mem::take(&mut record.title));
        record.turn_order = edit.turn_order.unwrap_or(record.turn_order);
        record.style.length = edit.length.unwrap_or(record.style.length);
        record.style.level = edit.level.unwrap_or(record.style.level);
        record.archived = edit.archived.unwrap_or(record.archived);
    }

    fn tell_new(&mut self, id: MessageId, author: Author, text: String, votes: Option<i64>, committed: Committed) -> Effect {
        let Committed { seq, at, .. } = committed;
        self.record.message_count += 1;
        let whole = whole_message(id, author, text, seq, committed.position.unwrap_or_default(), at);
        let message = Message { votes, ..whole };
        self.keep(message.clone());
        Effect::Tell(Event::Message { seq, message })
    }

    fn tell_changed(&mut self, id: MessageId, seq: i64, change: impl FnOnce(Message) -> Message) -> Vec<Effect> {
        let Some(message) = self.message(id).cloned() else { return vec![] };
        let message = Message { seq, ..change(message) };
        self.keep(message.clone());
        vec![Effect::Tell(Event::Message { seq, message })]
    }

    pub(super) fn message(&self, id: MessageId) -> Option<&Message> {
        self.messages.iter().rev().find(|message| message.id == id)
    }

    fn keep(&mut self, message: Message) {
        let at = self.messages.partition_point(|other| other.position < message.position);
        match self.messages.get_mut(at) {
            Some(same) if same.id == message.id => *same = message,
            _ => self.messages.insert(at, message),
        }
    }
}

fn struck(message: Message) -> Message {
    Message { text: String::new(), status: Status::Struck, finish: None, error: None, ..message }
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

pub(super) fn accepted(committed: &Committed) -> Accepted {
    Accepted { seq: Some(committed.seq), turn: None }
}
