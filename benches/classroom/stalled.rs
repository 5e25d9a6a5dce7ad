//! Some phones stop reading while a fast turn runs: the others must not notice, the server must not hoard, and whoever wakes up
//! is made whole with one snapshot.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::crowd::Crowd;
use crate::machine;
use crate::provider::{Plan, Provider};
use crate::report::{Report, Row};
use crate::server::{Server, Talk, fill};

const WATCHERS: usize = 60;
const STALLED: usize = 10;
const SLEEP: Duration = Duration::from_secs(8);
const PATIENCE: Duration = Duration::from_secs(30);
const WORD: usize = 200;
const PER_SECOND: u32 = 500;
/// A second longer than the sleep: the turn still runs when they wake.
const WORDS: usize = 4_500;

pub fn run(report: &mut Report) -> Result<()> {
    report.section("10 of 60 watchers read nothing for 8 s, 500 deltas/s of 200 bytes");
    let provider = Provider::start()?;
    let server = Server::start(provider.address, &[])?;
    // The same turn with everyone awake comes first: what it makes the server hold is no stalled reader's fault.
    watch(&server, &provider, 0)?;
    let seen = watch(&server, &provider, STALLED)?;
    let row = Row::new("characters that the others had by then", seen.healthy * 100.0, "%");
    report.row(row.at_least(99.0));
    let each = |kib: i64| kib.max(0) as f64 / STALLED as f64;
    report.row(Row::new("resident growth for each stalled one", each(seen.resident_kib), "KiB").at_most(256.0));
    let kernel = format!("kernel memory of {} for each stalled one", seen.kernel_says);
    let kernel = Row::new(kernel, each(seen.kernel_kib), "KiB");
    report.row(kernel.at_most(256.0));
    report.row(Row::new("stale frames before the snapshot, most", seen.stale as f64, "").at_most(32.0));
    report.row(Row::new("snapshots each got when awake, most", seen.snapshots as f64, "").at_most(1.0));
    report.row(Row::new("texts that were not exact at the end", seen.wrong as f64, "").at_most(0.0));
    Ok(())
}

struct Seen {
    /// The share of the words said until just before the sleepers woke.
    healthy: f64,
    resident_kib: i64,
    kernel_kib: i64,
    kernel_says: &'static str,
    stale: u64,
    snapshots: usize,
    wrong: u64,
}

fn watch(server: &Server, provider: &Provider, stalled: usize) -> Result<Seen> {
    provider.plan(Plan { length: WORD, ..Plan::new(WORDS, PER_SECOND) }.held());
    let mut host = server.host()?;
    let mut crowd = Crowd::new()?;
    crowd.word = WORD;
    let talk = Talk::open(&mut host)?;
    let steering = talk.steer(&mut host, &mut crowd)?;
    let watchers = fill(&talk, &mut host, &mut crowd, WATCHERS)?;
    let (asleep, awake) = watchers.split_at(stalled);
    crowd.next(steering)?;
    crowd.until("the turn begins", PATIENCE, |crowd| crowd.views().all(|view| view.turns_started > 0))?;
    crowd.read_for(Duration::from_millis(700))?;
    for number in asleep {
        crowd.stall(*number)?;
    }
    let held = (server.resident_kib()?.cast_signed(), tcp_kib(server)?.0);
    let start = Instant::now();
    provider.go();
    crowd.read_for(SLEEP)?;
    // Said at least a tenth of a second ago: those words must be there.
    let said = (start.elapsed() - Duration::from_millis(100)).as_secs_f64() * f64::from(PER_SECOND) * WORD as f64;
    let had = awake.iter().map(|number| Ok(crowd.view(*number)?.length as f64 / said)).collect::<Result<Vec<_>>>()?;
    let healthy = had.into_iter().fold(f64::INFINITY, f64::min);
    let resident_kib = server.resident_kib()?.cast_signed() - held.0;
    let (kernel_now, kernel_says) = tcp_kib(server)?;
    let kernel_kib = kernel_now - held.1;
    let before = asleep.iter().map(|number| Ok(crowd.view(*number)?.deltas)).collect::<Result<Vec<_>>>()?;
    for number in asleep {
        crowd.listen(*number)?;
    }
    let whole = WORDS * WORD;
    crowd.until("everyone has the whole text", PATIENCE, |crowd| crowd.views().all(|view| view.length == whole))?;
    let mut seen = Seen { healthy, resident_kib, kernel_kib, kernel_says, stale: 0, snapshots: 0, wrong: 0 };
    for (number, deltas) in asleep.iter().zip(before) {
        let view = crowd.view(*number)?;
        let [_first, when_awake @ ..] = view.snapshots.as_slice() else { bail!("no first snapshot") };
        let stale = when_awake.first().map_or(0, |before| before - deltas);
        seen.stale = seen.stale.max(stale);
        seen.snapshots = seen.snapshots.max(when_awake.len());
    }
    provider.finish();
    crowd.until("everyone sees the turn end", PATIENCE, |crowd| crowd.views().all(|view| view.turns_ended > 0))?;
    let text = crowd.view(steering)?.text();
    seen.wrong = crowd.views().map(|view| view.wrong + u64::from(view.text() != text)).sum();
    Ok(seen)
}

fn tcp_kib(server: &Server) -> Result<(i64, &'static str)> {
    let (kib, says) = machine::tcp_kib(server.address.port())?;
    Ok((kib.cast_signed(), says))
}
