//! A discussion of 500 turns: what a turn sends to the provider, and how its page opens and scrolls in Chromium.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

use crate::http::Client;
use crate::paint;
use crate::provider::{Plan, Provider};
use crate::report::{Report, Row};
use crate::server::{Server, Talk};

const TURNS: usize = 500;
/// Words of a turn, as many as are asked for by default.
const WORDS: usize = 120;

pub fn run(report: &mut Report) -> Result<()> {
    report.section("Long: a discussion of 500 turns");
    let provider = Provider::start()?;
    let server = Server::start(provider.address, &[])?;
    let mut host = Client::new(server.address);
    let guest = host.post("/api/auth/guest", &json!({}))?;
    host.token = Some(guest.text("access_token")?);
    provider.plan(Plan { think: Duration::ZERO, ..Plan::new(WORDS, 20_000) });
    let talk = Talk::open(&mut host)?;
    let mut asked = Vec::with_capacity(TURNS);
    for _ in 0..TURNS {
        let before = provider.asked_bytes();
        talk.turn(&mut host)?;
        // With the recap that this turn may have set off.
        asked.push(provider.asked_bytes() - before);
    }
    let mean = |turns: &[u64]| turns.iter().sum::<u64>() as f64 / turns.len().max(1) as f64;
    let of_thirty = asked[..30].iter().max().copied().unwrap_or_default() as f64;
    let row = |name: &str, value: f64| Row::new(name.to_owned(), value / 1000.0, "kB");
    report.row(row("sent to the provider in the heaviest of turns 1 to 30", of_thirty));
    report.row(row("sent in a turn, mean of turns 101 to 300", mean(&asked[100..300])).at_most(of_thirty / 1000.0 * 1.25));
    report.row(row("sent in a turn, mean of turns 301 to 500", mean(&asked[300..])).at_most(of_thirty / 1000.0 * 1.25));
    let Some(chromium) = paint::chromium(report) else { return Ok(()) };
    let page = json!({
        "url": format!("http://{}", server.address), "discussion": talk.id, "cookies": paint::cookies(&guest.head),
        "chromium": chromium, "messages": TURNS,
    });
    let seen = paint::drive("long.mjs", &page)?;
    let figure = |path: &str| {
        seen.pointer(path).and_then(serde_json::Value::as_f64).with_context(|| format!("no `{path}` in {seen}"))
    };
    report.row(Row::new("its page opens, nothing cached, median of 7".to_owned(), figure("/first")?, "ms").at_most(1_000.0));
    report.row(Row::new("its page opens again, median of 7".to_owned(), figure("/opened")?, "ms").at_most(1_000.0));
    report.row(Row::new("and has its newest 200 messages".to_owned(), figure("/completed")?, "ms").at_most(1_000.0));
    report.row(
        Row::new("the line one reads moves when older ones are loaded".to_owned(), figure("/moved")?, "px").at_most(1.0),
    );
    for way in ["up", "down"] {
        let row = |name: &str, at: &str, unit| {
            Ok::<_, anyhow::Error>(Row::new(format!("scrolling {way}, {name}"), figure(&format!("/{way}/{at}"))?, unit))
        };
        report.row(row("time between frames, p50", "p50", "ms")?.at_most(17.5));
        report.row(row("time between frames, p99", "p99", "ms")?.at_most(34.0));
        report.row(row("frames missed", "missed", "%")?.at_most(1.0));
    }
    Ok(())
}
