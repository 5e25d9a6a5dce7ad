//! When the database does not take what is written: who wrote is told, `ready` says so, and it heals by itself.

use std::time::Duration;

use chatlab::store::{DatabaseUrl, Settings, StoreError, Window};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use secrecy::ExposeSecret;

use crate::place::{Place, Verbs, commit, say};

#[tokio::test]
async fn a_failed_write_is_told_and_a_later_one_works() {
    let place = Place::sqlite();
    let settings = Settings { busy_timeout: Duration::from_millis(50), ..place.settings() };
    let store = chatlab::store::Store::open(&settings).expect("the store opens");
    let talk = store.discussion(store.guest().await, "Play").await.id;
    assert!(store.ready().await);

    // Somebody outside holds the file.
    let mut outside = SqliteConnection::establish(&place.url.file().expect("a file").to_string_lossy()).expect("opened");
    outside.batch_execute("BEGIN IMMEDIATE").expect("held");
    let refused = store.commit(commit(talk, say("Lost?"))).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!(!store.ready().await);
    assert_eq!(store.find_discussion(talk).await.expect("reading still works").map(|record| record.last_seq), Some(0));

    outside.batch_execute("ROLLBACK").expect("let go");
    assert!(store.ready().await);
    assert_eq!(store.does(talk, say("Here.")).await.seq, 1, "what failed left no hole");
    assert_eq!(store.list_messages(talk, Window::All).await.expect("read").len(), 1);
}

#[tokio::test]
async fn a_lost_server_connection_is_opened_again() {
    let Some(place) = Place::postgres() else {
        eprintln!("not run: TEST_POSTGRES_URL is not set");
        return;
    };
    let DatabaseUrl::Postgres(url) = &place.url else { unreachable!("it is Postgres") };
    let store = place.open();
    let talk = store.discussion(store.guest().await, "Play").await.id;
    let mut outside = PgConnection::establish(url.expose_secret()).expect("opened");
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    outside.batch_execute(cut).expect("cut");
    assert_eq!(store.does(talk, say("Still here.")).await.seq, 1);
    assert!(store.ready().await);
    let second = chatlab::store::Store::open(&place.settings()).err().map(|error| error.to_string());
    assert!(second.is_some_and(|told| told.contains("in use")), "the new connection holds the lock again");
}
