//! The short way to a reader: straight into the kernel, without the HTTP server's task and buffers in between.

use std::io::{self, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;

/// A second handle on a connection's socket. Whatever goes through it must not fall between bytes that the HTTP server still
/// holds: a feed uses it only while the server's buffer for this connection is known to be empty.
#[derive(Debug)]
pub struct Wire(TcpStream);

impl Wire {
    /// # Errors
    /// When this process has no descriptor left.
    pub fn to(stream: &impl AsFd) -> io::Result<Self> {
        Ok(Self(TcpStream::from(stream.as_fd().try_clone_to_owned()?)))
    }

    /// How many bytes the kernel took: all, fewer of a reader who is behind, none where the connection is broken, which the
    /// HTTP server finds out with the rest. Never waits: the socket is in the server's non-blocking mode.
    pub fn send(&self, bytes: &[u8]) -> usize {
        (&self.0).write(bytes).unwrap_or(0)
    }
}
