//! One page that needs nothing else: to read, to print, and to replay at reading speed.

use std::fmt::Write;

use super::marked::{Block, Kind, Run, blocks};
use super::{Transcript, day_and_time};
use crate::domain::message::{AuthorKind, Message};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("replay.js");
const CONTROLS: &str = "<div id=\"replay\" hidden><button id=\"run\" type=\"button\">Replay</button>\
    <button id=\"all\" type=\"button\" hidden>Show all</button><label>Words a minute <select id=\"speed\">\
    <option>150</option><option selected>200</option><option>300</option></select></label></div>";
/// The only script that may run on the page; a test holds it to the script.
pub(super) const SCRIPT_HASH: &str = "sha256-IykPoUf5eVSoOPXiK1wLWSipjywXiLIRuDwRfsX5pTU=";

pub(super) fn write(transcript: &Transcript) -> String {
    let discussion = transcript.discussion;
    let title = escape(&discussion.title);
    let seats: Vec<String> = transcript.seats().map(|seat| format!("<li>{}</li>", escape(&seat))).collect();
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src \
         'none'; style-src 'unsafe-inline'; script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1 dir=\"auto\">{title}</h1>\n\
         <p class=\"notice\">{notice}</p>\n<p dir=\"auto\">{topic}</p>\n<ul>{seats}</ul>\n<p><time>{begun}</time></p>\n\
         {CONTROLS}\n</header>\n<main>\n",
        notice = escape(&transcript.notice()),
        topic = escape(&discussion.topic),
        seats = seats.join(""),
        begun = day_and_time(discussion.created_at),
    );
    for message in transcript.said() {
        article(&mut out, transcript, message);
    }
    // Writing to a String cannot fail.
    let _ = write!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
    out
}

fn article(out: &mut String, transcript: &Transcript, message: &Message) {
    let (name, at) = (escape(&message.author.name), day_and_time(message.created_at));
    let (class, color) = match message.author.kind {
        AuthorKind::Character => ("", transcript.color(message)),
        _ => (" class=\"host\"", None),
    };
    let style = color.map(|(light, dark)| format!(" style=\"--light:{};--dark:{}\"", escape(light), escape(dark)));
    let _ = write!(
        out,
        "<article{class}{}><h2>{name} <time>{at}</time><span class=\"mark\">{}</span></h2><div class=\"words\" dir=\"auto\" \
         lang=\"\">",
        style.unwrap_or_default(),
        transcript.mark(message)
    );
    for Block { kind, runs } in blocks(message) {
        let text: String = runs.iter().map(run).collect();
        let _ = match kind {
            Kind::Paragraph => write!(out, "<p>{text}</p>"),
            Kind::Heading => write!(out, "<p class=\"heading\">{text}</p>"),
            Kind::Quote => write!(out, "<blockquote>{text}</blockquote>"),
            Kind::Code => write!(out, "<pre>{text}</pre>"),
            Kind::Item { depth, mark } => {
                write!(out, "<p class=\"item\" style=\"--depth:{depth}\"><span>{}</span>{text}</p>", escape(&mark))
            }
        };
    }
    out.push_str("</div></article>\n");
}

fn run(run: &Run) -> String {
    let mut text = escape(&run.text);
    for (wanted, tag) in [(run.code, "code"), (run.emphasis, "em"), (run.strong, "strong"), (run.deleted, "del")] {
        if wanted {
            text = format!("<{tag}>{text}</{tag}>");
        }
    }
    text
}

/// Text stays text, in an element as in an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
