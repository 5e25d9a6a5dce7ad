//! Many connections read by one thread: `epoll`, one buffer for all, nothing allocated for a delta.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::event::{Timespec, epoll};
use socket2::SockRef;

use crate::clock;
use crate::view::{Delta, Speaks, View};

/// A connection and what came through it.
pub struct Watcher {
    stream: TcpStream,
    pub view: View,
}

/// Delays in microseconds, from the provider's word to the reader.
#[derive(Default)]
pub struct Delays {
    /// Each turn's first word.
    pub first: Vec<u64>,
    /// Every word.
    pub word: Vec<u64>,
    /// Each frame, from the moment it was due: its oldest word's, or the end of the window that the frame before it began.
    pub frame: Vec<u64>,
}

pub struct Crowd {
    epoll: OwnedFd,
    watchers: Vec<Option<Watcher>>,
    buffer: Vec<u8>,
    pub delays: Delays,
    /// The same for those who read the provider's own stream.
    pub direct: Delays,
    /// Bytes of a word, to tell the words of a delta apart.
    pub word: usize,
    /// The server's `DELTA_INTERVAL_MS`, in microseconds.
    pub window: u64,
    /// Where each frame of the turn began, and when its first reader had it.
    frames: Vec<(usize, u64)>,
    /// Words read by everyone together.
    pub words: u64,
    commands: u64,
}

impl Crowd {
    pub fn new() -> Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        Ok(Self {
            epoll,
            watchers: vec![],
            buffer: vec![0; 256 * 1024],
            delays: Delays::default(),
            direct: Delays::default(),
            word: 7,
            window: 0,
            frames: vec![],
            words: 0,
            commands: 0,
        })
    }

    /// Takes a connection whose request was written; its number.
    pub fn add(&mut self, stream: TcpStream, speaks: Speaks) -> Result<usize> {
        stream.set_nonblocking(true)?;
        let number = self.watchers.len();
        self.watchers.push(Some(Watcher { stream, view: View::new(speaks) }));
        self.listen(number)?;
        Ok(number)
    }

    /// Reads from it (again).
    pub fn listen(&self, number: usize) -> Result<()> {
        let data = epoll::EventData::new_u64(number as u64);
        let watcher = self.watchers[number].as_ref().context("it has left")?;
        Ok(epoll::add(&self.epoll, &watcher.stream, data, epoll::EventFlags::IN)?)
    }

    /// Reads nothing from it, as a phone in a pocket.
    pub fn stall(&self, number: usize) -> Result<()> {
        let watcher = self.watchers[number].as_ref().context("it has left")?;
        Ok(epoll::delete(&self.epoll, &watcher.stream)?)
    }

    pub fn view(&self, number: usize) -> Result<&View> {
        Ok(&self.watchers[number].as_ref().context("it has left")?.view)
    }

    /// Everyone who is there.
    pub fn views(&self) -> impl Iterator<Item = &View> {
        self.watchers.iter().flatten().map(|watcher| &watcher.view)
    }

    /// Says something as the client does.
    pub fn send(&mut self, number: usize, text: &str) -> Result<()> {
        self.write(number, &client_frame(1, text.as_bytes()))
    }

    /// Sends these bytes.
    pub fn write(&mut self, number: usize, bytes: &[u8]) -> Result<()> {
        let watcher = self.watchers[number].as_mut().context("it has left")?;
        Ok(watcher.stream.write_all(bytes)?)
    }

    /// The host presses *Next Response*.
    pub fn next(&mut self, host: usize) -> Result<()> {
        self.commands += 1;
        let command = format!(r#"{{"type":"next","id":"{}"}}"#, self.commands);
        self.send(host, &command)
    }

    /// The connections end at once, without a word, and leave nothing behind in the kernel.
    pub fn leave(&mut self, numbers: impl IntoIterator<Item = usize>) {
        for number in numbers {
            if let Some(watcher) = self.watchers[number].take() {
                let _ = SockRef::from(&watcher.stream).set_linger(Some(Duration::ZERO));
            }
        }
    }

    /// Reads until `done`, which is asked after every round of reading.
    pub fn until(&mut self, what: &str, patience: Duration, mut done: impl FnMut(&Self) -> bool) -> Result<Duration> {
        let start = Instant::now();
        while !done(self) {
            ensure!(start.elapsed() < patience, "it did not happen within {} s: {what}", patience.as_secs());
            self.read(Duration::from_millis(1))?;
        }
        Ok(start.elapsed())
    }

    /// Reads for so long.
    pub fn read_for(&mut self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.read(Duration::from_millis(1))?;
        }
        Ok(())
    }

    pub fn read(&mut self, wait: Duration) -> Result<()> {
        let mut events = Vec::with_capacity(1024);
        let wait = Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), Some(&wait)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in events {
            let number = usize::try_from(event.data.u64())?;
            self.read_one(number)?;
        }
        Ok(())
    }

    fn read_one(&mut self, number: usize) -> Result<()> {
        let Self { watchers, buffer, delays, direct, word, window, frames, words, .. } = self;
        let Some(watcher) = &mut watchers[number] else { return Ok(()) };
        let count = match watcher.stream.read(buffer) {
            Ok(count) => count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => return Ok(()),
            Err(_) => 0,
        };
        if count == 0 {
            watcher.view.closed = true;
            return Ok(epoll::delete(&self.epoll, &watcher.stream)?);
        }
        let arrived = clock::now();
        if watcher.view.speaks == Speaks::Provider {
            return watcher.view.take(&buffer[..count], |delta, before| direct.note(&delta, before, arrived, *word));
        }
        watcher.view.take(&buffer[..count], |delta, before| {
            *words += (delta.text.len() / *word) as u64;
            delays.note(&delta, before, arrived, *word);
            if *window > 0 {
                delays.note_frame(&delta, arrived, *window, frames);
            }
        })?;
        if let Some(ping) = watcher.view.ping.take() {
            // A full buffer means a pong less: the next ping asks again.
            let _ = watcher.stream.write(&client_frame(10, &ping));
        }
        Ok(())
    }

    /// Forgets what was measured so far, not who is there.
    pub fn reset(&mut self) {
        self.delays = Delays::default();
        self.direct = Delays::default();
        self.frames.clear();
        self.words = 0;
    }
}

impl Delays {
    fn note(&mut self, delta: &Delta, before: u64, arrived: u64, word: usize) {
        for (number, said) in delta.times(word).enumerate() {
            let delay = arrived.saturating_sub(said);
            self.word.push(delay);
            if number == 0 && before == 0 {
                self.first.push(delay);
            }
        }
    }

    fn note_frame(&mut self, delta: &Delta, arrived: u64, window: u64, frames: &mut Vec<(usize, u64)>) {
        let Some(said) = delta.times(delta.text.len()).next() else { return };
        let at = frames.partition_point(|(from, _)| *from < delta.from);
        if frames.get(at).is_none_or(|(from, _)| *from != delta.from) {
            frames.insert(at, (delta.from, arrived));
        }
        let window_ends = at.checked_sub(1).map_or(0, |before| frames[before].1 + window);
        self.frame.push(arrived.saturating_sub(said.max(window_ends)));
    }
}

/// A frame as clients send it: masked, with a mask that changes nothing. Short texts only.
pub fn client_frame(op: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | op];
    match u8::try_from(payload.len()) {
        Ok(length) if length < 126 => frame.push(0x80 | length),
        _ => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&u16::try_from(payload.len()).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}
