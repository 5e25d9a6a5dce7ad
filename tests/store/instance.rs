//! One ChatLab for each database, and what is said when it cannot be opened.

use chatlab::store::{DatabaseUrl, OpenError, Settings, Store};

use crate::place::{Verbs, say};

fn refusal(url: &DatabaseUrl) -> String {
    Store::open(&Settings::new(url.clone())).err().map(|error| error.to_string()).unwrap_or_default()
}

on_both! {
    async fn a_second_one_refuses_to_start(place: Place) {
        let first = place.open();
        let clone = first.clone();
        assert!(refusal(&place.url).contains("in use by another ChatLab"), "{}", refusal(&place.url));
        drop(first);
        assert!(refusal(&place.url).contains("in use"), "a clone keeps it");
        drop(clone);
        let next = place.open();
        next.close().await;
        assert!(refusal(&place.url).is_empty(), "closing lets go of it");
    }

    async fn a_closed_store_says_so(place: Place) {
        let store = place.open();
        let guest = store.guest().await;
        store.close().await;
        store.close().await;
        let late = store.update_last_seen(guest).await;
        assert!(matches!(late, Err(chatlab::store::StoreError::Unavailable(_))), "{late:?}");
        assert!(!store.ready().await);
    }

    async fn a_database_of_a_newer_version_is_left_alone(place: Place) {
        drop(place.open());
        place.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
        assert!(refusal(&place.url).contains("made by a newer ChatLab"), "{}", refusal(&place.url));
    }
}

#[test]
fn what_cannot_be_opened_is_named_with_its_cause() {
    let missing: DatabaseUrl = "sqlite:////no/such/folder/chatlab.db".parse().expect("a URL");
    let told = refusal(&missing);
    assert!(told.contains("/no/such/folder/chatlab.db") && told.contains("No such file"), "{told}");
    let unknown: DatabaseUrl = "postgres://ada:hunter2@no-such-host.invalid/chatlab".parse().expect("a URL");
    assert!(refusal(&unknown).contains("no-such-host.invalid"), "{}", refusal(&unknown));
    // Nobody listens on port 1.
    let nobody: DatabaseUrl = "postgres://ada:hunter2@127.0.0.1:1/chatlab".parse().expect("a URL");
    let told = refusal(&nobody);
    assert!(told.contains("Connection refused") && !told.contains("hunter2"), "{told}");
}

#[cfg(not(feature = "pg-tls"))]
#[test]
fn a_public_postgres_host_needs_tls() {
    let public: DatabaseUrl = "postgres://ada:hunter2@8.8.8.8/chatlab".parse().expect("a URL");
    let refused = Store::open(&Settings::new(public)).err();
    assert!(matches!(refused, Some(OpenError::NeedsTls(host)) if host == "8.8.8.8"));
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = crate::place::Place::sqlite();
    let store = place.open();
    store.guest().await;
    let path = place.url.file().expect("a file").to_owned();
    for suffix in ["", "-wal"] {
        let name = format!("{}{suffix}", path.display());
        let mode = std::fs::metadata(&name).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    store.close().await;
    drop(store);
    assert!(!path.with_extension("db-wal").exists(), "the file alone holds everything");
}

#[tokio::test]
async fn what_is_deleted_is_gone_from_the_file() {
    let place = crate::place::Place::sqlite();
    let store = place.open();
    let host = store.guest().await;
    let (gone, kept) = (store.discussion(host, "Play").await.id, store.discussion(host, "Work").await.id);
    store.does(gone, say("quicksilver")).await;
    store.does(kept, say("cobblestone")).await;
    assert_eq!(store.delete_discussion(gone).await, Ok(true));
    store.close().await;
    let bytes = std::fs::read(place.url.file().expect("a file")).expect("read");
    let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(holds("cobblestone"));
    assert!(!holds("quicksilver"));
}
