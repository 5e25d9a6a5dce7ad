//! What an actor can be asked, and how it answers.

use std::time::Instant;

use actix::prelude::*;
use tokio::sync::oneshot;

use super::DiscussionActor;
use crate::bus::Link;
use crate::domain::change::CommandKey;
use crate::domain::discussion::{Accepted, Command, Input, Refusal};
use crate::domain::ids::{CharacterId, MessageId};
use crate::domain::message::Message as Said;
use crate::domain::prompt::Scene;
use crate::domain::protocol::{Audience, DiscussionView, TurnView, close};
use crate::domain::summary::Places;

#[derive(Message)]
#[rtype(result = "Result<Accepted, Refusal>")]
pub struct Do {
    pub key: Option<CommandKey>,
    pub command: Command,
}

/// Whether a turn could begin now.
#[derive(Message)]
#[rtype(result = "Result<(), Refusal>")]
pub struct MayBegin(pub Option<CharacterId>);

/// The first `seq` of a command that took effect.
#[derive(Message)]
#[rtype(result = "Option<i64>")]
pub struct FindCommand(pub CommandKey);

#[derive(Message)]
#[rtype(result = "()")]
pub struct Subscribe(pub Link);

/// Sends a snapshot through a link.
#[derive(Message)]
#[rtype(result = "()")]
pub struct CutSnapshot {
    pub link: u64,
    pub after: Option<i64>,
}

#[derive(Message)]
#[rtype(result = "Look")]
pub struct LookAt;

/// The discussion as it is now.
#[derive(MessageResponse)]
pub struct Look {
    pub view: DiscussionView,
    pub turn: Option<TurnView>,
}

/// How many watch: observers and hosts.
#[derive(Message)]
#[rtype(result = "(usize, usize)")]
pub struct CountWatchers;

/// What was said so far, for a model.
#[derive(Message)]
#[rtype(result = "ReadScene")]
pub struct Read;

#[derive(MessageResponse)]
pub struct ReadScene {
    pub scene: Scene,
    /// What a line of a summary can rest on.
    pub places: Places,
    pub last_seq: i64,
    /// The demo voices speak, whatever is set up.
    pub rehearsal: bool,
}

/// Answers with the turn's message once it is committed.
#[derive(Message)]
#[rtype(result = "Option<Said>")]
pub struct AwaitTurn(pub MessageId);

/// The server stops: answers when the running turn's end is written.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Close;

/// Whether observers may join; if not, those who did are disconnected.
#[derive(Message)]
#[rtype(result = "()")]
pub struct LetIn(pub bool);

/// Disconnects everyone, and may end the actor.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Disconnect {
    pub code: u16,
    pub leave: bool,
}

impl Handler<Do> for DiscussionActor {
    type Result = ResponseFuture<Result<Accepted, Refusal>>;

    fn handle(&mut self, Do { key, command }: Do, ctx: &mut Self::Context) -> Self::Result {
        let (origin, answer) = self.expect_reply();
        let begins = matches!(command, Command::Next { .. } | Command::Regenerate { .. } | Command::Continue { .. });
        let repeated = key.as_ref().is_some_and(|key| self.core.find_command(key).is_some());
        if begins && !repeated && self.core.turn().is_none() {
            match self.reserve() {
                Ok(share) => drop(share.and_then(|share| self.reserved.insert(origin, share))),
                Err(limit) => {
                    self.replies.remove(&origin);
                    return Box::pin(async move { Err(Refusal::BudgetExhausted(limit)) });
                }
            }
        }
        self.take(Input::Command { origin, key, command }, ctx);
        Box::pin(async move { answer.await.unwrap_or(Err(Refusal::StorageUnavailable)) })
    }
}

impl Handler<MayBegin> for DiscussionActor {
    type Result = Result<(), Refusal>;

    fn handle(&mut self, MayBegin(character): MayBegin, _: &mut Self::Context) -> Self::Result {
        self.core.may_begin(character)?;
        // Given back at once: the turn reserves its own.
        self.reserve().map(drop).map_err(Refusal::BudgetExhausted)
    }
}

impl Handler<FindCommand> for DiscussionActor {
    type Result = Option<i64>;

    fn handle(&mut self, FindCommand(key): FindCommand, _: &mut Self::Context) -> Self::Result {
        self.core.find_command(&key)
    }
}

impl Handler<Subscribe> for DiscussionActor {
    type Result = ();

    fn handle(&mut self, Subscribe(link): Subscribe, _: &mut Self::Context) {
        self.alone_since = Instant::now();
        let shut = !self.lets_in && link.audience == Audience::Observer;
        self.publisher.subscribe(link);
        if shut {
            self.publisher.close(Some(Audience::Observer), close::SHARE_ENDED);
        }
    }
}

impl Handler<CutSnapshot> for DiscussionActor {
    type Result = ();

    fn handle(&mut self, CutSnapshot { link, after }: CutSnapshot, _: &mut Self::Context) {
        self.flush();
        let (core, class) = (&self.core, &self.room.class);
        let cut = |audience| core.snapshot(audience, after, class.view(audience));
        self.publisher.snapshot(link, after, core.record().last_seq, cut);
        // It may have been told between their coming and this.
        self.told = None;
    }
}

impl Handler<LookAt> for DiscussionActor {
    type Result = Look;

    fn handle(&mut self, _: LookAt, _: &mut Self::Context) -> Look {
        Look { view: self.core.view(), turn: self.core.turn() }
    }
}

impl Handler<CountWatchers> for DiscussionActor {
    type Result = MessageResult<CountWatchers>;

    fn handle(&mut self, _: CountWatchers, _: &mut Self::Context) -> Self::Result {
        MessageResult(self.publisher.watchers())
    }
}

impl Handler<Read> for DiscussionActor {
    type Result = ReadScene;

    fn handle(&mut self, _: Read, _: &mut Self::Context) -> ReadScene {
        let (core, record) = (&self.core, self.core.record());
        let (last_seq, rehearsal) = (record.last_seq, record.rehearsal);
        ReadScene { scene: core.whole_scene(), places: core.places(), last_seq, rehearsal }
    }
}

impl Handler<AwaitTurn> for DiscussionActor {
    type Result = ResponseFuture<Option<Said>>;

    fn handle(&mut self, AwaitTurn(turn): AwaitTurn, _: &mut Self::Context) -> Self::Result {
        if let Some(message) = self.core.messages().iter().rev().find(|message| message.id == turn) {
            let message = message.clone();
            return Box::pin(async move { Some(message) });
        }
        let (sender, answer) = oneshot::channel();
        self.turns.entry(turn).or_default().push(sender);
        Box::pin(async move { answer.await.ok() })
    }
}

impl Handler<Close> for DiscussionActor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Close, ctx: &mut Self::Context) -> Self::Result {
        let (sender, answer) = oneshot::channel();
        self.closers.push(sender);
        self.take(Input::Close, ctx);
        // A dropped sender means that the actor is gone: nothing is left to wait for.
        Box::pin(async move { drop(answer.await) })
    }
}

impl Handler<LetIn> for DiscussionActor {
    type Result = ();

    fn handle(&mut self, LetIn(lets_in): LetIn, _: &mut Self::Context) {
        self.lets_in = lets_in;
        if !lets_in {
            self.flush();
            self.publisher.close(Some(Audience::Observer), close::SHARE_ENDED);
        }
    }
}

impl Handler<Disconnect> for DiscussionActor {
    type Result = ();

    fn handle(&mut self, Disconnect { code, leave }: Disconnect, ctx: &mut Self::Context) {
        self.flush();
        self.publisher.close(None, code);
        if leave {
            ctx.stop();
        }
    }
}
