//! A document for word processors: four small parts of XML in a ZIP file without compression.

use std::fmt::Write;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::html::escape;
use super::marked::{Block, Kind, Run, blocks};
use super::{Transcript, day_and_time};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const WORDS: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
/// A4 with margins of 2.5 cm, in twentieths of a point.
const PAPER: &str = "<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1418\" w:right=\"1418\" \
    w:bottom=\"1418\" w:left=\"1418\" w:header=\"709\" w:footer=\"709\" w:gutter=\"0\"/></w:sectPr>";
/// Of each step of a list, likewise.
const INDENT: usize = 425;
const MAIN_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

pub(super) fn write(transcript: &Transcript) -> Vec<u8> {
    let types = format!(
        "{HEAD}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/word/document.xml\" \
         ContentType=\"{MAIN_TYPE}.document.main+xml\"/><Override PartName=\"/word/styles.xml\" \
         ContentType=\"{MAIN_TYPE}.styles+xml\"/></Types>"
    );
    let relation = |kind: &str, target: &str| {
        format!(
            "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/{kind}\" \
             Target=\"{target}\"/></Relationships>"
        )
    };
    zip(&[
        ("[Content_Types].xml", types),
        ("_rels/.rels", relation("officeDocument", "word/document.xml")),
        ("word/_rels/document.xml.rels", relation("styles", "styles.xml")),
        ("word/document.xml", document(transcript)),
        ("word/styles.xml", styles()),
    ])
}

fn document(transcript: &Transcript) -> String {
    let discussion = transcript.discussion;
    let mut body = String::new();
    let mut styled = |style: &str, more: &str, runs: &str| {
        // Writing to a String cannot fail.
        let _ = write!(body, "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{more}</w:pPr>{runs}</w:p>");
    };
    let mut paragraph = |style: &str, text: &str| styled(style, "", &run(text, ""));
    paragraph("Title", &discussion.title);
    paragraph("Notice", &transcript.notice());
    paragraph("Normal", &format!("Topic: {}", discussion.topic));
    for seat in transcript.seats() {
        paragraph("Normal", &seat);
    }
    paragraph("Normal", &format!("Begun: {}", day_and_time(discussion.created_at)));
    for message in transcript.said() {
        let at = day_and_time(message.created_at);
        let color =
            transcript.color(message).map(|(light, _)| light.trim_start_matches('#')).filter(|color| is_color(color));
        let color = color.map(|color| format!("<w:color w:val=\"{color}\"/>")).unwrap_or_default();
        let time = run(&format!("  {at}{}", transcript.mark(message)), "<w:b w:val=\"0\"/><w:sz w:val=\"18\"/>");
        styled("Speaker", "", &format!("{}{time}", run(&message.author.name, &color)));
        for Block { kind, runs } in blocks(message) {
            let text: String = runs.iter().map(looking).collect();
            match kind {
                Kind::Quote => styled("Quote", "", &text),
                Kind::Item { depth, mark } => {
                    let left = INDENT * depth;
                    let before = run(&format!("{mark}\t"), "");
                    styled(
                        "Normal",
                        &format!("<w:ind w:left=\"{left}\" w:hanging=\"{INDENT}\"/>"),
                        &format!("{before}{text}"),
                    );
                }
                Kind::Paragraph | Kind::Heading | Kind::Code => styled("Normal", "", &text),
            }
        }
    }
    format!("{HEAD}<w:document xmlns:w=\"{WORDS}\"><w:body>{body}{PAPER}</w:body></w:document>")
}

fn is_color(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A piece of text in its look.
fn looking(piece: &Run) -> String {
    let mut marks = String::new();
    for (wanted, mark) in [
        (piece.code, "<w:rFonts w:ascii=\"Courier New\" w:hAnsi=\"Courier New\" w:cs=\"Courier New\"/>"),
        (piece.strong, "<w:b/>"),
        (piece.emphasis, "<w:i/>"),
        (piece.deleted, "<w:strike/>"),
    ] {
        if wanted {
            marks.push_str(mark);
        }
    }
    run(&piece.text, &marks)
}

/// `marks`: properties of the run.
fn run(text: &str, marks: &str) -> String {
    let line = |line: &str| {
        let cells: Vec<String> =
            line.split('\t').map(|cell| format!("<w:t xml:space=\"preserve\">{}</w:t>", escape(&allowed(cell)))).collect();
        cells.join("<w:tab/>")
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    format!("<w:r><w:rPr>{marks}</w:rPr>{}</w:r>", lines.join("<w:br/>"))
}

/// XML has no place for some characters, whatever stands for them.
fn allowed(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}

fn styles() -> String {
    let style = |id: &str, name: &str, marks: &str, before: u32| {
        // A name never stands alone at the foot of a page.
        let keep = if id == "Speaker" { "<w:keepNext/>" } else { "" };
        let indent = if id == "Quote" { "<w:ind w:left=\"567\"/>" } else { "" };
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:pPr>{keep}<w:spacing \
             w:before=\"{before}\" w:after=\"80\"/>{indent}</w:pPr><w:rPr>{marks}</w:rPr></w:style>"
        )
    };
    let all = [
        style("Normal", "Normal", "<w:sz w:val=\"22\"/>", 0),
        style("Title", "Title", "<w:b/><w:sz w:val=\"36\"/>", 0),
        style("Notice", "Notice", "<w:i/><w:sz w:val=\"20\"/>", 0),
        style("Quote", "Quote", "<w:i/><w:sz w:val=\"22\"/>", 0),
        style("Speaker", "Speaker", "<w:b/><w:sz w:val=\"22\"/>", 240),
    ];
    let font = "<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Georgia\" w:hAnsi=\"Georgia\" w:cs=\"Georgia\"/>\
                </w:rPr></w:rPrDefault></w:docDefaults>";
    format!("{HEAD}<w:styles xmlns:w=\"{WORDS}\">{font}{}</w:styles>", all.concat())
}

/// Files in a ZIP archive, stored as they are: small enough, and readable to whoever looks inside.
fn zip(files: &[(&str, String)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in files {
        archive.start_file(*name, stored).expect("five files of distinct names");
        archive.write_all(content.as_bytes()).expect("memory takes every byte");
    }
    archive.finish().expect("memory takes every byte").into_inner()
}
