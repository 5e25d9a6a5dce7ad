use proptest::prelude::*;

use super::*;
use crate::domain::cast::builtin;
use crate::domain::change::{Participant, Record};
use crate::domain::ids::{DiscussionId, MessageId, UserId};
use crate::domain::message::{Author, Finish, Usage};
use crate::domain::order::{Floor, TurnOrder};
use crate::domain::style::Style;

const AT: Moment = Moment(1_795_420_800_123);

fn dewey() -> Character {
    builtin().find(&"john-dewey".parse().expect("a slug")).expect("built in").clone()
}

fn record() -> Record {
    Record {
        id: DiscussionId::new(),
        owner: UserId::new(),
        topic: "What is play for?".to_owned(),
        title: "Play <b>and</b> *work*".to_owned(),
        turn_order: TurnOrder::Balanced,
        style: Style::default(),
        archived: false,
        forked_from: None,
        rehearsal: false,
        participants: vec![Participant { character: dewey(), muted: false }],
        former: vec![],
        floor: Floor::default(),
        last_seq: 4,
        message_count: 4,
        created_at: AT,
        updated_at: AT,
    }
}

fn message(position: i64, author: Author, text: &str, status: Status) -> Message {
    Message {
        id: MessageId::new(),
        seq: position,
        position,
        author,
        text: text.to_owned(),
        status,
        finish: None,
        version: 1,
        created_at: AT,
        usage: None,
        error: None,
        votes: None,
    }
}

fn messages() -> Vec<Message> {
    let dewey = || Author::character(dewey().id, "John Dewey");
    vec![
        message(1, Author::host(), "Begin <script>alert(1)</script>", Status::Complete),
        message(2, dewey(), "Play is 1 < 2 *work*.", Status::Interrupted),
        message(3, dewey(), "A secret", Status::Struck),
        message(4, dewey(), "", Status::Failed),
    ]
}

fn written(format: Format, messages: &[Message]) -> String {
    String::from_utf8_lossy(&bytes(format, messages)).into_owned()
}

fn bytes(format: Format, messages: &[Message]) -> Vec<u8> {
    bytes_where(true, format, messages)
}

/// `demo`: no model is set up.
fn bytes_where(demo: bool, format: Format, messages: &[Message]) -> Vec<u8> {
    let dewey = dewey();
    let view = DiscussionView::of(&record());
    let versions = HashMap::new();
    let transcript = Transcript {
        discussion: &view,
        cast: &[&dewey],
        messages,
        versions: &versions,
        recaps: &[],
        summaries: &[],
        demo,
        exported_at: AT,
    };
    transcript.write(format)
}

#[test]
fn every_format_names_speakers_times_and_that_no_person_said_it() {
    for format in [Format::Markdown, Format::Text, Format::Json, Format::Html, Format::Csv, Format::Docx] {
        let text = written(format, &messages());
        assert!(text.contains("John Dewey") && text.contains("Host"), "{text}");
        assert!(text.contains("2026-11-23"), "{text}");
        assert!(text.contains("They are not quotations"), "{text}");
        assert!(text.contains("nterrupted"), "{text}");
        assert!(!text.contains("A secret"), "struck: {text}");
    }
}

#[test]
fn markdown_lets_no_tag_through_and_keeps_what_is_none() {
    let text = written(Format::Markdown, &messages());
    assert!(text.starts_with("# Play \\<b\\>and\\</b\\> \\*work\\*\n"), "{text}");
    assert!(text.contains("\\<script\\>") && text.contains("1 < 2 *work*."), "{text}");
}

#[test]
fn the_notice_names_the_models() {
    let mut messages = messages();
    assert!(written(Format::Text, &messages).contains("demo voices"));
    messages[1].usage = Some(Usage { model: "model-x".to_owned(), ..Usage::default() });
    assert!(written(Format::Text, &messages).contains("(model-x)"));
}

#[test]
fn what_the_demo_voices_said_stays_theirs_when_a_model_is_set_up() {
    let mut messages = messages();
    let notice = |messages: &[Message]| String::from_utf8_lossy(&bytes_where(false, Format::Text, messages)).into_owned();
    assert!(notice(&messages).contains("by an AI language model"), "whose it was is not known");
    let demo = Usage { provider: "demo".to_owned(), ..Usage::default() };
    messages.iter_mut().for_each(|message| message.usage = Some(demo.clone()));
    assert!(notice(&messages).contains("demo voices"));
    messages[1].usage = None;
    assert!(notice(&messages).contains("by an AI language model"), "whose one of them was is not known");
    assert!(notice(&[]).contains("by an AI language model"), "nobody has spoken yet");
}

#[test]
fn what_is_struck_through_looks_so() {
    let mut messages = messages();
    messages[1].text = "Play is ~~idle~~ work.".to_owned();
    assert!(written(Format::Html, &messages).contains("<del>idle</del>"));
    assert!(written(Format::Docx, &messages).contains("<w:strike/></w:rPr><w:t xml:space=\"preserve\">idle</w:t>"));
}

#[test]
fn a_refusal_and_a_text_that_is_not_whole_are_told() {
    let mut messages = messages();
    (messages[1].status, messages[1].finish) = (Status::Complete, Some(Finish::Refusal));
    messages[2] = Message { status: Status::Complete, finish: Some(Finish::Length), ..messages[2].clone() };
    for format in [Format::Markdown, Format::Text, Format::Html, Format::Docx] {
        let text = written(format, &messages);
        assert!(text.contains("the model declined") && text.contains("cut off at the greatest length"), "{text}");
    }
    let table = written(Format::Csv, &messages);
    assert!(table.contains(",\"refusal\"\r\n") && table.contains(",\"length\"\r\n"), "{table}");
}

#[test]
fn json_reads_back() {
    let json: serde_json::Value = serde_json::from_str(&written(Format::Json, &messages())).expect("JSON");
    // The turn that failed is there, what was struck is not.
    assert_eq!(json["messages"].as_array().map(Vec::len), Some(3));
    assert_eq!(json["messages"][2]["status"], "failed");
    assert_eq!(json["discussion"]["topic"], "What is play for?");
    assert_eq!(json["cast"][0]["id"], "john-dewey");
}

/// What one would try to get a script, a formula or a mark of XML into an export.
const NASTY: [&str; 10] = [
    "<script>alert(1)</script>",
    "\" onload=\"alert(1)",
    "]]></w:t><w:t>&#x0;",
    "=HYPERLINK(\"http://x\")",
    " +1+1",
    "@SUM(1)\n-2",
    "Look;=1+1;and",
    "a\n =1+1;b",
    "x;=cmd|/C calc!A0\t+2",
    "\ty; \"=1+1\"",
];

fn nasty(format: Format) -> String {
    let messages: Vec<Message> =
        (1..).zip(NASTY).map(|(position, text)| message(position, Author::host(), text, Status::Complete)).collect();
    written(format, &messages)
}

#[test]
fn the_page_runs_its_own_script_alone_and_fetches_nothing() {
    let page = nasty(Format::Html);
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("onload=\"") && !page.contains("src=") && !page.contains("href="), "{page}");
    assert!(!page.contains("<b>and"), "{page}");
    let script = &page[page.find("<script>").expect("it is there") + 8..page.find("</script>").expect("it is there")];
    let digest = <sha2::Sha256 as sha2::Digest>::digest(script.as_bytes());
    assert_eq!(format!("sha256-{}", base64(&digest)), super::html::SCRIPT_HASH, "raise the hash with the script");
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[test]
fn no_cell_of_the_table_is_a_formula() {
    let table = nasty(Format::Csv);
    assert!(table.starts_with("\u{feff}\"position\""));
    let mut reader = ::csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<::csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("a table");
    let read: Vec<&str> = rows.iter().skip(2).map(|row| row.get(6).expect("the text")).collect();
    assert_eq!(read.iter().map(|text| text.replace('\'', "")).collect::<Vec<_>>(), NASTY, "every word reads back");
    let begins = |cell: &str| cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']);
    assert!(!rows.iter().flatten().any(begins), "{rows:?}");
    // As programs read it that are set to another separator, or mind no quotes.
    for (separator, quotes) in [(b';', true), (b'\t', true), (b',', false), (b';', false), (b'\t', false)] {
        let mut reader = ::csv::ReaderBuilder::new();
        let mut reader = reader.delimiter(separator).quoting(quotes).flexible(true).from_reader(table.as_bytes());
        let cells: Vec<String> =
            reader.records().flat_map(|row| row.expect("a row").iter().map(str::to_owned).collect::<Vec<_>>()).collect();
        let begins = |cell: &&String| begins(cell.trim_matches(['"', ' ']));
        assert_eq!(cells.iter().find(begins), None, "{}", char::from(separator));
    }
    for formula in ["\"=", "\" +", "\"@", "\"-"] {
        assert!(!table.contains(formula), "{formula}: {table}");
    }
    assert!(table.contains("\"'=HYPERLINK(\"\"http://x\"\")\""), "{table}");
}

#[test]
fn the_document_reads_back_word_for_word() {
    let messages: Vec<Message> =
        (1..).zip(NASTY).map(|(position, text)| message(position, Author::host(), text, Status::Complete)).collect();
    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(bytes(Format::Docx, &messages))).expect("an archive");
    let mut part = |name: &str| {
        let mut file = archive.by_name(name).unwrap_or_else(|_| panic!("{name} is there"));
        // Reading to the end compares the checksum.
        std::io::read_to_string(&mut file).expect("whole")
    };
    let types = part("[Content_Types].xml");
    for name in ["word/document.xml", "word/styles.xml"] {
        assert!(types.contains(&format!("PartName=\"/{name}\"")), "{types}");
        assert!(part(name).starts_with("<?xml"), "{name}");
    }
    assert!(part("_rels/.rels").contains("Target=\"word/document.xml\""));
    assert!(part("word/_rels/document.xml.rels").contains("Target=\"styles.xml\""));
    let document = part("word/document.xml");
    let texts: Vec<String> = document.split("<w:p>").skip(1).map(text_of).collect();
    for text in NASTY {
        assert!(texts.iter().any(|read| read == text), "{text} in {texts:?}");
    }
    let marks = document.split('<').skip(1).filter(|tag| !tag.starts_with("?xml"));
    assert!(marks.clone().count() > 20 && marks.into_iter().all(|tag| tag.starts_with("w:") || tag.starts_with("/w:")));
}

/// The words of a paragraph of a document.
fn text_of(paragraph: &str) -> String {
    let mut out = String::new();
    for piece in paragraph.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or_default();
        match tag {
            "w:br/" => out.push('\n'),
            "w:tab/" => out.push('\t'),
            _ if tag.starts_with("w:t ") => out.push_str(text),
            _ => {}
        }
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(out, |text, (entity, letter)| text.replace(entity, letter))
}

#[test]
fn a_file_name_has_nothing_that_a_system_would_mind() {
    assert_eq!(file_name("../../etc/passwd: a \"test\"\n", Format::Text), "chatlab-etc-passwd-a-test.txt");
    assert_eq!(file_name("Éducation?", Format::Json), "chatlab-Éducation.json");
    assert_eq!(file_name("…", Format::Markdown), "chatlab-discussion.md");
    assert_eq!(file_name("E\u{301}ducation", Format::Json), "chatlab-Éducation.json", "one form of each letter");
    assert_eq!(file_name("CON", Format::Text), "chatlab-CON.txt", "none of the names that Windows keeps");
    assert_eq!(file_name("gpj.\u{202e}exe. . .", Format::Text), "chatlab-gpj-exe.txt", "nothing unseen, no dot at the end");
    assert_eq!(file_name("教育とは何か", Format::Docx), "chatlab-教育とは何か.docx");
    for title in ["教".repeat(200), "éducation ".repeat(50), "a".repeat(400)] {
        let name = file_name(&title, Format::Html);
        assert!(name.len() <= 140 && name.ends_with(".html") && !name.contains("-."), "{name}");
    }
}

#[test]
fn markdown_of_others_loads_and_runs_nothing() {
    for (text, safe) in [
        ("a <img src=x>", "a \\<img src=x>"),
        ("a \\<img src=x>", "a \\<img src=x>"),
        ("a \\\\<img src=x>", "a \\\\\\<img src=x>"),
        ("![x](http://evil.example/p.png)", "!\\[x](http://evil.example/p.png)"),
        ("[x](javascript:alert(1))", "\\[x](javascript:alert(1))"),
        ("[x]: http://evil.example", "\\[x]: http://evil.example"),
        ("<javascript:alert(1)>", "\\<javascript:alert(1)>"),
        ("1 < 2 and *so* on", "1 < 2 and *so* on"),
    ] {
        assert_eq!(quiet(text, &code_in(text)), safe, "{text}");
    }
}

#[test]
fn markdown_leaves_code_as_it_is_and_peoples_words_are_no_markdown() {
    let say = |texts: &[(Author, &str)]| {
        let said = (1..).zip(texts).map(|(n, (author, text))| message(n, author.clone(), text, Status::Complete));
        written(Format::Markdown, &said.collect::<Vec<_>>())
    };
    let dewey = || Author::character(dewey().id, "John Dewey");
    let code = say(&[(dewey(), "See `list[0]` and `<div>`, not <div>:\n\n```html\n<b>[x]</b>\n```")]);
    assert!(code.contains("`list[0]` and `<div>`, not \\<div>") && code.contains("\n<b>[x]</b>\n"), "{code}");
    let host = say(&[(Author::host(), "2*3*4\n# 1\n- a\n1. b\n\n**John Dewey** · 2026-11-23\n====\n~~~")]);
    for line in ["2\\*3\\*4  \n\\# 1  \n\\- a  \n1\\. b\n\n\\*\\*John Dewey", "\n\\====", "\n\\~\\~\\~"] {
        assert!(host.contains(line), "{line}: {host}");
    }
    // One begins what the other would end: it is closed, and what was code stays none of the next one's.
    let open = say(&[(dewey(), "So:\n```\nlet x = [0];"), (dewey(), "```\n<img src=x>\n```\n<img src=y>")]);
    assert!(open.contains("let x = [0];\n```\n\n**John Dewey**") && open.contains("\\<img src=y>"), "{open}");
    for tricks in
        [["<b title=\"`\"> ` <img src=x> `", "x"], ["> ```\n> <img src=x>", "```\n<img src=y>"], ["`", "` <img src=x> `"]]
    {
        assert!(loads_nothing(&say(&tricks.map(|text| (dewey(), text)))), "{tricks:?}");
    }
}

proptest! {
    #[test]
    fn no_markdown_loads_anything(texts in proptest::collection::vec("[`~<>\\[\\]()a/!\"= \\\\\n-]{0,40}", 1..4)) {
        let said = (1..).zip(&texts).map(|(n, text)| {
            let author = if n % 2 == 0 { Author::host() } else { Author::character(dewey().id, "John Dewey") };
            message(n, author, text, Status::Complete)
        });
        let text = written(Format::Markdown, &said.collect::<Vec<_>>());
        prop_assert!(loads_nothing(&text), "{}", text);
    }
}
