//! A scene, providers, and voices that ask them.

use std::time::Duration;

use chatlab::domain::cast;
use chatlab::domain::character::Character;
use chatlab::domain::ids::MessageId;
use chatlab::domain::prompt::{Line, Scene, Task};
use chatlab::llm::{End, Notice, Outcome, ProviderKind, ProviderSettings, Settings, Speech, SpeechStream, Timeouts, Voices};
use futures_util::StreamExt;

use crate::support::provider::Provider;

pub const KEY: &str = "sk-very-secret-key";

/// Montessori answers Dewey.
pub fn task() -> Task {
    let cast: Vec<Character> = ["john-dewey", "maria-montessori"]
        .iter()
        .map(|id| cast::builtin().find(&id.parse().unwrap()).unwrap().clone())
        .collect();
    let line = |number: i64, speaker: &Character, text: &str| Line {
        message: MessageId::new(),
        number,
        speaker: Some(speaker.id.clone()),
        name: speaker.name.clone(),
        text: text.to_owned(),
    };
    let lines = vec![line(1, &cast[0], "Play is work."), line(2, &cast[1], "Work is play."), line(3, &cast[0], "Is it?")];
    let speaker = cast[1].id.clone();
    Task::Turn { scene: Scene::new("What is play for?", cast.into(), lines), speaker }
}

/// Patience short enough for a test, long enough for a busy machine.
pub fn timeouts() -> Timeouts {
    let second = Duration::from_secs(1);
    Timeouts {
        connect: second * 5,
        first_event: second * 30,
        first_text: second * 30,
        silence: second * 30,
        total: second * 60,
    }
}

pub fn settings(providers: &[(ProviderKind, &Provider)]) -> Settings {
    let one = |(kind, provider): &(ProviderKind, &Provider)| ProviderSettings {
        kind: *kind,
        base_url: provider.url().parse().unwrap(),
        key: KEY.into(),
        model: Some("test-model".to_owned()),
    };
    let settings = Settings {
        providers: providers.iter().map(one).collect(),
        timeouts: timeouts(),
        external_timeouts: timeouts(),
        max_reply_bytes: 1 << 20,
        max_output_tokens: 4_096,
        demo_words_per_second: 0.0,
    };
    assert!(!format!("{settings:?}").contains(KEY), "the key stays secret");
    settings
}

/// A provider of this kind and the voices that ask it.
pub async fn one(kind: ProviderKind) -> (Provider, Voices) {
    let provider = Provider::start().await;
    let voices = Voices::new(&settings(&[(kind, &provider)])).unwrap();
    (provider, voices)
}

/// Two providers, in this order.
pub async fn two(first: ProviderKind, second: ProviderKind) -> (Provider, Provider, Voices) {
    let (one, other) = (Provider::start().await, Provider::start().await);
    let voices = Voices::new(&settings(&[(first, &one), (second, &other)])).unwrap();
    (one, other, voices)
}

/// All that was said in one turn.
#[derive(Debug)]
pub struct Said {
    pub text: String,
    pub thinking: usize,
    pub notices: Vec<Notice>,
    pub outcome: Outcome,
}

pub async fn speak(voices: &Voices) -> Said {
    hear(voices, voices.speak(task())).await
}

/// Hears a speech to its end.
pub async fn hear(voices: &Voices, mut speech: SpeechStream) -> Said {
    let mut said =
        Said { text: String::new(), thinking: 0, notices: vec![], outcome: Outcome { end: End::Complete, usage: None } };
    let mut ends = 0;
    while let Some(piece) = speech.next().await {
        assert_eq!(ends, 0, "nothing comes after the end");
        match piece {
            Speech::Thinking => said.thinking += 1,
            Speech::Text(text) => said.text.push_str(&text),
            Speech::Notice(notice) => said.notices.push(notice),
            Speech::Asked(_) | Speech::Attempt(_) => {}
            Speech::End(outcome) => {
                said.outcome = outcome;
                ends += 1;
            }
        }
    }
    assert_eq!(ends, 1, "there is one end");
    assert!(!format!("{said:?} {voices:?}").contains(KEY), "the key stays secret");
    said
}

impl Said {
    /// The text, having ended well.
    pub fn complete(&self) -> &str {
        assert_eq!(self.outcome.end, End::Complete, "{self:?}");
        &self.text
    }

    /// Why nothing was said.
    pub fn failed(&self) -> &str {
        match &self.outcome.end {
            End::Failed(why) if self.text.is_empty() => why,
            _ => panic!("it did not fail: {self:?}"),
        }
    }

    /// The text so far, having been cut off.
    pub fn interrupted(&self) -> &str {
        assert!(matches!(self.outcome.end, End::Interrupted(_)), "{self:?}");
        &self.text
    }
}
