//! The earlier part of a long discussion is put in short, beside the turns and in the way of none.
//!
//! One recap is made at a time. If that fails nothing is lost: the oldest messages are left out of what a model is told
//! (`domain/discussion/memory.rs`), and it is tried again after some more messages.

use std::sync::Arc;

use actix::prelude::*;
use tokio::sync::oneshot;
use tracing::{info, warn};

use super::DiscussionActor;
use crate::discussion::House;
use crate::discussion::ask::{Answer, AskError, Question, ask};
use crate::domain::discussion::DueRecap;
use crate::domain::ids::{DiscussionId, UserId};
use crate::domain::prompt::{self, Task};
use crate::domain::protocol::{Event, RecapView};
use crate::domain::recap::{self, Recap};
use crate::store::{NewRecap, Purpose};

/// Messages after which a recap that could not be made is tried again.
const REST: i64 = 6;

/// Where the making of recaps stands.
#[derive(Default)]
pub(super) struct Remembering {
    pub under_way: bool,
    /// After a failure nothing is tried before the discussion has so many messages.
    rest_until: i64,
    /// The version that was told last.
    told: Option<i32>,
    /// Those who wait until no recap is due.
    waiting: Vec<oneshot::Sender<()>>,
}

/// Answers once no recap is due any more, or none can be made.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Remember;

impl Remembering {
    /// With the version that the first snapshot tells.
    pub fn new(told: Option<i32>) -> Self {
        Self { told, ..Self::default() }
    }
}

impl DiscussionActor {
    /// Something was said or changed: a recap may be due, or void.
    pub(super) fn remember(&mut self, ctx: &mut Context<Self>) {
        self.tell_recap();
        if self.remembering.under_way {
            return;
        }
        let rested = self.core.record().message_count >= self.remembering.rest_until;
        let Some(due) = self.core.due_recap().filter(|_| rested) else {
            for waiting in self.remembering.waiting.drain(..) {
                // Who waited may have left.
                let _ = waiting.send(());
            }
            return;
        };
        self.remembering.under_way = true;
        let (house, record) = (Arc::clone(&self.house), self.core.record());
        let making = make(house, (record.owner, record.id, record.rehearsal), due).into_actor(self);
        ctx.spawn(making.map(|made, actor, ctx| actor.remembered(made, ctx)));
    }

    fn remembered(&mut self, made: Result<Recap, AskError>, ctx: &mut Context<Self>) {
        self.remembering.under_way = false;
        let discussion = self.core.record().id;
        match made {
            Ok(recap) => {
                info!(discussion.id = %discussion, version = recap.version, position = recap.position, "A recap was made");
                self.core.keep_recap(recap);
            }
            Err(cause) => {
                // The reason of a refused turn was told already; a recap is nothing anybody waits for.
                warn!(discussion.id = %discussion, %cause, "No recap could be made; older messages are left out instead");
                self.remembering.rest_until = self.core.record().message_count + REST;
            }
        }
        self.remember(ctx);
    }

    fn tell_recap(&mut self) {
        let recap = self.core.recap().map(RecapView::of);
        let version = recap.map(|recap| recap.version);
        if version != self.remembering.told {
            self.remembering.told = version;
            self.tell(&Event::Recap { recap });
        }
    }
}

async fn make(
    house: Arc<House>,
    (user, discussion, rehearsal): (UserId, DiscussionId, bool),
    due: DueRecap,
) -> Result<Recap, AskError> {
    let question = Question { user, discussion: Some(discussion), purpose: Purpose::Recap, rehearsal };
    let task = Task::Recap { words: due.words(), scene: due.scene };
    let Answer { text, usage } = ask(&house, question, task, |_| {}).await?;
    let text = recap::read(&text, due.tokens).ok_or(AskError::Unusable)?;
    let (provider, model) = match usage {
        Some(usage) => (usage.provider, usage.model),
        None => (house.voices.first().to_owned(), String::new()),
    };
    let (position, seq, prompt_version) = (due.position, due.seq, prompt::VERSION);
    Ok(house.store.insert_recap(NewRecap { discussion, position, seq, text, provider, model, prompt_version }).await?)
}

impl Handler<Remember> for DiscussionActor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Remember, ctx: &mut Self::Context) -> Self::Result {
        let (sender, answer) = oneshot::channel();
        self.remembering.waiting.push(sender);
        self.remember(ctx);
        // A dropped sender means that the actor is gone: nothing is left to wait for.
        Box::pin(async move { drop(answer.await) })
    }
}
