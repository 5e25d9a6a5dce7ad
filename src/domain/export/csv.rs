//! A table of what was said, for spreadsheets and statistics (RFC 4180, UTF-8 with its mark).

use std::collections::BTreeSet;

use super::Transcript;

const HEAD: [&str; 11] =
    ["position", "time", "kind", "speaker", "status", "version", "text", "model", "output_tokens", "version_kind", "finish"];

pub(super) fn write(transcript: &Transcript) -> String {
    let mut out = String::from("\u{feff}");
    row(&mut out, &HEAD.map(str::to_owned));
    let begun = transcript.discussion.created_at.rfc3339();
    for (kind, text) in [("notice", transcript.notice()), ("topic", transcript.discussion.topic.clone())] {
        let mut cells = HEAD.map(|_| String::new());
        (cells[0], cells[1], cells[2], cells[3], cells[6]) =
            ("0".into(), begun.clone(), kind.into(), "ChatLab".into(), text);
        row(&mut out, &cells);
    }
    for message in transcript.said() {
        let usage = message.usage.as_ref();
        row(
            &mut out,
            &[
                message.position.to_string(),
                message.created_at.rfc3339(),
                message.author.kind.as_str().to_owned(),
                message.author.name.clone(),
                message.status.as_str().to_owned(),
                message.version.to_string(),
                message.text.clone(),
                transcript.models(message).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", "),
                usage.map(|usage| usage.output_tokens.to_string()).unwrap_or_default(),
                transcript.current(message).map(|version| version.kind.as_str().to_owned()).unwrap_or_default(),
                message.finish.map(|finish| finish.as_str().to_owned()).unwrap_or_default(),
            ],
        );
    }
    out
}

fn row(out: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    out.push_str(&cells.join(","));
    out.push_str("\r\n");
}

/// A cell as RFC 4180 has it, and never a formula.
pub fn cell(text: &str) -> String {
    format!("\"{}\"", harmless(text).replace('"', "\"\""))
}

/// No spreadsheet takes anything in a cell for a formula: an apostrophe stands before what could begin one. That is not only the
/// cell's beginning: where a list is separated by semicolons or tabs, a program that opens the file cuts cells there and at each
/// line's end, whatever the quotes say.
fn harmless(cell: &str) -> String {
    let begins = |c: char| matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠');
    let cuts = |c: char| matches!(c, ',' | ';' | '\t' | '\r' | '\n');
    let mut out = String::with_capacity(cell.len() + 1);
    if cell.starts_with(cuts) {
        out.push('\'');
    }
    for piece in cell.split_inclusive(cuts) {
        // Quotes are taken away as well as blanks.
        let bare = piece.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
        out.push_str(&piece[..piece.len() - bare.len()]);
        if bare.starts_with(begins) {
            out.push('\'');
        }
        out.push_str(bare);
    }
    out
}
