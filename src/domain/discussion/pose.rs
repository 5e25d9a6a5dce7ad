//! A question of the class becomes a message, and somebody is called to answer it.

use super::{Discussion, Effect, Origin, Pending, Posed, Refusal, refuse, whole_message};
use crate::domain::change::{Change, CommandKey, Committed};
use crate::domain::ids::{CharacterId, MessageId};
use crate::domain::message::{Author, Message};
use crate::domain::order::{Floor, named};
use crate::domain::protocol::{Event, seats};

impl Discussion {
    /// Called is the one the host chose, else whom the question names, else nobody: then it is whose turn it is.
    pub(super) fn pose(&mut self, origin: Origin, key: Option<CommandKey>, posed: Posed) -> Vec<Effect> {
        let Posed { fresh, question, text, votes, character } = posed;
        let known = |id: &CharacterId| self.cast.iter().any(|character| character.id == *id);
        if character.as_ref().is_some_and(|id| !known(id)) {
            return vec![refuse(origin, Refusal::UnknownCharacter)];
        }
        let called = character.or_else(|| named(&text, &seats(&self.record.participants)).cloned());
        let floor = called.map(|called| Floor { called: Some(called), ..self.record.floor.clone() });
        let votes = i64::try_from(votes).unwrap_or(i64::MAX);
        let change = Change::Pose { message: fresh, question, text, votes };
        self.commit(Pending { change, floor, key, origin: Some(origin) })
    }

    /// Makes it true, and tells it.
    pub(super) fn posed(
        &mut self,
        message: MessageId,
        text: String,
        votes: i64,
        committed: &Committed,
        calls: bool,
    ) -> Vec<Effect> {
        if let Some(turn) = self.turn.as_mut().filter(|_| calls) {
            turn.called_meanwhile = true;
        }
        let (seq, at) = (committed.seq, committed.at);
        let position = committed.position.unwrap_or_default();
        let whole = whole_message(message, Author::audience(), text, seq, position, at);
        let message = Message { votes: Some(votes), ..whole };
        self.record.message_count += 1;
        self.keep(message.clone());
        vec![Effect::Tell(Event::Message { seq, message })]
    }
}
