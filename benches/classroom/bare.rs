//! The baseline of fan-out: one thread, one `epoll`, and each frame, made by somebody else, written to every socket. This is
//! what the kernel asks for the job; there is nothing else in it.
//!
//! It runs as a process of its own: this program, started with the role `bare`.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;

use anyhow::Result;
use rustix::event::epoll;

use crate::http::find;

/// What the one who makes the frames says first.
pub const CONTROL: &[u8] = b"CONTROL\r\n\r\n";

const ACCEPTED: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const LISTENER: u64 = u64::MAX;

struct Watcher {
    stream: TcpStream,
    /// What the socket did not take yet.
    unsent: Vec<u8>,
    greeted: bool,
}

struct Loop {
    epoll: OwnedFd,
    listener: TcpListener,
    watchers: HashMap<u64, Watcher>,
    next: u64,
    control: Option<u64>,
    /// The frames that are not whole yet.
    partial: Vec<u8>,
}

#[expect(clippy::print_stdout, reason = "whoever started it reads the address there")]
pub fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    // The standard library's backlog is short; a crowd comes at once.
    rustix::net::listen(&listener, 4096)?;
    println!("listening on http://{} ", listener.local_addr()?);
    listener.set_nonblocking(true)?;
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &listener, epoll::EventData::new_u64(LISTENER), epoll::EventFlags::IN)?;
    let state = Loop { epoll, listener, watchers: HashMap::new(), next: 0, control: None, partial: vec![] };
    state.run()
}

impl Loop {
    fn run(mut self) -> Result<()> {
        let mut events = Vec::with_capacity(1024);
        loop {
            events.clear();
            epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), None)?;
            for event in &events {
                match event.data.u64() {
                    LISTENER => self.accept()?,
                    number => self.read(number)?,
                }
            }
        }
    }

    fn accept(&mut self) -> Result<()> {
        while let Ok((stream, _)) = self.listener.accept() {
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            epoll::add(&self.epoll, &stream, epoll::EventData::new_u64(self.next), epoll::EventFlags::IN)?;
            self.watchers.insert(self.next, Watcher { stream, unsent: vec![], greeted: false });
            self.next += 1;
        }
        Ok(())
    }

    fn read(&mut self, number: u64) -> Result<()> {
        let mut piece = [0; 64 * 1024];
        let Some(watcher) = self.watchers.get_mut(&number) else { return Ok(()) };
        let count = match watcher.stream.read(&mut piece) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Ok(0) | Err(_) => {
                self.watchers.remove(&number);
                return Ok(());
            }
            Ok(count) => count,
        };
        let read = &piece[..count];
        if self.control == Some(number) {
            self.partial.extend_from_slice(read);
            self.fan_out();
        } else if read.starts_with(CONTROL) {
            self.control = Some(number);
        } else if !watcher.greeted && find(read, b"\r\n\r\n").is_some() {
            watcher.greeted = true;
            watcher.send(ACCEPTED);
        }
        Ok(())
    }

    /// Writes each whole frame to everyone.
    fn fan_out(&mut self) {
        let frames = std::mem::take(&mut self.partial);
        let mut rest = frames.as_slice();
        while let [_, length, ..] = *rest {
            let whole = 2 + usize::from(length);
            let Some(frame) = rest.get(..whole) else { break };
            self.watchers.values_mut().filter(|watcher| watcher.greeted).for_each(|watcher| watcher.send(frame));
            rest = &rest[whole..];
        }
        self.partial = rest.to_vec();
    }
}

impl Watcher {
    fn send(&mut self, bytes: &[u8]) {
        let mut sent = 0;
        if self.unsent.is_empty() {
            sent = self.stream.write(bytes).unwrap_or(0);
        }
        if sent < bytes.len() {
            self.unsent.extend_from_slice(&bytes[sent..]);
            if let Ok(count) = self.stream.write(&self.unsent) {
                self.unsent.drain(..count);
            }
        }
    }
}
