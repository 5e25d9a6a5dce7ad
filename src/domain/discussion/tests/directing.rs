//! Turns that follow by themselves, who sits at the table, who is muted.

use super::*;
use crate::domain::ids::QuestionId;

fn auto(world: &mut World, turns: u32) {
    world.command(Command::Auto { turns, until: None }).unwrap();
}

fn left(world: &World) -> Option<u32> {
    world.discussion.view().auto.map(|auto| auto.turns_left)
}

fn wanted(name: &str) -> Wanted {
    let card = character(name);
    Wanted { id: card.id.clone(), muted: None, card: Some(card) }
}

fn seat(world: &mut World, names: &[&str]) -> Result<Accepted, Refusal> {
    let wanted = names.iter().map(|name| wanted(name)).collect();
    world.command(Command::Seat { fresh: MessageId::new(), wanted })
}

fn mute(world: &mut World, name: &str, muted: bool) -> Result<Accepted, Refusal> {
    world.command(Command::Mute { character: character(name).id, muted })
}

fn table(world: &World) -> Vec<String> {
    world.discussion.record().participants.iter().map(|seat| seat.character.name.clone()).collect()
}

#[test]
fn so_many_turns_follow_by_themselves_and_no_more() {
    let mut world = World::new();
    auto(&mut world, 3);
    for turns_left in [3, 2, 1] {
        assert!(world.follows());
        assert_eq!(left(&world), Some(turns_left));
        let turn = world.go_on().expect("a turn begins");
        world.hear(turn, "Play.");
        world.end(turn);
    }
    assert!(!world.follows());
    assert_eq!((left(&world), world.go_on(), world.provider_requests()), (None, None, 3));
}

#[test]
fn stop_ends_it_in_a_turn_and_between_two() {
    for in_turn in [true, false] {
        let mut world = World::new();
        auto(&mut world, 9);
        let turn = world.go_on().unwrap();
        world.hear(turn, "Play.");
        if !in_turn {
            world.end(turn);
        }
        world.follows();
        world.command(Command::Stop { turn: None }).unwrap();
        assert_eq!((left(&world), world.follows(), world.go_on()), (None, false, None));
    }
}

#[test]
fn stop_reaches_a_turn_that_is_about_to_begin() {
    let mut world = World::new();
    auto(&mut world, 9);
    let beginning = world.discussion.step(Input::GoOn { fresh: MessageId::new(), at: Moment(0) });
    assert!(matches!(beginning[..], [Effect::Commit(_)]));
    let stop = Command::Stop { turn: None };
    assert_eq!(world.discussion.step(Input::Command { origin: 90, key: None, command: stop }), []);
    world.carry_out(beginning);
    assert_eq!((left(&world), world.discussion.turn()), (None, None));
    assert_eq!(world.last().status, Status::Stopped);
}

#[test]
fn none_begins_after_its_time() {
    let mut world = World::new();
    world.command(Command::Auto { turns: 100, until: Some(Moment(5)) }).unwrap();
    let turn = world.go_on().unwrap();
    world.hear(turn, "Play.");
    world.end(turn);
    assert_eq!(left(&world), Some(99), "seq 3 is before");
    let turn = world.go_on().unwrap();
    world.hear(turn, "Work.");
    world.end(turn);
    assert_eq!(left(&world), None);
}

#[test]
fn whom_the_class_asks_by_hand_may_speak_again() {
    let mut world = World::new();
    let ask = |character: Option<&str>, text: &str| {
        let character = character.map(|name| super::character(name).id);
        let (fresh, question) = (MessageId::new(), QuestionId::new());
        Command::Pose(Posed { fresh, question, text: text.to_owned(), votes: 1, character })
    };
    mute(&mut world, "Paulo Freire", true).unwrap();
    world.command(ask(None, "Freire, why?")).unwrap();
    let speaker = |world: &World| world.discussion.turn().map(|turn| turn.name);
    world.next();
    assert_ne!(speaker(&world).as_deref(), Some("Paulo Freire"), "the question alone unmutes nobody");
    let turn = world.discussion.turn().unwrap().id;
    world.hear(turn, "Play.");
    world.end(turn);
    world.command(ask(Some("Paulo Freire"), "Why?")).unwrap();
    world.next();
    assert_eq!(speaker(&world).as_deref(), Some("Paulo Freire"));
}

#[test]
fn a_time_that_is_over_lets_none_begin_also_after_a_wait() {
    let mut world = World::new();
    world.command(Command::Auto { turns: 100, until: Some(Moment(5)) }).unwrap();
    world.step(Input::GoOn { fresh: MessageId::new(), at: Moment(5) });
    assert_eq!((left(&world), world.discussion.turn()), (None, None));
    let told = |effect: &Effect| matches!(effect, Effect::Tell(Event::Notice { code: "auto_ended", .. }));
    assert!(world.seen.iter().any(told), "everyone is told why");
}

#[test]
fn a_turn_that_went_wrong_is_the_last() {
    let mut world = World::new();
    auto(&mut world, 9);
    assert!(world.follows());
    let turn = world.go_on().unwrap();
    world.end_with(turn, EndingKind::Broken("busy".into()));
    assert_eq!((left(&world), world.follows()), (None, false));
}

#[test]
fn a_muted_one_never_speaks_even_if_named_and_picking_unmutes() {
    let mut world = World::new();
    mute(&mut world, "John Dewey", true).unwrap();
    world.say("Dewey, what do you say?");
    assert_eq!(world.speaker().as_deref(), Some("maria-montessori"));
    let dewey = character("John Dewey").id;
    world.command(Command::Next { fresh: MessageId::new(), character: Some(dewey) }).unwrap();
    assert!(world.discussion.record().participants.iter().all(|seat| !seat.muted));
    assert_eq!(world.discussion.turn().unwrap().name, "John Dewey");
}

#[test]
fn with_everyone_muted_nobody_speaks() {
    let mut world = World::new();
    for name in ["John Dewey", "Maria Montessori", "Paulo Freire"] {
        mute(&mut world, name, true).unwrap();
    }
    assert_eq!(world.speaker(), None);
    let next = world.command(Command::Next { fresh: MessageId::new(), character: None });
    assert_eq!(next, Err(Refusal::EveryoneMuted));
    auto(&mut world, 3);
    assert_eq!((world.go_on(), left(&world)), (None, None));
}

#[test]
fn who_comes_and_goes_is_told_in_the_transcript() {
    let mut world = World::new();
    world.speak("Play.");
    seat(&mut world, &["Paulo Freire", "Jean Piaget", "John Dewey"]).unwrap();
    assert_eq!(table(&world), ["Paulo Freire", "Jean Piaget", "John Dewey"]);
    assert_eq!(world.last().text, "Jean Piaget joins the discussion. Maria Montessori leaves the discussion.");
    assert_eq!(world.discussion.scene().lines.len(), 1, "a notice is nobody's word");
    assert_eq!(world.discussion.scene().cast.len(), 3);
    assert_eq!(world.speaker().as_deref(), Some("paulo-freire"));
    let count = world.discussion.messages().len();
    seat(&mut world, &["John Dewey", "Jean Piaget", "Paulo Freire"]).unwrap();
    assert_eq!(world.discussion.messages().len(), count, "an order is no news");
}

#[test]
fn a_table_has_one_to_six_each_once() {
    let mut world = World::new();
    assert_eq!(seat(&mut world, &[]), Err(Refusal::WrongSeats));
    assert_eq!(seat(&mut world, &["John Dewey", "John Dewey"]), Err(Refusal::WrongSeats));
    assert_eq!(seat(&mut world, &["A", "B", "C", "D", "E", "F", "G"]), Err(Refusal::WrongSeats));
    let turn = world.next();
    assert_eq!(seat(&mut world, &["Paulo Freire"]), Err(Refusal::TurnInProgress), "who is speaking stays");
    world.end(turn);
}
