//! One discussion, very many watchers: what a delta costs the server for each of them, in turn with a bare `epoll` loop and, where
//! they are installed, with the ways others do it. And many discussions at once: the same cost for a frame.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::crowd::Crowd;
use crate::http::Client;
use crate::peers::{self, Relay};
use crate::provider::{Plan, Provider};
use crate::report::{Report, Row, median, percentile};
use crate::server::{Server, Talk, fill};

const PER_SECOND: u32 = 50;
/// What `DELTA_INTERVAL_MS=auto` is with many watchers.
const WINDOW_MS: u64 = 33;
const PATIENCE: Duration = Duration::from_secs(60);

/// What one measurement gave.
struct Measured {
    /// CPU for each word and watcher, µs.
    cost: f64,
    /// p50 from the moment a frame was due to its reader, ms.
    delay: f64,
    /// Frames for each word.
    frames: f64,
}

/// Someone who hands a word on to everyone.
enum Contender {
    Bare(Relay),
    Coalesced(Box<House>),
    AtOnce(Box<House>),
    Bun(Relay),
    FastApi(Relay),
}

pub struct House {
    provider: Provider,
    pub server: Server,
    pub host: Client,
    window: Duration,
}

impl House {
    pub fn open(window_ms: u64) -> Result<Self> {
        let provider = Provider::start()?;
        let interval = window_ms.to_string();
        let server = Server::start(provider.address, &[("DELTA_INTERVAL_MS", &interval)])?;
        let host = server.host()?;
        Ok(Self { provider, server, host, window: Duration::from_millis(window_ms) })
    }

    fn measure(&mut self, watchers: usize, words: usize) -> Result<Measured> {
        let mut crowd = Crowd::new()?;
        crowd.window = u64::try_from(self.window.as_micros())?;
        let talk = Talk::open(&mut self.host)?;
        let steering = talk.steer(&mut self.host, &mut crowd)?;
        fill(&talk, &mut self.host, &mut crowd, watchers)?;
        let spent = spend(&self.server, &self.provider, &mut crowd, &[steering], Plan::new(words, PER_SECOND), |_| Ok(()))?;
        let delays = if crowd.window > 0 { &mut crowd.delays.frame } else { &mut crowd.delays.word };
        let measured = Measured {
            cost: spent.cpu_us / crowd.words as f64,
            delay: percentile(delays, 0.5) / 1000.0,
            frames: spent.frames / crowd.words as f64,
        };
        let everyone = 0..=watchers;
        crowd.leave(everyone);
        Ok(measured)
    }
}

/// What all deltas of a turn cost the server together.
pub struct Spent {
    pub cpu_us: f64,
    pub frames: f64,
}

/// Lets these discussions speak a turn each, and measures from the first word to the last reader's last one. `measuring` is told
/// when that begins and when it is over.
pub fn spend(
    server: &Server,
    provider: &Provider,
    crowd: &mut Crowd,
    hosts: &[usize],
    plan: Plan,
    mut measuring: impl FnMut(bool) -> Result<()>,
) -> Result<Spent> {
    provider.plan(plan.held());
    for host in hosts {
        crowd.next(*host)?;
    }
    crowd.until("everyone sees the turn begin", PATIENCE, |crowd| crowd.views().all(|view| view.turns_started > 0))?;
    // Presence is told twice a second: the last of it passes before.
    crowd.read_for(Duration::from_millis(700))?;
    crowd.reset();
    measuring(true)?;
    let frames = |crowd: &Crowd| crowd.views().map(|view| view.deltas).sum::<u64>();
    let (cpu, before) = (server.cpu_us()?, frames(crowd));
    let all = (plan.words * crowd.views().count()) as u64;
    provider.go();
    crowd.until("everyone has every word", PATIENCE, |crowd| crowd.words >= all)?;
    let spent = Spent { cpu_us: (server.cpu_us()? - cpu) as f64, frames: (frames(crowd) - before) as f64 };
    measuring(false)?;
    provider.finish();
    crowd.until("everyone sees the turn end", PATIENCE, |crowd| crowd.views().all(|view| view.turns_ended > 0))?;
    ensure!(crowd.views().all(|view| view.wrong == 0), "somebody's text was not the provider's");
    Ok(spent)
}

impl Contender {
    fn name(&self) -> &'static str {
        match self {
            Self::Bare(_) => "bare epoll loop",
            Self::Coalesced(_) => "ChatLab, 33 ms",
            Self::AtOnce(_) => "ChatLab, each at once",
            Self::Bun(_) => "Bun publish",
            Self::FastApi(_) => "FastAPI + uvicorn",
        }
    }

    fn measure(&mut self, watchers: usize, words: usize) -> Result<Measured> {
        match self {
            Self::Coalesced(house) | Self::AtOnce(house) => house.measure(watchers, words),
            Self::Bare(relay) | Self::Bun(relay) | Self::FastApi(relay) => {
                let (cost, delay, frames) = relay.measure(watchers, words, PER_SECOND)?;
                Ok(Measured { cost, delay, frames })
            }
        }
    }
}

pub fn run(report: &mut Report) -> Result<()> {
    report.section("Fan-out: one discussion, 50 deltas/s, one core");
    let mut contenders = vec![
        Contender::Bare(Relay::bare()?),
        Contender::Coalesced(Box::new(House::open(WINDOW_MS)?)),
        Contender::AtOnce(Box::new(House::open(0)?)),
    ];
    match peers::bun() {
        Some(relay) => contenders.push(Contender::Bun(relay?)),
        None => report.say("Bun is not installed: left out (scripts/bench-peers fetches it)"),
    }
    match peers::fast_api() {
        Some(relay) => contenders.push(Contender::FastApi(relay?)),
        None => report.say("FastAPI and uvicorn are not installed: left out (scripts/bench-peers fetches them)"),
    }
    crowd_of(report, &mut contenders, 1_000, 3)?;
    crowd_of(report, &mut contenders, 5_000, 2)
}

/// Some rounds, in each everyone in turn: what disturbs the machine disturbs all alike. Medians are told.
fn crowd_of(report: &mut Report, contenders: &mut [Contender], watchers: usize, rounds: usize) -> Result<()> {
    let words = if watchers > 1_000 { 50 } else { 100 };
    let mut seen: Vec<[Vec<f64>; 3]> = contenders.iter().map(|_| Default::default()).collect();
    for _ in 0..rounds {
        for (contender, [costs, delays, frames]) in contenders.iter_mut().zip(&mut seen) {
            let measured =
                contender.measure(watchers, words).with_context(|| format!("{}, {watchers} watchers", contender.name()))?;
            costs.push(measured.cost);
            delays.push(measured.delay);
            frames.push(measured.frames);
        }
    }
    let medians: Vec<[f64; 3]> = seen.iter_mut().map(|lists| lists.each_mut().map(|list| median(list))).collect();
    let named: Vec<_> = contenders.iter().map(Contender::name).zip(medians).collect();
    report.say(format!("{watchers} watchers, every one got every character; CPU for a delta delivered to one watcher:"));
    compare(report, &named);
    Ok(())
}

fn compare(report: &mut Report, named: &[(&'static str, [f64; 3])]) {
    let [(_, bare), (coalesced, on), (at_once, off), peers @ ..] = named else { return };
    for (name, [_, _, frames]) in named {
        report.say(format!("    frames for a delta, {name}: {frames:.2}"));
    }
    let cost = |what: &str, value: f64| Row::new(what, value, "µs");
    report.row(cost("bare epoll loop", bare[0]));
    report.row(cost(coalesced, on[0]).beside("bare", bare[0]).ratio_at_most(0.85));
    report.row(cost(at_once, off[0]).beside("bare", bare[0]).ratio_at_most(1.40));
    for (peer, seen) in peers {
        let limit = if peer.starts_with("Bun") { 0.75 } else { 0.40 };
        report.row(cost(peer, seen[0]).beside("bare", bare[0]));
        report.row(cost(&format!("{coalesced}, beside {peer}"), on[0]).beside(peer, seen[0]).ratio_at_most(limit));
    }
    let delay = |what: &str, value: f64| Row::new(format!("{what}: p50 beyond the window"), value, "ms");
    report.row(delay(coalesced, on[1]).beside("bare", bare[1]).ratio_at_most(2.0));
    report.row(delay(at_once, off[1]).beside("bare", bare[1]).ratio_at_most(2.0));
}

/// 50 discussions of 100 watchers beside one of 5,000.
pub fn rooms(report: &mut Report) -> Result<()> {
    report.section("Many discussions: 50 with 100 watchers each beside one with 5,000, 50 words/s");
    let one = in_rooms(1, 5_000)?;
    let many = in_rooms(50, 100)?;
    let ratio = |what, spent: &Spent| Row::new(what, spent.cpu_us / spent.frames, "µs");
    report.row(ratio("CPU for a frame, one discussion", &one));
    let baseline = one.cpu_us / one.frames;
    report.row(ratio("CPU for a frame, 50 discussions", &many).beside("one", baseline).ratio_at_most(1.2));
    Ok(())
}

fn in_rooms(rooms: usize, watchers: usize) -> Result<Spent> {
    let mut house = House::open(WINDOW_MS)?;
    let mut crowd = Crowd::new()?;
    let mut hosts = vec![];
    for _ in 0..rooms {
        let talk = Talk::open(&mut house.host)?;
        hosts.push(talk.steer(&mut house.host, &mut crowd)?);
        fill(&talk, &mut house.host, &mut crowd, watchers)?;
    }
    let spent = spend(&house.server, &house.provider, &mut crowd, &hosts, Plan::new(75, PER_SECOND), |_| Ok(()))?;
    crowd.leave(0..rooms * (watchers + 1));
    Ok(spent)
}
