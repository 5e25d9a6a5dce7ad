//! From the provider's word to the reader's socket, beside readers of the provider's own stream; what a word costs; what many
//! running discussions hold; how many bytes a word is.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::crowd::{Crowd, Delays};
use crate::http::connect;
use crate::provider::{Plan, Provider};
use crate::report::{Report, Row, percentile};
use crate::server::{Server, Talk};
use crate::view::Speaks;

/// Words of short turns, so that many first words are seen.
const SHORT: usize = 25;
/// Words of a turn as the prompts ask for them.
const USUAL: usize = 150;
const TIME: Duration = Duration::from_secs(8);

pub fn run(report: &mut Report) -> Result<()> {
    report.section("Latency: a provider that says 50 words a second, 20 discussions at once");
    let provider = Provider::start()?;
    let at_once = speak(&provider, 20, SHORT, &[])?;
    let first = at_once.live.first;
    report.say(format!("{} turns, and as many read from the provider directly", first.len()));
    both(report, "first word to the socket", first, at_once.direct.first, (5.0, 20.0));
    let each = speak(&provider, 20, USUAL, &[("DELTA_INTERVAL_MS", "0")])?;
    both(report, "every word, DELTA_INTERVAL_MS=0", each.live.word, each.direct.word, (5.0, 20.0));
    let cost = Row::new("CPU for 1,000 words, user and system", each.cpu_per_1000, "s");
    report.row(cost.at_most(0.1));

    let hundred = speak(&provider, 100, USUAL, &[])?;
    let resident = Row::new("resident with 100 discussions that speak", hundred.resident_kib / 1024.0, "MB");
    report.row(resident.at_most(64.0));
    report.row(Row::new("CPU for 1,000 words, 100 discussions", hundred.cpu_per_1000, "s").at_most(0.1));
    bytes(report, &provider)
}

fn both(report: &mut Report, what: &str, mut live: Vec<u64>, mut direct: Vec<u64>, limits: (f64, f64)) {
    for (name, share, limit) in [("p50", 0.5, limits.0), ("p99", 0.99, limits.1)] {
        let (live, direct) = (percentile(&mut live, share) / 1000.0, percentile(&mut direct, share) / 1000.0);
        report.row(Row::new(format!("{what}, {name}"), live, "ms").beside("direct", direct).at_most(limit));
    }
}

struct Spoken {
    live: Delays,
    direct: Delays,
    cpu_per_1000: f64,
    resident_kib: f64,
}

/// So many discussions speak, turn after turn, while as many readers ask the provider directly.
fn speak(provider: &Provider, discussions: usize, words: usize, settings: &[(&str, &str)]) -> Result<Spoken> {
    provider.plan(Plan::new(words, 50));
    let server = Server::start(provider.address, settings)?;
    let mut host = server.host()?;
    let mut crowd = Crowd::new()?;
    let mut speakers = Vec::with_capacity(discussions * 2);
    for _ in 0..discussions {
        let talk = Talk::open(&mut host)?;
        speakers.push(talk.steer(&mut host, &mut crowd)?);
        speakers.push(crowd.add(connect(provider.address)?, Speaks::Provider)?);
    }
    let snapshots = |crowd: &Crowd| crowd.views().filter(|view| !view.snapshots.is_empty()).count();
    crowd.until("the first snapshots", Duration::from_secs(10), |crowd| snapshots(crowd) == discussions)?;
    let cpu = server.cpu_us()?;
    let mut asked = vec![0; speakers.len()];
    let (start, mut waiting) = (Instant::now(), speakers.len());
    while start.elapsed() < TIME {
        for (at, number) in speakers.iter().enumerate() {
            let view = crowd.view(*number)?;
            // They begin one after the other, and each goes on when its turn has ended.
            let begun = start.elapsed() * u32::try_from(speakers.len())? > Duration::from_secs(1) * u32::try_from(at)?;
            if begun && view.turns_ended == asked[at] {
                asked[at] += 1;
                waiting = waiting.saturating_sub(1);
                match view.speaks {
                    Speaks::Live => crowd.next(*number)?,
                    Speaks::Provider => crowd.write(*number, ASK)?,
                }
            }
        }
        crowd.read(Duration::from_millis(1))?;
    }
    debug_assert_eq!(waiting, 0, "all have begun within the time");
    let spent = server.cpu_us()? - cpu;
    let resident_kib = server.resident_kib()? as f64;
    anyhow::ensure!(crowd.views().all(|view| view.wrong == 0), "somebody's text was not the provider's");
    let cpu_per_1000 = spent as f64 / 1e6 / crowd.words as f64 * 1000.0;
    Ok(Spoken { live: crowd.delays, direct: crowd.direct, cpu_per_1000, resident_kib })
}

/// What a client without ChatLab asks; the answer does not depend on it.
const ASK: &[u8] = b"POST /v1/chat/completions HTTP/1.1\r\nHost: provider\r\nContent-Length: 2\r\n\r\n{}";

/// Bytes of a word on the wire, at the beginning of a long turn and at its end.
fn bytes(report: &mut Report, provider: &Provider) -> Result<()> {
    const WORDS: usize = 3_000;
    const PART: u64 = 500;
    provider.plan(Plan::new(WORDS, 600));
    let server = Server::start(provider.address, &[("DELTA_INTERVAL_MS", "0")])?;
    let mut host = server.host()?;
    let mut crowd = Crowd::new()?;
    let reader = Talk::open(&mut host)?.steer(&mut host, &mut crowd)?;
    crowd.until("a snapshot", Duration::from_secs(10), |crowd| crowd.views().all(|view| !view.snapshots.is_empty()))?;
    crowd.next(reader)?;
    let mut marks = vec![];
    for words in [PART, WORDS as u64 - PART, WORDS as u64] {
        crowd.until("the long turn", Duration::from_secs(20), |crowd| crowd.words >= words)?;
        marks.push((crowd.view(reader)?.delta_bytes as f64, crowd.words as f64));
    }
    let begin = marks[0].0 / marks[0].1;
    let end = (marks[2].0 - marks[1].0) / (marks[2].1 - marks[1].1);
    let row = Row::new("bytes for a word of 7 and viewer, end of a turn of 3,000", end, "B");
    report.row(row.beside("its beginning", begin).at_most(100.0));
    Ok(())
}
