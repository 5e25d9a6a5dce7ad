//! What a class and its host send about the class, whichever way it came.

use uuid::Uuid;

use super::Limits;
use crate::auth::digest;
use crate::discussion::DiscussionHandle;
use crate::domain::change::CommandKey;
use crate::domain::classroom::{self, ClassFrame, Command, RulesPatch, StagePatch};
use crate::domain::discussion::Refusal;
use crate::domain::ids::{QuestionId, WatcherId};
use crate::domain::protocol::{Audience, Person};
use crate::domain::text::{self, TextError};

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// The change's number, where it has one.
    pub seq: Option<i64>,
    /// The question that was asked.
    pub question: Option<QuestionId>,
}

/// Why a command is answered with an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    pub code: &'static str,
    pub message: String,
}

/// # Errors
/// Why not; the discussion's own being gone is `storage_unavailable`, to be tried again.
pub async fn carry_out(
    discussion: &DiscussionHandle,
    person: Person,
    limits: Limits,
    frame: &ClassFrame,
) -> Result<Done, Objection> {
    if !frame.is_for(person.audience()) {
        return Err(Objection::not_for(person.audience()));
    }
    let gone = |_| Objection::from(classroom::Refusal::StorageUnavailable);
    if let (ClassFrame::Pose { id, question, character_id }, Person::Host(user)) = (frame, person) {
        let character = character_id.as_deref().map(str::parse).transpose().map_err(|_| Refusal::UnknownCharacter)?;
        let key = CommandKey { user, id: id.clone() };
        let accepted = discussion.pose(key, *question, character).await.map_err(gone)??;
        return Ok(Done { seq: accepted.seq, question: None });
    }
    let command = command(watcher(person), limits, frame)?;
    let question = match &command {
        Command::Ask { question, .. } => Some(*question),
        _ => None,
    };
    discussion.in_class(command).await.map_err(gone)??;
    Ok(Done { seq: None, question })
}

/// The frame as a command of the class, its texts checked.
fn command(watcher: WatcherId, limits: Limits, frame: &ClassFrame) -> Result<Command, Objection> {
    let (rules, stage) = (RulesPatch::default(), StagePatch::default());
    match frame {
        ClassFrame::Ask { id, text } => {
            let text = text::parse(&text.replace(['\n', '\t'], " "), limits.question_chars)?;
            Ok(Command::Ask { watcher, question: question_of(watcher, id), text })
        }
        ClassFrame::Vote { question: Some(question), up, prediction: None, .. } => {
            Ok(Command::Vote { watcher, question: *question, up: up.unwrap_or(true) })
        }
        ClassFrame::Vote { question: None, prediction: Some(choice), .. } => {
            Ok(Command::Predict { watcher, choice: *choice })
        }
        ClassFrame::Vote { .. } => {
            Err(Objection::new("invalid_command", "A vote is for one `question`, or for a `prediction`."))
        }
        ClassFrame::React { emoji, .. } => Ok(Command::React { watcher, emoji: emoji.clone() }),
        ClassFrame::Approve { question, .. } => Ok(Command::Approve { question: *question }),
        ClassFrame::Dismiss { question, .. } => Ok(Command::Dismiss { question: *question }),
        ClassFrame::Class { rules, .. } => Ok(Command::Set { rules: *rules, stage }),
        ClassFrame::Stage { stage, .. } => Ok(Command::Set { rules, stage: *stage }),
        ClassFrame::Pose { .. } => Err(Objection::not_for(Audience::Observer)),
    }
}

/// A host who asks or votes is one of the class.
fn watcher(person: Person) -> WatcherId {
    match person {
        Person::Host(user) => WatcherId(user.0),
        Person::Watcher(watcher) => watcher,
    }
}

/// The same command of the same watcher is the same question, also after a restart: a repeat asks nothing again.
fn question_of(watcher: WatcherId, command: &str) -> QuestionId {
    let hash = digest(&format!("{watcher} {command}"));
    let half = u128::from_str_radix(&hash[..32], 16).expect("a digest is hexadecimal");
    QuestionId(Uuid::from_u128(half))
}

impl Objection {
    pub fn new(code: &'static str, message: &str) -> Self {
        Self { code, message: message.to_owned() }
    }

    pub fn not_for(audience: Audience) -> Self {
        match audience {
            Audience::Observer => Self::new("not_allowed", "Only the host can do this."),
            Audience::Host => Self::new("not_allowed", "Only observers can do this."),
        }
    }
}

impl From<Refusal> for Objection {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code(), refusal.message())
    }
}

impl From<classroom::Refusal> for Objection {
    fn from(refusal: classroom::Refusal) -> Self {
        Self { code: refusal.code(), message: refusal.message() }
    }
}

impl From<TextError> for Objection {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Empty => Self::new("invalid_command", "Write something first."),
            TextError::TooLong(max) => Self {
                code: "too_long",
                message: format!("This may have at most {max} characters. Shorten it, or send it in parts."),
            },
        }
    }
}
