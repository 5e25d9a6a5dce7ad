//! People who come, go and come back: what a watcher holds who only waits, a school class that joins at once, everyone cut off in
//! mid-turn, and a thousand connects and disconnects again and again.

use std::net::SocketAddr;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use socket2::{SockFilter, SockRef};

use crate::crowd::Crowd;
use crate::http::Client;
use crate::machine;
use crate::provider::{Plan, Provider};
use crate::report::{Report, Row};
use crate::server::{Server, Talk, fill};
use crate::view::Speaks;

const PATIENCE: Duration = Duration::from_secs(30);
/// Phones that are on their way at the same time.
const AT_ONCE: usize = 32;

/// What one watcher holds who only waits.
pub fn idle(report: &mut Report) -> Result<()> {
    report.section("Idle watchers");
    let (server, mut host, talk) = room()?;
    // What is made once is there before counting begins.
    for _ in 0..2 {
        let mut crowd = Crowd::new()?;
        let numbers = fill(&talk, &mut host, &mut crowd, 100)?;
        crowd.leave(numbers);
        crowd.read_for(Duration::from_secs(1))?;
    }
    let before = server.resident_kib()?;
    let mut crowd = Crowd::new()?;
    for watchers in [1_000, 5_000] {
        let here = crowd.views().count();
        fill(&talk, &mut host, &mut crowd, watchers - here)?;
        crowd.read_for(Duration::from_secs(1))?;
        let each = (server.resident_kib()? - before) as f64 / watchers as f64;
        report.row(Row::new(format!("resident for each of {watchers} watchers"), each, "KiB").at_most(16.0));
    }
    Ok(())
}

/// Watchers whose network is gone without a word: nothing that is sent to them arrives, nothing comes back.
pub fn dead(report: &mut Report) -> Result<()> {
    const EACH: usize = 50;
    report.section("Dead sockets: 50 WebSockets and 50 event streams whose network is gone");
    let (server, mut host, talk) = room()?;
    let mut streams = vec![];
    for _ in 0..EACH {
        streams.push(talk.arrive(&mut host, None)?);
        streams.push(talk.stream(&mut host)?);
    }
    let start = Instant::now();
    while server.metric("watchers")? < 2 * EACH as u64 {
        ensure!(start.elapsed() < PATIENCE, "not everyone is there");
        thread::sleep(Duration::from_millis(20));
    }
    for stream in &streams {
        // Returns nothing of any packet: the kernel drops what comes, and confirms none of it.
        SockRef::from(stream).attach_filter(&[SockFilter::new(0x06, 0, 0, 0)])?;
    }
    let gone = Instant::now();
    while server.metric("watchers")? > 0 {
        ensure!(gone.elapsed() < 4 * PATIENCE, "{} are still there", server.metric("watchers")?);
        thread::sleep(Duration::from_millis(200));
    }
    report.row(Row::new("all are gone after", gone.elapsed().as_secs_f64(), "s").at_most(60.0));
    Ok(())
}

pub fn run(report: &mut Report) -> Result<()> {
    class_joins(report)?;
    storm(report)?;
    churn(report)
}

/// A server and a discussion in which some turns were taken.
fn room() -> Result<(Server, Client, Talk)> {
    let provider = Provider::start()?;
    provider.plan(Plan { think: Duration::ZERO, ..Plan::new(60, 2_000) });
    let server = Server::start(provider.address, &[])?;
    let mut host = server.host()?;
    let talk = Talk::open(&mut host)?;
    for _ in 0..5 {
        talk.turn(&mut host)?;
    }
    Ok((server, host, talk))
}

/// 300 phones of one school behind one address, each with a page, a ticket and a socket; the limits are the defaults.
fn class_joins(report: &mut Report) -> Result<()> {
    report.section("A class joins: 300 phones from one address");
    let (_server, host, talk) = room()?;
    let mut crowd = Crowd::new()?;
    let start = Instant::now();
    let arriving = arrive(vec![(talk, None)], 300, host.token.clone(), host.address(), true);
    let all = |crowd: &Crowd| crowd.views().filter(|view| !view.snapshots.is_empty()).count() == 300;
    while !all(&crowd) {
        ensure!(start.elapsed() < PATIENCE, "not all 300 are in");
        while let Ok(stream) = arriving.try_recv() {
            crowd.add(stream?.1, Speaks::Live)?;
        }
        crowd.read(Duration::from_millis(1))?;
    }
    report.row(Row::new("all have the page, a ticket and the whole text", start.elapsed().as_secs_f64(), "s").at_most(10.0));
    Ok(())
}

/// So many phones, spread over the discussions (each with the last change they saw), on their way a few at a time; each stream is
/// handed over as it connects.
fn arrive(
    talks: Vec<(Talk, Option<i64>)>,
    count: usize,
    token: Option<String>,
    address: SocketAddr,
    with_page: bool,
) -> Receiver<Result<(usize, TcpStream)>> {
    let (sender, receiver) = channel();
    let talks = Arc::new(talks);
    for first in 0..AT_ONCE {
        let (talks, sender, token) = (Arc::clone(&talks), sender.clone(), token.clone());
        thread::spawn(move || {
            for phone in (first..count).step_by(AT_ONCE) {
                // Each phone has connections of its own.
                let mut client = Client::new(address);
                client.token = token.clone();
                let number = phone % talks.len();
                let (talk, after) = &talks[number];
                let page = if with_page { client.get("/").map(|_| ()) } else { Ok(()) };
                let stream = page.and_then(|()| talk.arrive(&mut client, *after));
                if sender.send(stream.map(|stream| (number, stream))).is_err() {
                    return;
                }
            }
        });
    }
    receiver
}

/// 1,000 watchers of 20 discussions are cut off in mid-turn and come back all together.
fn storm(report: &mut Report) -> Result<()> {
    const TALKS: usize = 20;
    const WATCHERS: usize = 50;
    report.section("Everyone cut off in mid-turn: 1,000 watchers of 20 discussions come back");
    let provider = Provider::start()?;
    provider.plan(Plan { finish: false, ..Plan::new(400, 50) });
    let server = Server::start(provider.address, &[])?;
    let mut host = server.host()?;
    // The hosts are read apart from the crowd: their words show how the turns go on.
    let (mut hosts, mut crowd) = (Crowd::new()?, Crowd::new()?);
    let mut talks = vec![];
    for _ in 0..TALKS {
        let talk = Talk::open(&mut host)?;
        talk.steer(&mut host, &mut hosts)?;
        fill(&talk, &mut host, &mut crowd, WATCHERS)?;
        talks.push(talk);
    }
    for number in 0..TALKS {
        hosts.next(number)?;
    }
    read_both(&mut hosts, &mut crowd, Duration::from_secs(2))?;
    hosts.reset();
    let reads = server.metric("database_reads_total")?;
    let cut = Instant::now();
    crowd.leave(0..TALKS * WATCHERS);
    let seen = (0..TALKS).map(|number| Ok(Some(hosts.view(number)?.seq))).collect::<Result<Vec<_>>>()?;
    let talks = talks.into_iter().zip(seen).collect();
    let arriving = arrive(talks, TALKS * WATCHERS, host.token.clone(), host.address(), false);
    let back = |crowd: &Crowd| crowd.views().filter(|view| !view.snapshots.is_empty()).count();
    let mut places = vec![];
    while back(&crowd) < TALKS * WATCHERS {
        ensure!(cut.elapsed() < PATIENCE, "only {} are back", back(&crowd));
        while let Ok(stream) = arriving.try_recv() {
            let (talk, stream) = stream?;
            places.push((talk, crowd.add(stream, Speaks::Live)?));
        }
        hosts.read(Duration::ZERO)?;
        crowd.read(Duration::from_millis(1))?;
    }
    let time = cut.elapsed().as_secs_f64();
    let reads = (server.metric("database_reads_total")? - reads) as f64 / TALKS as f64;
    report.row(Row::new("all have the whole text again", time, "s").at_most(5.0));
    report.row(Row::new("database reads for each discussion", reads, "").at_most(3.0));
    let slowest = hosts.delays.word.iter().max().copied().unwrap_or(0) as f64 / 1000.0;
    report.row(Row::new("a running turn's longest delay meanwhile", slowest, "ms").at_most(250.0));
    provider.finish();
    let ended = |crowd: &Crowd| crowd.views().all(|view| view.turns_ended > 0);
    while !(ended(&hosts) && ended(&crowd)) {
        ensure!(cut.elapsed() < PATIENCE, "not everyone saw the turn end");
        read_both(&mut hosts, &mut crowd, Duration::from_millis(20))?;
    }
    let mut differing = 0;
    for (talk, place) in places {
        differing += usize::from(crowd.view(place)?.text() != hosts.view(talk)?.text());
    }
    let wrong = crowd.views().map(|view| view.wrong).sum::<u64>() as usize;
    report.row(Row::new("texts that differ from the host's at the end", (differing + wrong) as f64, "").at_most(0.0));
    Ok(())
}

fn read_both(hosts: &mut Crowd, crowd: &mut Crowd, time: Duration) -> Result<()> {
    let end = Instant::now() + time;
    while Instant::now() < end {
        hosts.read(Duration::ZERO)?;
        crowd.read(Duration::from_millis(1))?;
    }
    Ok(())
}

/// Ten rounds of 1,000 who come and go.
fn churn(report: &mut Report) -> Result<()> {
    report.section("Ten rounds of 1,000 connects and disconnects");
    let (server, mut host, talk) = room()?;
    let quiet = machine::descriptors(server.process())?;
    let mut after = vec![];
    for _ in 0..10 {
        let mut crowd = Crowd::new()?;
        let numbers = fill(&talk, &mut host, &mut crowd, 1_000)?;
        crowd.leave(numbers);
        let start = Instant::now();
        // The descriptors show when the server has noticed everyone.
        while machine::descriptors(server.process())? > quiet + 4 && start.elapsed() < Duration::from_secs(5) {
            thread::sleep(Duration::from_millis(20));
        }
        after.push((server.resident_kib()? as f64 / 1024.0, machine::descriptors(server.process())? as f64));
    }
    let (second, tenth) = (after.get(1).context("ten rounds")?, after.last().context("ten rounds")?);
    report.row(Row::new("resident after round 10", tenth.0, "MB").beside("round 2", second.0).ratio_at_most(1.05));
    report.row(Row::new("descriptors after round 10", tenth.1, "").beside("round 2", second.1).ratio_at_most(1.05));
    Ok(())
}
