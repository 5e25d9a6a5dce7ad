//! A shell around the state machine: carries out what the core decides, and hands it what comes of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use actix::prelude::*;
use futures_util::StreamExt;
use tokio::sync::oneshot;
use tracing::{error, info};

use super::House;
use super::coalesce::{Coalescer, Then};
use super::registry::WeakRegistry;
use crate::bus::{Link, Publisher};
use crate::domain::change::{CommandKey, Committed};
use crate::domain::discussion::{Accepted, Command, Discussion, Effect, Ending, EndingKind, Input, Origin, Refusal};
use crate::domain::ids::{CharacterId, MessageId};
use crate::domain::labels::LabelGuard;
use crate::domain::message::{Finish, Message as Said};
use crate::domain::prompt::{Scene, Task};
use crate::domain::protocol::{DiscussionView, Event, TurnView};
use crate::llm::{End, Outcome, Speech};

/// Partial text is written down so often: half of what is promised, so that the write itself has the other half.
const CHECKPOINT: Duration = Duration::from_millis(200);
/// Presence is told at most twice a second.
const TICK: Duration = Duration::from_millis(500);
const RETRY_COMMIT: Duration = Duration::from_secs(1);
/// Messages to an actor that may wait in its mailbox.
const MAILBOX: usize = 1024;

pub struct DiscussionActor {
    core: Discussion,
    house: Arc<House>,
    registry: WeakRegistry,
    publisher: Publisher,
    replies: HashMap<Origin, oneshot::Sender<Result<Accepted, Refusal>>>,
    last_origin: Origin,
    speech: Option<RunningSpeech>,
    deltas: Coalescer,
    /// Those who wait for a turn's message.
    turns: HashMap<MessageId, Vec<oneshot::Sender<Said>>>,
    /// Those who wait until nothing is running and all is written.
    closers: Vec<oneshot::Sender<()>>,
    /// Bytes of the running text that are written down already.
    checkpointed: usize,
    told: (usize, usize),
    alone_since: Instant,
}

struct RunningSpeech {
    turn: MessageId,
    stream: SpawnHandle,
    checkpoints: SpawnHandle,
    guard: LabelGuard,
}

/// A piece of the running turn's speech.
pub struct Heard {
    turn: MessageId,
    speech: Speech,
}

#[derive(Message)]
#[rtype(result = "Result<Accepted, Refusal>")]
pub struct Do {
    pub key: Option<CommandKey>,
    pub command: Command,
}

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
    pub last_seq: i64,
}

/// Answers with the turn's message once it is committed.
#[derive(Message)]
#[rtype(result = "Option<Said>")]
pub struct AwaitTurn(pub MessageId);

/// The server stops: answers when the running turn's end is written.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Close;

/// Disconnects observers, or everyone and ends the actor.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Disconnect {
    pub audience: Option<crate::domain::protocol::Audience>,
    pub code: u16,
    pub leave: bool,
}

impl DiscussionActor {
    pub fn new(core: Discussion, house: Arc<House>, registry: WeakRegistry) -> Self {
        Self {
            core,
            house,
            registry,
            publisher: Publisher::default(),
            replies: HashMap::new(),
            last_origin: 0,
            speech: None,
            deltas: Coalescer::default(),
            turns: HashMap::new(),
            closers: vec![],
            checkpointed: 0,
            told: (0, 0),
            alone_since: Instant::now(),
        }
    }

    fn take(&mut self, input: Input, ctx: &mut Context<Self>) {
        for effect in self.core.step(input) {
            self.carry_out(effect, ctx);
        }
        if self.core.is_idle() {
            for closer in self.closers.drain(..) {
                let _ = closer.send(());
            }
        }
    }

    fn carry_out(&mut self, effect: Effect, ctx: &mut Context<Self>) {
        match effect {
            Effect::Commit(commit) => {
                let store = self.house.store.clone();
                let answer = async move { store.commit(commit).await }.into_actor(self);
                ctx.spawn(answer.map(|answer, actor, ctx| actor.committed(answer, ctx)));
            }
            Effect::RetryLater => {
                ctx.run_later(RETRY_COMMIT, |actor, ctx| actor.take(Input::Retry, ctx));
            }
            Effect::Speak { turn, speaker } => self.speak(turn, speaker, ctx),
            Effect::Silence { turn } => self.silence(turn, ctx),
            Effect::Show { turn, from, text } => self.show((turn, from, text), ctx),
            Effect::Tell(event) => self.tell(&event),
            Effect::Reply { origin, result } => {
                if let Some(reply) = self.replies.remove(&origin) {
                    // Who asked may have left.
                    let _ = reply.send(result);
                }
            }
        }
    }

    fn committed(&mut self, answer: Result<Committed, crate::store::StoreError>, ctx: &mut Context<Self>) {
        match answer {
            Ok(committed) => self.take(Input::Committed(committed), ctx),
            Err(cause) => {
                error!(discussion.id = %self.core.record().id, error = %cause, "A change could not be written down");
                self.take(Input::CommitFailed, ctx);
            }
        }
    }

    fn speak(&mut self, turn: MessageId, speaker: CharacterId, ctx: &mut Context<Self>) {
        let scene = self.core.scene();
        let name = |id: &CharacterId| scene.cast.iter().find(|c| c.id == *id).map_or("", |c| c.name.as_str());
        let others = scene.cast.iter().filter(|c| c.id != speaker).map(|c| c.name.as_str());
        let others: Vec<&str> = others.chain(["Host", "Class"]).collect();
        let guard = LabelGuard::new(name(&speaker), &others);
        info!(discussion.id = %self.core.record().id, turn.id = %turn, character.id = %speaker, "Turn begins");
        self.house.counts.turns.fetch_add(1, Ordering::Relaxed);
        let speech = self.house.voices.speak(Task::Turn { scene, speaker });
        let stream = ctx.add_stream(speech.map(move |speech| Heard { turn, speech }));
        let checkpoints = ctx.run_interval(CHECKPOINT, |actor, ctx| actor.checkpoint(ctx));
        self.checkpointed = 0;
        self.speech = Some(RunningSpeech { turn, stream, checkpoints, guard });
    }

    /// Dropping the stream closes the provider's connection.
    fn silence(&mut self, turn: MessageId, ctx: &mut Context<Self>) {
        if let Some(speech) = self.speech.take_if(|speech| speech.turn == turn) {
            ctx.cancel_future(speech.stream);
            ctx.cancel_future(speech.checkpoints);
        }
    }

    fn show(&mut self, delta: (MessageId, usize, String), ctx: &mut Context<Self>) {
        self.house.counts.deltas.fetch_add(1, Ordering::Relaxed);
        let (observers, hosts) = self.publisher.watchers();
        let interval = self.house.settings.delta_interval;
        match self.deltas.push(Instant::now(), interval, observers + hosts, delta) {
            Then::Send(event) => self.publisher.publish(&event),
            Then::FlushIn(wait) => {
                ctx.run_later(wait, |actor, _| actor.flush());
            }
            Then::Wait => {}
        }
    }

    fn flush(&mut self) {
        if let Some(event) = self.deltas.flush(Instant::now()) {
            self.publisher.publish(&event);
        }
    }

    fn tell(&mut self, event: &Event) {
        self.flush();
        self.publisher.publish(event);
        if let Event::TurnEnded { message, .. } = event {
            info!(discussion.id = %self.core.record().id, turn.id = %message.id, status = message.status.as_str(), "Turn ended");
            for waiting in self.turns.remove(&message.id).unwrap_or_default() {
                let _ = waiting.send(message.clone());
            }
        }
    }

    fn checkpoint(&mut self, ctx: &mut Context<Self>) {
        let Some((turn, version, text)) = self.core.checkpoint() else { return };
        if text.len() == self.checkpointed {
            return;
        }
        self.checkpointed = text.len();
        let (store, text) = (self.house.store.clone(), text.to_owned());
        let write = async move { store.checkpoint(turn, version, text).await }.into_actor(self);
        ctx.spawn(write.map(|written, actor, _| {
            if let Err(cause) = written {
                error!(error = %cause, "A running turn's text could not be written down");
                // Nothing counts as written: the next checkpoint takes it along.
                actor.checkpointed = 0;
            }
        }));
    }

    fn tick(&mut self, ctx: &mut Context<Self>) {
        let watchers = self.publisher.watchers();
        if watchers != self.told {
            self.told = watchers;
            let (observers, hosts) = watchers;
            self.tell(&Event::Presence { observers, hosts });
        }
        if !self.publisher.is_alone() || !self.core.is_idle() {
            self.alone_since = Instant::now();
        } else if self.alone_since.elapsed() > self.house.settings.idle {
            self.registry.forget(self.core.record().id);
            ctx.stop();
        }
    }
}

impl Actor for DiscussionActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        ctx.run_interval(TICK, Self::tick);
    }
}

impl StreamHandler<Heard> for DiscussionActor {
    fn handle(&mut self, Heard { turn, speech }: Heard, ctx: &mut Self::Context) {
        match speech {
            Speech::Thinking => {}
            Speech::Text(text) => {
                let Some(now) = self.speech.as_mut().filter(|speech| speech.turn == turn) else { return };
                let text = now.guard.push(&text);
                let over = now.guard.ended();
                self.take(Input::Delta { turn, text }, ctx);
                if over {
                    // The model began to speak for somebody else: the turn was over before.
                    let ending = Ending { kind: EndingKind::Complete(None), usage: None };
                    self.take(Input::Ended { turn, ending }, ctx);
                }
            }
            Speech::Notice(notice) => {
                let retry_after_ms = notice.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
                self.take(Input::Aside { turn, code: notice.code, text: notice.text, retry_after_ms }, ctx);
            }
            Speech::End(outcome) => {
                if let Some(now) = self.speech.as_mut().filter(|speech| speech.turn == turn) {
                    let text = now.guard.finish();
                    self.take(Input::Delta { turn, text }, ctx);
                }
                self.take(Input::Ended { turn, ending: ending(outcome) }, ctx);
            }
        }
    }

    /// The default would stop the actor with its first reply.
    fn finished(&mut self, ctx: &mut Self::Context) {
        if let Some(turn) = self.speech.as_ref().map(|speech| speech.turn) {
            let kind = EndingKind::Broken("The reply ended without a word. Press Next Response to try again.".to_owned());
            self.take(Input::Ended { turn, ending: Ending { kind, usage: None } }, ctx);
        }
    }
}

fn ending(Outcome { end, usage }: Outcome) -> Ending {
    let kind = match end {
        End::Complete => EndingKind::Complete(None),
        End::Length => EndingKind::Complete(Some(Finish::Length)),
        End::Refusal => EndingKind::Complete(Some(Finish::Refusal)),
        End::Interrupted(why) | End::Failed(why) => EndingKind::Broken(why),
    };
    Ending { kind, usage }
}

impl Handler<Do> for DiscussionActor {
    type Result = ResponseFuture<Result<Accepted, Refusal>>;

    fn handle(&mut self, Do { key, command }: Do, ctx: &mut Self::Context) -> Self::Result {
        self.last_origin += 1;
        let origin = self.last_origin;
        let (reply, answer) = oneshot::channel();
        self.replies.insert(origin, reply);
        self.take(Input::Command { origin, key, command }, ctx);
        Box::pin(async move { answer.await.unwrap_or(Err(Refusal::StorageUnavailable)) })
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
        self.publisher.subscribe(link);
    }
}

impl Handler<CutSnapshot> for DiscussionActor {
    type Result = ();

    fn handle(&mut self, CutSnapshot { link, after }: CutSnapshot, _: &mut Self::Context) {
        self.flush();
        let core = &self.core;
        self.publisher.snapshot(link, after, core.record().last_seq, |audience| core.snapshot(audience, after));
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
        ReadScene { scene: self.core.scene(), last_seq: self.core.record().last_seq }
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

impl Handler<Disconnect> for DiscussionActor {
    type Result = ();

    fn handle(&mut self, Disconnect { audience, code, leave }: Disconnect, ctx: &mut Self::Context) {
        self.flush();
        self.publisher.close(audience, code);
        if leave {
            ctx.stop();
        }
    }
}
