//! One page that needs nothing else: to read, to print, and to replay at reading speed.

use std::fmt::Write;

use super::{Transcript, day_and_time, mark, who};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("replay.js");
/// The only script that may run on the page; a test holds it to the script.
pub(super) const SCRIPT_HASH: &str = "sha256-p3uI2z2VRGXrhuFi3MUvCHqy7DMA9HZK/D6vb4vwNQM=";

pub(super) fn write(transcript: &Transcript) -> String {
    let discussion = transcript.discussion;
    let title = escape(&discussion.title);
    let seats: Vec<String> = transcript.cast.iter().map(|one| format!("<li>{}</li>", escape(&who(one)))).collect();
    let mut out = format!(
        "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src \
         'none'; style-src 'unsafe-inline'; script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
         <p class=\"notice\">{notice}</p>\n<p>{topic}</p>\n<ul>{seats}</ul>\n<p><time>{begun}</time></p>\n\
         <button id=\"replay\" type=\"button\" aria-pressed=\"false\" hidden>Replay</button>\n</header>\n<main>\n",
        notice = escape(&transcript.notice()),
        topic = escape(&discussion.topic),
        seats = seats.join(""),
        begun = day_and_time(discussion.created_at),
    );
    for message in transcript.said() {
        let (name, at) = (escape(&message.author.name), day_and_time(message.created_at));
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "<article><h2>{name} <time>{at}</time><span class=\"mark\">{}</span></h2><p>{}</p></article>",
            mark(message),
            escape(message.text.trim_end())
        );
    }
    let _ = write!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
    out
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
