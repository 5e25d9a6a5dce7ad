//! What a model is told of a long discussion: the newest messages as they were said, the earlier ones in short.
//!
//! A call takes in so many tokens and no more. When the messages behind the last recap fill three quarters of their room, a
//! new recap is due: it takes over the older of them. What is sent otherwise only grows at its end, so that a provider's cache
//! holds for many turns. Where no recap could be made, the oldest messages are left out, half a room at once.

use std::sync::Arc;

use super::Discussion;
use crate::domain::message::{AuthorKind, Finish, Message, Status};
use crate::domain::prompt::{self, Line, Scene};
use crate::domain::recap::{self, Recap};
use crate::domain::summary::Places;
use crate::domain::tokens;

/// Tokens that a call may take in where nothing else is said.
pub const INPUT_TOKENS: usize = 12_000;

/// What has been remembered, and how much a call may take in.
pub(super) struct Memory {
    /// In order of version.
    pub recaps: Vec<Recap>,
    pub input_tokens: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self { recaps: vec![], input_tokens: INPUT_TOKENS }
    }
}

/// A recap that is to be made.
#[derive(Debug, Clone)]
pub struct DueRecap {
    /// What it is made of.
    pub scene: Scene,
    /// It will cover the messages up to here.
    pub position: i64,
    /// The discussion's number as it was read.
    pub seq: i64,
    /// Its greatest weight.
    pub tokens: usize,
}

impl DueRecap {
    /// Words to ask for, so that it keeps within its weight in most languages.
    pub fn words(&self) -> usize {
        (self.tokens * 3 / 10).max(50)
    }
}

impl Discussion {
    /// With the recaps made so far, in order of version, and the tokens that a call may take in.
    pub fn remembering(self, recaps: Vec<Recap>, input_tokens: usize) -> Self {
        Self { memory: Memory { recaps, input_tokens }, ..self }
    }

    /// The recap that counts now.
    pub fn recap(&self) -> Option<&Recap> {
        recap::newest(&self.memory.recaps, &self.messages, i64::MAX)
    }

    /// Keeps a new recap. `false`: something that it covers has changed meanwhile.
    pub fn keep_recap(&mut self, recap: Recap) -> bool {
        let holds = recap.holds(&self.messages);
        self.memory.recaps.push(recap);
        holds
    }

    /// The recap to be made now, if one is due.
    pub fn due_recap(&self) -> Option<DueRecap> {
        let scene = self.scene_between(i64::MAX, "");
        let room = self.room(&scene);
        let mut left: usize = scene.lines.iter().map(Line::weight).sum();
        if left <= room / 4 * 3 {
            return None;
        }
        // What is said just now stands after what is being said.
        let until = self.turn.as_ref().map_or(i64::MAX, |turn| turn.view.position);
        let mut taken = 0;
        let fits = |line: &&Line| {
            let fits = left > room / 8 * 3 && taken + line.weight() <= room && line.number < until;
            left -= line.weight();
            taken += line.weight();
            fits
        };
        let lines: Vec<Line> = scene.lines.iter().take_while(fits).cloned().collect();
        let position = lines.last()?.number;
        Some(DueRecap {
            scene: Scene { lines, ..scene },
            position,
            seq: self.record.last_seq,
            tokens: self.memory.input_tokens / 8,
        })
    }

    /// What a model is told was said. Refusals, failures and struck messages are left out: nobody said them.
    pub fn scene(&self) -> Scene {
        self.fitting(self.scene_between(i64::MAX, ""))
    }

    /// The same with all who said something, also those who have left the table.
    pub fn whole_scene(&self) -> Scene {
        let cast = self.record.figures().cloned().collect();
        self.fitting(Scene { cast, ..self.scene_between(i64::MAX, "") })
    }

    /// What the running turn rests on: a version of an earlier message knows what came before that message, no more.
    pub fn turn_scene(&self) -> Scene {
        let Some(turn) = self.turn.as_ref().filter(|turn| turn.view.version > 1) else { return self.scene() };
        let again = usize::try_from(turn.view.version - 1).unwrap_or_default();
        let scene = self.scene_between(turn.view.position, &turn.text[..turn.so_far]);
        let speaker = &turn.view.character_id;
        // Who has left the table comes back to it for this.
        let left = self.record.former.iter().find(|character| character.id == *speaker);
        let cast = scene.cast.iter().chain(left).cloned().collect();
        self.fitting(Scene { again, cast, ..scene })
    }

    /// Tokens that the next turn will take in, as far as one can tell beforehand.
    pub fn input_tokens(&self) -> usize {
        let scene = self.scene();
        let lines: usize = scene.lines.iter().map(Line::weight).sum();
        let earlier = scene.earlier.as_deref().map_or(0, tokens::estimate);
        prompt::fixed_tokens(&scene.topic, &scene.cast) + prompt::CUE_TOKENS + earlier + lines
    }

    /// The messages that a line of a summary can rest on, by their numbers.
    pub fn places(&self) -> Places {
        self.messages.iter().filter(|message| is_said(message)).map(|message| (message.position, message.id)).collect()
    }

    /// The newest recap from before a position, and all that was said between.
    fn scene_between(&self, before: i64, so_far: &str) -> Scene {
        let recap = recap::newest(&self.memory.recaps, &self.messages, before);
        let after = recap.map_or(0, |recap| recap.position);
        let from = self.messages.partition_point(|message| message.position <= after);
        let said = self.messages[from..].iter().take_while(|message| message.position < before);
        let longest = self.memory.input_tokens / 8;
        let lines = said.filter(|message| is_said(message)).map(|message| line(message, longest)).collect();
        Scene {
            style: self.record.style,
            earlier: recap.map(|recap| recap.text.clone()),
            so_far: so_far.to_owned(),
            ..Scene::new(&self.record.topic, Arc::clone(&self.cast), lines)
        }
    }

    fn fitting(&self, scene: Scene) -> Scene {
        let room = self.room(&scene);
        Scene { lines: recent(scene.lines, room), ..scene }
    }

    /// Tokens that are left for the lines of a scene. Rules and cards are always told whole; a quarter is kept for what was said.
    fn room(&self, scene: &Scene) -> usize {
        let fixed = prompt::fixed_tokens(&scene.topic, &scene.cast) + prompt::CUE_TOKENS + tokens::estimate(&scene.so_far);
        let earlier = scene.earlier.as_deref().map_or(0, tokens::estimate);
        let all = self.memory.input_tokens;
        all.saturating_sub(fixed + earlier).max(all / 4)
    }
}

pub(super) fn is_said(message: &Message) -> bool {
    let spoken = !matches!(message.status, Status::Struck | Status::Failed | Status::Streaming);
    let by_someone = message.author.kind != AuthorKind::Notice;
    spoken && by_someone && message.finish != Some(Finish::Refusal) && !message.text.trim().is_empty()
}

/// A message as a line; of a very long one the beginning and the end.
fn line(message: &Message, longest: usize) -> Line {
    Line {
        message: message.id,
        number: message.position,
        speaker: message.author.id.clone(),
        name: message.author.name.clone(),
        text: shortened(&message.text, longest),
    }
}

fn shortened(text: &str, longest: usize) -> String {
    if tokens::estimate(text) <= longest {
        return text.to_owned();
    }
    let begin = tokens::cut(text, longest / 4 * 3);
    let backwards: String = text.chars().rev().collect();
    let end: String = tokens::cut(&backwards, longest / 4).chars().rev().collect();
    format!("{} […] {}", begin.trim_end(), end.trim_start())
}

/// The newest lines that fit; older ones are left out half a room at once, and the last one never.
fn recent(mut lines: Vec<Line>, room: usize) -> Vec<Line> {
    let total: usize = lines.iter().map(Line::weight).sum();
    let step = (room / 2).max(1);
    let excess = total.saturating_sub(room).div_ceil(step) * step;
    let mut dropped = 0;
    let kept = lines.iter().position(|line| {
        let enough = dropped >= excess;
        dropped += line.weight();
        enough
    });
    let kept = kept.unwrap_or(lines.len().saturating_sub(1));
    lines.split_off(kept)
}
