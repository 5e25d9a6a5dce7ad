//! From a lesson to its file: TOML, in an order that reads well.

use std::fmt::Write;

use super::{About, Lesson, Member, Step};
use crate::domain::cast::builtin;
use crate::domain::character::{Character, Idea, Quotation};
use crate::domain::export::file_stem;

/// The lesson as a file that [`super::read`] reads back.
pub fn write(lesson: &Lesson) -> String {
    let mut out = Writer("# A lesson for ChatLab. docs/lessons.md says what each line means.\n".to_owned());
    out.about(&lesson.about, &lesson.topic);
    out.heading("settings");
    out.pair("turn_order", &quoted(lesson.turn_order.as_str()));
    out.pair("length", &quoted(lesson.style.length.as_str()));
    out.pair("level", &quoted(lesson.style.level.as_str()));
    if let Some(turns) = lesson.auto_turns {
        out.pair("auto_turns", &turns.to_string());
    }
    for member in &lesson.cast {
        out.heading("[cast]");
        match member {
            Member::Known(id) => {
                let name = builtin().find(id).map(|character| character.name.as_str());
                let name = name.map(|name| format!("  # {name}")).unwrap_or_default();
                out.pair("character", &format!("{}{name}", quoted(id.as_str())));
            }
            Member::Own(character) => out.own(character),
        }
    }
    for step in &lesson.plan {
        out.step(step);
    }
    out.0
}

/// The file's name.
pub fn file_name(title: &str) -> String {
    format!("{}.lesson.toml", file_stem(title, "lesson"))
}

/// A JSON string is a TOML string, but for DEL, which no text here has.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("strings have a JSON form")
}

/// Over several lines where the text has several.
fn block(text: &str) -> String {
    if !text.contains('\n') {
        return quoted(text);
    }
    // Line by line: the `n` behind an escaped backslash is a letter.
    let line = |line: &str| {
        let quoted = quoted(line);
        quoted[1..quoted.len() - 1].to_owned()
    };
    format!("\"\"\"\n{}\"\"\"", text.split('\n').map(line).collect::<Vec<_>>().join("\n"))
}

struct Writer(String);

impl Writer {
    fn heading(&mut self, name: &str) {
        // Writing to a String cannot fail.
        let _ = write!(self.0, "\n[{name}]\n");
    }

    fn pair(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.0, "{key} = {value}");
    }

    fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.pair(key, &block(text));
        }
    }

    fn list(&mut self, key: &str, lines: impl Iterator<Item = String>) {
        let lines: Vec<String> = lines.map(|line| format!("  {line},\n")).collect();
        if !lines.is_empty() {
            self.pair(key, &format!("[\n{}]", lines.concat()));
        }
    }

    fn about(&mut self, about: &About, topic: &str) {
        self.text("title", &about.title);
        self.pair("topic", &block(topic));
        self.text("audience", &about.audience);
        if let Some(minutes) = about.minutes {
            self.pair("minutes", &minutes.to_string());
        }
        self.list("aims", about.aims.iter().map(|aim| quoted(aim)));
        self.text("notes", &about.notes);
    }

    fn own(&mut self, character: &Character) {
        self.pair("name", &quoted(&character.name));
        self.text("tagline", &character.tagline);
        self.text("bio", &character.bio);
        self.text("born", character.born.as_deref().unwrap_or_default());
        self.text("died", character.died.as_deref().unwrap_or_default());
        if character.living {
            self.pair("living", "true");
        }
        self.text("voice", &character.voice);
        self.list("ideas", character.ideas.iter().map(Idea::line).map(|line| quoted(&line)));
        let works = character.works.iter().map(|work| match &work.year {
            Some(year) => format!("{{ title = {}, year = {} }}", quoted(&work.title), quoted(year)),
            None => format!("{{ title = {} }}", quoted(&work.title)),
        });
        self.list("works", works);
        self.list("dissent", character.dissent.iter().map(|line| quoted(line)));
        self.list("cautions", character.cautions.iter().map(|line| quoted(line)));
        if let Some(Quotation { text, source }) = &character.quotation {
            self.pair("quotation", &format!("{{ text = {}, source = {} }}", quoted(text), quoted(source)));
        }
        self.pair("color", &quoted(&character.color.light));
        self.pair("color_dark", &quoted(&character.color.dark));
        self.text("emblem", character.emblem.as_deref().unwrap_or_default());
    }

    fn step(&mut self, step: &Step) {
        self.heading("[plan]");
        if let Some(turns) = step.after_turns {
            self.pair("after_turns", &turns.to_string());
        }
        self.text("when", &step.when);
        self.pair("say", &block(&step.say));
        self.text("why", &step.why);
    }
}
