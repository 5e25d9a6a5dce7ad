//! Composing a turn: whom to answer, which of the character's own ideas to bring, in which shape.

use super::phrases::*;
use super::reading::{self, short_name};
use crate::domain::character::{Character, Idea};
use crate::domain::ids::CharacterId;
use crate::domain::prompt::{Line, Scene};

/// Longest thought taken from a card, in words: users' own cards may hold an essay.
const THOUGHT_WORDS: usize = 60;

/// The next turn of `speaker`: the same for the same scene, another with every line.
pub fn turn(scene: &Scene, speaker: &CharacterId) -> String {
    match scene.cast.iter().find(|character| character.id == *speaker) {
        Some(character) => Composer::new(scene, character).turn(),
        None => String::new(),
    }
}

struct Composer<'a> {
    scene: &'a Scene,
    me: &'a Character,
    /// What `me` has said so far.
    own: Vec<&'a str>,
    last: Option<&'a Line>,
    /// Grows by one with every line, so that neighbours never use the same phrase.
    step: usize,
}

impl<'a> Composer<'a> {
    fn new(scene: &'a Scene, me: &'a Character) -> Self {
        let own = scene.lines.iter().filter(|line| line.speaker.as_ref() == Some(&me.id)).map(|line| line.text.as_str());
        // FNV-1a: two discussions on different topics do not sound alike.
        let hash =
            scene.topic.bytes().fold(0xcbf2_9ce4_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        // Every line was counted once, also those that are only remembered.
        let said = scene.lines.last().map_or(0, |line| usize::try_from(line.number).unwrap_or_default());
        let step = (hash % 5040) as usize + said + scene.again;
        Self { scene, me, own: own.collect(), last: scene.lines.last(), step }
    }

    fn turn(&self) -> String {
        let (opening, idea, link) = (self.opening(), self.thought(true), self.link());
        let shape = match self.last {
            None => [0, 3, 4][self.step % 3],
            // The host is answered before anything else is said.
            Some(Line { speaker: None, .. }) => [0, 1, 3, 4][self.step % 4],
            Some(_) => self.step % 5,
        };
        let dissent = self.dissent();
        let paragraphs = match (shape, dissent) {
            (1, Some(dissent)) => vec![join(&[&opening, &dissent]), join(&[&idea, &self.closing()])],
            (2, _) => vec![join(&[&idea, &opening]), join(&[&link, &self.closing()])],
            (3, _) if !self.me.living => {
                vec![join(&[&opening, &self.closing(), self.pick(OWN_ANSWER, 0), &self.thought(false), &link])]
            }
            (4, Some(dissent)) => vec![join(&[&opening, &idea]), join(&[&dissent, &self.closing()])],
            _ => vec![join(&[&opening, &idea, &link, &self.closing()])],
        };
        paragraphs.join("\n\n")
    }

    /// A phrase of a pool; `shift` keeps pools of the same length from moving together.
    fn pick(&self, pool: &[&'static str], shift: usize) -> &'static str {
        pool[(self.step + shift) % pool.len()]
    }

    fn opening(&self) -> String {
        match self.last {
            None => self.first_words(),
            Some(line) if line.speaker.as_ref() == Some(&self.me.id) && !self.me.living => self.pick(GOING_ON, 0).to_owned(),
            Some(Line { speaker: Some(speaker), text, .. }) => self.taking_up(speaker, text),
            Some(line) => self.answering(line),
        }
    }

    fn first_words(&self) -> String {
        let topic = self.scene.topic.trim();
        let sentence = reading::sentence(topic, THOUGHT_WORDS);
        let topic = match topic.ends_with(['?', '!', '.', '？', '。']) {
            true => sentence,
            false => format!("We are to talk about this: {sentence}"),
        };
        let pool = if self.me.living { NARRATED_FIRST } else { FIRST };
        fill(self.pick(pool, 0), &[("{topic}", &topic), ("{self}", &short_name(self.me))])
    }

    fn taking_up(&self, speaker: &CharacterId, said: &str) -> String {
        let Some(other) = self.scene.cast.iter().find(|character| character.id == *speaker) else {
            return self.pick(GOING_ON, 0).to_owned();
        };
        let who = short_name(other);
        if self.me.living {
            return fill(self.pick(NARRATED, 0), &[("{who}", &who), ("{self}", &short_name(self.me))]);
        }
        let idea = reading::idea_in(said, other);
        // A role's or a user's idea may be named by a whole sentence, which cannot stand inside another.
        let named = other.is_builtin() && other.pack != "six-thinking-hats";
        if let Some(name) = idea.filter(|_| named).and_then(reading::idea_name) {
            return fill(self.pick(TAKING_UP_IDEA, 0), &[("{who}", &who), ("{idea}", &name)]);
        }
        // A word of the thought itself, not of what joins it to the talk.
        let said = idea.map_or(said, |idea| &idea.text);
        let word = reading::telling_word(said, &self.names()).filter(|_| self.step.is_multiple_of(3));
        match word {
            Some(word) => {
                let phrase = TAKING_UP_WORD[self.step / 3 % TAKING_UP_WORD.len()];
                fill(phrase, &[("{who}", &who), ("{word}", &word)])
            }
            None => fill(self.pick(TAKING_UP, 0), &[("{who}", &who)]),
        }
    }

    /// The host's (or the class's) words come back in the answer, so that everyone hears what is being answered.
    fn answering(&self, line: &Line) -> String {
        let asker = if line.name == "Class" { "The class" } else { "Our host" };
        let Some(asked) = reading::asked(&line.text, &self.names()) else { return self.pick(GOING_ON, 0).to_owned() };
        let asker_mid = reading::lower_first(asker);
        let echo = reading::upper_first(&reading::sentence(asked, 30));
        let subject = reading::subject(asked);
        let pool = match &subject {
            Some(_) => REDIRECTED,
            None if asked.ends_with('?') => ASKED,
            None => TOLD,
        };
        let subject = subject.unwrap_or_default();
        fill(
            self.pick(pool, 0),
            &[("{asker}", asker), ("{asker_mid}", &asker_mid), ("{asked}", &echo), ("{subject}", &subject)],
        )
    }

    /// One of the character's own ideas: the one heard least, among those the nearest to what was said.
    fn thought(&self, with_lead: bool) -> String {
        let near = self.near();
        let lead = |again| if with_lead { self.lead(again) } else { "" };
        let earlier = self.scene.earlier.as_deref().unwrap_or_default();
        let heard = |idea: &Idea| {
            let thought = thought_of(idea);
            let lately = self.own.iter().filter(|said| said.contains(&thought)).count();
            lately + usize::from(earlier.contains(&thought))
        };
        let rank = |(index, idea): &(usize, &Idea)| {
            let turn = (index + self.step) % self.me.ideas.len().max(1);
            (heard(idea), std::cmp::Reverse(reading::kinship(&idea.line(), &near)), turn)
        };
        let Some((_, idea)) = self.me.ideas.iter().enumerate().min_by_key(rank) else {
            return join(&[lead(false), self.pick(PLAIN_THOUGHTS, 0)]);
        };
        join(&[lead(heard(idea) > 0), &thought_of(idea)])
    }

    fn lead(&self, again: bool) -> &'static str {
        match (self.me.living, again) {
            (true, _) => self.pick(NARRATED_LEADS, 1),
            (false, true) => self.pick(AGAIN, 1),
            (false, false) => self.pick(LEADS, 3),
        }
    }

    fn link(&self) -> String {
        self.pick(if self.me.living { NARRATED_LINKS } else { LINKS }, 2).to_owned()
    }

    /// A point of dissent not heard yet: against somebody in the room if there is one, else the nearest to what was said.
    fn dissent(&self) -> Option<String> {
        let near = self.near();
        let present = |text: &str| self.scene.cast.iter().any(|one| one.id != self.me.id && text.contains(&short_name(one)));
        let unheard = self.me.dissent.iter().filter(|text| !self.own.iter().any(|said| said.contains(text.as_str())));
        let text = unheard.max_by_key(|text| (present(text), reading::kinship(text, &near)))?;
        let pool = if self.me.living { NARRATED_DISSENT } else { DISSENT };
        Some(join(&[self.pick(pool, 0), &reading::sentence(text, THOUGHT_WORDS)]))
    }

    /// What the talk is about now.
    fn near(&self) -> String {
        let last = self.last.map_or("", |line| line.text.as_str());
        format!("{} {last}", self.scene.topic)
    }

    fn closing(&self) -> String {
        let unheard = |question: &&str| !self.own.iter().any(|said| said.contains(*question));
        if let Some(question) = reading::habit(&self.me.voice).filter(unheard).filter(|_| self.own.len() % 2 == 1) {
            let pool = if self.me.living { NARRATED_HABIT } else { HABIT };
            return fill(self.pick(pool, 0), &[("{question}", question)]);
        }
        match self.someone_else() {
            Some(other) => fill(self.pick(CLOSING, 4), &[("{other}", &short_name(other))]),
            None => self.pick(CLOSING_ALONE, 0).to_owned(),
        }
    }

    /// Somebody in the room who has not just spoken, in turn.
    fn someone_else(&self) -> Option<&'a Character> {
        let last = self.last.and_then(|line| line.speaker.as_ref());
        let others = || self.scene.cast.iter().filter(|one| one.id != self.me.id);
        let quiet: Vec<&Character> = others().filter(|one| Some(&one.id) != last).collect();
        let all = if quiet.is_empty() { others().collect() } else { quiet };
        (!all.is_empty()).then(|| all[self.step % all.len()])
    }

    fn names(&self) -> Vec<String> {
        self.scene.cast.iter().map(|character| character.name.clone()).collect()
    }
}

/// An idea as one sentence.
pub fn thought_of(idea: &Idea) -> String {
    match idea.text.trim() {
        "" => format!("What matters to me here is {}.", reading::lower_first(idea.name.trim_end_matches('.'))),
        text => reading::upper_first(&reading::sentence(text, THOUGHT_WORDS)),
    }
}

/// Puts words in the places of a phrase. What is put in is not read again, and a sentence begins with a capital.
fn fill(phrase: &str, places: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = phrase;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let end = rest[at..].find('}').map_or(rest.len(), |end| at + end + 1);
        let place = &rest[at..end];
        let word = places.iter().find(|(name, _)| *name == place).map_or("", |(_, word)| *word);
        // bell hooks is written in lower case, also at the head of a sentence: only an article is raised.
        match text.is_empty() && word.starts_with("the ") {
            true => text.push_str(&reading::upper_first(word)),
            false => text.push_str(word),
        }
        rest = &rest[end..];
    }
    text.push_str(rest);
    text
}

fn join(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}
