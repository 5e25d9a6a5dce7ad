//! The voices against providers: streams read from files, and a scripted provider that speaks the real protocols.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

#[path = "../support/mod.rs"]
mod support;

mod faults;
mod reading;
mod recorded;
mod requests;
mod stage;
mod streams;
mod trouble;
