//! Instructions in user space for a delivered frame, counted by callgrind: the one figure that noise cannot touch.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::crowd::Crowd;
use crate::fanout::spend;
use crate::machine;
use crate::provider::{Plan, Provider};
use crate::report::{Report, Row};
use crate::server::{Server, Talk, fill};

const WATCHERS: usize = 50;
const WORDS: usize = 100;
const PER_SECOND: u32 = 50;

pub fn run(report: &mut Report) -> Result<()> {
    report.section("Instructions for a delivered frame, 50 watchers (callgrind)");
    if machine::find_program("valgrind").is_none() {
        report.say("valgrind is not installed: left out (apt-get install valgrind)");
        return Ok(());
    }
    let provider = Provider::start()?;
    let out = "--callgrind-out-file=callgrind.out.%p";
    let wrapper = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--quiet", out];
    let server = Server::start_under(&wrapper, provider.address, &[("DELTA_INTERVAL_MS", "0"), ("WORKERS", "1")])?;
    let mut host = server.host()?;
    let mut crowd = Crowd::new()?;
    let talk = Talk::open(&mut host)?;
    let steering = talk.steer(&mut host, &mut crowd)?;
    // One of the watchers is the host.
    fill(&talk, &mut host, &mut crowd, WATCHERS - 1)?;
    let control = |what: &[&str]| control(&server, what);
    let mut counting = false;
    let spent = spend(&server, &provider, &mut crowd, &[steering], Plan::new(WORDS, PER_SECOND), |begins| {
        counting = begins;
        if begins { control(&["--instr=on"]) } else { control(&["--instr=off"]) }
    })?;
    ensure!(!counting, "callgrind still counts");
    // Every frame carries its delta alone, or the figure would flatter.
    ensure!(spent.frames == (WORDS * WATCHERS) as f64, "{} frames for {WORDS} words", spent.frames);
    control(&["--dump"])?;
    std::thread::sleep(Duration::from_millis(500));
    let each = total(&server)? / spent.frames;
    // 2,500 is promised; 20 % more sounds the alarm.
    let row = Row::new(format!("user-space instructions, {} frames", spent.frames), each, "").beside("promised", 2_500.0);
    report.row(row.ratio_at_most(1.0));
    if let Ok(keep) = std::env::var("KEEP_CALLGRIND") {
        for file in fs::read_dir(server.files.path())?.flatten() {
            if file.file_name().to_string_lossy().starts_with("callgrind.out") {
                fs::copy(file.path(), std::path::Path::new(&keep).join(file.file_name()))?;
            }
        }
    }
    Ok(())
}

fn control(server: &Server, what: &[&str]) -> Result<()> {
    let process = server.process().to_string();
    let done = Command::new("callgrind_control").args(what).arg(process).output().context("callgrind_control")?;
    ensure!(done.status.success(), "callgrind_control: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

/// All instructions that were counted.
fn total(server: &Server) -> Result<f64> {
    let mut sum = 0.0;
    for file in fs::read_dir(server.files.path())?.flatten() {
        if !file.file_name().to_string_lossy().starts_with("callgrind.out") {
            continue;
        }
        let text = fs::read_to_string(file.path())?;
        let totals = text.lines().rev().find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
        sum += totals.and_then(|number| number.trim().parse::<f64>().ok()).unwrap_or(0.0);
    }
    ensure!(sum > 0.0, "callgrind counted nothing");
    Ok(sum)
}
