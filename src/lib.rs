//! ChatLab: a class watches great minds discuss.

pub mod domain;
pub mod llm;
pub mod store;
