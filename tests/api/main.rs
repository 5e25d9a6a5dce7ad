//! ChatLab from outside: the real binary, real HTTP and sockets, a real database file, a provider that speaks the real
//! protocol.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test may stop and speak")]

#[path = "../support/mod.rs"]
mod support;

mod helpers;

mod accounts;
mod browser;
mod budget;
mod canaries;
mod cards;
mod classroom;
mod crashes;
mod directing;
mod discussion;
mod doors;
mod durability;
mod exports;
mod fanout;
mod identity;
mod lessons;
mod library;
mod long;
mod mutations;
mod oidc;
mod privacy;
mod provider_faults;
mod provider_test;
mod refusals;
mod share;
mod summaries;
mod tokens;
mod walk;
mod watching;
