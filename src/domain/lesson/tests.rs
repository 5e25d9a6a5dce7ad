use proptest::prelude::*;

use super::*;
use crate::domain::cast::builtin;

const LIMITS: Limits = Limits { topic: 1_000, message: 4_000, card: 8_000 };

fn wrong(file: &str) -> Vec<(usize, String)> {
    let errors = read(file, LIMITS).expect_err("something is wrong with it");
    errors.into_iter().map(|error| (error.line, error.message)).collect()
}

#[test]
fn the_shelf_is_good() {
    assert!((6..=8).contains(&shelf().len()), "a handful");
    for Shelved { id, lesson, file } in shelf() {
        assert!(lesson.about.title.len() > 5 && !lesson.about.audience.is_empty(), "{id}: title, audience");
        assert!(lesson.about.minutes.is_some() && lesson.about.aims.len() >= 3, "{id}: minutes, aims");
        assert!((3..=6).contains(&lesson.cast.len()) && lesson.plan.len() >= 3, "{id}: cast, plan");
        assert!(file.contains("docs/lessons.md"), "{id}: says where its keys are described");
        // Nobody is quoted: a character's words are an AI's, and the host's are ours.
        let said = lesson.plan.iter().map(|step| &step.say).chain(&lesson.about.aims).chain([&lesson.about.notes]);
        assert!(said.into_iter().all(|text| !text.contains(['"', '\u{201c}'])), "{id}: a quotation");
        assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{id}");
    }
    assert_eq!(shelf()[0].id, "who-decides-what-to-learn");
}

#[test]
fn what_is_written_is_read_back() {
    for shelved in shelf() {
        assert_eq!(read(&write(&shelved.lesson), LIMITS).as_ref(), Ok(&shelved.lesson), "{}", shelved.id);
    }
    let file = "topic = \"Why?\"\n[[cast]]\nname = \"Grandma \\\"Ada\\\"\"\nbio = \"\"\"\nOne.\n\nTwo \\\\ \\\"\\\"\\\".\"\"\"\n\
        living = true\nideas = [\"Soup: it helps.\", \"Patience\"]\nworks = [{ title = \"Letters\", year = \"1950\" }]\n\
        cautions = [\"No: never.\"]\n\
        quotation = { text = \"Eat first.\", source = \"Letters, 1950\" }\ncolor = \"#1a6b54\"\nemblem = \"own-owl\"\n[[plan]]\nsay = \"a\\nb\"\nwhen = \"late\"\n";
    let lesson = read(file, LIMITS).expect("read");
    let Member::Own(ada) = &lesson.cast[0] else { unreachable!("it has a name") };
    assert_eq!((ada.name.as_str(), ada.bio.as_str()), ("Grandma \"Ada\"", "One.\n\nTwo \\ \"\"\"."));
    let mut again = read(&write(&lesson), LIMITS).expect("read back");
    if let Member::Own(other) = &mut again.cast[0] {
        // Each reading makes another person of it.
        other.id = ada.id.clone();
    }
    assert_eq!(again, lesson);
}

proptest! {
    /// A backslash before an `n`, quotation marks in a row, a `#`: teachers of mathematics write all of them.
    #[test]
    fn every_text_is_read_back_as_it_was_written(texts in proptest::collection::vec(r#"[a-nu\\"' #é\n]{0,24}"#, 5)) {
        let [topic, notes, say, why, when] = &texts.iter().map(|text| format!("x{text}x")).collect::<Vec<_>>()[..] else {
            unreachable!("five")
        };
        let mut lesson = shelf()[0].lesson.clone();
        lesson.topic = topic.clone();
        lesson.about.notes = notes.clone();
        lesson.plan = vec![Step { say: say.clone(), why: why.clone(), when: when.clone(), ..Step::default() }];
        prop_assert_eq!(read(&write(&lesson), LIMITS), Ok(lesson));
    }
}

#[test]
fn a_formula_over_several_lines_stays_one() {
    let mut lesson = shelf()[0].lesson.clone();
    lesson.about.notes = "Solve:\n\\nabla f \\neq 0\nC:\\new".to_owned();
    assert_eq!(read(&write(&lesson), LIMITS), Ok(lesson));
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    assert_eq!(wrong("topic = \"Why?\"\ntopik = 1\n")[0].0, 2);
    assert!(wrong("topic = \"Why?\"\ntopik = 1\n")[0].1.contains("unknown field `topik`"));
    assert_eq!(
        wrong("topic = \"Why?\"\n\n[[cast]]\ncharacter = \"john-dewey\"\n[[plan]]\nafter = 2\nsay = \"x\"\n")[0].0,
        6
    );
    assert_eq!(wrong("topic = \"Why?\nx = 1")[0].0, 1, "no end of a string");
    for (line, words) in [
        ("title = 1", "text in quotation marks"),
        ("minutes = \"45\"", "a whole number without quotation marks"),
        ("minutes = -1", "a whole number"),
        ("aims = \"One.\"", "a list in square brackets"),
    ] {
        let (at, told) = wrong(&format!("topic = \"Why?\"\n{line}\n")).remove(0);
        assert!(at == 2 && told.contains(words), "{line}: {at}, {told}");
    }
    let several = wrong(
        "title = \"x\"\n[settings]\nlength = \"huge\"\nauto_turns = 0\n[[cast]]\ncharacter = \"nobody\"\n[[cast]]\n\
         character = \"plato\"\n[[cast]]\ncharacter = \"plato\"\n[[cast]]\nname = \"A\"\ncolor = \"red\"\n[[plan]]\nwhy = \"x\"\n",
    );
    let lines: Vec<usize> = several.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 3, 4, 6, 9, 13, 14], "{several:?}");
    assert!(several[3].1.contains("no built-in character `nobody`"), "{several:?}");
    assert!(wrong("topic = \"Why?\"\n")[0].1.contains("1 to 6"));
    let long = format!("topic = \"{}\"\n[[cast]]\ncharacter = \"plato\"\n", "x".repeat(1_001));
    assert_eq!(wrong(&long), [(1, "`topic` may have at most 1000 characters.".to_owned())]);
}

#[test]
fn a_plan_keeps_what_was_said() {
    let step = Step { say: "Why?".to_owned(), after_turns: Some(3), ..Step::default() };
    let mut plan = Plan::new(About::default(), Some(2), vec![step]);
    plan.steps[0].said = true;
    let json = serde_json::to_string(&plan).expect("JSON");
    assert_eq!(serde_json::from_str::<Plan>(&json).ok(), Some(plan));
    assert_eq!(serde_json::from_str::<Plan>("{}").ok(), Some(Plan::default()), "an older one");
    assert!(builtin().characters.len() > 40);
}
