//! Finds a live discussion, or wakes it from the store: one actor for each, on arbiters of our own.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use actix::{Actor, Arbiter};
use futures_util::future::join_all;
use tokio::sync::{Mutex as AsyncMutex, MutexGuard};

use super::House;
use super::actor::{DiscussionActor, Room};
use super::handle::DiscussionHandle;
use crate::domain::classroom::Classroom;
use crate::domain::discussion::Discussion;
use crate::domain::ids::DiscussionId;
use crate::store::{StoreError, Window};

/// A place for a discussion; locked while it is being woken, so that this happens once.
type Place = Arc<AsyncMutex<Option<DiscussionHandle>>>;

#[derive(Clone)]
pub struct Registry(Arc<Inner>);

/// The registry as an actor knows it: a running actor must not keep the registry alive.
pub struct WeakRegistry(Weak<Inner>);

struct Inner {
    house: Arc<House>,
    /// Actors do not run on the HTTP workers: a worker's end would be theirs.
    arbiters: Vec<Arbiter>,
    places: Mutex<HashMap<DiscussionId, Place>>,
    closing: AtomicBool,
}

#[derive(Debug, thiserror::Error)]
pub enum WakeError {
    #[error("no such discussion")]
    NotFound,
    #[error("the server is stopping")]
    Closing,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Registry {
    /// Starts the arbiters. Must be called within an actix system.
    pub fn start(house: House) -> Self {
        let arbiters = (0..house.settings.arbiters.max(1)).map(|_| Arbiter::new()).collect();
        let places = Mutex::default();
        Self(Arc::new(Inner { house: Arc::new(house), arbiters, places, closing: AtomicBool::new(false) }))
    }

    pub fn house(&self) -> &Arc<House> {
        &self.0.house
    }

    /// The discussion if it is in memory already.
    pub async fn find_live(&self, id: DiscussionId) -> Option<DiscussionHandle> {
        let place = self.places().get(&id).map(Arc::clone)?;
        let handle = place.lock().await;
        handle.as_ref().filter(|handle| handle.actor.connected()).cloned()
    }

    /// The live discussion, woken from the store if it sleeps. Several who ask at once cause one reading.
    pub async fn wake(&self, id: DiscussionId) -> Result<DiscussionHandle, WakeError> {
        loop {
            let place = Arc::clone(self.places().entry(id).or_default());
            let handle = place.lock().await;
            // Forgotten while we waited for it: its successor has another place.
            if self.places().get(&id).is_some_and(|now| Arc::ptr_eq(now, &place)) {
                return self.wake_in(id, handle).await;
            }
        }
    }

    async fn wake_in(
        &self,
        id: DiscussionId,
        mut handle: MutexGuard<'_, Option<DiscussionHandle>>,
    ) -> Result<DiscussionHandle, WakeError> {
        if let Some(live) = handle.as_ref().filter(|handle| handle.actor.connected()) {
            return Ok(live.clone());
        }
        if self.0.closing.load(Ordering::Acquire) {
            return Err(WakeError::Closing);
        }
        let fell = handle.is_some();
        match self.load(id, fell).await {
            Ok(woken) => Ok(handle.insert(woken).clone()),
            Err(error) => {
                self.places().remove(&id);
                Err(error)
            }
        }
    }

    /// `fell`: its actor ended without leaving, so a turn may have been cut off.
    async fn load(&self, id: DiscussionId, fell: bool) -> Result<DiscussionHandle, WakeError> {
        let store = &self.0.house.store;
        if fell {
            store.interrupt_streaming(id).await?;
        }
        let record = store.find_discussion(id).await?.ok_or(WakeError::NotFound)?;
        self.0.house.budget.learn(store, record.owner, Some(id)).await?;
        let messages = store.list_messages(id, Window::All).await?;
        let commands = store.list_commands(id).await?;
        let kept = store.find_classroom(id).await?;
        let mut class = Classroom::restore(kept.setup, kept.questions, self.0.house.settings.class);
        let recaps = store.list_recaps(id).await?;
        let core = Discussion::restore(record, messages, commands.into_iter().collect());
        let core = core.remembering(recaps, self.0.house.settings.input_tokens);
        class.expect(core.view().next);
        let room = Room::new(class);
        let (house, registry) = (Arc::clone(&self.0.house), WeakRegistry(Arc::downgrade(&self.0)));
        let arbiter = &self.0.arbiters[place_of(id, self.0.arbiters.len())];
        let actor =
            DiscussionActor::start_in_arbiter(&arbiter.handle(), |_| DiscussionActor::new(core, room, house, registry));
        Ok(DiscussionHandle { id, actor })
    }

    /// Forgets a discussion that is being deleted and disconnects everyone from it.
    pub async fn delete(&self, id: DiscussionId) {
        let place = self.places().remove(&id);
        if let Some(handle) = match place {
            Some(place) => place.lock().await.take(),
            None => None,
        } {
            // Gone already is as good.
            let _ = handle.delete().await;
        }
    }

    /// Running turns end `interrupted` and are written down; then everyone is told to reconnect. No discussion is woken again.
    pub async fn close(&self) {
        self.0.closing.store(true, Ordering::Release);
        let live = self.live().await;
        join_all(live.iter().map(DiscussionHandle::close)).await;
        join_all(live.iter().map(DiscussionHandle::disconnect_for_restart)).await;
    }

    /// Ends the arbiters, after `close`.
    pub fn stop(&self) {
        for arbiter in &self.0.arbiters {
            arbiter.stop();
        }
    }

    /// How many discussions are in memory.
    pub async fn count(&self) -> usize {
        self.live().await.len()
    }

    async fn live(&self) -> Vec<DiscussionHandle> {
        let places: Vec<Place> = self.places().values().cloned().collect();
        let handles = join_all(places.iter().map(|place| place.lock())).await;
        let live = handles.iter().filter_map(|handle| handle.as_ref());
        live.filter(|handle| handle.actor.connected()).cloned().collect()
    }

    fn places(&self) -> std::sync::MutexGuard<'_, HashMap<DiscussionId, Place>> {
        self.0.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WeakRegistry {
    /// The actor leaves the memory, nothing being left to do.
    pub fn forget(&self, id: DiscussionId) {
        if let Some(inner) = self.0.upgrade() {
            inner.places.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        }
    }
}

fn place_of(id: DiscussionId, places: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    // The remainder is below `places`, so it fits.
    (hasher.finish() % places as u64) as usize
}
