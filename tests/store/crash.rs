//! What survives when ChatLab is killed. The killed one is this test program itself, started again as [`victim`].

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use chatlab::domain::change::Change;
use chatlab::domain::ids::{DiscussionId, MessageId};
use chatlab::domain::message::Status;
use chatlab::domain::order::Floor;
use chatlab::store::{DatabaseUrl, Settings, Store, Window};
use secrecy::ExposeSecret;

use crate::place::{Place, Verbs, dewey, end, say, start};

const URL: &str = "STORE_VICTIM_URL";

/// Opens the database that the environment names, begins a turn and talks until it is killed. A line tells of each thing
/// only after it is committed.
#[tokio::test]
#[ignore = "started by the other tests here, to be killed"]
async fn victim() {
    let Ok(url) = std::env::var(URL) else { return };
    let store = Store::open(&Settings::new(url.parse().expect("a URL"))).expect("the store opens");
    let talk = store.discussion(store.guest().await, "Play").await.id;
    let turn = MessageId::new();
    store.does(talk, start(turn, 1)).await;
    store.checkpoint(turn, 1, "Play is".to_owned()).await.expect("written down");
    eprintln!("began {talk} {turn}");
    for n in 0.. {
        store.does(talk, say(&format!("word {n}"))).await;
        eprintln!("said {n}");
    }
}

fn start_victim(place: &Place) -> Child {
    let url = match &place.url {
        DatabaseUrl::Sqlite(path) => format!("sqlite:///{}", path.display()),
        DatabaseUrl::Postgres(url) => url.expose_secret().to_owned(),
    };
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "crash::victim", "--ignored", "--nocapture"])
        .env(URL, url)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// Lets it speak so many words and kills it. The discussion, the running turn, and the last word it told of.
fn kill_after(mut victim: Child, words: usize) -> (DiscussionId, MessageId, usize) {
    let mut told = BufReader::new(victim.stderr.take().expect("piped")).lines().map(|line| line.expect("text"));
    let began = told.find(|line| line.starts_with("began ")).expect("it begins");
    let ids: Vec<&str> = began.split(' ').skip(1).collect();
    let said = |line: &String| line.strip_prefix("said ").and_then(|n| n.parse::<usize>().ok());
    let reached = told.by_ref().filter_map(|line| said(&line)).find(|n| *n >= words).expect("it speaks");
    victim.kill().expect("killed");
    // What was told before the end still stands in the pipe.
    let last = told.filter_map(|line| said(&line)).last().unwrap_or(reached);
    victim.wait().expect("ended");
    (ids[0].parse().expect("an id"), ids[1].parse().expect("an id"), last)
}

on_both! {
    async fn what_was_acknowledged_survives_a_kill(place: Place) {
        let (talk, turn, last) = kill_after(start_victim(&place), 40);
        let store = place.open();
        let messages = store.list_messages(talk, Window::All).await.expect("read");
        let said: Vec<&str> = messages.iter().skip(1).map(|message| message.text.as_str()).collect();
        assert!(said.len() > last, "{} of {last} words", said.len());
        assert!(said.iter().enumerate().all(|(n, text)| *text == format!("word {n}")), "each once and in order");
        assert_eq!(messages[0].id, turn);
        assert_eq!((messages[0].status, messages[0].text.as_str()), (Status::Interrupted, "Play is"));
        let record = store.find_discussion(talk).await.expect("read").expect("it is there");
        assert_eq!(messages[0].seq, record.last_seq, "the interruption is a change with a number of its own");
        assert_eq!(record.last_seq, i64::try_from(messages.len()).expect("few") + 1);
    }

    async fn a_turn_that_was_cut_off_counts_if_something_was_said(place: Place) {
        let store = place.open();
        let host = store.guest().await;
        let (spoke, silent) = (store.discussion(host, "One").await.id, store.discussion(host, "Two").await.id);
        let (words, nothing) = (MessageId::new(), MessageId::new());
        store.does(spoke, start(words, 1)).await;
        store.checkpoint(words, 1, "Play".to_owned()).await.expect("written down");
        store.does(silent, start(nothing, 1)).await;
        drop(store);

        let store = place.open();
        let (floor_of_one, floor_of_two) = (floor(&store, spoke).await, floor(&store, silent).await);
        assert_eq!((floor_of_one.last, floor_of_one.heard.len()), (dewey().id, 1));
        assert_eq!(floor_of_two, Floor::default());
        let message = store.find_message(silent, nothing).await.expect("read").expect("it is there");
        assert_eq!((message.status, message.text.as_str(), message.seq), (Status::Interrupted, "", 2));
        assert!(message.error.is_some(), "the host is told why");
        // Nothing is left to end: a second start changes nothing.
        drop(store);
        let store = place.open();
        let record = store.find_discussion(spoke).await.expect("read").expect("it is there");
        assert_eq!(record.last_seq, 2);
    }

    async fn a_call_during_the_turn_is_still_to_be_answered(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "Play").await.id;
        let turn = MessageId::new();
        store.does(talk, start(turn, 1)).await;
        store.checkpoint(turn, 1, "Play is".to_owned()).await.expect("written down");
        let called = Floor { called: dewey().id, ..Floor::default() };
        let asked = crate::place::commit(talk, say("Dewey, and work?"));
        store.commit(chatlab::domain::change::Commit { floor: Some(called), ..asked }).await.expect("said");
        assert_eq!(store.interrupt_streaming(talk).await, Ok(1));
        assert_eq!(floor(&store, talk).await.called, dewey().id);
    }

    async fn a_broken_actors_turn_is_ended_for_its_discussion_alone(place: Place) {
        let store = place.open();
        let host = store.guest().await;
        let (broken, well) = (store.discussion(host, "One").await.id, store.discussion(host, "Two").await.id);
        let (ended, running) = (MessageId::new(), MessageId::new());
        store.does(broken, start(ended, 1)).await;
        store.does(well, start(running, 1)).await;
        assert_eq!(store.interrupt_streaming(broken).await, Ok(1));
        assert_eq!(store.interrupt_streaming(broken).await, Ok(0));
        let status = async |talk, turn| store.find_message(talk, turn).await.expect("read").expect("there").status;
        assert_eq!(status(broken, ended).await, Status::Interrupted);
        assert_eq!(status(well, running).await, Status::Streaming);
    }

    async fn a_version_that_was_cut_off_never_takes_the_place_of_the_first(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "Play").await.id;
        let turn = MessageId::new();
        store.does(talk, start(turn, 1)).await;
        store.does(talk, Change::EndTurn(end(turn, 1, "One."))).await;
        store.does(talk, start(turn, 2)).await;
        store.checkpoint(turn, 2, "Tw".to_owned()).await.expect("written down");
        let before = floor(&store, talk).await;
        drop(store);
        let store = place.open();
        let message = store.find_message(talk, turn).await.expect("read").expect("it is there");
        assert_eq!((message.text.as_str(), message.version, message.seq), ("One.", 1, 4));
        let versions = store.list_versions(talk, turn).await.expect("read");
        assert_eq!((versions[1].text.as_str(), versions[1].status), ("Tw", Status::Interrupted));
        let record = store.find_discussion(talk).await.expect("read").expect("it is there");
        assert_eq!((record.last_seq, record.floor), (4, before));
    }
}

async fn floor(store: &Store, talk: DiscussionId) -> Floor {
    store.find_discussion(talk).await.expect("read").expect("it is there").floor
}
