//! Random histories for the page: what clients were told and what a fresh one is told, in JSON, for its tests to apply.
//!
//! Some are kept in tests/protocol/histories.jsonl, a line each. With `HISTORIES` naming a folder all 10,000 are written there
//! (`make histories`).

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::value::RawValue;

use super::histories::{Play, history};

/// Histories that are kept.
const KEPT: usize = 40;
const UUID_CHARS: usize = 36;

#[test]
fn the_kept_histories_are_what_is_told_today() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protocol/histories.jsonl");
    let mut runner = TestRunner::deterministic();
    let mut lines = String::new();
    for number in 1..=KEPT {
        let presses = history().new_tree(&mut runner).unwrap().current();
        lines.push_str(&named(&line(&format!("history {number}"), &Play::of(presses))));
        lines.push('\n');
    }
    if std::env::var_os("UPDATE_HISTORIES").is_some() {
        fs::write(&file, &lines).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == lines, "events have changed: run this test with UPDATE_HISTORIES=1, and look at the difference");
}

/// Writes a history down where all of them are wanted.
pub(super) fn keep(test: &str, play: &Play) {
    let Some(folder) = std::env::var_os("HISTORIES") else { return };
    let file = Path::new(&folder).join(format!("{test}.jsonl"));
    let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
    writeln!(file, "{}", line(test, play)).unwrap();
}

fn line(name: &str, play: &Play) -> String {
    let raw = |text: &String| RawValue::from_string(text.clone()).unwrap();
    let events: Vec<_> = play.told.iter().map(raw).collect();
    let (events, snapshot) = (serde_json::to_string(&events).unwrap(), play.snapshot());
    format!("{{\"name\":\"{name}\",\"events\":{events},\"snapshot\":{snapshot}}}")
}

/// The same ids at every run: numbered as they come.
fn named(text: &str) -> String {
    let is_id = |piece: &str| {
        piece.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let mut names: HashMap<&str, usize> = HashMap::new();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    while let Some(c) = text[at..].chars().next() {
        match text.get(at..at + UUID_CHARS).filter(|piece| is_id(piece)) {
            Some(id) => {
                let count = names.len() + 1;
                let number = *names.entry(id).or_insert(count);
                out.push_str(&format!("00000000-0000-7000-8000-{number:012x}"));
                at += UUID_CHARS;
            }
            None => {
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
    out
}
