//! Caches of prompts as the vendors describe them: a prefix is found when it is the same to the last byte, and only where their
//! rules look for it. A token is four bytes.

use std::collections::HashSet;

use serde_json::Value;

use super::dialect::Used;

/// Shorter prefixes are not cached.
const LEAST: usize = 1_024;
const BYTES_PER_TOKEN: usize = 4;

/// Whose rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// Anthropic: four marks at most; each looks back 20 blocks, itself among them, for the end of something cached, and caches
    /// what stands before it.
    Anthropic,
    /// OpenAI up to GPT-5.5: any common beginning with an earlier prompt counts, in steps of 128 tokens.
    Prefix,
    /// OpenAI from GPT-5.6 on, with `mode: explicit`: found at marks of this request only, the latest 50 of them; the latest four
    /// are cached.
    Marks,
}

pub struct Cache {
    rules: Rules,
    /// Beginnings that are cached (`Prefix`: whole prompts).
    entries: HashSet<String>,
}

/// A prompt up to the end of one of its blocks.
struct Block {
    prefix: String,
    marked: bool,
}

impl Block {
    fn tokens(&self) -> usize {
        self.prefix.len() / BYTES_PER_TOKEN
    }
}

impl Cache {
    pub fn new(rules: Rules) -> Self {
        Self { rules, entries: HashSet::new() }
    }

    /// What this prompt reads and writes.
    pub fn take(&mut self, body: &Value) -> Used {
        let blocks = blocks(body);
        let Some(last) = blocks.last() else { return Used::default() };
        let all = last.tokens();
        match self.rules {
            Rules::Prefix => self.take_prefix(last, all),
            Rules::Anthropic => {
                let marks: Vec<usize> = marks(&blocks).collect();
                assert!(marks.len() <= 4, "four marks at most: {}", marks.len());
                let looked_at = marks.iter().flat_map(|mark| mark.saturating_sub(19)..=*mark);
                let read = self.longest(&blocks, looked_at);
                self.write(&blocks, &marks, read, all)
            }
            Rules::Marks => {
                assert_eq!(body["prompt_cache_options"]["mode"], "explicit", "else a mark is put at the end as well");
                assert!(body["prompt_cache_key"].is_string());
                let marks: Vec<usize> = marks(&blocks).collect();
                let read = self.longest(&blocks, marks.iter().rev().take(50).copied());
                let written: Vec<usize> = marks.iter().rev().take(4).copied().collect();
                self.write(&blocks, &written, read, all)
            }
        }
    }

    fn take_prefix(&mut self, last: &Block, all: usize) -> Used {
        let common = |entry: &String| entry.bytes().zip(last.prefix.bytes()).take_while(|(one, other)| one == other).count();
        let common = self.entries.iter().map(common).max().unwrap_or(0) / BYTES_PER_TOKEN;
        let read = if common < LEAST { 0 } else { common / 128 * 128 };
        self.entries.insert(last.prefix.clone());
        Used { input: all - read, read, written: 0 }
    }

    fn longest(&self, blocks: &[Block], at: impl Iterator<Item = usize>) -> usize {
        let found = at.map(|at| &blocks[at]).filter(|block| self.entries.contains(&block.prefix));
        found.map(Block::tokens).max().unwrap_or(0)
    }

    fn write(&mut self, blocks: &[Block], marks: &[usize], read: usize, all: usize) -> Used {
        let long_enough = |at: &&usize| blocks[**at].tokens() >= LEAST;
        let mut until = read;
        for at in marks.iter().filter(long_enough) {
            self.entries.insert(blocks[*at].prefix.clone());
            until = until.max(blocks[*at].tokens());
        }
        Used { input: all - until, read, written: until - read }
    }
}

fn marks(blocks: &[Block]) -> impl Iterator<Item = usize> {
    blocks.iter().enumerate().filter(|(_, block)| block.marked).map(|(at, _)| at)
}

/// The blocks in the order in which a provider reads them, roles among them.
fn blocks(body: &Value) -> Vec<Block> {
    let mut prefix = String::new();
    let mut found = vec![];
    let mut add = |role: &str, content: &Value| {
        prefix.push_str(role);
        let parts = content.as_array().cloned().unwrap_or_else(|| vec![content.clone()]);
        for part in parts {
            prefix.push_str(part.as_str().or(part["text"].as_str()).unwrap_or_default());
            let marked = part.get("cache_control").is_some() || part.get("prompt_cache_breakpoint").is_some();
            found.push(Block { prefix: prefix.clone(), marked });
        }
    };
    if let Some(system) = body.get("system") {
        add("system", system);
    }
    for message in body["messages"].as_array().into_iter().flatten() {
        add(message["role"].as_str().unwrap_or_default(), &message["content"]);
    }
    found
}
