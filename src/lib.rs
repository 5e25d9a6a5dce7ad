//! ChatLab: a class watches great minds discuss. The rooms in reading order; imports only go up this list.

pub mod domain;

pub mod bus;
pub mod llm;
