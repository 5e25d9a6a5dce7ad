//! Cards (`tests/cards/`) with words of our own: four written by other people's programs, ten by us in the shapes that others write.

use std::fs;
use std::path::Path;

use super::{CardError, Read, json, pack, png, read, with_version, write};
use crate::domain::cast::builtin;
use crate::domain::character::{Character, Color, Idea, Work};
use crate::domain::ids::CharacterId;

const MAX: usize = 8_000;

fn color() -> Color {
    Color { light: "#3f3a34".to_owned(), dark: "#d8d2c4".to_owned() }
}

fn id() -> CharacterId {
    "018f0000-0000-7000-8000-000000000001".parse().expect("an id")
}

/// The text of the card in a file.
fn card(name: &str) -> String {
    let file = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cards").join(name)).expect("there");
    match png::is_png(&file) {
        true => png::card(&file).expect("a card"),
        false => String::from_utf8(file).expect("UTF-8"),
    }
}

fn opened(text: &str) -> Read {
    read(text, id(), color(), MAX).expect("a card")
}

const ALL: [(&str, &str); 20] = [
    ("sillytavern-v2.json", "Maren Holt"),
    ("sillytavern-v3.png", "Maren Holt"),
    ("chub-v2.png", "Zénith"),
    ("risuai-v3.json", "Professor Ilse Quandt"),
    ("risuai-v3.png", "Otto the Baker"),
    ("agnai-v2.json", "Sister Agnete"),
    ("pygmalion-v1.json", "Ferrywoman"),
    ("tavernai-v1.png", "Captain Bligh-Day"),
    ("by-hand-v2.json", "Half Ton"),
    ("editor-v3.json", "Ansa"),
    ("aichar-v1.json", "Pia Lund"),
    ("aichar-v1.png", "Pia Lund"),
    ("character-card-utils-v2.json", "Dr. Rakel Moe"),
    ("tavern-card-v2.png", "Tomas Vale"),
    ("ccardlib-v2.json", "Wim Ferryman"),
    ("ccardlib-v3.json", "Ilse Brandt"),
    ("lenml-v2.json", "Old Tamsin"),
    ("lenml-v3.json", "Nadia Okoro"),
    ("png-chunk-text-v3.png", "Ilse Brandt-Lund"),
    ("tavern-card-two-v2.png", "Tamsin of the Lock"),
];

#[test]
fn an_unchanged_card_goes_out_as_it_came() {
    for (file, name) in ALL {
        let text = card(file);
        let came = opened(&text);
        assert_eq!(came.character.name, name, "{file}");
        assert_eq!(write(&came.character, Some(&text), None, MAX).as_ref(), Ok(&text), "{file}");
        // The maker's words are for people.
        let all = serde_json::to_string(&came.character).expect("JSON");
        assert!(!all.contains("PLUMDUFF") && !all.contains("{{") && !all.contains("<START>"), "{file}: {all}");
        assert!(came.character.card_chars() <= MAX, "{file}");
    }
}

#[test]
fn a_changed_card_keeps_every_byte_that_is_not_ours() {
    const OURS: [&str; 4] = ["name", "description", "personality", "extensions"];
    for (file, _) in ALL {
        let text = card(file);
        let mut character = opened(&text).character;
        character.name = "Somebody \"Else\"".to_owned();
        character.voice = "Quite another voice.\nWith two lines.".to_owned();
        character.ideas.push(Idea { name: "New".to_owned(), text: "an idea: with a colon".to_owned() });
        character.works.push(Work { title: "Letters".to_owned(), year: Some("1950".to_owned()) });
        character.living = true;
        let anew = write(&character, Some(&text), None, MAX).expect("written");
        assert_eq!(opened(&anew).character, character, "{file}: comes back whole");
        let mut seen = 0;
        for above in [vec![], vec!["data"], vec!["data", "extensions"], vec!["extensions"]] {
            for key in json::keys(&text, &above) {
                let path: Vec<&str> = above.iter().copied().chain([key.as_str()]).collect();
                if above.last() != Some(&"extensions") && (OURS.contains(&key.as_str()) || key == "data") {
                    continue;
                }
                assert_eq!(json::get(&anew, &path), json::get(&text, &path), "{file}: {path:?}");
                seen += 1;
            }
        }
        assert!(seen >= 4, "{file}: something was compared");
        // Nothing but our own additions: what is left without them is what came.
        let longest = json::get(&text, &["data"]).map_or(0, |data| data.len() / 40);
        assert!(anew.len() > text.len().min(longest), "{file}");
    }
}

#[test]
fn what_another_program_has_changed_is_believed() {
    let text = write(&builtin().characters[0], None, None, MAX).expect("written");
    let mut mine = opened(&text).character;
    assert_eq!(mine.ideas, builtin().characters[0].ideas, "nothing is lost on the way");
    let changed = json::put(&text, &["data", "description"], "\"A new life.\"");
    let other = opened(&changed).character;
    assert_eq!((other.bio.as_str(), other.ideas.len()), ("A new life.", 0));
    assert_eq!((&other.born, &other.color), (&mine.born, &mine.color), "what it has no field for stays");
    mine.emblem = Some("../../etc/passwd".to_owned());
    let forged = opened(&write(&mine, None, None, MAX).expect("written")).character;
    assert_eq!(forged.emblem, None);
}

#[test]
fn every_character_of_the_cast_comes_back_whole() {
    for character in &builtin().characters {
        let text = write(character, None, None, MAX).expect("written");
        let read = opened(&text);
        let expected = Character { id: id(), pack: "own".to_owned(), portrait: None, ..character.clone() };
        assert_eq!(read.character, expected);
        assert_eq!(read.notes, Vec::<String>::new());
        assert_eq!(json::string(&text, &["spec"]).as_deref(), Some("chara_card_v3"));
        let older = with_version(&text, super::Version::V2);
        assert_eq!(opened(&older).character, expected, "V2 says the same");
    }
}

#[test]
fn fields_find_their_place() {
    let maren = opened(&card("sillytavern-v2.json"));
    let character = &maren.character;
    assert_eq!(character.tagline, "lighthouse, science");
    assert!(
        character.bio.starts_with("Maren Holt keeps the lighthouse at Skerry Point.\nShe measures"),
        "{}",
        character.bio
    );
    assert!(character.bio.ends_with("Host has rowed over with a question."));
    assert!(character.voice.starts_with("Dry, exact, kind when nobody looks.\n\nTalks like this:"), "{}", character.voice);
    assert!(character.voice.contains("Maren Holt: I am busy.") && character.voice.contains("trims the wick"));
    assert_eq!((maren.creator.as_str(), maren.picture), ("tester-one", true));
    assert!(maren.creator_notes.contains("PLUMDUFF"));
    let kept = "Kept for export, but not used here: 2 entries of a lorebook, 2 other greetings, other programs’ settings.";
    assert_eq!(maren.notes, [kept]);
    assert_eq!(
        opened(&card("risuai-v3.json")).character.bio,
        "Quandt collects proofs that are wrong in an interesting way."
    );
    assert!(opened(&card("chub-v2.png")).character.bio.starts_with("Zénith runs the Café Zénith"));
    let ferry = opened(&card("pygmalion-v1.json")).character;
    assert!(ferry.bio.starts_with("Takes people over the river") && ferry.voice.contains("Coin or riddle?"));
}

#[test]
fn too_much_is_cut_and_said() {
    let long = "word ".repeat(4_000);
    let text = format!("{{\"name\":\"A\",\"description\":\"{long}\",\"personality\":\"{long}\",\"first_mes\":\"{long}\"}}");
    let came = opened(&text);
    assert!(came.character.card_chars() <= MAX && came.character.bio.ends_with("word…"));
    assert_eq!(came.notes.len(), 2, "{:?}", came.notes);
    assert_eq!(write(&came.character, Some(&text), None, MAX).as_ref(), Ok(&text), "the card keeps it whole");
}

#[test]
fn what_is_no_card_is_refused_in_words() {
    let refused = |text: &str| read(text, id(), color(), MAX).expect_err("no card");
    assert_eq!(refused("nonsense"), CardError::NotJson);
    assert_eq!(refused("[]"), CardError::NotJson);
    assert_eq!(refused("{\"a\":1}"), CardError::NotACard);
    assert_eq!(refused("{\"spec\":\"chara_card_v2\",\"data\":{\"name\":\" \"}}"), CardError::NoName);
    assert_eq!(refused(&format!("{{\"name\":\"{}\"}}", "x".repeat(super::MAX_BYTES))), CardError::TooLong);
    let deep = format!("{{\"name\":\"A\",\"x\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(opened(&deep).character.name, "A", "depth costs nothing");
}

#[test]
fn a_pack_is_opened_as_it_was_closed() {
    let packed = |name: &str| pack::Packed { card: card(name), picture: Some(vec![0xff, 0xd8, 0xff]) };
    let cards = [("b".to_owned(), packed("agnai-v2.json")), ("a".to_owned(), packed("editor-v3.json"))];
    let zip = pack::write("Two", &cards);
    assert_eq!(pack::read(&zip).expect("a pack"), cards.map(|(_, packed)| packed));
    assert_eq!(pack::read(b"PK\x03\x04nonsense"), Err(pack::PackError::Unreadable));
    assert_eq!(pack::read(&pack::write("None", &[])), Err(pack::PackError::Empty));
    let broken = pack::Packed { card: "{".to_owned(), picture: None };
    let zip = pack::write("", &[("x".to_owned(), broken)]);
    assert_eq!(pack::read(&zip), Err(pack::PackError::Card("characters/01-x.json".to_owned(), CardError::NotJson)));
}

#[test]
fn an_archive_that_unpacks_to_very_much_is_refused() {
    use std::io::{Cursor, Write};
    let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
    let squeezed = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for index in 0..12 {
        zip.start_file(format!("{index}.png"), squeezed).expect("begun");
        zip.write_all(&vec![0; 4_900_000]).expect("written");
    }
    let bomb = zip.finish().expect("closed").into_inner();
    assert!(bomb.len() < 200_000, "it looks harmless");
    assert_eq!(pack::read(&bomb), Err(pack::PackError::TooLarge));
}

#[test]
fn no_control_character_comes_in_with_a_card() {
    let own = serde_json::json!({"quotation": {"text": "a\u{1b}[31m\r\nb", "source": "c\u{7}"}});
    let data = serde_json::json!({"name": "Ada\u{0}", "creator": "d\u{8}", "extensions": {"chatlab": own}});
    let came = opened(&serde_json::json!({"creatorcomment": "e\u{1b}[2J", "data": data}).to_string());
    let quotation = came.character.quotation.expect("a quotation");
    assert_eq!((quotation.text.as_str(), quotation.source.as_str()), ("a[31m\nb", "c"));
    assert_eq!([came.character.name, came.creator, came.creator_notes], ["Ada", "d", "e[2J"]);
}
