//! From the provider's word to the frame in which Chromium shows it, with a short and with a long transcript on the page.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::clock;
use crate::http::Client;
use crate::machine;
use crate::provider::{Plan, Provider};
use crate::report::{Report, Row};
use crate::server::{Server, Talk};

/// Words of the turn that is watched.
const WORDS: usize = 300;

pub fn run(report: &mut Report) -> Result<()> {
    report.section("Paint: from the provider's word to Chromium's frame");
    let Some(chromium) = chromium(report) else { return Ok(()) };
    let provider = Provider::start()?;
    let server = Server::start(provider.address, &[])?;
    for turns in [5, 200] {
        // A guest each: the page renews the cookie it was given.
        let mut host = Client::new(server.address);
        let guest = host.post("/api/auth/guest", &json!({}))?;
        host.token = Some(guest.text("access_token")?);
        provider.plan(Plan { think: Duration::ZERO, ..Plan::new(120, 20_000) });
        let talk = Talk::open(&mut host)?;
        for _ in 0..turns {
            talk.turn(&mut host)?;
        }
        provider.plan(Plan { think: Duration::from_millis(300), ..Plan::new(WORDS, 50) });
        let page = json!({
            "url": format!("http://{}", server.address), "discussion": talk.id, "cookies": cookies(&guest.head),
            "chromium": chromium, "epoch": clock::epoch().to_string(), "words": WORDS, "turns": turns,
        });
        let seen = drive("paint.mjs", &page)?;
        let figure = |name: &str| seen[name].as_f64().with_context(|| format!("no `{name}` in {seen}"));
        let row = |name: &str, value| Row::new(format!("{turns} turns on the page, {name}"), value, "ms");
        let direct = figure("socket_p50")?;
        report.row(row("p50", figure("p50")?).beside("its socket", direct).at_most(15.0));
        report.row(row("p95", figure("p95")?).beside("its socket", figure("socket_p95")?).at_most(35.0));
        report.row(Row::new(format!("{turns} turns: words seen in a later frame than they could"), figure("late")?, "%"));
    }
    Ok(())
}

/// The browser, if there is one; else it is said what is left out and why.
pub fn chromium(report: &mut Report) -> Option<String> {
    let named = std::env::var("CHROMIUM").ok().filter(|name| !name.is_empty());
    let chromium = named.or_else(|| {
        let found =
            ["chromium", "chromium-headless-shell", "google-chrome"].iter().find_map(|name| machine::find_program(name));
        found.map(|path| path.to_string_lossy().into_owned())
    });
    if chromium.is_none() {
        report.say("Chromium is not installed: left out");
    } else if !Path::new(env!("CARGO_MANIFEST_DIR")).join("frontend/node_modules/@playwright/test").exists() {
        report.say("the page's development packages are not installed: left out (make page)");
        return None;
    }
    chromium
}

/// `name=value` of each cookie that the answer set.
pub fn cookies(head: &str) -> Vec<&str> {
    let set = head.lines().filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("set-cookie").then_some(value)
    });
    set.filter_map(|cookie| cookie.split(';').next()).collect()
}

/// Runs one of the scripts that steer the browser, and reads its answer.
pub fn drive(script: &str, page: &Value) -> Result<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches").join(script);
    // The browser runs where there is room: it has processes of its own.
    machine::run_anywhere()?;
    let done = Command::new("node").arg(&script).arg(page.to_string()).output();
    machine::run_on(machine::GENERATOR_CORE)?;
    let done = done.context("cannot start node")?;
    ensure!(done.status.success(), "{}: {}", script.display(), String::from_utf8_lossy(&done.stderr));
    Ok(serde_json::from_slice(&done.stdout)?)
}
