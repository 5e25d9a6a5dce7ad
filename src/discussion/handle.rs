//! The only way in to a live discussion.

use actix::{Addr, MailboxError};

use super::actor::{
    AwaitTurn, Close, CountWatchers, CutSnapshot, Disconnect, DiscussionActor, Do, FindCommand, InClass, LetIn, Look,
    LookAt, MayBegin, Pose, Read, ReadScene, Remember, Subscribe,
};
use crate::bus::{Gone, Link, Source};
use crate::domain::change::CommandKey;
use crate::domain::classroom;
use crate::domain::discussion::{Accepted, Command, Refusal};
use crate::domain::ids::{CharacterId, DiscussionId, MessageId, QuestionId};
use crate::domain::message::Message;
use crate::domain::protocol::close;

/// A live discussion. Every method answers [`Gone`] when its actor has left meanwhile: find it again in the registry.
#[derive(Clone)]
pub struct DiscussionHandle {
    pub(super) id: DiscussionId,
    pub(super) actor: Addr<DiscussionActor>,
}

impl DiscussionHandle {
    pub fn id(&self) -> DiscussionId {
        self.id
    }

    /// Carries out a command; answers when it is committed, or refused.
    pub async fn command(&self, key: Option<CommandKey>, command: Command) -> Result<Result<Accepted, Refusal>, Gone> {
        self.actor.send(Do { key, command }).await.map_err(gone)
    }

    /// Carries out what the class or its host does about it.
    pub async fn in_class(&self, command: classroom::Command) -> Result<Result<(), classroom::Refusal>, Gone> {
        self.actor.send(InClass(command)).await.map_err(gone)
    }

    /// A question of the class becomes a message, and a character is called to answer it.
    pub async fn pose(
        &self,
        key: CommandKey,
        question: QuestionId,
        character: Option<CharacterId>,
    ) -> Result<Result<Accepted, Refusal>, Gone> {
        self.actor.send(Pose { key, question, character }).await.map_err(gone)
    }

    /// The first `seq` of a command that took effect before.
    pub async fn find_command(&self, key: CommandKey) -> Result<Option<i64>, Gone> {
        self.actor.send(FindCommand(key)).await.map_err(gone)
    }

    /// The discussion as it is now.
    /// Whether a turn could begin now: `next` by hand of this character, or of whose turn it is.
    pub async fn may_begin(&self, character: Option<CharacterId>) -> Result<Result<(), Refusal>, Gone> {
        self.actor.send(MayBegin(character)).await.map_err(gone)
    }

    pub async fn look(&self) -> Result<Look, Gone> {
        self.actor.send(LookAt).await.map_err(gone)
    }

    /// What was said so far, for a model. A recap that is due is made first.
    pub async fn scene(&self) -> Result<ReadScene, Gone> {
        self.actor.send(Remember).await.map_err(gone)?;
        self.actor.send(Read).await.map_err(gone)
    }

    /// The turn's message, once it is committed.
    pub async fn await_turn(&self, turn: MessageId) -> Result<Message, Gone> {
        self.actor.send(AwaitTurn(turn)).await.map_err(gone)?.ok_or(Gone)
    }

    /// How many watch: observers and hosts.
    pub async fn watchers(&self) -> Result<(usize, usize), Gone> {
        self.actor.send(CountWatchers).await.map_err(gone)
    }

    /// Observers may join (again).
    pub async fn begin_share(&self) -> Result<(), Gone> {
        self.actor.send(LetIn(true)).await.map_err(gone)
    }

    /// Everyone who watches by a share is disconnected, also who was let in just before and joins only now.
    pub async fn end_share(&self) -> Result<(), Gone> {
        self.actor.send(LetIn(false)).await.map_err(gone)
    }

    /// The discussion is deleted: everyone is disconnected, the running turn is dropped.
    pub async fn delete(&self) -> Result<(), Gone> {
        let end = Disconnect { code: close::NO_SUCH_DISCUSSION, leave: true };
        self.actor.send(end).await.map_err(gone)
    }

    /// The server stops: the running turn ends `interrupted` and is written down.
    pub(super) async fn close(&self) -> Result<(), Gone> {
        self.actor.send(Close).await.map_err(gone)
    }

    /// Everyone is told to come back at once.
    pub(super) async fn disconnect_for_restart(&self) -> Result<(), Gone> {
        self.actor.send(Disconnect { code: close::RESTART, leave: false }).await.map_err(gone)
    }
}

impl Source for DiscussionHandle {
    async fn subscribe(&self, link: Link) -> Result<(), Gone> {
        self.actor.send(Subscribe(link)).await.map_err(gone)
    }

    async fn snapshot(&self, link: u64, after: Option<i64>) -> Result<(), Gone> {
        self.actor.send(CutSnapshot { link, after }).await.map_err(gone)
    }
}

fn gone(_: MailboxError) -> Gone {
    Gone
}
