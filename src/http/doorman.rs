//! Shows the door to sockets whose login has ended: at once when it is ended here, and by looking at all of them a few times a
//! minute for whatever else ends one.

use std::time::Duration;

use actix_web::web;
use tokio::sync::broadcast::error::RecvError;

use super::State;
use crate::accounts::Ended;

/// How often all are looked at. A login that ended is out within a minute, also when the database was busy once.
const ROUND: Duration = Duration::from_secs(10);

/// Runs as long as the server.
pub async fn run(state: web::Data<State>) {
    let mut news = state.accounts.listen();
    let mut rounds = tokio::time::interval(ROUND);
    loop {
        tokio::select! {
            heard = news.recv() => match heard {
                Ok(Ended::Credential(credential)) => state.seats.clear(|_, seat| seat == credential),
                Ok(Ended::User(user)) => state.seats.clear(|of, _| of == user),
                Err(RecvError::Lagged(_)) => look_at_all(&state).await,
                Err(RecvError::Closed) => return,
            },
            _ = rounds.tick() => look_at_all(&state).await,
        }
    }
}

async fn look_at_all(state: &State) {
    for credential in state.seats.credentials() {
        match state.accounts.is_alive(credential).await {
            Ok(true) => {}
            Ok(false) => state.seats.clear(|_, seat| seat == credential),
            Err(error) => {
                tracing::warn!(%error, "Logins could not be looked at; once more in a moment");
                return;
            }
        }
    }
}
