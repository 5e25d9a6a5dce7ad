//! Who speaks next. No model ever decides it.

use serde::{Deserialize, Serialize};

use super::ids::CharacterId;
use super::message::words;

words!(
    /// How turns go round.
    TurnOrder {
        /// In each round everyone who is not muted speaks once, nobody twice in a row.
        Balanced = "balanced",
        /// Always the next seat.
        RoundRobin = "round_robin",
    }
);

/// A seat at the table, as turn-taking sees it.
#[derive(Debug, Clone, Copy)]
pub struct Seat<'a> {
    pub id: &'a CharacterId,
    pub name: &'a str,
    pub muted: bool,
}

/// Who has the floor: all that turn-taking remembers. Kept with every commit, so that a restart changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Floor {
    /// Who has spoken in this round.
    #[serde(default)]
    pub heard: Vec<CharacterId>,
    /// Who spoke last.
    #[serde(default)]
    pub last: Option<CharacterId>,
    /// Whom the host (or a class question) named: speaks next, even if heard already.
    #[serde(default)]
    pub called: Option<CharacterId>,
}

impl Floor {
    /// Who would speak if *Next Response* were pressed now; `None` if everyone is muted.
    pub fn next(&self, order: TurnOrder, seats: &[Seat]) -> Option<CharacterId> {
        let open: Vec<&CharacterId> = seats.iter().filter(|seat| !seat.muted).map(|seat| seat.id).collect();
        if let Some(called) = self.called.as_ref().filter(|called| open.contains(called)) {
            return Some(called.clone());
        }
        let next = match order {
            TurnOrder::Balanced => self.next_balanced(&open),
            TurnOrder::RoundRobin => self.next_seat(seats),
        };
        next.or(open.first().copied()).cloned()
    }

    /// The first seat not heard this round; in a new round the first. Nobody twice in a row unless alone.
    fn next_balanced<'a>(&self, open: &[&'a CharacterId]) -> Option<&'a CharacterId> {
        let not_last = |id: &&&CharacterId| self.last.as_ref() != Some(**id);
        let unheard = |id: &&&CharacterId| !self.heard.contains(**id);
        let fresh = open.iter().filter(not_last).find(unheard);
        fresh.or_else(|| open.iter().find(not_last)).copied()
    }

    /// The next open seat after the one that spoke last.
    fn next_seat<'a>(&self, seats: &[Seat<'a>]) -> Option<&'a CharacterId> {
        let last = self.last.as_ref()?;
        let after = seats.iter().position(|seat| seat.id == last)? + 1;
        seats[after..].iter().chain(&seats[..after]).find(|seat| !seat.muted).map(|seat| seat.id)
    }

    /// The table has changed: who has left is forgotten, and if everyone left was heard a new round begins.
    pub fn settle(&mut self, seats: &[Seat]) {
        self.heard.retain(|id| seats.iter().any(|seat| seat.id == id));
        self.called = self.called.take().filter(|called| seats.iter().any(|seat| seat.id == called));
        self.end_round(seats);
    }

    /// A table where everyone is muted ends no round: it goes on with the first who may speak again.
    fn end_round(&mut self, seats: &[Seat]) {
        let mut open = seats.iter().filter(|seat| !seat.muted).peekable();
        if open.peek().is_some() && open.all(|seat| self.heard.contains(seat.id)) {
            self.heard.clear();
        }
    }

    /// Somebody has spoken. A round ends when everyone who is not muted was heard.
    ///
    /// `keep_call`: the call came while this turn was running, so it is still to be answered.
    pub fn spoke(&mut self, who: &CharacterId, seats: &[Seat], keep_call: bool) {
        if !self.heard.contains(who) {
            self.heard.push(who.clone());
        }
        self.end_round(seats);
        self.last = Some(who.clone());
        if self.called.as_ref() == Some(who) && !keep_call {
            self.called = None;
        }
    }
}

/// The one participant whom a host's message names; `None` when it names nobody or several.
///
/// A name counts in full or by its last part in any case, by its first part as it is written. Where two seats share a
/// part ("White Hat", "Black Hat") only the whole name counts.
pub fn named<'a>(text: &str, seats: &[Seat<'a>]) -> Option<&'a CharacterId> {
    let mut found = seats.iter().filter(|seat| is_named(text, seat, seats)).map(|seat| seat.id);
    match (found.next(), found.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

fn is_named(text: &str, seat: &Seat, seats: &[Seat]) -> bool {
    let shared = |part: &str| {
        let holders = seats.iter().filter(|other| other.name.split_whitespace().any(|p| p.eq_ignore_ascii_case(part)));
        holders.count() > 1
    };
    let lower = text.to_lowercase();
    let alone = |part: &&str| part.chars().count() >= 3 && !shared(part);
    let first = seat.name.split_whitespace().next().filter(alone);
    let last = seat.name.split_whitespace().last().filter(alone);
    contains_word(&lower, &seat.name.to_lowercase())
        || last.is_some_and(|last| contains_word(&lower, &last.to_lowercase()))
        || first.is_some_and(|first| contains_word(text, first))
}

/// Whether `word` stands in `text` with no letter or digit on either side.
fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Vec<CharacterId> {
        names.iter().map(|name| name.parse().expect("a slug")).collect()
    }

    fn seats<'a>(ids: &'a [CharacterId], names: &'a [&'a str]) -> Vec<Seat<'a>> {
        ids.iter().zip(names).map(|(id, name)| Seat { id, name, muted: false }).collect()
    }

    const NAMES: [&str; 3] = ["John Dewey", "Maria Montessori", "Paulo Freire"];

    #[test]
    fn a_round_hears_everyone_once() {
        let ids = ids(&["dewey", "montessori", "freire"]);
        let seats = seats(&ids, &NAMES);
        let mut floor = Floor::default();
        let mut spoken = vec![];
        for _ in 0..7 {
            let next = floor.next(TurnOrder::Balanced, &seats).expect("someone");
            floor.spoke(&next, &seats, false);
            spoken.push(next.as_str().to_owned());
        }
        assert_eq!(spoken.join(" "), "dewey montessori freire dewey montessori freire dewey");
    }

    #[test]
    fn a_call_comes_before_the_round_and_is_answered_once() {
        let ids = ids(&["dewey", "montessori", "freire"]);
        let seats = seats(&ids, &NAMES);
        let mut floor = Floor::default();
        floor.spoke(&ids[0], &seats, false);
        floor.called = Some(ids[0].clone());
        assert_eq!(floor.next(TurnOrder::Balanced, &seats).as_ref(), Some(&ids[0]));
        floor.spoke(&ids[0], &seats, false);
        assert_eq!(floor.next(TurnOrder::Balanced, &seats).as_ref(), Some(&ids[1]));
    }

    #[test]
    fn nobody_speaks_twice_in_a_row_unless_alone() {
        let ids = ids(&["dewey", "montessori"]);
        let mut seats = seats(&ids, &NAMES);
        let mut floor = Floor::default();
        floor.spoke(&ids[1], &seats, false);
        floor.spoke(&ids[0], &seats, false); // the round is over, Dewey spoke last
        assert_eq!(floor.next(TurnOrder::Balanced, &seats).as_ref(), Some(&ids[1]));
        seats[1].muted = true;
        assert_eq!(floor.next(TurnOrder::Balanced, &seats).as_ref(), Some(&ids[0]));
        seats[0].muted = true;
        assert_eq!(floor.next(TurnOrder::Balanced, &seats), None);
    }

    #[test]
    fn round_robin_takes_the_next_open_seat() {
        let ids = ids(&["dewey", "montessori", "freire"]);
        let mut seats = seats(&ids, &NAMES);
        seats[2].muted = true;
        let mut floor = Floor::default();
        assert_eq!(floor.next(TurnOrder::RoundRobin, &seats).as_ref(), Some(&ids[0]));
        floor.spoke(&ids[1], &seats, false);
        assert_eq!(floor.next(TurnOrder::RoundRobin, &seats).as_ref(), Some(&ids[0]));
    }

    #[test]
    fn a_message_that_names_one_calls_that_one() {
        let ids = ids(&["dewey", "montessori", "freire"]);
        let seats = seats(&ids, &NAMES);
        let who = |text| named(text, &seats).map(CharacterId::as_str);
        assert_eq!(who("Freire, what would you say?"), Some("freire"));
        assert_eq!(who("and maria montessori?"), Some("montessori"));
        assert_eq!(who("Paulo?"), Some("freire"));
        assert_eq!(who("Is Dewey's point fair?"), Some("dewey"));
        assert_eq!(who("Dewey or Freire?"), None);
        assert_eq!(who("Deweyan thinking"), None);
    }

    #[test]
    fn a_shared_part_of_a_name_calls_nobody() {
        let ids = ids(&["white-hat", "black-hat"]);
        let seats = seats(&ids, &["White Hat", "Black Hat"]);
        assert_eq!(named("I take off my hat", &seats), None);
        assert_eq!(named("Now the black hat, please", &seats), Some(&ids[1]));
    }
}
