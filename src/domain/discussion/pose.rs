//! A question of the class becomes a message, and somebody is called to answer it.

use super::{Discussion, Pending, Posed, Refusal};
use crate::domain::change::Change;
use crate::domain::ids::CharacterId;
use crate::domain::order::{Floor, named};
use crate::domain::protocol::seats;

impl Discussion {
    /// Called is the one the host chose, else whom the question names, else nobody: then it is whose turn it is.
    pub(super) fn pose(&mut self, posed: Posed) -> Result<Pending, Refusal> {
        let Posed { fresh, question, text, votes, character } = posed;
        let known = |id: &CharacterId| self.cast.iter().any(|character| character.id == *id);
        if character.as_ref().is_some_and(|id| !known(id)) {
            return Err(Refusal::UnknownCharacter);
        }
        let picked = character.is_some();
        let called = character.or_else(|| named(&text, &seats(&self.record.participants)).cloned());
        // Whoever is picked by hand may speak again.
        let seats = picked.then(|| called.as_ref().and_then(|called| self.unmuted(called))).flatten();
        let votes = i64::try_from(votes).unwrap_or(i64::MAX);
        let floor = called.map(|called| Floor { called: Some(called), ..self.record.floor.clone() });
        Ok(Pending { floor, seats, ..Pending::of(Change::Pose { message: fresh, question, text, votes }) })
    }
}
