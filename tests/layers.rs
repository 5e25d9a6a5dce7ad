//! The house keeps its shape: imports between rooms go one way, files stay readable, and the environment has one reader.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test may stop and speak")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms by floor, from the ground. A room may import what lies below it, and nothing beside or above.
const FLOORS: &[&[&str]] = &[
    &["domain"],
    &["auth", "bus", "llm", "mail", "store"],
    &["accounts", "discussion", "pictures", "portraits"],
    &["ws"],
    &["config"],
    &["http"],
    &["operator"],
    &["app", "command"],
    &["main"],
];

/// Longest file in lines, tests in files of their own aside.
const MAX_LINES: usize = 400;

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// Of the tests beside the code.
fn is_test(file: &Path) -> bool {
    file.ends_with("tests.rs") || file.parent().is_some_and(|folder| folder.ends_with("tests"))
}

fn sources() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, found),
                false if path.extension().is_some_and(|end| end == "rs") => found.push(path),
                false => {}
            }
        }
    }
    let mut found = vec![];
    walk(&root(), &mut found);
    found.sort();
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The room a file belongs to: the first part of its path in `src/`.
fn room(file: &Path) -> String {
    let inside = file.strip_prefix(root()).unwrap();
    inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// The rooms that a text names behind `crate::` (or `chatlab::` in main), tests included.
fn imports(text: &str) -> Vec<String> {
    let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let after = |mark: &str| text.split(mark).skip(1).map(str::to_owned).collect::<Vec<_>>();
    let mut found = vec![];
    for rest in after("crate::").into_iter().chain(after("chatlab::")) {
        match rest.strip_prefix('{') {
            // `crate::{a, b::c}`: each name before a separator at the outer level.
            Some(list) => {
                let mut depth = 0;
                let mut at_start = true;
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => at_start = true,
                        c if at_start && c.is_alphabetic() => {
                            found.push(name(&list[at..]));
                            at_start = false;
                        }
                        _ => {}
                    }
                }
            }
            None => found.push(name(&rest)),
        }
    }
    found
}

#[test]
fn imports_go_one_way() {
    let mut wrong = vec![];
    for file in sources() {
        let own = room(&file);
        if own == "lib" {
            continue;
        }
        let here = floor(&own).unwrap_or_else(|| panic!("{own} has no floor: give it one in tests/layers.rs"));
        let text = fs::read_to_string(&file).unwrap();
        for other in imports(&text).into_iter().filter(|other| *other != own) {
            if floor(&other).is_some_and(|there| there >= here) {
                wrong.push(format!("{} imports {other}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports that go up or sideways:\n{}", wrong.join("\n"));
}

#[test]
fn the_domain_knows_no_framework() {
    for file in sources().into_iter().filter(|file| room(file) == "domain" && !is_test(file)) {
        let text = fs::read_to_string(&file).unwrap();
        for framework in [
            "actix",
            "tokio",
            "diesel",
            "reqwest",
            "async fn",
            "std::env",
            "TcpStream",
            "UdpSocket",
            "Instant::now",
            "SystemTime",
        ] {
            assert!(!text.contains(framework), "{} names {framework}", file.display());
        }
    }
}

#[test]
fn only_config_reads_the_environment() {
    for file in sources().into_iter().filter(|file| room(file) != "config" && !is_test(file)) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("env::var"), "{} reads the environment", file.display());
    }
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let long: BTreeMap<String, usize> = sources()
        .into_iter()
        .filter(|file| !file.ends_with("schema.rs") && !file.ends_with("tests.rs"))
        .map(|file| (file.display().to_string(), fs::read_to_string(&file).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .collect();
    assert!(long.is_empty(), "longer than {MAX_LINES} lines: {long:?}");
}

#[test]
fn a_list_of_imports_is_read_whole() {
    assert_eq!(imports("use crate::{llm, store::{a, b}, ws};\ncrate::domain::x"), ["llm", "store", "ws", "domain"]);
}
