//! The built-in voices: they speak where no provider is configured, so that ChatLab works before anyone has a key.
//!
//! No model: every turn is composed from the character's own card, the topic and what was said last, the same for the same
//! scene. They speak English whatever the topic's language, and use nothing but their ideas, in our words.

mod compose;
mod phrases;
mod reading;
mod remember;
mod report;
#[cfg(test)]
mod tests;

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;

use super::{End, Outcome, Speech, SpeechStream};
use crate::domain::prompt::Task;

/// The whole reply to a task, in the form the prompt asks a model for.
pub fn reply(task: &Task) -> String {
    match task {
        Task::Turn { scene, speaker } => compose::turn(scene, speaker),
        Task::Perspectives { topic, cast } => report::perspectives(topic, cast),
        Task::Summary { scene } => report::summary(scene),
        Task::Recap { scene, words } => remember::recap(scene, *words),
        Task::Test => "Ready.".to_owned(),
    }
}

/// The reply, word by word at the given pace; 0: at once.
pub fn speak(task: &Task, words_per_second: f64) -> SpeechStream {
    let reply = reply(task);
    let pause = pause(words_per_second);
    let pieces: Vec<String> = match pause {
        None => vec![reply],
        Some(_) => reply.split_inclusive([' ', '\n']).map(str::to_owned).collect(),
    };
    let paced = stream::iter(pieces).enumerate().then(move |(index, piece)| async move {
        if let Some(pause) = pause.filter(|_| index > 0) {
            tokio::time::sleep(pause).await;
        }
        Speech::Text(piece)
    });
    let end = Speech::End(Outcome { end: End::Complete, usage: None });
    paced.chain(stream::once(async { end })).boxed()
}

fn pause(words_per_second: f64) -> Option<Duration> {
    // A pace so slow that its pause is no duration is as good as one word a minute.
    let longest = Duration::from_secs(60);
    (words_per_second > 0.0).then(|| Duration::try_from_secs_f64(1.0 / words_per_second).unwrap_or(longest).min(longest))
}
