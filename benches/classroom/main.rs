//! The benchmarks (`make bench`, `make bench ONLY=latency,fanout`): a full classroom against the release binary, every figure beside
//! its baseline and its limit. docs/benchmarks.md says what is measured and how to read it.
//!
//! The server has core 0 for itself; provider, watchers and this program share core 1. Nothing leaves the machine.

mod bare;
mod clock;
mod crowd;
mod fanout;
mod footprint;
mod http;
mod instructions;
mod latency;
mod library;
mod machine;
mod paint;
mod peers;
mod provider;
mod reconnect;
mod report;
mod server;
mod shelf;
mod stalled;
mod view;

use std::process::ExitCode;

use anyhow::Result;

use report::Report;

type Section = (&'static str, fn(&mut Report) -> Result<()>);

const SECTIONS: [Section; 10] = [
    ("footprint", footprint::run),
    ("latency", latency::run),
    ("paint", paint::run),
    ("fanout", fanout::run),
    ("rooms", fanout::rooms),
    ("idle", reconnect::idle),
    ("reconnect", reconnect::run),
    ("stalled", stalled::run),
    ("library", library::run),
    ("instructions", instructions::run),
];

fn main() -> ExitCode {
    match std::env::var("BENCH_ROLE").as_deref() {
        Ok("bare") => finish(bare::serve()),
        _ => finish(measure()),
    }
}

#[expect(clippy::print_stderr, reason = "what could not be measured is told where the figures are")]
fn finish(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<()> {
    let only = std::env::var("ONLY").unwrap_or_default();
    let only: Vec<&str> = only.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    for name in &only {
        let names: Vec<&str> = SECTIONS.iter().map(|(name, _)| *name).collect();
        anyhow::ensure!(names.contains(name), "ONLY={name}: there is {}", names.join(", "));
    }
    clock::now();
    machine::open_many_files();
    machine::run_on(machine::GENERATOR_CORE)?;
    let mut report = Report::default();
    let busy = machine::use_by_others()? * 100.0;
    if busy > 10.0 {
        report.say(format!(
            "Others use {busy:.0} % of this machine: delays will be longer than they are. Look at the ratios."
        ));
    }
    let mut failed = vec![];
    for (name, section) in SECTIONS {
        let wanted = only.is_empty() || only.contains(&name);
        if wanted && let Err(error) = section(&mut report) {
            report.say(format!("COULD NOT BE MEASURED: {error:#}"));
            failed.push(name);
        }
    }
    report.summary();
    anyhow::ensure!(failed.is_empty(), "could not be measured: {}", failed.join(", "));
    Ok(())
}
