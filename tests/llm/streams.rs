//! Streams of our own writing: every shape a provider's reply was seen to take.

use chatlab::llm::piece::{FinishReason, Tokens};
use chatlab::llm::sse::Broken;

use crate::reading::{CUTS, Reading, read};

const STOP: Option<FinishReason> = Some(FinishReason::Stop);
const PLAIN: &str = "Play is what children do — “seriously”.";

fn tokens(input: i64, cache: Option<(i64, i64)>, output: i64) -> Tokens {
    let (cache_read, cache_write) = cache.unzip();
    Tokens { input: Some(input), cache_read, cache_write, output: Some(output) }
}

fn ended(text: &str, finish: Option<FinishReason>, tokens: Tokens) -> Reading {
    Reading { text: text.to_owned(), finish, tokens, marked: true, ..Reading::default() }
}

fn anthropic() -> Vec<(&'static str, Reading)> {
    let plain = || ended(PLAIN, STOP, tokens(40, None, 9));
    vec![
        ("text", plain()),
        ("crlf", plain()),
        ("mark-and-no-blank-line", plain()),
        ("cache", ended("As I said.", STOP, tokens(40, Some((5100, 210)), 4))),
        ("unknown-parts", ended("Only this.", STOP, tokens(40, None, 9))),
        ("limit", ended("The first rule of", Some(FinishReason::Length), tokens(40, None, 5))),
        ("refusal", ended("", Some(FinishReason::Refusal), tokens(40, None, 3))),
        ("refusal-late", ended("I could ", Some(FinishReason::Refusal), tokens(40, None, 3))),
        ("thinking", Reading { thinking: true, ..ended("\n\nTo Freire, then.", STOP, tokens(40, None, 30)) }),
        ("redacted", Reading { thinking: true, ..ended("A plain answer.", STOP, tokens(40, None, 12)) }),
        ("text-in-start", ended("Begun early.", STOP, tokens(40, None, 9))),
        ("garbled", ended("One three.", STOP, tokens(40, None, 9))),
        ("empty", ended("", STOP, tokens(40, None, 1))),
        ("no-end", Reading { marked: false, ..ended("Cut in the", None, tokens(40, None, 1)) }),
        ("no-marker", Reading { marked: false, ..ended("Whole.", STOP, tokens(40, None, 2)) }),
        ("error-late", failed("So far ", "overloaded_error", false, tokens(40, None, 1))),
        ("error-first", failed("", "overloaded_error", false, Tokens::default())),
    ]
}

fn failed(text: &str, word: &str, marked: bool, tokens: Tokens) -> Reading {
    Reading { text: text.to_owned(), error: Some(word.to_owned()), marked, tokens, ..Reading::default() }
}

fn chat() -> Vec<(&'static str, Reading)> {
    let none = Tokens::default();
    let counted = tokens(50, None, 6);
    let plain = || ended("Play is serious — “work”.", STOP, none);
    vec![
        ("plain", plain()),
        ("bare-cr", plain()),
        ("usage-last", ended("Named and counted.", STOP, Tokens { cache_read: Some(32), ..tokens(18, None, 6) })),
        ("usage-with-finish", ended("One, two.", STOP, counted)),
        ("usage-groq", ended("Elsewhere.", STOP, counted)),
        ("reasoning", Reading { thinking: true, ..ended("Seen.", STOP, none) }),
        ("reasoning-limit", Reading { thinking: true, ..ended("", Some(FinishReason::Length), counted) }),
        ("parts", Reading { thinking: true, ..ended("But this.", STOP, counted) }),
        ("think-tag", Reading { thinking: true, ..ended("Seen.", STOP, none) }),
        ("comments", ended("After a while.", STOP, none)),
        ("filter-results", ended("Passed.", STOP, none)),
        ("content-filter", ended("Up to ", Some(FinishReason::Refusal), none)),
        ("declined", ended("", Some(FinishReason::Refusal), none)),
        ("empty-finish", ended("Still going.", STOP, none)),
        ("second-choice", ended("First.", STOP, none)),
        ("tools", ended("Text.", STOP, none)),
        ("limit", ended("The first rule of", Some(FinishReason::Length), none)),
        ("garbled", ended("One three.", STOP, none)),
        ("no-end", Reading { marked: false, ..ended("Cut in the", None, none) }),
        ("no-marker", Reading { marked: false, ..ended("Whole.", STOP, none) }),
        ("marker-only", ended("Whole.", None, none)),
        ("error-then-done", failed("So far ", "unknown_error", true, none)),
        ("error-choice", failed("So far ", "unknown_error", true, none)),
        ("error-string", failed("", "unknown_error", true, none)),
        ("garbled-four", Reading { broken: Some(Broken::Garbled), marked: false, ..ended("One ", None, none) }),
        ("not-utf8", Reading { broken: Some(Broken::NotUtf8), marked: false, ..ended("One ", None, none) }),
    ]
}

async fn check(format: &str, expected: Vec<(&str, Reading)>) {
    let folder = format!("{}/tests/streams/{format}", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, expected.len(), "each file in {folder} has its expected reading");
    for (name, expected) in expected {
        let body = std::fs::read(format!("{folder}/{name}.sse")).unwrap();
        for size in CUTS {
            assert_eq!(read(format, &body, size).await, expected, "{format}/{name} cut at {size}");
        }
    }
}

#[tokio::test]
async fn replies_of_the_messages_api_are_read_however_they_are_cut() {
    check("anthropic", anthropic()).await;
}

#[tokio::test]
async fn chat_completions_are_read_however_they_are_cut() {
    check("chat", chat()).await;
}
