//! The lessons that come with ChatLab: the files in `lessons/`, part of the binary, read once.

use std::sync::OnceLock;

use rust_embed::Embed;

use super::{Lesson, Limits, read};

#[derive(Embed)]
#[folder = "lessons"]
struct Files;

/// A ready-made lesson.
pub struct Shelved {
    /// The file's name, without its end.
    pub id: String,
    pub file: String,
    pub lesson: Lesson,
}

/// Larger than any limit that is set: what is on the shelf is checked by a test.
const LIMITS: Limits = Limits { topic: 1_000, message: 4_000, card: 8_000 };

/// In the order of their file names.
pub fn shelf() -> &'static [Shelved] {
    static SHELF: OnceLock<Vec<Shelved>> = OnceLock::new();
    SHELF.get_or_init(|| {
        let mut names: Vec<_> = Files::iter().filter(|name| name.ends_with(".toml")).collect();
        names.sort();
        names.iter().map(|name| shelved(name)).collect()
    })
}

fn shelved(name: &str) -> Shelved {
    let data = Files::get(name).map(|file| file.data).unwrap_or_default();
    let file = std::str::from_utf8(&data).expect("the lessons are UTF-8").to_owned();
    let id = name.trim_end_matches(".toml");
    // The number that orders the files is no part of the name.
    let id = id.split_once('-').filter(|(number, _)| number.bytes().all(|b| b.is_ascii_digit())).map_or(id, |(_, id)| id);
    match read(&file, LIMITS) {
        Ok(lesson) => Shelved { id: id.to_owned(), lesson, file },
        Err(wrong) => unreachable!("lessons/{name}: {wrong:?}"),
    }
}
