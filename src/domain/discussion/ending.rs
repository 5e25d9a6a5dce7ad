//! How a turn ends: what its message will be, and whether it counts.

use super::{Ending, EndingKind, Turn};
use crate::domain::change::EndedTurn;
use crate::domain::message::{Finish, Status};

/// How the turn's message will read.
pub(super) fn ended_turn(turn: &Turn, ending: Ending) -> EndedTurn {
    // What a turn went on from is nothing it said itself.
    let empty = turn.text[turn.so_far..].trim().is_empty();
    let mut reason = None;
    let (status, finish, error) = match ending.kind {
        EndingKind::Complete(Some(Finish::Refusal)) => (Status::Complete, Some(Finish::Refusal), None),
        EndingKind::Complete(_) if empty => {
            (Status::Failed, None, Some("The model said nothing. Press Next Response to try again.".to_owned()))
        }
        EndingKind::Complete(finish) => (Status::Complete, finish, None),
        EndingKind::Stopped => (Status::Stopped, None, None),
        EndingKind::Struck(why) => {
            reason = why;
            (Status::Struck, None, None)
        }
        EndingKind::Broken(why) if empty => (Status::Failed, None, Some(why)),
        EndingKind::Broken(why) => (Status::Interrupted, None, Some(why)),
    };
    let becomes_current = turn.view.version == 1
        || match status {
            Status::Complete | Status::Struck => true,
            Status::Stopped => !empty,
            _ => false,
        };
    EndedTurn {
        message: turn.view.id,
        version: turn.view.version,
        text: turn.text.clone(),
        status,
        finish,
        usage: ending.usage.or_else(|| turn.reckoned.clone()),
        error,
        reason,
        becomes_current,
    }
}

/// Whether a turn counts as having spoken: one that ended without text does not, a refusal does.
pub(super) fn counts(end: &EndedTurn) -> bool {
    !end.text.trim().is_empty() || end.finish == Some(Finish::Refusal)
}
