use super::*;
use crate::domain::cast::builtin;
use crate::domain::change::{Participant, Record};
use crate::domain::ids::{DiscussionId, MessageId, UserId};
use crate::domain::message::{Author, Usage};
use crate::domain::order::{Floor, TurnOrder};

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
        participants: vec![Participant { character: dewey(), muted: false }],
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
    let dewey = dewey();
    let view = DiscussionView::of(&record());
    Transcript { discussion: &view, cast: &[&dewey], messages, exported_at: AT }.write(format)
}

#[test]
fn every_format_names_speakers_times_and_that_no_person_said_it() {
    for format in [Format::Markdown, Format::Text, Format::Json] {
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
    assert!(text.contains("\\<script>") && text.contains("1 < 2 *work*."), "{text}");
}

#[test]
fn the_notice_names_the_models() {
    let mut messages = messages();
    assert!(written(Format::Text, &messages).contains("demo voices"));
    messages[1].usage = Some(Usage { model: "model-x".to_owned(), ..Usage::default() });
    assert!(written(Format::Text, &messages).contains("(model-x)"));
}

#[test]
fn json_reads_back() {
    let json: serde_json::Value = serde_json::from_str(&written(Format::Json, &messages())).expect("JSON");
    assert_eq!(json["messages"].as_array().map(Vec::len), Some(2));
    assert_eq!(json["discussion"]["topic"], "What is play for?");
    assert_eq!(json["cast"][0]["id"], "john-dewey");
}

#[test]
fn a_file_name_has_nothing_that_a_system_would_mind() {
    assert_eq!(file_name("../../etc/passwd: a \"test\"\n", Format::Text), "chatlab-etc-passwd-a-test.txt");
    assert_eq!(file_name("Éducation?", Format::Json), "chatlab-Éducation.json");
    assert_eq!(file_name("…", Format::Markdown), "chatlab-discussion.md");
}
