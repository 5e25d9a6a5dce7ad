//! Another version of a message, other words for it, or none.

use super::*;
use crate::domain::message::AuthorKind;

fn regenerate(world: &mut World, message: MessageId) -> Result<Accepted, Refusal> {
    world.command(Command::Regenerate { message })
}

fn strike(world: &mut World, message: MessageId) -> Result<Accepted, Refusal> {
    world.command(Command::Strike { message, reason: Some("wrong".into()) })
}

fn texts(world: &World) -> Vec<&str> {
    world.discussion.messages().iter().map(|message| message.text.as_str()).collect()
}

#[test]
fn a_new_version_keeps_its_place_and_its_turn() {
    let mut world = World::new();
    let first = world.speak("Play is inquiry.");
    world.speak("It is work.");
    let next = world.speaker();
    regenerate(&mut world, first).unwrap();
    let turn = world.discussion.turn().unwrap();
    assert_eq!((turn.id, turn.version, turn.position), (first, 2, 1));
    assert_eq!(world.discussion.turn_scene().lines.len(), 0, "it knows what came before it, no more");
    world.hear(first, "Play is growth.");
    assert_eq!(world.message(first).text, "Play is inquiry.", "the old version stands until the new one has ended");
    world.end(first);
    assert_eq!((world.message(first).text.as_str(), world.message(first).version), ("Play is growth.", 2));
    assert_eq!(world.speaker(), next, "nobody's turn is taken");
}

#[test]
fn a_version_that_did_not_end_well_leaves_the_old_one() {
    let endings = [EndingKind::Broken("cut".into()), EndingKind::Complete(None), EndingKind::Stopped];
    for (kind, said) in endings.into_iter().zip(["Play is", "", ""]) {
        let mut world = World::new();
        let first = world.speak("Play is inquiry.");
        regenerate(&mut world, first).unwrap();
        world.hear(first, said);
        world.end_with(first, kind);
        let message = world.message(first);
        assert_eq!((message.text.as_str(), message.version, message.status), ("Play is inquiry.", 1, Status::Complete));
        assert_eq!(message.seq, world.seq, "whoever missed the end is told of the message again");
    }
    let mut world = World::new();
    let first = world.speak("Play is inquiry.");
    regenerate(&mut world, first).unwrap();
    world.hear(first, "Play is");
    world.command(Command::Stop { turn: None }).unwrap();
    assert_eq!((world.message(first).text.as_str(), world.message(first).status), ("Play is", Status::Stopped));
}

#[test]
fn only_a_characters_message_can_be_spoken_again() {
    let mut world = World::new();
    world.say("Begin.");
    let said = world.last().id;
    assert_eq!(regenerate(&mut world, said), Err(Refusal::NotACharacters));
    assert_eq!(regenerate(&mut world, MessageId::new()), Err(Refusal::UnknownMessage));
    let turn = world.next();
    assert_eq!(regenerate(&mut world, turn), Err(Refusal::TurnInProgress));
}

#[test]
fn a_turn_that_was_cut_off_goes_on_where_it_ended() {
    let mut world = World::new();
    let turn = world.next();
    world.hear(turn, "Play is");
    assert_eq!(world.command(Command::Continue { message: turn }), Err(Refusal::TurnInProgress));
    world.command(Command::Stop { turn: None }).unwrap();
    world.command(Command::Continue { message: turn }).unwrap();
    assert_eq!(world.discussion.turn_scene().so_far, "Play is");
    world.hear(turn, " work.");
    world.end(turn);
    assert_eq!((world.last().text.as_str(), world.last().version), ("Play is work.", 2));
    assert_eq!(world.command(Command::Continue { message: turn }), Err(Refusal::NotCutOff));
}

#[test]
fn a_struck_message_is_gone_from_every_screen_and_from_what_a_model_sees() {
    let mut world = World::new();
    world.say("Begin.");
    let turn = world.speak("Play is war.");
    strike(&mut world, turn).unwrap();
    assert_eq!(texts(&world), ["Begin.", ""]);
    assert_eq!(world.message(turn).status, Status::Struck);
    assert_eq!(world.discussion.scene().lines.len(), 1);
    assert!(!world.snapshot(None).contains("war"));
    let again = strike(&mut world, turn);
    assert_eq!(again, Ok(Accepted::default()), "it is so already");
    assert_eq!(regenerate(&mut world, turn), Err(Refusal::Struck));
    let edit = Command::EditMessage { message: turn, text: "Peace.".into(), reason: None };
    assert_eq!(world.command(edit), Err(Refusal::Struck));
}

#[test]
fn what_is_being_spoken_can_be_struck() {
    let mut world = World::new();
    let turn = world.next();
    world.hear(turn, "Play is war");
    let told = world.seen.len();
    strike(&mut world, turn).unwrap();
    let Effect::Silence { turn: silenced } = world.seen[told] else { panic!("the provider is closed first") };
    assert_eq!(silenced, turn);
    assert_eq!((world.last().text.as_str(), world.last().status), ("", Status::Struck));
    let Some(Change::EndTurn(end)) = world.kept.last() else { panic!("its end is kept") };
    assert_eq!((end.text.as_str(), end.reason.as_deref()), ("Play is war", Some("wrong")), "for the owner's record");
    world.hear(turn, " and more");
    assert!(world.discussion.turn().is_none());
}

#[test]
fn an_edit_counts_at_once_for_everyone() {
    let mut world = World::new();
    world.say("Begn.");
    let said = world.last().id;
    let edit = || Command::EditMessage { message: said, text: "Begin.".into(), reason: Some("typo".into()) };
    world.command(edit()).unwrap();
    assert_eq!((world.last().text.as_str(), world.last().version), ("Begin.", 2));
    assert_eq!(world.last().author.kind, AuthorKind::User);
    assert_eq!(world.command(edit()), Ok(Accepted::default()), "the same words change nothing");
    let turn = world.next();
    let edit = Command::EditMessage { message: turn, text: "Mine.".into(), reason: None };
    assert_eq!(world.command(edit), Err(Refusal::TurnInProgress));
}

#[test]
fn a_new_version_of_a_turn_that_failed_takes_its_turn() {
    let mut world = World::new();
    let turn = world.next();
    world.end_with(turn, EndingKind::Broken("busy".into()));
    assert_eq!(world.speaker().as_deref(), Some("john-dewey"));
    regenerate(&mut world, turn).unwrap();
    world.hear(turn, "Play.");
    world.end(turn);
    assert_eq!(world.speaker().as_deref(), Some("maria-montessori"));
}
