//! A transcript to take away: who said what and when, and that an AI wrote it.

pub mod csv;
mod docx;
mod html;
mod marked;

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::ops::Range;

use icu_normalizer::ComposingNormalizerBorrowed;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};
use serde::Serialize;
use serde_json::Value;

use super::change::VersionKind;
use super::character::Character;
use super::ids::MessageId;
use super::message::{AuthorKind, Finish, Message, Status, Usage, Version};
use super::protocol::DiscussionView;
use super::recap::Recap;
use super::text::Moment;

/// Longest file name made from a title, in bytes: systems take 255 with what programs add to it.
const MAX_NAME_BYTES: usize = 120;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Markdown,
    Text,
    Json,
    Html,
    Csv,
    Docx,
}

impl Format {
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "md" => Some(Self::Markdown),
            "txt" => Some(Self::Text),
            "json" => Some(Self::Json),
            "html" => Some(Self::Html),
            "csv" => Some(Self::Csv),
            "docx" => Some(Self::Docx),
            _ => None,
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Text => "txt",
            Self::Json => "json",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Docx => "docx",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
            Self::Json => "application/json",
            Self::Html => "text/html; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }
}

/// A discussion to take away.
pub struct Transcript<'a> {
    pub discussion: &'a DiscussionView,
    /// Who takes part, then who did, with the cards that they had.
    pub cast: &'a [&'a Character],
    /// In order of position.
    pub messages: &'a [Message],
    /// Every version of each, the first one first.
    pub versions: &'a HashMap<MessageId, Vec<Version>>,
    /// What was remembered of the earlier part, as far as it still holds.
    pub recaps: &'a [Recap],
    /// Every summary, without the lines that rest on what was struck.
    pub summaries: &'a [Value],
    /// No model is set up, or the discussion is a rehearsal.
    pub demo: bool,
    pub exported_at: Moment,
}

impl Transcript<'_> {
    pub fn write(&self, format: Format) -> Vec<u8> {
        match format {
            Format::Markdown => self.markdown().into(),
            Format::Text => self.text().into(),
            Format::Json => self.json().into(),
            Format::Html => html::write(self).into(),
            Format::Csv => csv::write(self).into(),
            Format::Docx => docx::write(self),
        }
    }

    fn markdown(&self) -> String {
        let whole = self.markdown_with(|text| quiet(text, &code_in(text)));
        match loads_nothing(&whole) {
            true => whole,
            // What was code of one message is none of the whole: code is shown with backslashes then.
            false => self.markdown_with(|text| quiet(text, &[])),
        }
    }

    fn markdown_with(&self, quiet: impl Fn(&str) -> String) -> String {
        let discussion = self.discussion;
        let mut out = format!("# {}\n\n", one_line(&discussion.title));
        let mut line = |text: String| {
            out.push_str(&text);
            out.push_str("\n\n");
        };
        // The model's name is its provider's word.
        line(format!("> {}", one_line(&self.notice())));
        line(format!("**Topic:** {}", plain(&discussion.topic)));
        let seats: Vec<String> = self.seats().map(|seat| format!("- {}", one_line(&seat))).collect();
        line(format!("**Participants**\n\n{}", seats.join("\n")));
        line(format!("**Begun:** {}", day_and_time(discussion.created_at)));
        line("---".to_owned());
        for message in self.said() {
            line(format!(
                "**{}** · {}{}",
                one_line(&message.author.name),
                day_and_time(message.created_at),
                self.mark(message)
            ));
            let text = message.text.trim_end();
            line(match message.author.kind {
                AuthorKind::Character => closed(quiet(text)),
                _ => plain(text),
            });
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }

    fn text(&self) -> String {
        let discussion = self.discussion;
        let title = discussion.title.replace('\n', " ");
        let mut out = format!("{title}\n{}\n\n{}\n\n", "=".repeat(title.chars().count().clamp(3, 72)), self.notice());
        let seats: Vec<String> = self.seats().map(|seat| format!("  {seat}")).collect();
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            "Topic: {}\nParticipants:\n{}\nBegun: {}\n",
            discussion.topic,
            seats.join("\n"),
            day_and_time(discussion.created_at)
        );
        for message in self.said() {
            let at = day_and_time(message.created_at);
            let _ = write!(out, "\n{} ({at}){}\n{}\n", message.author.name, self.mark(message), message.text.trim_end());
        }
        out
    }

    fn json(&self) -> String {
        #[derive(Serialize)]
        struct Export<'a> {
            notice: String,
            exported_at: Moment,
            discussion: &'a DiscussionView,
            /// Who takes part, then who did, with the cards that they had.
            cast: &'a [&'a Character],
            messages: Vec<Kept<'a>>,
            /// What models were told of the earlier part.
            recaps: &'a [Recap],
            summaries: &'a [Value],
        }
        #[derive(Serialize)]
        struct Kept<'a> {
            #[serde(flatten)]
            message: &'a Message,
            versions: &'a [Version],
        }
        let versions = |message: &'_ Message| self.versions.get(&message.id).map_or(&[][..], Vec::as_slice);
        let export = Export {
            notice: self.notice(),
            exported_at: self.exported_at,
            discussion: self.discussion,
            cast: self.cast,
            messages: self.kept().map(|message| Kept { message, versions: versions(message) }).collect(),
            recaps: self.recaps,
            summaries: self.summaries,
        };
        let mut json = serde_json::to_string_pretty(&export).expect("the domain's types have JSON forms");
        json.push('\n');
        json
    }

    /// Who takes part, and who did, for people.
    fn seats(&self) -> impl Iterator<Item = String> {
        self.cast.iter().map(|one| match self.discussion.former.iter().any(|figure| figure.character_id == one.id) {
            true => format!("{}; has left the discussion", who(one)),
            false => who(one),
        })
    }

    /// The colours of the one who speaks, for light and dark grounds.
    fn color(&self, message: &Message) -> Option<(&str, &str)> {
        let DiscussionView { participants, former, .. } = self.discussion;
        let mut figures = participants.iter().map(|seat| &seat.figure).chain(former);
        let figure = figures.find(|figure| Some(&figure.character_id) == message.author.id.as_ref())?;
        Some((&figure.color, &figure.color_dark))
    }

    /// Everything but what was struck.
    fn kept(&self) -> impl Iterator<Item = &Message> + '_ {
        self.messages.iter().filter(|message| message.status != Status::Struck)
    }

    /// What was said: turns without a word said nothing.
    fn said(&self) -> impl Iterator<Item = &Message> + '_ {
        self.kept().filter(|message| !message.text.trim().is_empty())
    }

    /// The models whose words a message has.
    fn models<'a>(&'a self, message: &'a Message) -> impl Iterator<Item = &'a str> {
        let used = message.usage.as_ref().and_then(Usage::model);
        used.into_iter().chain(self.current(message).into_iter().flat_map(Version::models))
    }

    fn current(&self, message: &Message) -> Option<&Version> {
        self.versions.get(&message.id)?.iter().find(|version| version.current)
    }

    /// How a text is not simply what the speaker said, if it is not.
    fn mark(&self, message: &Message) -> String {
        let mut mark = match message.status {
            Status::Streaming => " · still speaking",
            Status::Stopped => " · stopped by the host",
            Status::Interrupted => " · interrupted",
            Status::Complete | Status::Failed | Status::Struck => "",
        }
        .to_owned();
        mark.push_str(match message.finish {
            Some(Finish::Length) => " · cut off at the greatest length",
            Some(Finish::Refusal) => " · the model declined",
            None => "",
        });
        let edited = self.current(message).is_some_and(|version| version.kind == VersionKind::Edited);
        if edited && message.author.kind == AuthorKind::Character {
            mark.push_str(" · edited by the host");
        }
        mark
    }

    /// That the words are an AI's, and whose.
    fn notice(&self) -> String {
        let spoken = || self.said().filter(|message| message.author.kind == AuthorKind::Character);
        let models: BTreeSet<&str> = spoken().flat_map(|message| self.models(message)).collect();
        // Whatever is set up now: they were heard, and it was them.
        let heard = spoken().next().is_some() && spoken().all(|message| message.usage.as_ref().is_some_and(Usage::is_demo));
        let by = match (models.is_empty(), self.demo || heard) {
            (true, true) => "by ChatLab's built-in demo voices, without a language model".to_owned(),
            // What a model said is not always known to be its: an update or a crash may have come between.
            (true, false) => "by an AI language model".to_owned(),
            (false, _) => format!("by an AI language model ({})", models.into_iter().collect::<Vec<_>>().join(", ")),
        };
        format!("The characters' words were made {by}. They are not quotations, and nobody portrayed here said them.")
    }
}

/// A name that is safe on every system, from a discussion's title.
pub fn file_name(title: &str, format: Format) -> String {
    format!("{}.{}", file_stem(title, "discussion"), format.extension())
}

/// A file's name without its end, good on every system; `otherwise` for a title of which nothing is left.
pub fn file_stem(title: &str, otherwise: &str) -> String {
    // One form of each letter: systems disagree on two. Marks of direction and whatever else is unseen is no letter.
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(title);
    let keep = |c: char| if c.is_alphanumeric() { c } else { ' ' };
    let words: String = composed.chars().map(keep).collect();
    let mut stem = String::new();
    for word in words.split_whitespace() {
        let between = usize::from(!stem.is_empty());
        let rest = MAX_NAME_BYTES.saturating_sub(stem.len() + between);
        let fits = (0..=rest.min(word.len())).rev().find(|at| word.is_char_boundary(*at)).unwrap_or(0);
        // Whole words, but for a first one that is too long by itself.
        if fits < word.len() && !stem.is_empty() {
            break;
        }
        stem.push_str(&"-"[..between]);
        stem.push_str(&word[..fits]);
    }
    // With the prefix no title can be one of the names that Windows keeps for itself.
    format!("chatlab-{}", if stem.is_empty() { otherwise } else { &stem })
}

fn who(character: &Character) -> String {
    let dates = match (&character.born, &character.died) {
        (Some(born), Some(died)) => format!(" ({born} to {died})"),
        (Some(born), None) => format!(" (born {born})"),
        _ => String::new(),
    };
    let tagline = if character.tagline.is_empty() { String::new() } else { format!(": {}", character.tagline) };
    format!("{}{dates}{tagline}", character.name)
}

fn day_and_time(moment: Moment) -> String {
    let text = moment.rfc3339();
    format!("{} {} UTC", &text[..10], &text[11..16])
}

/// What people write is no Markdown: its marks stand for themselves, its lines stay lines.
fn plain(text: &str) -> String {
    let line = |line: &str| {
        let line = one_line(line.trim());
        let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        match line.as_bytes().get(digits) {
            Some(b'.' | b')') if digits > 0 => format!("{}\\{}", &line[..digits], &line[digits..]),
            Some(b'-' | b'+' | b'=') if digits == 0 => format!("\\{line}"),
            _ => line,
        }
    };
    let paragraph = |text: &str| text.trim_matches('\n').lines().map(line).collect::<Vec<_>>().join("  \n");
    text.split("\n\n").map(paragraph).collect::<Vec<_>>().join("\n\n")
}

/// Markdown's marks in names and titles stand for themselves.
fn one_line(text: &str) -> String {
    let special = |c: char| matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~');
    let mut out = String::with_capacity(text.len());
    for c in text.replace('\n', " ").chars() {
        if special(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Markdown of a message, except that nothing in it is a tag of HTML, a picture or a link: whatever shows the file loads
/// nothing and runs nothing. `code`: where it is code, which shows backslashes.
fn quiet(text: &str, code: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escaped = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let begins = match c {
            '<' => chars.peek().is_some_and(|(_, next)| next.is_alphabetic() || matches!(next, '/' | '!' | '?')),
            '[' => true,
            _ => false,
        };
        // One that has its mark already would lose it to a second.
        if begins && !escaped && !code.iter().any(|code| code.contains(&at)) {
            out.push('\\');
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

fn code_in(text: &str) -> Vec<Range<usize>> {
    let code = |(event, range)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))).then_some(range);
    Parser::new(text).into_offset_iter().filter_map(code).collect()
}

/// A block of code that is open at the text's end, as in a turn that was cut off, would take in all that follows.
fn closed(mut text: String) -> String {
    let open = Parser::new(&text).into_offset_iter().find_map(|(event, range)| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) if range.end == text.len() => Some(range.start),
        _ => None,
    });
    let Some(block) = open.map(|start| &text[start..]) else { return text };
    let mark = &block[..block.len() - block.trim_start_matches(['`', '~']).len()];
    if !block.lines().skip(1).last().is_some_and(|last| last.trim().starts_with(mark)) {
        text = format!("{text}\n{mark}");
    }
    text
}

/// Whether a program that shows the text as Markdown would find no tag, no picture and no link in it.
fn loads_nothing(text: &str) -> bool {
    !Parser::new(text).any(|event| {
        matches!(event, Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Link { .. } | Tag::Image { .. }))
    })
}

#[cfg(test)]
mod tests;
