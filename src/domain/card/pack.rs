//! Several characters in one file: a ZIP of cards (JSON or PNG), each with its picture beside it under the same name.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};

use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{CardError, MAX_BYTES, json, png};

/// Most characters of a pack.
pub const MAX_CHARACTERS: usize = 100;
/// Largest pack, as it is sent and unpacked, in bytes.
pub const MAX_PACK_BYTES: usize = 16 * 1024 * 1024;
const MAX_UNPACKED_BYTES: u64 = 48 * 1024 * 1024;
/// Largest single file in it: a card with its picture.
const MAX_ENTRY_BYTES: u64 = 5 * 1024 * 1024;
/// Says what the pack is; others' archives of cards have none.
const MANIFEST: &str = "pack.json";
/// The one card of a CHARX file, the archive that V3 knows.
const CHARX: &str = "card.json";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Manifest {
    chatlab_pack: u32,
    title: String,
}

/// A card, and the picture beside it (or around it).
#[derive(Debug, Clone, PartialEq)]
pub struct Packed {
    pub card: String,
    pub picture: Option<Vec<u8>>,
}

/// Why an archive is no pack, in words for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    #[error("This archive cannot be read. A pack is a ZIP of character cards, without a password.")]
    Unreadable,
    #[error("This archive unpacks to more than {} MiB. Make it smaller.", MAX_UNPACKED_BYTES / 1024 / 1024)]
    TooLarge,
    #[error("This archive has more than {MAX_CHARACTERS} characters. Make two of it.")]
    TooMany,
    #[error("There is no character card in this archive.")]
    Empty,
    #[error("{0}: {1}")]
    Card(String, CardError),
}

/// The cards in an archive, in the order of their names. What is neither a card nor a picture of one is left out.
///
/// # Errors
/// It is no archive, more than it may be, or one of its cards is none.
pub fn read(bytes: &[u8]) -> Result<Vec<Packed>, PackError> {
    let mut files = unpack(bytes)?;
    if files.remove(MANIFEST).is_none()
        && let Some(card) = files.remove(CHARX)
    {
        // A single card with its files: the first icon is its picture.
        let text = String::from_utf8(card).map_err(|_| PackError::Card(CHARX.to_owned(), CardError::NotJson))?;
        let picture = files.into_iter().find(|(name, _)| name.starts_with("assets/icon/"));
        return Ok(vec![Packed { card: text, picture: picture.map(|(_, file)| file) }]);
    }
    let mut found = vec![];
    let mut used = BTreeSet::new();
    for (name, file) in files.iter().filter(|(name, _)| name.ends_with(".json")) {
        let text = std::str::from_utf8(file).map_err(|_| PackError::Card(name.clone(), CardError::NotJson))?;
        let text = text.trim_start_matches('\u{feff}');
        if !json::is_object(text) {
            return Err(PackError::Card(name.clone(), CardError::NotJson));
        }
        let stem = name.trim_end_matches("json");
        let beside = ["jpg", "jpeg", "png", "webp"].iter().map(|end| format!("{stem}{end}"));
        let picture = beside.into_iter().find(|other| files.contains_key(other));
        found.push((name, Packed { card: text.to_owned(), picture: picture.as_ref().map(|name| files[name].clone()) }));
        used.extend(picture);
    }
    for (name, file) in files.iter().filter(|(name, file)| !used.contains(*name) && png::is_png(file)) {
        match png::card(file) {
            Ok(card) => found.push((name, Packed { card, picture: Some(file.clone()) })),
            // Just a picture.
            Err(CardError::NoCard) => {}
            Err(error) => return Err(PackError::Card(name.clone(), error)),
        }
    }
    found.sort_by_key(|(name, _)| *name);
    match found.len() {
        0 => Err(PackError::Empty),
        count if count > MAX_CHARACTERS => Err(PackError::TooMany),
        _ => Ok(found.into_iter().map(|(_, packed)| packed).collect()),
    }
}

/// The files that may be cards or pictures, by name. What an archive says of a file's size is not believed.
fn unpack(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, PackError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| PackError::Unreadable)?;
    if archive.len() > 4 * MAX_CHARACTERS {
        return Err(PackError::TooMany);
    }
    let (mut files, mut total) = (BTreeMap::new(), 0);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|_| PackError::Unreadable)?;
        let name = entry.name().map_err(|_| PackError::Unreadable)?.into_owned();
        let ends = name.to_ascii_lowercase();
        let wanted = [".json", ".png", ".jpg", ".jpeg", ".webp"].iter().any(|end| ends.ends_with(end));
        if !entry.is_file() || !wanted || name.starts_with("__MACOSX/") {
            continue;
        }
        let mut file = vec![];
        entry.take(MAX_ENTRY_BYTES + 1).read_to_end(&mut file).map_err(|_| PackError::Unreadable)?;
        let size = u64::try_from(file.len()).unwrap_or(u64::MAX);
        total += size;
        if total > MAX_UNPACKED_BYTES || size > MAX_ENTRY_BYTES {
            return Err(PackError::TooLarge);
        }
        let is_card = ends.ends_with(".json");
        if is_card && file.len() > MAX_BYTES {
            return Err(PackError::Card(name, CardError::TooLong));
        }
        files.insert(if is_card { format!("{}json", &name[..name.len() - 4]) } else { name }, file);
    }
    Ok(files)
}

/// A pack of these cards, each with a name for its file and its picture (JPEG).
///
/// # Panics
/// Never: what is written into memory is written.
pub fn write(title: &str, cards: &[(String, Packed)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(vec![]));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut add = |name: &str, bytes: &[u8]| {
        zip.start_file(name, options).expect("names of files are plain");
        zip.write_all(bytes).expect("memory takes it");
    };
    let manifest = Manifest { chatlab_pack: 1, title: title.to_owned() };
    add(MANIFEST, serde_json::to_string_pretty(&manifest).expect("two fields").as_bytes());
    for (index, (name, packed)) in cards.iter().enumerate() {
        let stem = format!("characters/{:02}-{name}", index + 1);
        add(&format!("{stem}.json"), packed.card.as_bytes());
        if let Some(picture) = &packed.picture {
            add(&format!("{stem}.jpg"), picture);
        }
    }
    zip.finish().expect("memory takes it").into_inner()
}
