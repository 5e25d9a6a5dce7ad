//! What a model is told of a long discussion.

use proptest::prelude::*;

use super::*;
use crate::domain::prompt::{Line, Scene};
use crate::domain::recap::Recap;
use crate::domain::tokens;

const INPUT: usize = 4_000;

fn long_world(turns: usize) -> World {
    let mut world = World::new();
    world.discussion = world.discussion.remembering(vec![], INPUT);
    for n in 0..turns {
        world.speak(&text(n));
    }
    world
}

fn text(n: usize) -> String {
    format!("Turn {n}: {}", "play is the work of the child ".repeat(8))
}

fn weight(scene: &Scene) -> usize {
    let lines: usize = scene.lines.iter().map(Line::weight).sum();
    lines + scene.earlier.as_deref().map_or(0, tokens::estimate)
}

/// Makes the recap that is due, as a model would.
fn recap(world: &mut World, text: &str) -> Option<bool> {
    let due = world.discussion.due_recap()?;
    let version = i32::try_from(due.position).unwrap();
    let recap = Recap {
        version,
        position: due.position,
        seq: due.seq,
        text: text.to_owned(),
        provider: "test".into(),
        model: "test".into(),
        prompt_version: 1,
        created_at: Moment(0),
    };
    Some(world.discussion.keep_recap(recap))
}

fn numbers(scene: &Scene) -> Vec<i64> {
    scene.lines.iter().map(|line| line.number).collect()
}

#[test]
fn a_short_discussion_is_told_whole() {
    let world = long_world(6);
    assert!(world.discussion.due_recap().is_none());
    assert_eq!(numbers(&world.discussion.scene()), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_recap_takes_the_place_of_the_older_half() {
    let mut world = long_world(40);
    assert_eq!(recap(&mut world, "They spoke of play [3]."), Some(true));
    while recap(&mut world, "They spoke of play [3].").is_some() {}
    let scene = world.discussion.scene();
    assert_eq!(scene.earlier.as_deref(), Some("They spoke of play [3]."));
    assert_eq!(numbers(&scene).last(), Some(&40));
    assert_eq!(numbers(&scene)[0], world.discussion.recap().unwrap().position + 1, "nothing is missing in between");
    assert_eq!(scene.lines.len() as i64, 40 - world.discussion.recap().unwrap().position);
}

#[test]
fn without_a_recap_the_oldest_are_left_out_half_a_room_at_once() {
    let mut world = long_world(0);
    let (mut first, mut moves, mut heaviest) = (1, 0, 0);
    for n in 0..120 {
        world.speak(&text(n));
        let scene = world.discussion.scene();
        heaviest = heaviest.max(weight(&scene));
        moves += usize::from(numbers(&scene)[0] != first);
        first = numbers(&scene)[0];
    }
    assert!(heaviest <= INPUT, "{heaviest}");
    assert!((3..=24).contains(&moves), "its beginning stays the same for many turns: {moves} moves in 120");
}

#[test]
fn what_is_struck_or_edited_lives_on_in_no_recap() {
    for strike in [true, false] {
        let mut world = long_world(80);
        let ids: Vec<MessageId> = world.discussion.messages().iter().map(|message| message.id).collect();
        recap(&mut world, "first").unwrap();
        recap(&mut world, "second").unwrap();
        let (first, second) = {
            let recaps = &world.discussion.memory.recaps;
            (recaps[0].position, recaps[1].position)
        };
        assert!(first < second);
        let late = ids[usize::try_from(second).unwrap() - 1];
        let change = |message| match strike {
            true => Command::Strike { message, reason: None },
            false => Command::EditMessage { message, text: "Something else.".into(), reason: None },
        };
        world.command(change(late)).unwrap();
        assert_eq!(world.discussion.scene().earlier.as_deref(), Some("first"), "the one before does not cover it");
        world.command(change(ids[0])).unwrap();
        assert_eq!(world.discussion.scene().earlier, None);
        let told = format!("{:?}", world.discussion.due_recap().unwrap().scene.lines);
        assert!(!told.contains("Turn 0:"));
    }
}

#[test]
fn a_recap_of_what_was_struck_meanwhile_does_not_count() {
    let mut world = long_world(80);
    let due = world.discussion.due_recap().unwrap();
    let message = world.discussion.messages()[0].id;
    world.command(Command::Strike { message, reason: None }).unwrap();
    let late = Recap {
        version: 1,
        position: due.position,
        seq: due.seq,
        text: "Turn 0 lives on".into(),
        provider: String::new(),
        model: String::new(),
        prompt_version: 1,
        created_at: Moment(0),
    };
    assert!(!world.discussion.keep_recap(late));
    assert_eq!(world.discussion.scene().earlier, None);
}

#[test]
fn a_version_of_an_earlier_message_remembers_what_came_before_it_and_no_more() {
    let mut world = long_world(80);
    recap(&mut world, "first").unwrap();
    recap(&mut world, "second").unwrap();
    let [first, second] = [0, 1].map(|at| world.discussion.memory.recaps[at].position);
    let message = world.discussion.messages()[usize::try_from(second).unwrap() - 1].id;
    world.command(Command::Regenerate { message }).unwrap();
    let scene = world.discussion.turn_scene();
    assert_eq!(scene.earlier.as_deref(), Some("first"));
    assert_eq!((numbers(&scene)[0], *numbers(&scene).last().unwrap()), (first + 1, second - 1));
}

#[test]
fn of_a_very_long_message_the_beginning_and_the_end_are_told() {
    let mut world = long_world(1);
    world.say(&format!("BEGIN {} END", "word ".repeat(4_000)));
    let scene = world.discussion.scene();
    let line = scene.lines.last().unwrap();
    assert!(line.weight() < INPUT / 4 && line.text.starts_with("BEGIN") && line.text.ends_with("END"), "{}", line.weight());
    assert!(line.text.contains(" […] "));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// Whatever is said, struck and remembered: a call keeps within its tokens, the newest words are in it, and between two
    /// moves it only grows at its end.
    #[test]
    fn a_call_keeps_within_its_tokens(
        turns in proptest::collection::vec((1usize..1_500, 0u8..10, any::<bool>()), 1..80),
    ) {
        let mut world = World::new();
        world.discussion = world.discussion.remembering(vec![], INPUT);
        let fixed = crate::domain::prompt::fixed_tokens("What is play for?", &world.discussion.cast);
        for (n, (length, what, remembers)) in turns.into_iter().enumerate() {
            let words = format!("n{n} {}", "é play ".repeat(length / 7));
            match what {
                0 => world.say(&words),
                1 if n > 3 => {
                    let message = world.discussion.messages()[n / 2].id;
                    world.command(Command::Strike { message, reason: None }).unwrap();
                }
                _ => drop(world.speak(&words)),
            }
            if remembers {
                recap(&mut world, &"They spoke. ".repeat(40));
            }
            let scene = world.discussion.scene();
            prop_assert!(weight(&scene) + fixed + crate::domain::prompt::CUE_TOKENS <= INPUT, "{}", weight(&scene));
            let last = world.discussion.messages().iter().rev().find(|message| message.status != Status::Struck);
            prop_assert_eq!(scene.lines.last().map(|line| line.message), last.map(|message| message.id));
        }
    }
}
