//! From a card's text to a character. Texts that are longer than a character may have are cut; the card keeps them whole.

use super::own::{self, Own};
use super::{CardError, MAX_BYTES, json};
use crate::domain::cast::emblem;
use crate::domain::character::{Character, Color, Idea, Quotation, Work};
use crate::domain::ids::CharacterId;
use crate::domain::text::clean;

pub const MAX_NAME_CHARS: usize = 80;
pub const MAX_TAGLINE_CHARS: usize = 200;
pub const MAX_DATE_CHARS: usize = 40;
pub const MAX_QUOTATION_CHARS: usize = 1_000;
/// Most entries of a list on a card.
pub const MAX_ENTRIES: usize = 50;
/// Of a card's examples so much goes into the voice.
const MAX_EXAMPLE_CHARS: usize = 1_200;

/// What a card says.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    pub character: Character,
    /// Whether the picture that the card came in is the character's.
    pub picture: bool,
    /// Who made the card, and what they say about it: for people, never for a model.
    pub creator: String,
    pub creator_notes: String,
    /// What was cut, and what is kept without being used, a sentence each.
    pub notes: Vec<String>,
}

/// Where a card's fields stand: V2 and V3 below `data`, V1 at the top.
pub struct Fields<'a> {
    pub text: &'a str,
    data: bool,
}

impl<'a> Fields<'a> {
    pub fn of(text: &'a str) -> Result<Self, CardError> {
        if text.len() > MAX_BYTES {
            return Err(CardError::TooLong);
        }
        if !json::is_object(text) {
            return Err(CardError::NotJson);
        }
        let data = json::get(text, &["data"]).is_some_and(json::is_object);
        Ok(Self { text, data })
    }

    /// The place of a field. Field by field V1 had other names in other programs.
    pub fn path<'p>(&self, field: &'p str) -> Vec<&'p str> {
        if self.data { vec!["data", field] } else { vec![field] }
    }

    pub fn string(&self, field: &str) -> Option<String> {
        let at = |path: &[&str]| json::string(self.text, path).map(|text| clean(&text).trim().to_owned());
        let text = at(&self.path(field)).filter(|text| !text.is_empty());
        let old = match (self.data, field) {
            (false, "name") => "char_name",
            (false, "description") => "char_persona",
            (false, "scenario") => "world_scenario",
            (false, "first_mes") => "char_greeting",
            (false, "mes_example") => "example_dialogue",
            (true, "creator_notes") => "creatorcomment",
            _ => return text,
        };
        text.or_else(|| at(&[old]))
    }

    pub fn own_path(&self) -> Vec<&'static str> {
        [self.path("extensions"), vec![own::NAME]].concat()
    }

    fn own(&self) -> Option<Own> {
        serde_json::from_str(json::get(self.text, &self.own_path())?).ok()
    }
}

/// Reads a card. `id` and, where the card names none, `color` are given to the character, whose texts may have
/// `max_chars` characters together.
///
/// # Errors
/// It is no card, has no name, or is larger than a card may be.
pub fn read(text: &str, id: CharacterId, color: Color, max_chars: usize) -> Result<Read, CardError> {
    let fields = Fields::of(text)?;
    let own = fields.own();
    let name = fields.string("name").unwrap_or_default();
    let name = clip(&name.split_whitespace().collect::<Vec<_>>().join(" "), MAX_NAME_CHARS).0;
    if name.is_empty() {
        let card = ["spec", "data", "description", "char_persona"].iter().any(|key| json::get(text, &[key]).is_some());
        return Err(if card { CardError::NoName } else { CardError::NotACard });
    }
    let mut notes = vec![];
    let current = own.as_ref().is_some_and(|own| own.of == checksum(&fields));
    let mut character = match &own {
        Some(own) if current => of_own(own, max_chars),
        _ => of_fields(&fields, &name, max_chars, &mut notes),
    };
    if let Some(own) = &own {
        adorn(&mut character, own, &color);
    } else {
        character.color = color;
    }
    character.id = id;
    character.name = name;
    if let Some(kept) = kept(&fields) {
        notes.push(format!("Kept for export, but not used here: {kept}."));
    }
    Ok(Read {
        character,
        picture: own.is_none_or(|own| own.picture),
        creator: clip(&fields.string("creator").unwrap_or_default(), MAX_TAGLINE_CHARS).0,
        creator_notes: clip(&fields.string("creator_notes").unwrap_or_default(), 2_000).0,
        notes,
    })
}

/// Of the fields that other programs read and change.
pub fn checksum(fields: &Fields<'_>) -> String {
    let parts = ["name", "description", "personality"].map(|field| fields.string(field).unwrap_or_default());
    format!("{:08x}", crc32fast::hash(parts.join("\u{0}").as_bytes()))
}

fn blank(bio: String, voice: String, tagline: String) -> Character {
    Character {
        id: CharacterId::generate(),
        pack: Character::OWN.to_owned(),
        name: String::new(),
        tagline,
        bio,
        born: None,
        died: None,
        living: false,
        ideas: vec![],
        works: vec![],
        voice,
        dissent: vec![],
        cautions: vec![],
        quotation: None,
        color: Color { light: String::new(), dark: String::new() },
        emblem: None,
        portrait: None,
        picture: None,
    }
}

/// A card that ChatLab wrote and nobody has changed since. Its limits hold all the same: anybody can write one.
fn of_own(own: &Own, max_chars: usize) -> Character {
    let text = |text: &str, max: usize| clip(clean(text).trim(), max).0;
    let mut left = max_chars.saturating_sub(MAX_NAME_CHARS);
    let mut take = |given: &str, max: usize| {
        let taken = text(given, max.min(left));
        left -= taken.chars().count();
        taken
    };
    let tagline = take(&own.tagline, MAX_TAGLINE_CHARS);
    let mut character = blank(take(&own.bio, max_chars), take(&own.voice, max_chars), tagline);
    for idea in own.ideas.iter().take(MAX_ENTRIES) {
        let idea = Idea { name: take(&idea.name, max_chars), text: take(&idea.text, max_chars) };
        character.ideas.extend(Some(idea).filter(|idea| !idea.name.is_empty()));
    }
    for work in own.works.iter().take(MAX_ENTRIES) {
        let year = work.year.as_deref().map(|year| text(year, MAX_DATE_CHARS)).filter(|year| !year.is_empty());
        let work = Work { title: take(&work.title, MAX_TAGLINE_CHARS), year };
        character.works.extend(Some(work).filter(|work| !work.title.is_empty()));
    }
    let mut lines = |given: &[String]| -> Vec<String> {
        let lines = given.iter().take(MAX_ENTRIES).map(|line| take(line, max_chars));
        lines.filter(|line| !line.is_empty()).collect()
    };
    character.dissent = lines(&own.dissent);
    character.cautions = lines(&own.cautions);
    character
}

/// What no other program has a field for, and so cannot have changed.
fn adorn(character: &mut Character, own: &Own, color: &Color) {
    let date = |date: &Option<String>| {
        date.as_deref().map(|date| clip(clean(date).trim(), MAX_DATE_CHARS).0).filter(|date| !date.is_empty())
    };
    character.born = date(&own.born);
    character.died = date(&own.died);
    character.living = own.living;
    let fits = |quotation: &Quotation| {
        quotation.text.chars().count() <= 1_000 && quotation.source.chars().count() <= MAX_TAGLINE_CHARS
    };
    let cleaned = |Quotation { text, source }: &Quotation| Quotation { text: clean(text), source: clean(source) };
    character.quotation = own.quotation.as_ref().map(cleaned).filter(fits);
    let known = |color: &str| Color::is_one(color);
    character.color = match known(&own.color) && known(&own.color_dark) {
        true => Color { light: own.color.clone(), dark: own.color_dark.clone() },
        false => color.clone(),
    };
    character.emblem = own.emblem.clone().filter(|name| Character::is_emblem_name(name) && emblem(name).is_some());
}

/// A card of another program. Its description (and scene) is the life, its personality the voice, with examples of how the
/// character talks; the tags are the line under the name.
fn of_fields(fields: &Fields<'_>, name: &str, max_chars: usize, notes: &mut Vec<String>) -> Character {
    let nickname = fields.string("nickname").filter(|nickname| nickname.chars().count() <= MAX_NAME_CHARS);
    let called = nickname.as_deref().unwrap_or(name);
    let get = |field: &str| fields.string(field).map(|text| spoken(&text, called)).unwrap_or_default();
    let tags = json::strings(fields.text, &fields.path("tags"));
    let tags: Vec<String> = tags.iter().map(|tag| clean(tag).trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
    let tagline = clip(&tags.iter().take(4).cloned().collect::<Vec<_>>().join(", "), MAX_TAGLINE_CHARS).0;
    let room = max_chars.saturating_sub(MAX_NAME_CHARS + MAX_TAGLINE_CHARS);
    let (voice, cut_voice) = clip(&get("personality"), room / 3);
    let examples = clip(&examples(&get("mes_example"), &get("first_mes")), MAX_EXAMPLE_CHARS.min(room / 6)).0;
    let voice = joined(&[&voice, &examples]);
    let (bio, cut_bio) = clip(&joined(&[&get("description"), &get("scenario")]), room - voice.chars().count());
    for (cut, what, kept) in [(cut_bio, "description", &bio), (cut_voice, "personality", &voice)] {
        if cut {
            let kept = kept.chars().count();
            notes.push(format!("The {what} is longer than a character may be: {kept} characters of it are used."));
        }
    }
    blank(bio, voice, tagline)
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("\n\n")
}

/// How the character talks, in words of the card.
fn examples(example: &str, greeting: &str) -> String {
    let example = example.replace("<START>", "").replace("<start>", "");
    match joined(&[example.trim(), greeting]).as_str() {
        "" => String::new(),
        words => format!("Talks like this:\n{words}"),
    }
}

/// With names in place of what stands for them, and without the comments of the card's maker.
fn spoken(text: &str, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['{', '<']) {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let (length, said) = macro_at(rest, name);
        match said {
            Some(said) => out.push_str(said),
            None => out.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    out.trim().to_owned()
}

/// How long what begins here is, and what to say instead; `None`: it stays.
fn macro_at<'a>(text: &str, name: &'a str) -> (usize, Option<&'a str>) {
    let begins = |mark: &str| text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    for (mark, said) in [("{{char}}", name), ("<BOT>", name), ("<CHAR>", name), ("{{user}}", "Host"), ("<USER>", "Host")] {
        if begins(mark) {
            return (mark.len(), Some(said));
        }
    }
    if begins("{{//") || begins("{{comment:") {
        return (text.find("}}").map_or(2, |end| end + 2), Some(""));
    }
    (1, None)
}

/// At most so many characters, cut between two words. Whether it was cut.
pub fn clip(text: &str, max: usize) -> (String, bool) {
    if text.chars().count() <= max {
        return (text.to_owned(), false);
    }
    let cut: String = text.chars().take(max.saturating_sub(1)).collect();
    let end = cut.rfind(char::is_whitespace).filter(|end| *end > cut.len() / 2).unwrap_or(cut.len());
    (format!("{}…", cut[..end].trim_end()), true)
}

/// What of the card ChatLab has no use for, if there is anything.
fn kept(fields: &Fields<'_>) -> Option<String> {
    let path = |field: &'static str| fields.path(field);
    let mut parts = vec![];
    let mut several = |count: usize, one: &str, many: &str| match count {
        0 => {}
        1 => parts.push(one.to_owned()),
        _ => parts.push(format!("{count} {many}")),
    };
    let entries = [path("character_book"), vec!["entries"]].concat();
    several(json::count(fields.text, &entries), "a lorebook of one entry", "entries of a lorebook");
    several(json::count(fields.text, &path("alternate_greetings")), "another greeting", "other greetings");
    several(json::count(fields.text, &path("assets")), "a file", "files that belong to the card");
    if fields.string("system_prompt").or_else(|| fields.string("post_history_instructions")).is_some() {
        parts.push("instructions to a model".to_owned());
    }
    let settings = json::keys(fields.text, &path("extensions"));
    if settings.iter().any(|key| key != own::NAME) {
        parts.push("other programs’ settings".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}
