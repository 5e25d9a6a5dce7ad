//! Streams recorded from real providers: they are not part of this repository. `STREAM_FIXTURES` names the folder that holds
//! them, with a `MANIFEST.tsv` of what each must come to.

use std::io::Write;
use std::path::Path;

use chatlab::llm::piece::FinishReason;
use serde_json::Value;

use crate::reading::{CUTS, Reading, read};

#[tokio::test]
async fn recorded_streams_give_their_expected_text_however_they_are_cut() {
    let folder = match std::env::var("STREAM_FIXTURES") {
        Ok(folder) if Path::new(&folder).join("MANIFEST.tsv").is_file() => folder,
        Ok(folder) => return tell(&format!("{folder} holds no MANIFEST.tsv: no recorded stream was checked")),
        Err(_) => return tell("STREAM_FIXTURES is not set: no recorded stream was checked"),
    };
    let folder = Path::new(&folder);
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
    let mut lines = manifest.lines();
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let mut checked = 0;
    for line in lines {
        let row = Row { header: &header, cells: line.split('\t').collect() };
        let format = row.cell("format");
        if format != "anthropic" && format != "chat" {
            continue;
        }
        let body = std::fs::read(folder.join(row.cell("file"))).unwrap();
        for size in CUTS {
            row.check(&read(format, &body, size).await, size);
        }
        checked += 1;
    }
    assert!(checked > 0, "the manifest names no stream that we speak");
    tell(&format!("{checked} recorded streams were checked, each cut in {} ways", CUTS.len()));
}

/// Past the test harness, which hides what a passing test prints: whoever runs it must see what was not checked.
fn tell(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}

struct Row<'a> {
    header: &'a [&'a str],
    cells: Vec<&'a str>,
}

impl Row<'_> {
    /// The cell of the column whose heading begins so.
    fn cell(&self, heading: &str) -> &str {
        self.cells[self.header.iter().position(|name| name.starts_with(heading)).unwrap()]
    }

    fn check(&self, reading: &Reading, size: usize) {
        let file = format!("{} cut at {size}", self.cell("file"));
        let text: String = serde_json::from_str(self.cell("expected text")).unwrap();
        assert_eq!(reading.text, text, "{file}: text");
        assert_eq!(reading.finish, finish(self.cell("expected finish")), "{file}: finish");
        assert_eq!(reading.marked, self.cell("has an end marker") == "yes", "{file}: end marker");
        assert_eq!(reading.error.is_some(), self.cell("error in the stream") != "None", "{file}: error");
        assert_eq!(reading.broken, None, "{file}");
        if self.cell("reasoning characters") != "0" {
            assert!(reading.thinking, "{file}: the thinking is noticed");
        }
        self.check_usage(reading, &file);
    }

    fn check_usage(&self, reading: &Reading, file: &str) {
        let usage: Value = serde_json::from_str(self.cell("expected usage")).unwrap();
        let told = |names: [&str; 2]| names.iter().find_map(|name| usage[name].as_i64());
        let tokens = reading.tokens;
        // Chat Completions count what came from a cache into the prompt.
        let cached = if self.cell("format") == "chat" { tokens.cache_read.unwrap_or(0) } else { 0 };
        assert_eq!(tokens.input.map(|input| input + cached), told(["input_tokens", "prompt_tokens"]), "{file}: input");
        assert_eq!(tokens.output, told(["output_tokens", "completion_tokens"]), "{file}: output");
        if self.cell("format") == "anthropic" {
            assert_eq!(tokens.cache_read, told(["cache_read_input_tokens", ""]), "{file}: cache read");
            assert_eq!(tokens.cache_write, told(["cache_creation_input_tokens", ""]), "{file}: cache written");
        }
    }
}

fn finish(word: &str) -> Option<FinishReason> {
    match word {
        "end_turn" | "stop" => Some(FinishReason::Stop),
        "max_tokens" | "length" => Some(FinishReason::Length),
        "refusal" | "content_filter" => Some(FinishReason::Refusal),
        other => panic!("no such finish is known here: {other}"),
    }
}
