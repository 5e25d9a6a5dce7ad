//! A database as version 0.1.0 made it still opens, with everything in it.
//!
//! The file is never made anew: a later version that changes the schema keeps it and adds one of its own, by
//! `cargo test --test store make_fixture -- --ignored` after naming the new file in [`NEWEST`].

use std::path::Path;

use chatlab::domain::change::{Change, CommandKey, Commit, EndedTurn};
use chatlab::domain::character::Character;
use chatlab::domain::ids::UserId;
use chatlab::domain::message::{AuthorKind, Finish, Status, Usage};
use chatlab::domain::text::Moment;
use chatlab::store::{Activity, CardToKeep, NewUser, Search, Settings, Store, UserKind, Window};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::place::{Place, Verbs, character, commit, dewey, end, new_discussion, say, start};

const NEWEST: &str = "tests/fixtures/v0.1.0.db";
const NEVER: Moment = Moment(4_102_444_800_000);

/// The owner of everything in it.
fn ada() -> UserId {
    "01939b00-0000-7000-8000-00000000ada0".parse().expect("an id")
}

fn usage() -> Usage {
    Usage { provider: "demo".to_owned(), model: "demo".to_owned(), output_tokens: 12, ..Usage::default() }
}

#[tokio::test]
#[ignore = "makes the file for a new version; see above"]
async fn make_fixture() {
    assert!(!Path::new(NEWEST).exists(), "{NEWEST} is there: it is kept as it is");
    let place = Place::sqlite();
    let store = place.open();
    fill(&store).await;
    store.close().await;
    drop(store);
    std::fs::copy(place.url.file().expect("a file"), NEWEST).expect("copied");
}

/// One of everything, and a turn that is cut off.
async fn fill(store: &Store) {
    let new = NewUser {
        id: ada(),
        kind: UserKind::Account,
        email: Some("ada@example.org".to_owned()),
        password_hash: Some("$argon2id$v=19$nobody".to_owned().into()),
        ..NewUser::guest("Ada")
    };
    store.insert_user(new).await.expect("a user");
    store.insert_login(ada(), "hash".to_owned(), NEVER).await.expect("a login");
    let own =
        Character { id: "gardener".parse().expect("a slug"), pack: Character::OWN.to_owned(), ..character("x", "Gardener") };
    store.insert_character(ada(), CardToKeep::new(own), None).await.expect("a character");

    let talk =
        store.insert_discussion(new_discussion(ada(), "What is play for?"), None).await.expect("a discussion").made.id;
    let key = CommandKey { user: ada(), id: "c1".to_owned() };
    store.commit(Commit { command: Some(key), ..commit(talk, say("Who begins?")) }).await.expect("said");
    let [first, second] = [(); 2].map(|()| chatlab::domain::ids::MessageId::new());
    store.does(talk, start(first, 1)).await;
    let ended = EndedTurn { finish: Some(Finish::Length), usage: Some(usage()), ..end(first, 1, "Play is growth.") };
    store.does(talk, Change::EndTurn(ended)).await;
    store.does(talk, start(first, 2)).await;
    store.does(talk, Change::EndTurn(end(first, 2, "Play is how children inquire."))).await;
    store.does(talk, start(second, 1)).await;
    store.checkpoint(second, 1, "And work".to_owned()).await.expect("written down");

    store.insert_summary(talk, 5, json!({"open_questions": ["And work?"]})).await.expect("a summary");
    store.insert_share(talk, "K7QM2P".to_owned(), NEVER).await.expect("a join code");
    let slug = dewey().id.expect("a character");
    store.insert_perspectives(ada(), "digest", vec![(slug, "Growth.".to_owned())]).await.expect("a perspective");
    let viewed = Activity { kind: "view".to_owned(), at: Moment(1_795_420_800_000), data: json!({"page": "start"}) };
    store.insert_activity(ada(), vec![viewed]).await.expect("an activity");
    store.find_or_insert_secret("jwt", "not a secret".to_owned().into()).await.expect("a secret");
}

#[tokio::test]
async fn a_database_of_0_1_0_opens() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let copy = folder.path().join("chatlab.db");
    std::fs::copy("tests/fixtures/v0.1.0.db", &copy).expect("copied");
    let url = format!("sqlite:///{}", copy.display());
    let store = Store::open(&Settings::new(url.parse().expect("a URL"))).expect("it opens");

    let user = store.find_user_by_email("ada@example.org").await.expect("read").expect("she is there");
    assert_eq!((user.id, user.kind), (ada(), UserKind::Account));
    assert!(store.find_login("hash").await.expect("read").is_some());
    assert_eq!(store.list_characters(ada()).await.expect("read")[0].name, "Gardener");
    let page = store.list_discussions(ada(), Search::words("inquire"), None, 10).await.expect("a page");
    let talk = &page.items[0].record;
    assert_eq!((talk.topic.as_str(), talk.last_seq, talk.participants.len()), ("What is play for?", 7, 2));

    let messages = store.list_messages(talk.id, Window::All).await.expect("read");
    let seen: Vec<_> = messages.iter().map(|m| (m.author.kind, m.text.as_str(), m.status, m.version)).collect();
    let host = (AuthorKind::User, "Who begins?", Status::Complete, 1);
    let current = (AuthorKind::Character, "Play is how children inquire.", Status::Complete, 2);
    let cut_off = (AuthorKind::Character, "And work", Status::Interrupted, 1);
    assert_eq!(seen, [host, current, cut_off]);
    let versions = store.list_versions(talk.id, messages[1].id).await.expect("read");
    assert_eq!((versions[0].finish, versions[0].usage.clone()), (Some(Finish::Length), Some(usage())));

    assert_eq!(store.find_summary(talk.id).await.expect("read").map(|summary| summary.seq), Some(5));
    assert_eq!(store.find_share(talk.id).await.expect("read").map(|share| share.code), Some("K7QM2P".to_owned()));
    assert_eq!(store.list_activity(ada(), None, 10).await.expect("read").len(), 1);
    assert_eq!(store.find_secret("jwt").await.expect("read").expect("there").expose_secret(), "not a secret");
    assert_eq!(store.does(talk.id, say("And now?")).await.seq, 8, "the talk goes on");
    assert!(store.ready().await);
}
