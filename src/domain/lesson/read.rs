//! From a lesson file (TOML) to a lesson, or to everything that is wrong with it, line by line.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{About, Lesson, Member, Step};
use crate::domain::card::{MAX_DATE_CHARS, MAX_ENTRIES, MAX_NAME_CHARS, MAX_QUOTATION_CHARS, MAX_TAGLINE_CHARS};
use crate::domain::cast::{builtin, emblem};
use crate::domain::character::{Character, Color, Idea, Quotation, Work};
use crate::domain::ids::CharacterId;
use crate::domain::order::TurnOrder;
use crate::domain::style::{Length, Level, Style};
use crate::domain::text::{self, TextError};

/// Largest file in bytes.
pub const MAX_FILE_BYTES: usize = 256 * 1024;
/// Most things that a host can plan to say.
pub const MAX_STEPS: usize = 50;
const MAX_NOTES_CHARS: usize = 8_000;
const MAX_CAST: usize = 6;
const MAX_TURNS: u32 = 100;
const MAX_MINUTES: u32 = 600;

/// What is wrong, and in which line (from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonError {
    pub line: usize,
    pub message: String,
}

/// How much the texts may have, in characters.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub topic: usize,
    pub message: usize,
    pub card: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: Option<Spanned<String>>,
    topic: Option<Spanned<String>>,
    audience: Option<Spanned<String>>,
    minutes: Option<Spanned<u32>>,
    #[serde(default)]
    aims: Vec<Spanned<String>>,
    notes: Option<Spanned<String>>,
    #[serde(default)]
    settings: Settings,
    #[serde(default)]
    cast: Vec<Spanned<Entry>>,
    #[serde(default)]
    plan: Vec<Spanned<Planned>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Settings {
    turn_order: Option<Spanned<String>>,
    length: Option<Spanned<String>>,
    level: Option<Spanned<String>>,
    auto_turns: Option<Spanned<u32>>,
}

/// A seat: a built-in character's name in the address (`character`), or a character of one's own with all it says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    character: Option<Spanned<String>>,
    name: Option<Spanned<String>>,
    tagline: Option<Spanned<String>>,
    bio: Option<Spanned<String>>,
    born: Option<Spanned<String>>,
    died: Option<Spanned<String>>,
    #[serde(default)]
    living: bool,
    voice: Option<Spanned<String>>,
    #[serde(default)]
    ideas: Vec<Spanned<String>>,
    #[serde(default)]
    works: Vec<WorkEntry>,
    #[serde(default)]
    dissent: Vec<Spanned<String>>,
    #[serde(default)]
    cautions: Vec<Spanned<String>>,
    quotation: Option<QuotationEntry>,
    color: Option<Spanned<String>>,
    color_dark: Option<Spanned<String>>,
    emblem: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkEntry {
    title: Spanned<String>,
    year: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotationEntry {
    text: Spanned<String>,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planned {
    after_turns: Option<Spanned<u32>>,
    when: Option<Spanned<String>>,
    say: Option<Spanned<String>>,
    why: Option<Spanned<String>>,
}

/// Reads a lesson file.
///
/// # Errors
/// Everything that is wrong with it; of what is no TOML or an unknown key only the first.
pub fn read(file: &str, limits: Limits) -> Result<Lesson, Vec<LessonError>> {
    let mut reader = Reader { file, wrong: vec![] };
    let found: File = match toml::from_str(file) {
        Ok(found) => found,
        Err(error) => {
            reader.say(error.span().unwrap_or_default(), in_words(error.message()));
            return Err(reader.wrong);
        }
    };
    let lesson = reader.lesson(found, limits);
    match reader.wrong.is_empty() {
        true => Ok(lesson),
        false => Err(reader.wrong),
    }
}

/// The parser's message, in words for a teacher where it speaks of types.
fn in_words(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    match message.split_once(", expected ").filter(|_| message.starts_with("invalid ")) {
        Some((_, "a string")) => "This must be text in quotation marks, as in topic = \"What is play for?\".".to_owned(),
        Some((_, "u32")) => "This must be a whole number without quotation marks, as in minutes = 45.".to_owned(),
        Some((_, "a boolean")) => "This must be true or false, without quotation marks.".to_owned(),
        Some((_, "a sequence")) => "This must be a list in square brackets, as in aims = [\"One.\", \"Two.\"].".to_owned(),
        _ => format!("{message}."),
    }
}

struct Reader<'a> {
    file: &'a str,
    wrong: Vec<LessonError>,
}

impl Reader<'_> {
    fn say(&mut self, at: Range<usize>, message: impl Into<String>) {
        let before = self.file.get(..at.start).unwrap_or_default();
        self.wrong.push(LessonError { line: before.matches('\n').count() + 1, message: message.into() });
    }

    fn lesson(&mut self, file: File, limits: Limits) -> Lesson {
        let topic = self.needed("topic", file.topic, 0..0, limits.topic);
        let title = self.text("title", file.title, MAX_TAGLINE_CHARS).unwrap_or_default();
        let minutes = self.number("minutes", file.minutes, MAX_MINUTES);
        let about = About {
            title: title.replace('\n', " "),
            audience: self.text("audience", file.audience, MAX_TAGLINE_CHARS).unwrap_or_default(),
            minutes,
            aims: self.lines("aims", file.aims, 1_000),
            notes: self.text("notes", file.notes, MAX_NOTES_CHARS).unwrap_or_default(),
        };
        let settings = file.settings;
        let turn_order = self.word("turn_order", settings.turn_order, TurnOrder::from_word, "balanced, round_robin");
        let length = self.word("length", settings.length, Length::from_word, "short, normal, long");
        let level = self.word("level", settings.level, Level::from_word, "10, 14, 18, adult");
        Lesson {
            about,
            topic,
            turn_order: turn_order.unwrap_or(TurnOrder::Balanced),
            style: Style { length: length.unwrap_or_default(), level: level.unwrap_or_default() },
            auto_turns: self.number("auto_turns", settings.auto_turns, MAX_TURNS),
            cast: self.cast(file.cast, limits),
            plan: self.plan(file.plan, limits),
        }
    }

    fn text(&mut self, key: &str, given: Option<Spanned<String>>, max: usize) -> Option<String> {
        let given = given?;
        match text::parse(given.get_ref(), max) {
            Ok(text) => Some(text),
            Err(TextError::Empty) => None,
            Err(TextError::TooLong(max)) => {
                self.say(given.span(), format!("`{key}` may have at most {max} characters."));
                None
            }
        }
    }

    fn needed(&mut self, key: &str, given: Option<Spanned<String>>, place: Range<usize>, max: usize) -> String {
        let place = given.as_ref().map_or(place, Spanned::span);
        let before = self.wrong.len();
        let text = self.text(key, given, max);
        if text.is_none() && self.wrong.len() == before {
            self.say(place, format!("`{key}` is missing."));
        }
        text.unwrap_or_default()
    }

    fn lines(&mut self, key: &str, given: Vec<Spanned<String>>, max: usize) -> Vec<String> {
        if let Some(extra) = given.get(MAX_ENTRIES) {
            self.say(extra.span(), format!("`{key}` may have at most {MAX_ENTRIES} entries."));
        }
        given.into_iter().take(MAX_ENTRIES).filter_map(|line| self.text(key, Some(line), max)).collect()
    }

    fn number(&mut self, key: &str, given: Option<Spanned<u32>>, max: u32) -> Option<u32> {
        let given = given?;
        if !(1..=max).contains(given.get_ref()) {
            self.say(given.span(), format!("`{key}` is a number from 1 to {max}."));
        }
        Some(given.into_inner())
    }

    fn word<T>(
        &mut self,
        key: &str,
        given: Option<Spanned<String>>,
        from_word: impl Fn(&str) -> Option<T>,
        allowed: &str,
    ) -> Option<T> {
        let given = given?;
        let word = from_word(given.get_ref());
        if word.is_none() {
            self.say(given.span(), format!("`{key}` is one of: {allowed}."));
        }
        word
    }

    fn cast(&mut self, entries: Vec<Spanned<Entry>>, limits: Limits) -> Vec<Member> {
        if !(1..=MAX_CAST).contains(&entries.len()) {
            let place = entries.get(MAX_CAST).map_or(0..0, Spanned::span);
            self.say(place, format!("A lesson has 1 to {MAX_CAST} `[[cast]]` entries."));
        }
        let mut cast: Vec<Member> = vec![];
        for (index, entry) in entries.into_iter().take(MAX_CAST).enumerate() {
            let place = entry.span();
            let Some(member) = self.member(entry.into_inner(), &place, index, limits) else { continue };
            let twice = matches!(&member, Member::Known(_)) && cast.contains(&member);
            if twice {
                self.say(place, "This character has a seat already.");
            } else {
                cast.push(member);
            }
        }
        cast
    }

    fn member(&mut self, entry: Entry, place: &Range<usize>, index: usize, limits: Limits) -> Option<Member> {
        let Some(character) = &entry.character else {
            return Some(Member::Own(Box::new(self.own(entry, place, index, limits))));
        };
        if entry.name.is_some() {
            self.say(place.clone(), "A seat has either `character` (a built-in one) or a `name` of its own, not both.");
        }
        let known = character.get_ref().parse::<CharacterId>().ok().filter(|id| builtin().find(id).is_some());
        if known.is_none() {
            let name = character.get_ref().chars().take(80).collect::<String>();
            self.say(
                character.span(),
                format!("There is no built-in character `{name}`. Their names are in docs/lessons.md."),
            );
        }
        known.map(Member::Known)
    }

    fn own(&mut self, entry: Entry, place: &Range<usize>, index: usize, limits: Limits) -> Character {
        let name = self.needed("name", entry.name, place.clone(), MAX_NAME_CHARS);
        let ideas = self.lines("ideas", entry.ideas, limits.card);
        let mut works = vec![];
        for work in entry.works.into_iter().take(MAX_ENTRIES) {
            let title = self.needed("title", Some(work.title), place.clone(), MAX_TAGLINE_CHARS);
            works.push(Work { title, year: self.text("year", work.year, MAX_DATE_CHARS) });
        }
        let palette = &builtin().palette;
        let usual = palette.get(index % palette.len().max(1)).cloned();
        let light = self.word("color", entry.color, color, "`#` and six hexadecimal digits");
        let dark = self.word("color_dark", entry.color_dark, color, "`#` and six hexadecimal digits");
        let own = |name: &str| (Character::is_emblem_name(name) && emblem(name).is_some()).then(|| name.to_owned());
        let character = Character {
            id: CharacterId::generate(),
            pack: Character::OWN.to_owned(),
            name: name.split_whitespace().collect::<Vec<_>>().join(" "),
            tagline: self.text("tagline", entry.tagline, MAX_TAGLINE_CHARS).unwrap_or_default(),
            bio: self.text("bio", entry.bio, limits.card).unwrap_or_default(),
            born: self.text("born", entry.born, MAX_DATE_CHARS),
            died: self.text("died", entry.died, MAX_DATE_CHARS),
            living: entry.living,
            ideas: ideas.iter().map(|line| Idea::from_line(line)).collect(),
            works,
            voice: self.text("voice", entry.voice, limits.card).unwrap_or_default(),
            dissent: self.lines("dissent", entry.dissent, limits.card),
            cautions: self.lines("cautions", entry.cautions, limits.card),
            quotation: entry.quotation.map(|quotation| Quotation {
                text: self.needed("text", Some(quotation.text), place.clone(), MAX_QUOTATION_CHARS),
                source: self.needed("source", Some(quotation.source), place.clone(), MAX_TAGLINE_CHARS),
            }),
            color: match (light, dark, usual) {
                (Some(light), Some(dark), _) => Color { light, dark },
                (Some(one), None, _) | (None, Some(one), _) => Color { light: one.clone(), dark: one },
                (None, None, Some(usual)) => usual,
                (None, None, None) => Color { light: "#3f3a34".to_owned(), dark: "#d8d2c4".to_owned() },
            },
            emblem: self.word("emblem", entry.emblem, own, "the emblems that the page offers, e.g. own-book"),
            portrait: None,
            picture: None,
        };
        if character.card_chars() > limits.card {
            let max = limits.card;
            self.say(place.clone(), format!("All texts of a character together may have at most {max} characters."));
        }
        character
    }

    fn plan(&mut self, planned: Vec<Spanned<Planned>>, limits: Limits) -> Vec<Step> {
        if let Some(extra) = planned.get(MAX_STEPS) {
            self.say(extra.span(), format!("A lesson has at most {MAX_STEPS} `[[plan]]` entries."));
        }
        let mut steps = vec![];
        for planned in planned.into_iter().take(MAX_STEPS) {
            let place = planned.span();
            let planned = planned.into_inner();
            steps.push(Step {
                after_turns: self.number("after_turns", planned.after_turns, 1_000),
                when: self.text("when", planned.when, MAX_TAGLINE_CHARS).unwrap_or_default(),
                say: self.needed("say", planned.say, place, limits.message),
                why: self.text("why", planned.why, 1_000).unwrap_or_default(),
            });
        }
        steps
    }
}

fn color(text: &str) -> Option<String> {
    Color::is_one(text).then(|| text.to_ascii_lowercase())
}
