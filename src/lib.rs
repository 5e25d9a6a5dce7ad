//! ChatLab: a class watches great minds discuss. The rooms, from the floor upward; each imports only those above it here.

pub mod domain;

pub mod auth;
pub mod bus;
pub mod llm;
pub mod mail;
pub mod store;

pub mod accounts;
pub mod discussion;
pub mod pictures;
pub mod portraits;

pub mod ws;

pub mod config;
pub mod http;

pub mod operator;

pub mod app;
pub mod command;
