//! Random histories of all commands: one turn at a time, every command answered once, fair rounds, and whoever only ever
//! heard events has what a fresh snapshot says.

use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::json;

use super::client::Client;
use super::sample::keep;
use super::*;
use crate::domain::change::Edit;
use crate::domain::ids::QuestionId;
use crate::domain::style::{Length, Level};

#[derive(Debug, Clone)]
pub(super) enum Press {
    Next(Option<usize>),
    Say(&'static str),
    Stop,
    Pose(&'static str, Option<usize>),
    Auto(u32, Option<i64>),
    GoOn,
    Regenerate(usize),
    Continue(usize),
    Strike(usize),
    EditMessage(usize),
    Mute(usize, bool),
    Seat(Vec<usize>),
    Edit(bool, &'static str),
    Hear(&'static str),
    End(u8),
    Late,
    DatabaseDown(bool),
    Retry,
    /// The client loses its connection.
    Away,
    /// It comes back and says how far it got.
    Back,
}

const NAMES: [&str; 5] = ["John Dewey", "Maria Montessori", "Paulo Freire", "Jean Piaget", "Lev Vygotsky"];

fn press() -> impl Strategy<Value = Press> {
    prop_oneof![
        5 => proptest::option::weighted(0.3, 0usize..5).prop_map(Press::Next),
        2 => proptest::sample::select(vec!["Hm.", "Freire, you?", "Dewey or Montessori?"]).prop_map(Press::Say),
        1 => Just(Press::Stop),
        1 => (proptest::sample::select(vec!["And who pays?", "Piaget, is that so?"]), proptest::option::weighted(0.5, 0usize..5))
            .prop_map(|(text, who)| Press::Pose(text, who)),
        1 => (0u32..4, proptest::option::weighted(0.3, 0i64..60)).prop_map(|(turns, until)| Press::Auto(turns, until)),
        3 => Just(Press::GoOn),
        2 => (0usize..8).prop_map(Press::Regenerate),
        1 => (0usize..8).prop_map(Press::Continue),
        1 => (0usize..8).prop_map(Press::Strike),
        1 => (0usize..8).prop_map(Press::EditMessage),
        1 => (0usize..5, any::<bool>()).prop_map(|(who, muted)| Press::Mute(who, muted)),
        1 => proptest::collection::vec(0usize..5, 0..5).prop_map(Press::Seat),
        1 => (any::<bool>(), proptest::sample::select(vec!["What is play for?", "Play, and work"]))
            .prop_map(|(short, title)| Press::Edit(short, title)),
        6 => proptest::sample::select(vec!["Play ", "é🎲", "\n"]).prop_map(Press::Hear),
        5 => (0u8..4).prop_map(Press::End),
        1 => Just(Press::Late),
        1 => any::<bool>().prop_map(Press::DatabaseDown),
        2 => Just(Press::Retry),
        1 => Just(Press::Away),
        2 => Just(Press::Back),
    ]
}

pub(super) fn history() -> impl Strategy<Value = Vec<Press>> {
    proptest::collection::vec(press(), 1..30)
}

/// Rounds as a watcher counts them: who has spoken since everyone was heard.
#[derive(Default)]
struct Rounds {
    heard: HashSet<CharacterId>,
    last: Option<CharacterId>,
}

impl Rounds {
    /// One speaks whose turn it was, neither named nor picked.
    fn begin(&self, speaker: &CharacterId, open: &HashSet<CharacterId>) {
        assert!(open.contains(speaker), "a muted one never speaks");
        assert!(!self.heard.contains(speaker) || open.len() == 1, "nobody speaks twice in a round");
        assert!(self.last.as_ref() != Some(speaker) || open.len() == 1, "nobody speaks twice in a row");
    }

    fn spoke(&mut self, speaker: CharacterId, open: &HashSet<CharacterId>) {
        self.heard.insert(speaker.clone());
        self.last = Some(speaker);
        self.settle(open);
    }

    fn settle(&mut self, open: &HashSet<CharacterId>) {
        if !open.is_empty() && open.is_subset(&self.heard) {
            self.heard.clear();
        }
    }
}

pub(super) struct Play {
    world: World,
    client: Client,
    rounds: Rounds,
    last: Option<MessageId>,
    away: bool,
    /// All that the client was told, as it was sent.
    pub(super) told: Vec<String>,
}

impl Play {
    fn new() -> Self {
        let (world, client) = (World::new(), Client::default());
        let mut play = Self { world, client, rounds: Rounds::default(), last: None, away: false, told: vec![] };
        play.tell(play.world.snapshot(None));
        play
    }

    /// A whole history, looked at on the way and at its end.
    pub(super) fn of(presses: Vec<Press>) -> Self {
        let mut play = Self::new();
        for (count, press) in presses.into_iter().enumerate() {
            play.press(press);
            play.hear();
            // A snapshot costs more than all the rest.
            if count % 10 == 9 {
                play.check();
            }
        }
        play.come_back();
        play.check();
        play.over();
        play
    }

    fn tell(&mut self, event: String) {
        self.client.apply(&serde_json::from_str(&event).unwrap());
        self.told.push(event);
    }

    fn come_back(&mut self) {
        if std::mem::take(&mut self.away) {
            self.tell(self.world.snapshot(Some(self.client.seq)));
        }
    }

    /// What a fresh client is told.
    pub(super) fn snapshot(&self) -> String {
        self.world.snapshot(None)
    }

    fn open(&self) -> HashSet<CharacterId> {
        let seats = self.world.discussion.record().participants.iter();
        seats.filter(|seat| !seat.muted).map(|seat| seat.character.id.clone()).collect()
    }

    fn message(&self, which: usize) -> MessageId {
        self.world.discussion.messages().get(which).map_or_else(MessageId::new, |message| message.id)
    }

    fn press(&mut self, press: Press) {
        let running = self.world.discussion.turn().map(|turn| turn.id);
        self.last = running.or(self.last);
        let fresh = MessageId::new();
        let chosen =
            !matches!(press, Press::Next(None) | Press::GoOn) || self.world.discussion.record().floor.called.is_some();
        let spoken = self.world.kept.len();
        let id = |who: usize| character(NAMES[who]).id;
        let world = &mut self.world;
        let command = match press {
            Press::Next(who) => Some(Command::Next { fresh, character: who.map(id) }),
            Press::Say(text) => Some(Command::Say { fresh, text: text.into() }),
            Press::Stop => Some(Command::Stop { turn: None }),
            Press::Pose(text, who) => Some(Command::Pose(Posed {
                fresh,
                question: QuestionId::new(),
                text: text.into(),
                votes: 3,
                character: who.map(id),
            })),
            Press::Auto(turns, until) => Some(Command::Auto { turns, until: until.map(Moment) }),
            Press::Regenerate(which) => Some(Command::Regenerate { message: self.message(which) }),
            Press::Continue(which) => Some(Command::Continue { message: self.message(which) }),
            Press::Strike(which) => Some(Command::Strike { message: self.message(which), reason: None }),
            Press::EditMessage(which) => {
                Some(Command::EditMessage { message: self.message(which), text: "Edited.".into(), reason: None })
            }
            Press::Mute(who, muted) => Some(Command::Mute { character: id(who), muted }),
            Press::Seat(who) => {
                let wanted = |who: usize| Wanted { id: id(who), muted: None, card: Some(character(NAMES[who])) };
                Some(Command::Seat { fresh, wanted: who.into_iter().map(wanted).collect() })
            }
            Press::Edit(short, title) => Some(Command::Edit(Edit {
                title: Some(title.into()),
                length: short.then_some(Length::Short),
                level: Some(if short { Level::Age10 } else { Level::Adult }),
                archived: Some(short),
                ..Edit::default()
            })),
            Press::GoOn => {
                world.go_on();
                None
            }
            Press::Hear(text) => {
                running.iter().for_each(|turn| world.hear(*turn, text));
                None
            }
            Press::End(kind) => {
                let kinds = [
                    EndingKind::Complete(None),
                    EndingKind::Complete(Some(Finish::Length)),
                    EndingKind::Complete(Some(Finish::Refusal)),
                    EndingKind::Broken("cut".into()),
                ];
                running.iter().for_each(|turn| world.end_with(*turn, kinds[usize::from(kind)].clone()));
                None
            }
            Press::Late => {
                if let Some(turn) = self.last.filter(|turn| running != Some(*turn)) {
                    world.hear(turn, "late");
                    world.end(turn);
                }
                None
            }
            Press::DatabaseDown(down) => {
                world.database_down = down;
                None
            }
            Press::Retry => {
                world.step(Input::Retry);
                None
            }
            Press::Away => {
                self.away = true;
                None
            }
            Press::Back => {
                self.come_back();
                None
            }
        };
        if let Some(command) = command {
            let begins = matches!(command, Command::Next { .. } | Command::Regenerate { .. } | Command::Continue { .. });
            let pressed = self.world.command(command);
            assert!(!begins || running.is_none() || pressed == Err(Refusal::TurnInProgress), "one turn at a time");
        }
        self.count_rounds(spoken, chosen);
    }

    /// Looks at what was committed by this press.
    fn count_rounds(&mut self, from: usize, chosen: bool) {
        let open = self.open();
        let kept = self.world.kept[from..].to_vec();
        for change in kept {
            match change {
                Change::StartTurn { author, .. } if !chosen => self.rounds.begin(&author.id.unwrap(), &open),
                Change::EndTurn(end) if counts(&end) => {
                    let message = self.world.message(end.message);
                    // A version of what was said already takes nobody's turn.
                    if end.version == 1 || self.world.discussion.record().floor.last == message.author.id {
                        let speaker = message.author.id.clone().unwrap();
                        self.rounds.last = Some(speaker.clone());
                        if end.version == 1 {
                            self.rounds.spoke(speaker, &open);
                        } else {
                            self.rounds.heard = self.world.discussion.record().floor.heard.iter().cloned().collect();
                        }
                    }
                }
                _ => {}
            }
        }
        let seated = &self.world.discussion.record().participants;
        self.rounds.heard.retain(|id| seated.iter().any(|seat| seat.character.id == *id));
        self.rounds.settle(&open);
    }

    fn hear(&mut self) {
        for effect in std::mem::take(&mut self.world.seen) {
            let event = match effect {
                Effect::Tell(event) => event,
                Effect::Show { turn, from, text } => Event::Delta { turn, from, text },
                _ => continue,
            };
            if !self.away {
                self.tell(event.encode(Audience::Host));
            }
        }
    }

    fn check(&mut self) {
        if !self.away {
            self.client.check(&serde_json::from_str(&self.snapshot()).unwrap());
        }
        let positions: Vec<i64> = self.world.discussion.messages().iter().map(|message| message.position).collect();
        assert!(positions.is_sorted());
        let struck = self.world.discussion.messages().iter().filter(|message| message.status == Status::Struck);
        assert!(struck.into_iter().all(|message| message.text.is_empty()));
    }

    fn over(&self) {
        let count = |wanted: fn(&Change) -> bool| self.world.kept.iter().filter(|change| wanted(change)).count();
        let starts = count(|change| matches!(change, Change::StartTurn { .. } | Change::StartVersion { .. }));
        let ends = count(|change| matches!(change, Change::EndTurn(_)));
        assert_eq!(starts - ends, usize::from(self.world.discussion.turn().is_some()));
        assert_eq!(self.client.discussion["auto"], json!(self.world.discussion.view().auto));
    }
}

/// 10,000 histories in four parts, so that they run side by side.
macro_rules! histories {
    ($($name:ident),+) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 2_500, ..ProptestConfig::default() })]
            $(
                #[test]
                fn $name(presses in history()) {
                    keep(stringify!($name), &Play::of(presses));
                }
            )+
        }
    };
}

histories!(histories_agree, histories_agree_again, histories_agree_once_more, histories_agree_at_last);
