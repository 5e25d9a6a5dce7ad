//! The class in its discussion's actor: what it does is written down in order and together, then told.

use std::mem;

use actix::prelude::*;
use tokio::sync::oneshot;
use tracing::error;

use super::DiscussionActor;
use crate::domain::change::CommandKey;
use crate::domain::classroom::{ClassEvent, Classroom, Command, Decision, Refusal, Write};
use crate::domain::discussion::{self, Accepted, Input, Posed};
use crate::domain::ids::{CharacterId, MessageId, QuestionId};
use crate::domain::protocol::Event;
use crate::domain::text::Moment;
use crate::store::StoreError;

type Reply = oneshot::Sender<Result<(), Refusal>>;

/// The class, and what of it waits to be written down.
pub struct Room {
    pub class: Classroom,
    waiting: Vec<(Write, Reply)>,
    writing: bool,
}

impl Room {
    pub fn new(class: Classroom) -> Self {
        Self { class, waiting: vec![], writing: false }
    }
}

/// Something that the class or its host does.
#[derive(Message)]
#[rtype(result = "Result<(), Refusal>")]
pub struct InClass(pub Command);

/// A question of the class is put to a character.
#[derive(Message)]
#[rtype(result = "Result<Accepted, discussion::Refusal>")]
pub struct Pose {
    pub key: CommandKey,
    pub question: QuestionId,
    pub character: Option<CharacterId>,
}

impl Handler<InClass> for DiscussionActor {
    type Result = ResponseFuture<Result<(), Refusal>>;

    fn handle(&mut self, InClass(command): InClass, ctx: &mut Self::Context) -> Self::Result {
        let write = match self.room.class.decide(command) {
            Err(refusal) => return Box::pin(async move { Err(refusal) }),
            Ok(Decision::Nothing) => return Box::pin(async { Ok(()) }),
            Ok(Decision::Now(momentary)) => {
                self.room.class.take(momentary);
                return Box::pin(async { Ok(()) });
            }
            Ok(Decision::Write(write)) => write,
        };
        let (reply, answer) = oneshot::channel();
        self.room.waiting.push((write, reply));
        self.write_class(ctx);
        Box::pin(async move { answer.await.unwrap_or(Err(Refusal::StorageUnavailable)) })
    }
}

impl Handler<Pose> for DiscussionActor {
    type Result = ResponseActFuture<Self, Result<Accepted, discussion::Refusal>>;

    fn handle(&mut self, Pose { key, question: id, character }: Pose, ctx: &mut Self::Context) -> Self::Result {
        let Some(question) = self.room.class.find(id) else {
            // Asked before, by this very command or by another.
            let before = self.core.find_command(&key).map(|seq| Accepted { seq: Some(seq), turn: None });
            return Box::pin(fut::ready(before.ok_or(discussion::Refusal::UnknownQuestion)));
        };
        let (text, votes) = (question.text.clone(), question.votes.len());
        let posed = Posed { fresh: MessageId::new(), question: id, text, votes, character };
        let (origin, answer) = self.expect_reply();
        self.take(Input::Command { origin, key: Some(key), command: discussion::Command::Pose(posed) }, ctx);
        Box::pin(answer.into_actor(self).map(move |answer, actor, _| {
            let answer = answer.unwrap_or(Err(discussion::Refusal::StorageUnavailable));
            if answer.is_ok() {
                let told = actor.room.class.asked(id);
                actor.tell_class(told);
            }
            answer
        }))
    }
}

impl DiscussionActor {
    /// One write at a time, with all that waits: a thousand votes are a few commits, and what is told keeps their order.
    fn write_class(&mut self, ctx: &mut Context<Self>) {
        if self.room.writing || self.room.waiting.is_empty() {
            return;
        }
        self.room.writing = true;
        let batch = mem::take(&mut self.room.waiting);
        let writes = batch.iter().map(|(write, _)| write.clone()).collect();
        let (store, of) = (self.house.store.clone(), self.core.record().id);
        let write = async move { store.write_classroom(of, writes).await }.into_actor(self);
        ctx.spawn(write.map(move |written, actor, ctx| {
            actor.class_written(batch, written);
            actor.room.writing = false;
            actor.write_class(ctx);
        }));
    }

    fn class_written(&mut self, batch: Vec<(Write, Reply)>, written: Result<Vec<Option<Moment>>, StoreError>) {
        let written = match written {
            Ok(written) => written,
            Err(cause) => {
                error!(discussion.id = %self.core.record().id, error = %cause, "What the class did could not be written down");
                for (_, reply) in batch {
                    // Who asked may have left.
                    let _ = reply.send(Err(Refusal::StorageUnavailable));
                }
                return;
            }
        };
        for ((write, reply), at) in batch.into_iter().zip(written) {
            if let Some(at) = at {
                let told = self.room.class.apply(write, at);
                self.tell_class(told);
            }
            let _ = reply.send(Ok(()));
        }
    }

    pub(super) fn tell_class(&mut self, told: Vec<ClassEvent>) {
        for event in told {
            self.tell(&Event::Class(event));
        }
    }
}
