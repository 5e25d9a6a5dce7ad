//! What the machine knows of a process: on which core it runs, what it used, what it holds.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The server has one core for itself, everything that drives it the other.
pub const SERVER_CORE: usize = 0;
pub const GENERATOR_CORE: usize = 1;

/// This thread, and what it starts from here on, runs on this core alone. On a machine with one core they share it.
pub fn run_on(core: usize) -> Result<()> {
    let mut only = CpuSet::new();
    only.set(if two_cores() { core } else { 0 });
    sched_setaffinity(None, &only).context("cannot choose a core")
}

/// This thread, and what it starts from here on, runs anywhere.
pub fn run_anywhere() -> Result<()> {
    let mut all = CpuSet::new();
    (0..CpuSet::MAX_CPU).for_each(|core| all.set(core));
    sched_setaffinity(None, &all).context("cannot leave the core")
}

fn two_cores() -> bool {
    // Asked of the first process: our own threads are bound already.
    sched_getaffinity(Pid::from_raw(1)).map_or(true, |set| set.is_set(GENERATOR_CORE))
}

/// As many open files as the system allows, for us and the servers we start.
pub fn open_many_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// CPU time of a process so far, in microseconds: in user space and in the kernel.
pub fn cpu_us(process: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).context("the server has ended")?;
    // The name in brackets may hold spaces.
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
    let (Some(user), Some(system)) = (ticks(11), ticks(12)) else { bail!("/proc/{process}/stat reads differently here") };
    Ok((user + system) * 1_000_000 / rustix::param::clock_ticks_per_second())
}

/// Resident memory in KiB.
pub fn resident_kib(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("the server has ended")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok());
    number.context("no VmRSS in /proc")
}

/// Open descriptors.
pub fn descriptors(process: u32) -> Result<usize> {
    Ok(fs::read_dir(format!("/proc/{process}/fd"))?.count())
}

/// KiB that the kernel holds for the sockets of a server, and who says so: `ss` for the server's end alone; where that is not
/// installed, the kernel's sum for all sockets of the machine.
pub fn tcp_kib(port: u16) -> Result<(u64, &'static str)> {
    let sockets = Command::new("ss").args(["-tmnH", "sport", "=", &format!(":{port}")]).output();
    if let Ok(sockets) = sockets.as_ref().map(|done| String::from_utf8_lossy(&done.stdout)) {
        let bytes: u64 = sockets.split("skmem:(").skip(1).map(held).sum();
        return Ok((bytes / 1024, "the server's sockets"));
    }
    let sockets = fs::read_to_string("/proc/net/sockstat")?;
    let tcp = sockets.lines().find(|line| line.starts_with("TCP:")).unwrap_or_default();
    let pages = tcp.split_whitespace().skip_while(|word| *word != "mem").nth(1).and_then(|pages| pages.parse::<u64>().ok());
    Ok((pages.context("no TCP memory in /proc/net/sockstat")? * 4, "both ends' sockets"))
}

/// Bytes of a socket in `ss`'s words: received, queued to be sent, and set aside.
fn held(memory: &str) -> u64 {
    let parts = memory.split([',', ')']).take(7);
    let counted = parts.filter_map(|part| {
        let number = part.strip_prefix(['r', 'w', 'f'])?;
        number.parse::<u64>().ok()
    });
    counted.sum()
}

/// Where a program is, if it is installed.
pub fn find_program(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    file.is_file()
}
