//! Changes are written whole, numbered without holes, and once.

use chatlab::domain::change::{Change, CommandKey, Commit, Committed, Edit, EndedTurn};
use chatlab::domain::ids::{DiscussionId, MessageId};
use chatlab::domain::message::{Finish, Status, Usage};
use chatlab::domain::order::{Floor, TurnOrder};
use chatlab::domain::style::{Length, Level, Style};
use chatlab::store::{StoreError, Window};

use crate::place::{Verbs, commit, dewey, end, say, start};

fn usage() -> Usage {
    Usage {
        provider: "anthropic".to_owned(),
        model: "claude-sonnet-5-5".to_owned(),
        input_tokens: 700,
        cache_read_tokens: 3000,
        cache_write_tokens: 0,
        output_tokens: 160,
        cost_usd: Some(0.0125),
        estimated: true,
    }
}

on_both! {
    async fn a_turn_is_a_message_from_its_start(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "What is play for?").await.id;
        let turn = MessageId::new();

        let started = store.does(talk, start(turn, 1)).await;
        assert_eq!((started.seq, started.position, started.repeated), (1, Some(1), false));
        let message = store.find_message(talk, turn).await.expect("read").expect("it is there");
        assert_eq!((message.status, message.text.as_str(), &message.author), (Status::Streaming, "", &dewey()));

        store.checkpoint(turn, 1, "Play is".to_owned()).await.expect("written down");
        let message = store.find_message(talk, turn).await.expect("read").expect("it is there");
        assert_eq!((message.seq, message.text.as_str()), (1, "Play is"));

        let floor = Floor { last: dewey().id, ..Floor::default() };
        let ended = EndedTurn { usage: Some(usage()), finish: Some(Finish::Length), ..end(turn, 1, "Play is work.") };
        let change = Change::EndTurn(ended);
        let ended = store.commit(Commit { floor: Some(floor.clone()), ..commit(talk, change) }).await.expect("ended");
        assert_eq!((ended.seq, ended.position), (2, Some(1)));

        let message = store.find_message(talk, turn).await.expect("read").expect("it is there");
        assert_eq!((message.seq, message.position, message.version), (2, 1, 1));
        assert_eq!((message.text.as_str(), message.status), ("Play is work.", Status::Complete));
        assert_eq!((message.finish, message.usage), (Some(Finish::Length), Some(usage())));
        assert_eq!(message.created_at, started.at);
        let record = store.find_discussion(talk).await.expect("read").expect("it is there");
        assert_eq!((record.last_seq, record.message_count, record.floor), (2, 1, floor));
        assert_eq!(record.updated_at, ended.at);
    }

    async fn a_checkpoint_after_the_end_is_nothing(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "Play").await.id;
        let turn = MessageId::new();
        store.does(talk, start(turn, 1)).await;
        store.does(talk, Change::EndTurn(end(turn, 1, "Whole."))).await;
        store.checkpoint(turn, 1, "Wh".to_owned()).await.expect("no error");
        let again = store.commit(commit(talk, Change::EndTurn(end(turn, 1, "Again.")))).await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
        let message = store.find_message(talk, turn).await.expect("read").expect("it is there");
        assert_eq!((message.text.as_str(), message.seq), ("Whole.", 2));
    }

    async fn another_version_stands_beside_the_current_one(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "Play").await.id;
        let turn = MessageId::new();
        store.does(talk, start(turn, 1)).await;
        store.does(talk, Change::EndTurn(end(turn, 1, "One."))).await;

        let second = store.does(talk, start(turn, 2)).await;
        assert_eq!((second.position, second.version), (Some(1), Some(2)));
        let failed = EndedTurn { status: Status::Failed, becomes_current: false, ..end(turn, 2, "") };
        assert_eq!(store.does(talk, Change::EndTurn(failed)).await.seq, 4);
        let message = store.find_message(talk, turn).await.expect("read").expect("it is there");
        assert_eq!((message.text.as_str(), message.version, message.seq), ("One.", 1, 4), "it stands, newly told");

        store.does(talk, start(turn, 3)).await;
        store.does(talk, Change::EndTurn(end(turn, 3, "Three."))).await;
        let message = store.find_message(talk, turn).await.expect("read").expect("it is there");
        assert_eq!((message.text.as_str(), message.version, message.seq), ("Three.", 3, 6));
        let versions = store.list_versions(talk, turn).await.expect("read");
        let seen: Vec<_> = versions.iter().map(|v| (v.version, v.current, v.text.as_str(), v.status)).collect();
        let (complete, failed) = (Status::Complete, Status::Failed);
        assert_eq!(seen, [(1, false, "One.", complete), (2, false, "", failed), (3, true, "Three.", complete)]);
    }

    async fn a_command_takes_effect_once(place: Place) {
        let store = place.open();
        let host = store.guest().await;
        let talk = store.discussion(host, "Play").await.id;
        let key = CommandKey { user: host, id: "say-1".to_owned() };
        let once = || Commit { command: Some(key.clone()), ..commit(talk, say("Why?")) };

        let first = store.commit(once()).await.expect("committed");
        store.does(talk, say("Go on.")).await;
        let again = store.commit(once()).await.expect("answered");
        assert_eq!(again, Committed { seq: first.seq, position: None, version: None, at: first.at, repeated: true });

        drop(store);
        let store = place.open();
        assert!(store.commit(once()).await.expect("answered").repeated, "also after a restart");
        assert_eq!(store.list_messages(talk, Window::All).await.expect("read").len(), 2);
        assert_eq!(store.list_commands(talk).await.expect("read"), [(key.clone(), first.seq)]);

        let elsewhere = store.discussion(host, "Work").await.id;
        let other = Commit { discussion: elsewhere, ..once() };
        assert!(!store.commit(other).await.expect("committed").repeated, "the id counts per discussion");
    }

    async fn a_command_is_forgotten_after_a_day(place: Place) {
        let store = place.open();
        let host = store.guest().await;
        let talk = store.discussion(host, "Play").await.id;
        let key = |id: &str| CommandKey { user: host, id: id.to_owned() };
        let once = |id: &str| Commit { command: Some(key(id)), ..commit(talk, say("Why?")) };
        for id in ["a", "b", "c"] {
            store.commit(once(id)).await.expect("committed");
        }
        place.execute("UPDATE commands SET created_at = created_at - 86400000 WHERE client_id <> 'c'");
        assert_eq!(store.list_commands(talk).await, Ok(vec![(key("c"), 3)]));
        let again = store.commit(once("a")).await.expect("committed");
        assert_eq!((again.seq, again.repeated), (4, false));
        drop(store);
        // The first write after a start throws away what has expired.
        let store = place.open();
        store.does(talk, say("Next")).await;
        place.execute("UPDATE commands SET created_at = created_at + 86400000");
        assert_eq!(store.list_commands(talk).await, Ok(vec![(key("a"), 4), (key("c"), 3)]));
    }

    async fn a_refused_change_leaves_no_hole(place: Place) {
        let store = place.open();
        let host = store.guest().await;
        let talk = store.discussion(host, "Play").await.id;
        let turn = MessageId::new();
        store.does(talk, start(turn, 1)).await;
        let key = CommandKey { user: host, id: "next-1".to_owned() };
        let twice = Commit { command: Some(key), ..commit(talk, start(turn, 1)) };
        assert!(matches!(store.commit(twice).await, Err(StoreError::Conflict(_))));
        let unknown = Change::EndTurn(end(MessageId::new(), 1, "Whose?"));
        assert_eq!(store.commit(commit(talk, unknown)).await, Err(StoreError::NotFound));
        assert_eq!(store.does(talk, say("Next")).await.seq, 2);
        assert_eq!(store.list_commands(talk).await.expect("read"), [], "a refusal is not remembered");
    }

    async fn a_message_belongs_to_its_discussion(place: Place) {
        let store = place.open();
        let host = store.guest().await;
        let (here, there) = (store.discussion(host, "Here").await.id, store.discussion(host, "There").await.id);
        let turn = MessageId::new();
        store.does(here, start(turn, 1)).await;
        let wrong = store.commit(commit(there, Change::EndTurn(end(turn, 1, "Where?")))).await;
        assert_eq!(wrong, Err(StoreError::NotFound));
        let nowhere = store.commit(commit(DiscussionId::new(), say("Hello?"))).await;
        assert_eq!(nowhere, Err(StoreError::NotFound));
        assert_eq!(store.find_message(there, turn).await, Ok(None));
        assert_eq!(store.list_versions(there, turn).await, Ok(vec![]));
    }

    async fn an_edit_changes_what_it_names(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "Play").await.id;
        let edit = Change::Edit(Edit { title: Some("Recess".to_owned()), archived: Some(true), ..Edit::default() });
        let edited = store.does(talk, edit).await;
        assert_eq!((edited.seq, edited.position), (1, None));
        let (turn_order, length, level) = (Some(TurnOrder::RoundRobin), Some(Length::Short), Some(Level::Age10));
        store.does(talk, Change::Edit(Edit { turn_order, length, level, ..Edit::default() })).await;
        let record = store.find_discussion(talk).await.expect("read").expect("it is there");
        assert_eq!((record.title.as_str(), record.topic.as_str()), ("Recess", "Play"));
        assert_eq!(record.style, Style { length: Length::Short, level: Level::Age10 });
        assert!(record.archived, "until it is said otherwise");
        assert_eq!((record.turn_order, record.last_seq, record.message_count), (TurnOrder::RoundRobin, 2, 0));
    }

    async fn neighbours_of_a_bad_write_are_kept(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "Play").await.id;
        let taken = MessageId::new();
        store.does(talk, start(taken, 1)).await;
        // All at once, so that they share transactions; every third one is bad.
        let writes = (0..300).map(|n| {
            let change = if n % 3 == 0 { start(taken, 1) } else { say(&format!("{n}")) };
            store.commit(commit(talk, change))
        });
        let outcomes = futures_util::future::join_all(writes).await;
        let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::Conflict(_)))).count();
        assert_eq!(refused, 100);
        let mut numbers: Vec<i64> = outcomes.iter().flatten().map(|committed| committed.seq).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (2..=201).collect::<Vec<i64>>());
        let kept = store.list_messages(talk, Window::All).await.expect("read");
        assert_eq!(kept.iter().map(|message| message.position).collect::<Vec<_>>(), (1..=201).collect::<Vec<i64>>());
        assert!(store.ready().await, "what was refused is no fault of the database");
    }
}
