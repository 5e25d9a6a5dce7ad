//! What several test binaries and the benchmarks share.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

pub mod cache;
pub mod database;
pub mod dialect;
pub mod issuer;
pub mod mailbox;
pub mod provider;
pub mod script;
