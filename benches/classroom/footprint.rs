//! The release binary by itself: its size, how soon it serves the page, what it holds when nothing happens.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::http::Client;
use crate::machine;
use crate::report::{Report, Row, median};
use crate::server::{BINARY, spawn_on_server_core};

pub fn run(report: &mut Report) -> Result<()> {
    report.section("Footprint of the release binary");
    let size = fs::metadata(BINARY)?.len() as f64 / 1024.0 / 1024.0;
    report.row(Row::new("size", size, "MB").at_most(45.0));
    let files = tempfile::tempdir()?;
    // The first start makes the database, the others find it.
    let (fresh, _) = start(&files)?;
    let others = [start(&files)?, start(&files)?, start(&files)?];
    report.row(Row::new("first page after the start, fresh database", fresh, "s").at_most(0.5));
    report.row(Row::new("first page after the start", median(&mut others.map(|(time, _)| time)), "s").at_most(0.5));
    report.row(Row::new("resident, idle", median(&mut others.map(|(_, kib)| kib / 1024.0)), "MB").at_most(40.0));
    Ok(())
}

/// Seconds from the start to the first page, and KiB held two seconds later.
fn start(files: &tempfile::TempDir) -> Result<(f64, f64)> {
    // Free a moment ago: nobody else takes it so soon.
    let address: SocketAddr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut command = Command::new(BINARY);
    command.env_clear().env("PORT", address.port().to_string()).current_dir(files.path()).stdout(Stdio::null());
    let begin = Instant::now();
    let mut child = spawn_on_server_core(&mut command)?;
    let page = loop {
        match Client::new(address).get("/") {
            Ok(page) => break Ok(page),
            Err(error) if begin.elapsed() > Duration::from_secs(20) => break Err(error),
            Err(_) => thread::sleep(Duration::from_millis(2)),
        }
    };
    let time = begin.elapsed().as_secs_f64();
    thread::sleep(Duration::from_secs(2));
    let held = machine::resident_kib(child.id());
    child.kill()?;
    child.wait()?;
    let page = page?;
    ensure!(page.status == 200 && !page.body.is_empty(), "the page is not there: {}", page.status);
    Ok((time, held? as f64))
}
