//! Correcting: another version of a message, other words for it, or none.

use super::*;
use crate::domain::change::VersionKind;
use crate::domain::message::{AuthorKind, Finish};

impl Discussion {
    pub(super) fn regenerate(&mut self, message: MessageId) -> Result<Pending, Refusal> {
        self.can_be_spoken_again(message)?;
        let kind = VersionKind::Regenerated;
        Ok(Pending::of(Change::StartVersion { message, text: String::new(), kind }))
    }

    pub(super) fn continue_turn(&mut self, message: MessageId) -> Result<Pending, Refusal> {
        let said = self.can_be_spoken_again(message)?;
        let cut_off = matches!(said.status, Status::Stopped | Status::Interrupted) || said.finish == Some(Finish::Length);
        if !cut_off || said.text.trim().is_empty() {
            return Err(Refusal::NotCutOff);
        }
        let mut text = said.text.clone();
        if text.ends_with(['.', '!', '?', '…']) {
            // The next sentence is another one, whatever the model begins with.
            text.push(' ');
        }
        Ok(Pending::of(Change::StartVersion { message, text, kind: VersionKind::Continued }))
    }

    fn can_be_spoken_again(&self, message: MessageId) -> Result<&Message, Refusal> {
        self.may_speak()?;
        let said = self.message(message).ok_or(Refusal::UnknownMessage)?;
        if said.status == Status::Struck {
            return Err(Refusal::Struck);
        }
        let speaker = match &said.author {
            Author { kind: AuthorKind::Character, id: Some(id), .. } => id,
            _ => return Err(Refusal::NotACharacters),
        };
        // Also who has left the table.
        match self.record.figures().any(|character| character.id == *speaker) {
            true => Ok(said),
            false => Err(Refusal::UnknownCharacter),
        }
    }

    pub(super) fn strike(&mut self, message: MessageId, reason: Option<String>) -> Result<Option<Pending>, Refusal> {
        if self.turn.as_ref().is_some_and(|turn| turn.view.id == message) {
            // Its end could not be written down yet.
            return Err(Refusal::StorageUnavailable);
        }
        let said = self.message(message).ok_or(Refusal::UnknownMessage)?;
        match said.status {
            Status::Struck => Ok(None),
            _ => Ok(Some(Pending::of(Change::Strike { message, reason }))),
        }
    }

    pub(super) fn edit_message(
        &mut self,
        message: MessageId,
        text: String,
        reason: Option<String>,
    ) -> Result<Option<Pending>, Refusal> {
        if self.turn.as_ref().is_some_and(|turn| turn.view.id == message) {
            return Err(Refusal::TurnInProgress);
        }
        let said = self.message(message).ok_or(Refusal::UnknownMessage)?;
        match said.status {
            Status::Struck => Err(Refusal::Struck),
            _ if said.text == text => Ok(None),
            _ => Ok(Some(Pending::of(Change::EditMessage { message, text, reason }))),
        }
    }

    /// Whether the running turn is the first to say something: a version of what was said already takes nobody's turn.
    pub(super) fn speaks_first(&self, turn: &Turn) -> bool {
        self.message(turn.view.id).is_none_or(|before| before.status == Status::Failed)
    }
}
