//! A shell around the state machine: carries out what the core decides, and hands it what comes of it.

mod account;
mod class;
mod mailbox;
mod memory;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use actix::prelude::*;
use futures_util::StreamExt;
use tokio::sync::oneshot;
use tracing::{error, info};

use super::House;
use super::budget::Reservation;
use super::coalesce::{Coalescer, Delta, Then};
use super::registry::WeakRegistry;
use crate::bus::Publisher;
use crate::domain::change::Committed;
use crate::domain::discussion::{Accepted, Discussion, Effect, Ending, EndingKind, Input, Origin, Refusal};
use crate::domain::ids::{CharacterId, MessageId};
use crate::domain::labels::LabelGuard;
use crate::domain::message::{Finish, Message as Said};
use crate::domain::prompt::Task;
use crate::domain::protocol::Event;
use crate::llm::{End, Outcome, Speech};
use crate::store::now;

use account::Account;
pub use class::{InClass, Pose, Room};
pub use mailbox::{
    AwaitTurn, Close, CountWatchers, CutSnapshot, Disconnect, Do, FindCommand, LetIn, Look, LookAt, MayBegin, Read,
    ReadScene, Subscribe,
};
pub use memory::Remember;
use memory::Remembering;

/// Partial text is written down so often: half of what is promised, so that the write itself has the other half.
const CHECKPOINT: Duration = Duration::from_millis(200);
/// Presence is told at most twice a second.
const TICK: Duration = Duration::from_millis(500);
const RETRY_COMMIT: Duration = Duration::from_secs(1);
/// Messages to an actor that may wait in its mailbox.
const MAILBOX: usize = 1024;

pub struct DiscussionActor {
    core: Discussion,
    room: Room,
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
    /// How many watch, as it was told last; `None`: somebody has come who may not have heard it.
    told: Option<(usize, usize)>,
    /// False once its share has ended.
    lets_in: bool,
    alone_since: Instant,
    /// Shares of the budget for turns that were asked for and may begin.
    reserved: HashMap<Origin, Reservation>,
    /// The share of the turn that is beginning or running.
    reservation: Option<Reservation>,
    /// When a host was last there: turns do not follow by themselves for an empty room.
    host_seen: Instant,
    /// The next turn waits for a host to come back.
    awaits_host: bool,
    remembering: Remembering,
}

struct RunningSpeech {
    turn: MessageId,
    stream: SpawnHandle,
    checkpoints: SpawnHandle,
    guard: LabelGuard,
    account: Account,
}

/// A piece of the running turn's speech.
pub struct Heard {
    turn: MessageId,
    speech: Speech,
}

impl DiscussionActor {
    pub fn new(core: Discussion, room: Room, house: Arc<House>, registry: WeakRegistry) -> Self {
        let remembering = Remembering::new(core.recap().map(|recap| recap.version));
        Self {
            core,
            room,
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
            told: Some((0, 0)),
            lets_in: true,
            alone_since: Instant::now(),
            reserved: HashMap::new(),
            reservation: None,
            host_seen: Instant::now(),
            awaits_host: false,
            remembering,
        }
    }

    fn take(&mut self, input: Input, ctx: &mut Context<Self>) {
        if !matches!(input, Input::Delta { .. }) {
            // Should the turn end with this, its message says who spoke and what it cost.
            let used = self.speech.as_ref().and_then(|speech| self.used_so_far(&speech.account));
            self.core.reckon(used);
        }
        for effect in self.core.step(input) {
            self.carry_out(effect, ctx);
        }
        if self.core.is_idle() {
            // No turn came of it.
            self.reservation = None;
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
            Effect::GoOn { at_once } => {
                let pause = if at_once { Duration::ZERO } else { self.house.settings.auto_pause };
                ctx.run_later(pause, Self::go_on);
            }
            Effect::Speak { turn, speaker } => self.speak(turn, speaker, ctx),
            Effect::Silence { turn } => self.silence(turn, ctx),
            Effect::Show { turn, from, text } => self.show(Delta { turn, from, text }, ctx),
            Effect::Tell(event) => self.tell(&event),
            Effect::Reply { origin, result } => {
                let share = self.reserved.remove(&origin);
                if result.is_ok_and(|accepted| accepted.turn.is_some()) {
                    self.reservation = share;
                }
                if let Some(reply) = self.replies.remove(&origin) {
                    // Who asked may have left.
                    let _ = reply.send(result);
                }
            }
        }
    }

    fn committed(&mut self, answer: Result<Committed, crate::store::StoreError>, ctx: &mut Context<Self>) {
        match answer {
            Ok(committed) => {
                self.take(Input::Committed(committed), ctx);
                self.remember(ctx);
            }
            Err(cause) => {
                error!(discussion.id = %self.core.record().id, error = %cause, "A change could not be written down");
                self.take(Input::CommitFailed, ctx);
            }
        }
    }

    fn speak(&mut self, turn: MessageId, speaker: CharacterId, ctx: &mut Context<Self>) {
        let scene = self.core.turn_scene();
        let name = |id: &CharacterId| scene.cast.iter().find(|c| c.id == *id).map_or("", |c| c.name.as_str());
        let others = scene.cast.iter().filter(|c| c.id != speaker).map(|c| c.name.as_str());
        let others: Vec<&str> = others.chain(["Host", "Class"]).collect();
        let guard = LabelGuard::new(name(&speaker), &others);
        info!(discussion.id = %self.core.record().id, turn.id = %turn, character.id = %speaker, "Turn begins");
        self.house.counts.turns.fetch_add(1, Ordering::Relaxed);
        let task = Task::Turn { scene, speaker };
        let account = Account::new();
        self.begin_account();
        let speech = match self.core.record().rehearsal {
            true => self.house.voices.rehearse(&task),
            false => self.house.voices.speak(task),
        };
        let stream = ctx.add_stream(speech.map(move |speech| Heard { turn, speech }));
        let checkpoints = ctx.run_interval(CHECKPOINT, |actor, ctx| actor.checkpoint(ctx));
        self.checkpointed = 0;
        self.speech = Some(RunningSpeech { turn, stream, checkpoints, guard, account });
    }

    /// Dropping the stream closes the provider's connection.
    fn silence(&mut self, turn: MessageId, ctx: &mut Context<Self>) {
        if let Some(speech) = self.speech.take_if(|speech| speech.turn == turn) {
            ctx.cancel_future(speech.stream);
            ctx.cancel_future(speech.checkpoints);
            self.settle_cut_off(&speech, ctx);
            self.reservation = None;
        }
    }

    fn show(&mut self, delta: Delta, ctx: &mut Context<Self>) {
        self.house.counts.deltas.fetch_add(1, Ordering::Relaxed);
        let (observers, hosts) = self.publisher.watchers();
        let interval = self.house.settings.delta_interval;
        match self.deltas.push(Instant::now(), interval, observers + hosts, delta) {
            Then::Send(delta) => self.send(delta),
            Then::FlushIn(wait) => {
                ctx.run_later(wait, |actor, _| actor.flush());
            }
            Then::Wait => {}
        }
    }

    fn flush(&mut self) {
        if let Some(delta) = self.deltas.flush(Instant::now()) {
            self.send(delta);
        }
    }

    fn send(&mut self, Delta { turn, from, text }: Delta) {
        self.publisher.publish(&Event::Delta { turn, from, text });
    }

    fn tell(&mut self, event: &Event) {
        self.flush();
        self.publisher.publish(event);
        let told = self.room.class.hear(event);
        self.tell_class(told);
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

    /// Where the answer to a command will come.
    fn expect_reply(&mut self) -> (Origin, oneshot::Receiver<Result<Accepted, Refusal>>) {
        self.last_origin += 1;
        let (reply, answer) = oneshot::channel();
        self.replies.insert(self.last_origin, reply);
        (self.last_origin, answer)
    }

    /// The next turn follows by itself, unless nobody is there to steer.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        self.awaits_host = false;
        if self.core.view().auto.is_none() {
            return;
        }
        let nobody = self.publisher.watchers().1 == 0;
        self.awaits_host = nobody && self.host_seen.elapsed() > self.house.settings.auto_host_away;
        if self.awaits_host {
            let text = "No host is connected, so the discussion waits for one.".to_owned();
            self.tell(&Event::Notice { code: "auto_paused", text, turn: None, retry_after_ms: None });
            return;
        }
        if self.core.turn().is_none() {
            match self.reserve() {
                Ok(share) => self.reservation = share,
                Err(limit) => {
                    let text = limit.message().to_owned();
                    return self.take(Input::EndAuto { code: "budget_exhausted", text }, ctx);
                }
            }
        }
        self.take(Input::GoOn { fresh: MessageId::new(), at: now() }, ctx);
    }

    fn tick(&mut self, ctx: &mut Context<Self>) {
        let told = self.room.class.flush();
        self.tell_class(told);
        let watchers = self.publisher.watchers();
        if watchers.1 > 0 {
            self.host_seen = Instant::now();
            if self.awaits_host {
                self.go_on(ctx);
            }
        }
        if self.told != Some(watchers) {
            self.told = Some(watchers);
            let (observers, hosts) = watchers;
            self.tell(&Event::Presence { observers, hosts });
        }
        if !self.publisher.is_alone() || !self.core.is_idle() || self.remembering.under_way {
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
            Speech::Asked(usage) => {
                if let Some(now) = self.speech.as_mut().filter(|speech| speech.turn == turn) {
                    now.account.ask(usage);
                }
            }
            Speech::Thinking => {}
            Speech::Attempt(attempted) => self.attempted(turn, attempted, ctx),
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
            Speech::End(mut outcome) => {
                if let Some(usage) = &mut outcome.usage {
                    usage.cost_usd = self.house.prices.cost(usage);
                }
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
