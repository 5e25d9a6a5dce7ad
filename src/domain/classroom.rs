//! The class speaks: questions with votes, reactions, predictions, and what the stage shows. No clock, no socket, no database.
//!
//! A command is first decided ([`Classroom::decide`]): refused, done at once, or a [`Write`]. What was written down becomes
//! true by [`Classroom::apply`], and is told. Nothing here has a number of its own: every event says how things are now, so
//! that one who comes late and one who was there see the same. Names are never asked: a watcher is a random key.

mod event;
mod frame;
mod input;
mod moment;
mod view;

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::ids::{QuestionId, WatcherId};
use super::message::words;
use super::protocol::Event;
use super::text::Moment;

pub use event::ClassEvent;
pub use frame::ClassFrame;
pub use input::{Command, Decision, Limits, Momentary, Refusal, RulesPatch, StagePatch, Write};
use moment::Now;
pub use moment::{Choice, REACTIONS};
pub use view::{ClassView, PredictionView, QuestionView, ReactionsView, RevealedView, RoomView, Split};

/// Questions that may be open to votes at once: more fit on no phone.
const MAX_APPROVED: usize = 50;

words!(
    /// Whether phones may ask.
    Asking {
        Open = "open",
        /// What is there stays; no new questions, no votes.
        Frozen = "frozen",
        Off = "off",
    }
);

words!(
    /// Where a question has come to.
    QuestionStatus {
        /// For hosts' eyes only.
        Waiting = "waiting",
        /// On every phone, open to votes.
        Approved = "approved",
        /// It became a message.
        Asked = "asked",
        /// Taken away by the host.
        Dismissed = "dismissed",
    }
);

words!(
    /// What the stage has in its middle.
    Show { Discussion = "discussion", Questions = "questions", Code = "code" }
);

/// What the class may do; the host switches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub questions: Asking,
    pub reactions: bool,
    pub predictions: bool,
}

/// How the stage shows the discussion; the host steers it from anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Nothing is shown.
    pub blank: bool,
    /// The text stands still; what comes meanwhile follows later.
    pub pause: bool,
    /// Reading speed at which text is revealed; 0: as it comes.
    pub words_per_minute: u32,
    /// In percent of the stage's own size.
    pub type_size: u32,
    pub show_code: bool,
    pub show: Show,
}

impl Default for Rules {
    fn default() -> Self {
        Self { questions: Asking::Open, reactions: true, predictions: true }
    }
}

impl Default for Stage {
    fn default() -> Self {
        let (words_per_minute, type_size) = (200, 100);
        Self { blank: false, pause: false, words_per_minute, type_size, show_code: true, show: Show::Discussion }
    }
}

/// What outlives a restart besides questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Setup {
    pub rules: Rules,
    pub stage: Stage,
}

/// A question of the class, waiting or open to votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub id: QuestionId,
    pub asker: WatcherId,
    pub text: String,
    pub approved: bool,
    pub votes: HashSet<WatcherId>,
    pub asked_at: Moment,
}

/// One discussion's class.
pub struct Classroom {
    setup: Setup,
    /// By when they were asked, then by id.
    questions: Vec<Question>,
    now: Now,
    limits: Limits,
    /// Questions whose votes have changed since they were told.
    votes_changed: BTreeSet<QuestionId>,
}

impl Classroom {
    /// As it was written down.
    pub fn restore(setup: Setup, questions: Vec<Question>, limits: Limits) -> Self {
        Self { setup, questions, now: Now::default(), limits, votes_changed: BTreeSet::new() }
    }

    /// What a command comes to, without changing anything yet.
    pub fn decide(&self, command: Command) -> Result<Decision, Refusal> {
        match command {
            Command::Ask { watcher, question, text } => self.ask(watcher, question, text),
            Command::Vote { watcher, question, up } => self.vote(watcher, question, up),
            Command::Predict { watcher, choice } => match self.setup.rules.predictions && self.now.predicts() {
                true => Ok(Decision::Now(Momentary::Predict { watcher, choice })),
                false => Err(Refusal::NothingToPredict),
            },
            Command::React { watcher, emoji } => match moment::reaction(&emoji) {
                _ if !self.setup.rules.reactions => Err(Refusal::ReactionsOff),
                Some(emoji) => Ok(Decision::Now(Momentary::React { watcher, emoji })),
                None => Err(Refusal::UnknownReaction),
            },
            Command::Approve { question } => self.approve(question),
            Command::Dismiss { question } => {
                let known = self.find(question).is_some();
                Ok(if known { Decision::Write(Write::Dismiss(question)) } else { Decision::Nothing })
            }
            Command::Set { rules, stage } => {
                let setup = Setup { rules: rules.onto(self.setup.rules), stage: stage.onto(self.setup.stage)? };
                Ok(if setup == self.setup { Decision::Nothing } else { Decision::Write(Write::Setup { rules, stage }) })
            }
        }
    }

    fn ask(&self, asker: WatcherId, id: QuestionId, text: String) -> Result<Decision, Refusal> {
        if self.find(id).is_some() {
            return Ok(Decision::Nothing);
        }
        match self.setup.rules.questions {
            Asking::Open => {}
            Asking::Frozen => return Err(Refusal::QuestionsFrozen),
            Asking::Off => return Err(Refusal::QuestionsOff),
        }
        let own = self.questions.iter().filter(|question| question.asker == asker).count();
        if own >= self.limits.questions_per_watcher {
            return Err(Refusal::TooManyOwn(self.limits.questions_per_watcher));
        }
        if self.questions.len() >= self.limits.questions {
            return Err(Refusal::TooManyQuestions);
        }
        Ok(Decision::Write(Write::Ask { question: id, asker, text }))
    }

    fn vote(&self, watcher: WatcherId, id: QuestionId, up: bool) -> Result<Decision, Refusal> {
        match self.setup.rules.questions {
            Asking::Open => {}
            Asking::Frozen => return Err(Refusal::QuestionsFrozen),
            Asking::Off => return Err(Refusal::QuestionsOff),
        }
        let question = self.find(id).filter(|question| question.approved).ok_or(Refusal::UnknownQuestion)?;
        match question.votes.contains(&watcher) == up {
            true => Ok(Decision::Nothing),
            false => Ok(Decision::Write(Write::Vote { question: id, watcher, up })),
        }
    }

    fn approve(&self, id: QuestionId) -> Result<Decision, Refusal> {
        match self.find(id).ok_or(Refusal::UnknownQuestion)?.approved {
            true => Ok(Decision::Nothing),
            false if self.questions.iter().filter(|question| question.approved).count() >= MAX_APPROVED => {
                Err(Refusal::TooManyApproved(MAX_APPROVED))
            }
            false => Ok(Decision::Write(Write::Approve(id))),
        }
    }

    /// A question that a character may be asked.
    pub fn find(&self, id: QuestionId) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }

    /// Makes true what was written down. Without effect where something else came first.
    pub fn apply(&mut self, write: Write, at: Moment) -> Vec<ClassEvent> {
        match write {
            Write::Ask { question: id, asker, text } => {
                if self.find(id).is_some() {
                    return vec![];
                }
                // Who asks is for it: the first vote.
                let votes = HashSet::from([asker]);
                let question = Question { id, asker, text, approved: false, votes, asked_at: at };
                let told = question.told(QuestionStatus::Waiting);
                // In the order that a restart finds them in, and a client sorts them by.
                let place = self.questions.partition_point(|other| (other.asked_at, other.id) < (at, id));
                self.questions.insert(place, question);
                vec![told]
            }
            Write::Vote { question, watcher, up } => {
                if let Some(question) = self.questions.iter_mut().find(|other| other.id == question) {
                    let changed = if up { question.votes.insert(watcher) } else { question.votes.remove(&watcher) };
                    if changed {
                        self.votes_changed.insert(question.id);
                    }
                }
                vec![]
            }
            Write::Approve(id) => match self.questions.iter_mut().find(|question| question.id == id) {
                Some(question) => {
                    question.approved = true;
                    vec![question.told(QuestionStatus::Approved)]
                }
                None => vec![],
            },
            Write::Dismiss(id) => self.remove(id, QuestionStatus::Dismissed),
            Write::Setup { rules, stage } => self.set_up(rules, stage),
        }
    }

    fn set_up(&mut self, rules: RulesPatch, stage: StagePatch) -> Vec<ClassEvent> {
        let before = self.setup;
        self.setup.rules = rules.onto(before.rules);
        self.setup.stage = stage.onto(before.stage).unwrap_or(before.stage);
        let mut told = vec![];
        if self.setup.rules != before.rules {
            told.push(ClassEvent::Class { class: self.class() });
            if self.setup.rules.predictions != before.rules.predictions {
                self.now.forget_predictions();
                told.push(ClassEvent::Prediction { prediction: self.prediction() });
            }
        }
        if self.setup.stage != before.stage {
            told.push(ClassEvent::Stage { stage: self.setup.stage });
        }
        told
    }

    /// What takes effect at once and is over soon: told with the next [`Classroom::flush`].
    pub fn take(&mut self, momentary: Momentary) {
        self.now.take(momentary);
    }

    /// The question became a message.
    pub fn asked(&mut self, id: QuestionId) -> Vec<ClassEvent> {
        self.remove(id, QuestionStatus::Asked)
    }

    fn remove(&mut self, id: QuestionId, status: QuestionStatus) -> Vec<ClassEvent> {
        let Some(at) = self.questions.iter().position(|question| question.id == id) else { return vec![] };
        self.votes_changed.remove(&id);
        vec![self.questions.remove(at).told(status)]
    }

    /// Follows the discussion: whose turn is predicted, what the reactions are to, when the split is told.
    pub fn hear(&mut self, event: &Event) -> Vec<ClassEvent> {
        match self.now.hear(event) {
            moment::Heard::Nothing => vec![],
            moment::Heard::Prediction if !self.setup.rules.predictions => vec![],
            moment::Heard::Prediction => vec![ClassEvent::Prediction { prediction: self.prediction() }],
            moment::Heard::TurnBegan => {
                let mut told = vec![ClassEvent::Reaction { reactions: self.reactions() }];
                if self.setup.rules.predictions {
                    told.push(ClassEvent::Prediction { prediction: self.prediction() });
                }
                told
            }
        }
    }

    /// The counts that have changed since the last time. To be called at most twice a second.
    pub fn flush(&mut self) -> Vec<ClassEvent> {
        let mut told = vec![];
        let changed = std::mem::take(&mut self.votes_changed);
        let counts = self.questions.iter().filter(|question| changed.contains(&question.id));
        let votes: HashMap<QuestionId, usize> = counts.map(|question| (question.id, question.votes.len())).collect();
        if !votes.is_empty() {
            told.push(ClassEvent::Votes { votes });
        }
        let (reactions, prediction) = self.now.take_changes();
        if reactions {
            told.push(ClassEvent::Reaction { reactions: self.reactions() });
        }
        if prediction {
            told.push(ClassEvent::Prediction { prediction: self.prediction() });
        }
        told
    }
}

#[cfg(test)]
mod tests;
