//! The short way to a reader: straight into the kernel, without the HTTP server's task and buffers in between.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
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

    /// Nothing more comes this way. The other side hears it at once; the HTTP server would first listen half a second for what
    /// else the other side has to say, and a browser tells its page that a socket is closed only when the connection is.
    pub fn finish(&self) {
        // An error: the connection is gone already.
        let _ = self.0.shutdown(Shutdown::Write);
    }
}
