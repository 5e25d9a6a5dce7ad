//! The same job done by others: the bare loop, Bun's native publish, FastAPI under uvicorn. Each gets a word through a control
//! connection and sends it to everyone else.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::bare::CONTROL;
use crate::clock;
use crate::crowd::{Crowd, client_frame};
use crate::http::{connect, read_head};
use crate::machine;
use crate::report::percentile;
use crate::server::{spawn_on_server_core, upgrade};
use crate::view::Speaks;

const PATIENCE: Duration = Duration::from_secs(90);

pub struct Relay {
    child: Child,
    address: SocketAddr,
    /// The bare loop takes frames ready for its watchers; the others a client's.
    bare: bool,
}

/// Bun's native publish, if Bun is installed.
pub fn bun() -> Option<Result<Relay>> {
    let bun = installed("node_modules/.bin/bun").or_else(|| machine::find_program("bun"))?;
    let mut command = Command::new(bun);
    command.arg(script("publish.js"));
    Some(Relay::start(command, false))
}

/// FastAPI + uvicorn, if they are installed.
pub fn fast_api() -> Option<Result<Relay>> {
    let python = installed("venv/bin/python")?;
    let mut command = Command::new(python);
    command.arg(script("broadcast.py"));
    Some(Relay::start(command, false))
}

/// Where scripts/bench-peers put it.
fn installed(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BENCH_PEERS")?;
    Some(Path::new(&folder).join(file)).filter(|file| file.exists())
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(name)
}

impl Relay {
    pub fn bare() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.env("BENCH_ROLE", "bare");
        Self::start(command, true)
    }

    fn start(mut command: Command, bare: bool) -> Result<Self> {
        let mut child = spawn_on_server_core(command.stdout(Stdio::piped()))?;
        let mut line = String::new();
        let said = BufReader::new(child.stdout.take().context("it says nothing")?).read_line(&mut line);
        // From here on the process ends with the value.
        let mut relay = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), bare };
        said?;
        let address = line.trim().strip_prefix("listening on http://").context("it does not listen")?;
        relay.address = address.parse()?;
        Ok(relay)
    }

    /// CPU for each word and watcher in µs, p50 from the word to its reader in ms, and frames for each word.
    pub fn measure(&mut self, watchers: usize, words: usize, per_second: u32) -> Result<(f64, f64, f64)> {
        let mut crowd = Crowd::new()?;
        for number in 0..watchers {
            crowd.add(upgrade(self.address, "/")?, Speaks::Live)?;
            if number % 64 == 63 {
                crowd.read(Duration::ZERO)?;
            }
        }
        crowd.until("everyone is connected", PATIENCE, |crowd| crowd.views().all(|view| view.shaken))?;
        let control = self.control()?;
        crowd.read_for(Duration::from_millis(500))?;
        crowd.reset();
        let cpu = machine::cpu_us(self.child.id())?;
        let bare = self.bare;
        let source = thread::spawn(move || say(control, words, per_second, bare));
        let all = (words * watchers) as u64;
        crowd.until("everyone has every word", PATIENCE, |crowd| crowd.words >= all)?;
        let spent = machine::cpu_us(self.child.id())? - cpu;
        // Kept open until here: its end could end something else.
        drop(source.join());
        ensure!(crowd.views().all(|view| view.wrong == 0), "somebody missed a word");
        let delay = percentile(&mut crowd.delays.word, 0.5) / 1000.0;
        let cost = spent as f64 / crowd.words as f64;
        let frames = crowd.views().map(|view| view.deltas).sum::<u64>() as f64 / crowd.words as f64;
        crowd.leave(0..watchers);
        Ok((cost, delay, frames))
    }

    fn control(&self) -> Result<TcpStream> {
        if self.bare {
            let mut stream = connect(self.address)?;
            stream.write_all(CONTROL)?;
            return Ok(stream);
        }
        let mut stream = upgrade(self.address, "/control")?;
        read_head(&mut stream)?;
        Ok(stream)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Words at their pace, each in a frame of the same shape as ChatLab's.
fn say(mut control: TcpStream, words: usize, per_second: u32, bare: bool) -> Result<TcpStream> {
    let start = Instant::now();
    for number in 0..words {
        let due = start + Duration::from_secs(1) * u32::try_from(number)? / per_second;
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let word = clock::word(7);
        let turn = "01990000-0000-7000-8000-000000000000";
        let event = format!(r#"{{"type":"delta","turn":"{turn}","from":{},"text":"{word}"}}"#, number * 7);
        let frame = match bare {
            true => [&[0x81, u8::try_from(event.len())?], event.as_bytes()].concat(),
            false => client_frame(1, event.as_bytes()),
        };
        control.write_all(&frame)?;
    }
    Ok(control)
}
