use std::collections::HashSet;

use super::*;
use crate::domain::cast;
use crate::domain::character::Character;
use crate::domain::ids::{CharacterId, MessageId};
use crate::domain::prompt::{Line, Scene};

fn scene(topic: &str, ids: &[&str]) -> Scene {
    let find = |id: &&str| cast::builtin().find(&id.parse().expect("a slug")).expect("in the cast").clone();
    let cast: Vec<Character> = ids.iter().map(find).collect();
    Scene::new(topic, cast.into(), vec![])
}

fn speak_in_turn(scene: &mut Scene, turns: usize) -> Vec<String> {
    (0..turns).map(|turn| say(scene, turn % scene.cast.len())).collect()
}

fn say(scene: &mut Scene, seat: usize) -> String {
    let speaker = scene.cast[seat].clone();
    let text = reply(&Task::Turn { scene: scene.clone(), speaker: speaker.id.clone() });
    push(scene, Some(speaker.id), &speaker.name, &text);
    text
}

fn push(scene: &mut Scene, speaker: Option<CharacterId>, name: &str, text: &str) {
    let number = scene.lines.last().map_or(1, |line| line.number + 1);
    let (message, name, text) = (MessageId::new(), name.to_owned(), text.to_owned());
    scene.lines.push(Line { message, number, speaker, name, text });
}

fn host(scene: &mut Scene, text: &str) {
    push(scene, None, "Host", text);
}

fn theorists() -> Scene {
    scene("Should children decide for themselves what they learn?", &["john-dewey", "maria-montessori", "paulo-freire"])
}

/// Every example topic with its cast, two rounds and more.
fn all_talks() -> Vec<(Scene, Vec<String>)> {
    let talk = |topic: &cast::ExampleTopic| {
        let ids: Vec<&str> = topic.cast.iter().map(|id| id.as_str()).collect();
        let mut scene = scene(&topic.text, &ids);
        let turns = speak_in_turn(&mut scene, 12);
        (scene, turns)
    };
    cast::builtin().topics.iter().map(talk).collect()
}

#[test]
fn a_turn_has_about_60_to_120_words_and_no_quotation_marks() {
    for (scene, turns) in all_talks() {
        for turn in turns {
            let words = turn.split_whitespace().count();
            assert!((55..=125).contains(&words), "{words} words on {}: {turn}", scene.topic);
            assert!(!turn.contains(['"', '\u{201c}', '{', '}']), "{turn}");
        }
    }
}

#[test]
fn an_idea_comes_back_only_when_all_were_heard() {
    let mut scene = theorists();
    let turns = speak_in_turn(&mut scene, 21);
    for (seat, character) in scene.cast.iter().enumerate() {
        let own: Vec<&String> = turns.iter().skip(seat).step_by(3).collect();
        for idea in &character.ideas {
            assert_eq!(own.iter().filter(|turn| turn.contains(&idea.text)).count(), 1, "{}: {}", character.name, idea.name);
        }
    }
}

#[test]
fn turns_take_up_the_last_speaker_and_differ() {
    for (scene, turns) in all_talks() {
        let mut sentences = HashSet::new();
        for (at, turn) in turns.iter().enumerate().skip(1) {
            let before = reading::short_name(&scene.cast[(at - 1) % scene.cast.len()]);
            assert!(turn.to_lowercase().contains(&before.to_lowercase()), "{before} is not taken up: {turn}");
            assert!(sentences.insert(turn.split('.').next().unwrap_or_default()), "begins like an earlier turn: {turn}");
        }
    }
}

#[test]
fn the_same_scene_gives_the_same_turn() {
    assert_eq!(speak_in_turn(&mut theorists(), 6), speak_in_turn(&mut theorists(), 6));
}

#[test]
fn the_host_is_answered_on_the_hosts_own_subject() {
    for (asked, echoed) in [
        ("Freire, what about homework?", "homework"),
        ("Let us talk about tests in the first year.", "tests in the first year"),
        ("Is it different for a child who cannot read yet?", "Is it different for a child who cannot read yet?"),
        ("I have two quiet pupils.", "I have two quiet pupils."),
    ] {
        let mut scene = theorists();
        speak_in_turn(&mut scene, 2);
        host(&mut scene, asked);
        let turn = say(&mut scene, 2);
        assert!(turn.contains(echoed), "{asked}: {turn}");
    }
}

#[test]
fn a_living_person_is_reported_and_never_speaks() {
    let mut scene = scene("Do marks help anyone to learn?", &["howard-gardner", "benjamin-bloom"]);
    for turn in speak_in_turn(&mut scene, 12).iter().step_by(2) {
        let words: Vec<&str> = turn.split(|c: char| !c.is_alphanumeric()).collect();
        assert!(!words.iter().any(|word| ["I", "me", "my", "mine", "My"].contains(word)), "{turn}");
    }
}

#[test]
fn a_card_with_nothing_on_it_still_speaks() {
    let mut scene = theorists();
    let mut bare = scene.cast[0].clone();
    bare.pack = Character::OWN.to_owned();
    bare.name = "Aunt Rose".to_owned();
    (bare.voice, bare.bio, bare.tagline) = (String::new(), String::new(), String::new());
    (bare.ideas, bare.works, bare.dissent) = (vec![], vec![], vec![]);
    scene.cast = vec![bare].into();
    scene.topic = "Gardens".to_owned();
    let turns: HashSet<String> = speak_in_turn(&mut scene, 5).into_iter().collect();
    assert_eq!(turns.len(), 5);
}

#[test]
fn no_turn_begins_a_line_with_a_speaker_label() {
    use crate::domain::labels::LabelGuard;
    for (scene, turns) in all_talks() {
        for (at, turn) in turns.iter().enumerate() {
            let speaker = &scene.cast[at % scene.cast.len()].name;
            let others: Vec<&str> = scene.cast.iter().map(|one| one.name.as_str()).chain(["Host", "Class"]).collect();
            let mut guard = LabelGuard::new(speaker, &others);
            let shown = guard.push(turn) + &guard.finish();
            assert_eq!(&shown, turn);
        }
    }
}

#[test]
fn perspectives_are_a_numbered_sentence_each() {
    let scene = theorists();
    let text = reply(&Task::Perspectives { topic: scene.topic.clone(), cast: scene.cast.clone() });
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().enumerate().all(|(at, line)| line.starts_with(&format!("{}. ", at + 1))), "{text}");
}

#[test]
fn the_summary_rests_on_the_lines() {
    let mut scene = theorists();
    speak_in_turn(&mut scene, 9);
    host(&mut scene, "And what about homework?");
    let text = reply(&Task::Summary { scene: scene.clone() });
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for character in scene.cast.iter() {
        let insights = summary["insights"].as_array().expect("a list");
        let own: Vec<_> = insights.iter().filter(|insight| insight["name"] == character.name.as_str()).collect();
        assert!((1..=2).contains(&own.len()), "{}: {text}", character.name);
        for insight in own {
            let line = insight["messages"][0].as_u64().expect("a number") as usize - 1;
            assert!(scene.lines[line].text.contains(insight["text"].as_str().expect("text")));
            assert_eq!(scene.lines[line].name, character.name);
        }
    }
    let questions = summary["questions"].as_array().expect("a list");
    assert_eq!(questions.last().expect("one")["text"], "And what about homework?");
    assert_eq!(questions.last().expect("one")["messages"][0], 10);
    assert!(!summary["tensions"].as_array().expect("a list").is_empty(), "{text}");
}

#[test]
fn what_is_remembered_names_its_messages_and_keeps_ideas_from_coming_back() {
    let mut scene = theorists();
    let turns = speak_in_turn(&mut scene, 12);
    host(&mut scene, "And what about homework?");
    let text = reply(&Task::Recap { scene: scene.clone(), words: 600 });
    assert!(text.contains("Host: And what about homework? [13]"), "{text}");
    for line in text.lines().filter(|line| !line.starts_with("Host")) {
        let (said, numbers) = line.split_once(": ").expect("a name").1.rsplit_once(" [").expect("numbers");
        let number: usize = numbers.trim_end_matches(']').split(", ").next().expect("one").parse().expect("a number");
        assert!(turns[number - 1].contains(said), "{line}");
    }
    // The words are gone, what they were about is not.
    let whole = scene.clone();
    scene.earlier = Some(text);
    scene.lines.drain(..12);
    let later = speak_in_turn(&mut scene, 6);
    for (at, turn) in later.iter().enumerate() {
        let speaker = &scene.cast[at % 3];
        let heard = |idea: &&crate::domain::character::Idea| whole.lines.iter().any(|line| line.text.contains(&idea.text));
        let all_heard = speaker.ideas.iter().filter(heard).count() == speaker.ideas.len();
        let again = speaker.ideas.iter().filter(heard).any(|idea| turn.contains(&idea.text));
        assert!(all_heard || !again, "{turn}");
    }
    let summary: serde_json::Value = serde_json::from_str(&reply(&Task::Summary { scene: scene.clone() })).expect("JSON");
    let insights = summary["insights"].as_array().expect("a list");
    assert!(insights.iter().any(|insight| insight["messages"][0].as_i64().is_some_and(|number| number <= 12)), "{summary}");
    let short = reply(&Task::Recap { scene, words: 100 });
    assert!((30..=100).contains(&short.split_whitespace().count()), "{short}");
}

#[tokio::test]
async fn the_words_joined_are_the_reply() {
    let mut scene = theorists();
    speak_in_turn(&mut scene, 1);
    let task = Task::Turn { speaker: scene.cast[1].id.clone(), scene };
    for pace in [0.0, 100_000.0] {
        let said: Vec<Speech> = speak(&task, pace).collect().await;
        let text: String = said
            .iter()
            .filter_map(|piece| if let Speech::Text(text) = piece { Some(text.as_str()) } else { None })
            .collect();
        assert_eq!(text, reply(&task));
        assert_eq!(said.last(), Some(&Speech::End(Outcome { end: End::Complete, usage: None })));
        assert_eq!(said.len() > 50, pace > 0.0);
    }
}
