//! Directing: turns that follow by themselves, who sits at the table, who is muted.

use super::*;
use crate::domain::text::Moment;

/// Characters at the table.
const SEATS: std::ops::RangeInclusive<usize> = 1..=6;

impl Discussion {
    pub(super) fn begin_auto(&mut self, turns: u32, until: Option<Moment>) -> Result<Pending, Refusal> {
        if self.closing {
            return Err(Refusal::Closing);
        }
        let auto = Some(AutoView { turns_left: turns, until }).filter(|_| turns > 0);
        Ok(Pending { auto, ..Pending::of(Change::Auto) })
    }

    /// The next turn of those that follow by themselves, if nothing has come in between.
    pub(super) fn go_on_by_itself(&mut self, fresh: MessageId, at: Moment) -> Vec<Effect> {
        let Some(auto) = self.auto.filter(|_| self.turn.is_none() && !self.closing) else { return vec![] };
        if self.pending.is_some() {
            self.line.push_back(Input::GoOn { fresh, at });
            return vec![];
        }
        if auto.is_over(at) {
            return self.end_auto("auto_ended", "The time is over, so no further turn follows by itself.".to_owned());
        }
        match self.next(fresh, None) {
            Ok(pending) => self.commit(pending),
            Err(refusal) => self.end_auto(refusal.code(), refusal.message().to_owned()),
        }
    }

    /// Not by a host's command: nothing is written down, everyone is told why.
    pub(super) fn end_auto(&mut self, code: &'static str, text: String) -> Vec<Effect> {
        if self.auto.take().is_none() {
            return vec![];
        }
        vec![self.tell_discussion(), Effect::Tell(Event::Notice { code, text, turn: None, retry_after_ms: None })]
    }

    /// A turn has ended: counts it, and says whether another follows. One that went wrong is the last.
    pub(super) fn count_auto(&mut self, ended: Status, first: bool, at: Moment) -> Vec<Effect> {
        let Some(auto) = self.auto else { return vec![] };
        let left = auto.turns_left.saturating_sub(u32::from(first));
        let over = left == 0 || auto.is_over(at);
        self.auto = match ended {
            Status::Complete | Status::Struck if !over => Some(AutoView { turns_left: left, ..auto }),
            _ => None,
        };
        match ended {
            Status::Failed | Status::Interrupted => {
                let text = "The turn was cut off, so no further one follows by itself.".to_owned();
                vec![Effect::Tell(Event::Notice { code: "auto_ended", text, turn: None, retry_after_ms: None })]
            }
            _ => vec![],
        }
    }

    /// The seats with this one unmuted; `None` if it can speak already.
    pub(super) fn unmuted(&self, character: &CharacterId) -> Option<Vec<Participant>> {
        let muted = |seat: &Participant| seat.character.id == *character && seat.muted;
        self.record.participants.iter().any(muted).then(|| self.seats_with(character, false))
    }

    fn seats_with(&self, character: &CharacterId, muted: bool) -> Vec<Participant> {
        let mut seats = self.record.participants.clone();
        seats.iter_mut().filter(|seat| seat.character.id == *character).for_each(|seat| seat.muted = muted);
        seats
    }

    pub(super) fn mute(&mut self, character: &CharacterId, muted: bool) -> Result<Option<Pending>, Refusal> {
        let seat = self.record.participants.iter().find(|seat| seat.character.id == *character);
        if seat.ok_or(Refusal::UnknownCharacter)?.muted == muted {
            return Ok(None);
        }
        Ok(Some(self.settled(self.seats_with(character, muted), None)))
    }

    /// Makes the table as it is wanted: the order, who is muted, who joins and who leaves.
    pub(super) fn seat(&mut self, fresh: MessageId, wanted: Vec<Wanted>) -> Result<Option<Pending>, Refusal> {
        let twice = wanted.iter().enumerate().any(|(at, one)| wanted[..at].iter().any(|other| other.id == one.id));
        if twice || !SEATS.contains(&wanted.len()) {
            return Err(Refusal::WrongSeats);
        }
        let there = &self.record.participants;
        let mut seats = Vec::with_capacity(wanted.len());
        let mut told = vec![];
        for Wanted { id, muted, card } in wanted {
            let seat = match there.iter().find(|seat| seat.character.id == id) {
                Some(seat) => Participant { muted: muted.unwrap_or(seat.muted), ..seat.clone() },
                None => {
                    let character = card.ok_or(Refusal::UnknownCharacter)?;
                    told.push(format!("{} joins the discussion.", character.name));
                    Participant { character, muted: muted.unwrap_or_default() }
                }
            };
            seats.push(seat);
        }
        for gone in there.iter().filter(|seat| seats.iter().all(|stays| stays.character.id != seat.character.id)) {
            if self.turn.as_ref().is_some_and(|turn| turn.view.character_id == gone.character.id) {
                return Err(Refusal::TurnInProgress);
            }
            told.push(format!("{} leaves the discussion.", gone.character.name));
        }
        if seats == *there {
            return Ok(None);
        }
        let told = (!told.is_empty()).then(|| (fresh, told.join(" ")));
        Ok(Some(self.settled(seats, told)))
    }

    fn settled(&self, seats_after: Vec<Participant>, told: Option<(MessageId, String)>) -> Pending {
        let mut floor = self.record.floor.clone();
        floor.settle(&seats(&seats_after));
        Pending { floor: Some(floor), seats: Some(seats_after), ..Pending::of(Change::Seats { told }) }
    }
}
