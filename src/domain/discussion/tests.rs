//! Races are two-line tests here: one input, then another.

mod client;
mod correcting;
mod directing;
mod histories;
mod remembering;
mod sample;
mod stories;

use super::*;
use crate::domain::change::Participant;
use crate::domain::character::Color;
use crate::domain::classroom::{Classroom, Limits, Setup};
use crate::domain::ids::{CharacterId, DiscussionId, UserId};
use crate::domain::message::Finish;
use crate::domain::order::TurnOrder;
use crate::domain::protocol::Audience;
use crate::domain::style::Style;
use crate::domain::text::Moment;

/// A discussion with a database that keeps everything, or nothing while it is down.
struct World {
    discussion: Discussion,
    seq: i64,
    /// The messages in order of position, with how many versions each has.
    rows: Vec<(MessageId, i32)>,
    database_down: bool,
    /// Effects other than commits, in order.
    seen: Vec<Effect>,
    /// Commits that were answered.
    kept: Vec<Change>,
    origin: Origin,
}

fn character(name: &str) -> Character {
    let id: CharacterId = name.to_lowercase().replace(' ', "-").parse().unwrap();
    let color = Color { light: "#000000".into(), dark: "#ffffff".into() };
    let text = serde_json::json!({"id": id, "pack": "test", "name": name, "color": color});
    serde_json::from_value(text).unwrap()
}

impl World {
    fn snapshot(&self, after: Option<i64>) -> String {
        let limits = Limits { questions_per_watcher: 1, questions: 1 };
        let class = Classroom::restore(Setup::default(), vec![], limits);
        self.discussion.snapshot(Audience::Host, after, class.view(Audience::Host))
    }

    fn new() -> Self {
        let names = ["John Dewey", "Maria Montessori", "Paulo Freire"];
        let participants = names.map(|name| Participant { character: character(name), muted: false }).into();
        let record = Record {
            id: DiscussionId::new(),
            owner: UserId::new(),
            topic: "What is play for?".into(),
            title: "What is play for?".into(),
            turn_order: TurnOrder::Balanced,
            style: Style::default(),
            archived: false,
            forked_from: None,
            rehearsal: false,
            participants,
            former: vec![],
            floor: Floor::default(),
            last_seq: 0,
            message_count: 0,
            created_at: Moment(0),
            updated_at: Moment(0),
        };
        Self {
            discussion: Discussion::restore(record, vec![], HashMap::new()),
            seq: 0,
            rows: vec![],
            database_down: false,
            seen: vec![],
            kept: vec![],
            origin: 0,
        }
    }

    /// One input, and every commit it leads to.
    fn step(&mut self, input: Input) {
        let effects = self.discussion.step(input);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Commit(_) if self.database_down => {
                    let effects = self.discussion.step(Input::CommitFailed);
                    self.carry_out(effects);
                }
                Effect::Commit(commit) => {
                    let answer = self.answer(&commit.change);
                    self.kept.push(commit.change);
                    let effects = self.discussion.step(Input::Committed(answer));
                    self.carry_out(effects);
                }
                other => self.seen.push(other),
            }
        }
    }

    fn answer(&mut self, change: &Change) -> Committed {
        self.seq += 1;
        let (position, version) = match change {
            Change::StartTurn { message, .. }
            | Change::Say { message, .. }
            | Change::Pose { message, .. }
            | Change::Seats { told: Some((message, _)) } => {
                self.rows.push((*message, 1));
                (Some(self.rows.len()), None)
            }
            Change::StartVersion { message, .. } | Change::EditMessage { message, .. } => {
                let at = self.rows.iter().position(|row| row.0 == *message).expect("the message is there");
                self.rows[at].1 += 1;
                (Some(at + 1), Some(self.rows[at].1))
            }
            Change::Strike { message, .. } => (self.rows.iter().position(|row| row.0 == *message).map(|at| at + 1), None),
            Change::EndTurn(_) | Change::Seats { told: None } | Change::Auto | Change::Edit(_) => (None, None),
        };
        let position = position.map(|position| i64::try_from(position).unwrap());
        Committed { seq: self.seq, position, version, at: Moment(self.seq), repeated: false }
    }

    fn command(&mut self, command: Command) -> Result<Accepted, Refusal> {
        self.keyed(None, command)
    }

    fn keyed(&mut self, key: Option<CommandKey>, command: Command) -> Result<Accepted, Refusal> {
        self.origin += 1;
        let asked = self.origin;
        self.step(Input::Command { origin: asked, key, command });
        let replies = self.seen.iter().filter_map(|effect| match effect {
            Effect::Reply { origin, result } if *origin == asked => Some(*result),
            _ => None,
        });
        let replies: Vec<_> = replies.collect();
        assert_eq!(replies.len(), 1, "every command is answered once");
        replies[0]
    }

    fn next(&mut self) -> MessageId {
        let fresh = MessageId::new();
        self.command(Command::Next { fresh, character: None }).unwrap();
        fresh
    }

    fn say(&mut self, text: &str) {
        self.command(Command::Say { fresh: MessageId::new(), text: text.into() }).unwrap();
    }

    fn hear(&mut self, turn: MessageId, text: &str) {
        self.step(Input::Delta { turn, text: text.into() });
    }

    fn end(&mut self, turn: MessageId) {
        self.end_with(turn, EndingKind::Complete(None));
    }

    fn end_with(&mut self, turn: MessageId, kind: EndingKind) {
        self.step(Input::Ended { turn, ending: Ending { kind, usage: None } });
    }

    fn speaker(&self) -> Option<String> {
        self.discussion.view().next.map(|id| id.to_string())
    }

    /// A whole turn of the next speaker's.
    fn speak(&mut self, text: &str) -> MessageId {
        let turn = self.next();
        self.hear(turn, text);
        self.end(turn);
        turn
    }

    /// Whether the next turn is to follow by itself, and nobody has heard of it yet.
    fn follows(&mut self) -> bool {
        let before = self.seen.len();
        self.seen.retain(|effect| !matches!(effect, Effect::GoOn { .. }));
        self.seen.len() < before
    }

    fn go_on(&mut self) -> Option<MessageId> {
        self.step(Input::GoOn { fresh: MessageId::new(), at: Moment(0) });
        self.discussion.turn().map(|turn| turn.id)
    }

    fn message(&self, id: MessageId) -> &Message {
        self.discussion.message(id).expect("it is there")
    }

    fn last(&self) -> &Message {
        self.discussion.messages().last().expect("a message")
    }

    fn provider_requests(&self) -> usize {
        self.seen.iter().filter(|effect| matches!(effect, Effect::Speak { .. })).count()
    }
}

#[test]
fn a_turn_goes_from_the_press_to_the_last_word() {
    let mut world = World::new();
    let turn = world.next();
    world.hear(turn, "Play ");
    world.hear(turn, "is work 🎲.");
    world.hear(turn, "!");
    world.end(turn);
    let shown: Vec<usize> = world
        .seen
        .iter()
        .filter_map(|effect| match effect {
            Effect::Show { from, .. } => Some(*from),
            _ => None,
        })
        .collect();
    assert_eq!(shown, [0, 5, 16], "offsets count UTF-16 units");
    assert_eq!((world.last().text.as_str(), world.last().status), ("Play is work 🎲.!", Status::Complete));
    assert_eq!(world.speaker().as_deref(), Some("maria-montessori"));
}

#[test]
fn one_turn_at_a_time_whatever_is_pressed() {
    let mut world = World::new();
    world.next();
    for _ in 0..24 {
        let again = world.command(Command::Next { fresh: MessageId::new(), character: None });
        assert_eq!(again, Err(Refusal::TurnInProgress));
    }
    assert_eq!(world.provider_requests(), 1);
}

#[test]
fn what_comes_after_the_end_of_a_turn_has_no_effect() {
    let mut world = World::new();
    let turn = world.next();
    world.hear(turn, "Play.");
    world.command(Command::Stop { turn: None }).unwrap();
    let told = world.seen.len();
    world.hear(turn, " More.");
    world.end(turn);
    assert_eq!(world.seen.len(), told);
    assert_eq!((world.last().text.as_str(), world.last().status), ("Play.", Status::Stopped));
    let second = world.next();
    world.hear(turn, "late");
    assert_eq!(world.discussion.turn().unwrap().id, second);
    assert_eq!(world.discussion.turn().unwrap().text.as_deref(), Some(""));
}

#[test]
fn stop_for_another_turn_stops_nothing() {
    let mut world = World::new();
    let turn = world.next();
    assert_eq!(world.command(Command::Stop { turn: Some(MessageId::new()) }), Ok(Accepted::default()));
    assert_eq!(world.discussion.turn().unwrap().id, turn);
}

#[test]
fn what_is_said_in_mid_turn_stands_after_the_running_turn() {
    let mut world = World::new();
    let turn = world.next();
    world.hear(turn, "Play.");
    world.say("Freire, and you?");
    assert_eq!(world.discussion.messages().len(), 1);
    world.end(turn);
    let texts: Vec<&str> = world.discussion.messages().iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["Play.", "Freire, and you?"]);
    assert_eq!(world.speaker().as_deref(), Some("paulo-freire"), "the call is still to be answered");
}

#[test]
fn a_call_for_the_one_who_speaks_is_answered_by_the_next_turn() {
    let mut world = World::new();
    let turn = world.next();
    world.hear(turn, "Play.");
    world.say("Dewey, go on!");
    world.end(turn);
    assert_eq!(world.speaker().as_deref(), Some("john-dewey"));
    let turn = world.next();
    world.hear(turn, "Well.");
    world.end(turn);
    assert_eq!(world.speaker().as_deref(), Some("maria-montessori"));
}

#[test]
fn a_turn_that_failed_without_text_does_not_count() {
    let mut world = World::new();
    let turn = world.next();
    world.end_with(turn, EndingKind::Broken("busy".into()));
    assert_eq!((world.last().status, world.last().error.as_deref()), (Status::Failed, Some("busy")));
    assert_eq!(world.speaker().as_deref(), Some("john-dewey"));
    let turn = world.next();
    world.hear(turn, "Pl");
    world.end_with(turn, EndingKind::Broken("cut".into()));
    assert_eq!(world.last().status, Status::Interrupted);
    assert_eq!(world.speaker().as_deref(), Some("maria-montessori"));
}

#[test]
fn a_command_takes_effect_once() {
    let mut world = World::new();
    let key = CommandKey { user: UserId::new(), id: "a".into() };
    let next = || Command::Next { fresh: MessageId::new(), character: None };
    let first = world.keyed(Some(key.clone()), next()).unwrap();
    let again = world.keyed(Some(key), next()).unwrap();
    assert_eq!(first.seq, again.seq);
    assert_eq!(world.provider_requests(), 1);
}

#[test]
fn a_failed_commit_is_told_to_the_sender_and_changes_nothing() {
    let mut world = World::new();
    world.database_down = true;
    let said = world.command(Command::Say { fresh: MessageId::new(), text: "Hello".into() });
    assert_eq!(said, Err(Refusal::StorageUnavailable));
    let next = world.command(Command::Next { fresh: MessageId::new(), character: None });
    assert_eq!(next, Err(Refusal::StorageUnavailable));
    assert!(world.discussion.is_idle() && world.discussion.messages().is_empty());
}

#[test]
fn a_turns_end_that_could_not_be_written_is_tried_again() {
    let mut world = World::new();
    let turn = world.next();
    world.hear(turn, "Play.");
    world.database_down = true;
    world.end(turn);
    assert!(world.seen.contains(&Effect::RetryLater));
    assert!(world.discussion.messages().is_empty(), "not told before it is committed");
    world.database_down = false;
    world.step(Input::Retry);
    assert_eq!(world.last().text, "Play.");
    assert!(world.discussion.is_idle());
}

#[test]
fn stop_closes_the_provider_even_while_a_commit_is_under_way() {
    let mut world = World::new();
    let turn = world.next();
    world.hear(turn, "Play.");
    let say = Command::Say { fresh: MessageId::new(), text: "Hm".into() };
    let waiting = world.discussion.step(Input::Command { origin: 90, key: None, command: say });
    assert!(matches!(waiting[..], [Effect::Commit(_)]));
    let stop = Command::Stop { turn: None };
    let stopped = world.discussion.step(Input::Command { origin: 91, key: None, command: stop });
    assert_eq!(stopped, [Effect::Silence { turn }]);
    world.carry_out(waiting);
    assert_eq!(world.discussion.messages().len(), 2);
    assert!(world.seen.contains(&Effect::Reply { origin: 91, result: Ok(Accepted { seq: Some(3), turn: None }) }));
}

#[test]
fn closing_writes_the_running_turn_down() {
    let mut world = World::new();
    let turn = world.next();
    world.hear(turn, "Play");
    world.step(Input::Close);
    assert_eq!((world.last().status, world.last().text.as_str()), (Status::Interrupted, "Play"));
    let next = world.command(Command::Next { fresh: MessageId::new(), character: None });
    assert_eq!(next, Err(Refusal::Closing));
}

#[test]
fn a_snapshot_with_after_holds_only_what_changed() {
    let mut world = World::new();
    for n in 0..3 {
        world.say(&format!("message {n}"));
    }
    let read = |after| -> serde_json::Value { serde_json::from_str(&world.snapshot(after)).unwrap() };
    assert_eq!(read(None)["messages"].as_array().unwrap().len(), 3);
    assert_eq!(read(Some(2))["messages"][0]["text"], "message 2");
    assert_eq!(read(Some(2))["after"], 2);
    assert!(read(Some(99))["after"].is_null(), "a number from another life replaces everything");
}

#[test]
fn a_scene_leaves_out_what_nobody_said() {
    let mut world = World::new();
    world.say("Begin.");
    let turn = world.next();
    world.hear(turn, "I cannot");
    world.end_with(turn, EndingKind::Complete(Some(Finish::Refusal)));
    let turn = world.next();
    world.end_with(turn, EndingKind::Broken("busy".into()));
    let said: Vec<String> = world.discussion.scene().lines.into_iter().map(|line| line.text).collect();
    assert_eq!(said, ["Begin."]);
}
