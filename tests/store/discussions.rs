//! Discussions are opened, found, listed and deleted.

use chatlab::domain::change::{Change, Edit};
use chatlab::domain::ids::{DiscussionId, MessageId, UserId};
use chatlab::domain::order::Floor;
use chatlab::store::{Cursor, IdempotencyKey, Snippet, Store, StoreError, Window};

use crate::place::{Verbs, end, new_discussion, say, start};

/// All pages of a list, and how many discussions each has.
async fn pages(store: &Store, owner: UserId, q: Option<&str>, limit: i64) -> (Vec<DiscussionId>, Vec<usize>) {
    let (mut ids, mut sizes, mut cursor) = (vec![], vec![], None);
    loop {
        let page = store.list_discussions(owner, q, cursor, limit).await.expect("a page");
        sizes.push(page.items.len());
        ids.extend(page.items.iter().map(|item| item.record.id));
        // As it travels: in text.
        cursor = page.next.map(|next| next.to_string().parse::<Cursor>().expect("a cursor reads back"));
        if cursor.is_none() {
            return (ids, sizes);
        }
    }
}

async fn found(store: &Store, owner: UserId, q: &str) -> Vec<Option<Snippet>> {
    let page = store.list_discussions(owner, Some(q), None, 50).await.expect("a page");
    page.items.into_iter().map(|item| item.snippet).collect()
}

on_both! {
    async fn a_discussion_is_kept_as_it_began(place: Place) {
        let store = place.open();
        let host = store.guest().await;
        let made = store.discussion(host, "What is play for?").await;
        assert_eq!((made.last_seq, made.message_count, &made.floor), (0, 0, &Floor::default()));
        assert_eq!(made.participants, new_discussion(host, "").participants);
        drop(store);
        let store = place.open();
        assert_eq!(store.find_discussion(made.id).await, Ok(Some(made)));
        assert_eq!(store.find_discussion(DiscussionId::new()).await, Ok(None));
        let nobodys = store.insert_discussion(new_discussion(UserId::new(), "Whose?"), None).await;
        assert_eq!(nobodys.map(|created| created.repeated), Err(StoreError::NotFound));
    }

    async fn the_same_idempotency_key_makes_one(place: Place) {
        let store = place.open();
        let (ada, ben) = (store.guest().await, store.guest().await);
        let key = || Some(IdempotencyKey { key: "k1".to_owned(), route: "POST /api/discussions" });
        let first = store.insert_discussion(new_discussion(ada, "Play"), key()).await.expect("made");
        let again = store.insert_discussion(new_discussion(ada, "Play"), key()).await.expect("found");
        assert_eq!((first.repeated, again.repeated, again.made.id), (false, true, first.made.id));
        let bens = store.insert_discussion(new_discussion(ben, "Play"), key()).await.expect("made");
        assert!(!bens.repeated, "the key counts per user");
        assert_eq!(store.count_discussions(ada).await, Ok(1));
        assert!(store.delete_discussion(first.made.id).await.expect("deleted"));
        let anew = store.insert_discussion(new_discussion(ada, "Play"), key()).await.expect("made");
        assert!(!anew.repeated, "what is gone cannot be given back");
    }

    async fn lists_have_the_newest_activity_first(place: Place) {
        let store = place.open();
        let (ada, ben) = (store.guest().await, store.guest().await);
        let mut ids = vec![];
        for n in 0..7 {
            ids.push(store.discussion(ada, &format!("Topic {n}")).await.id);
        }
        store.discussion(ben, "Somebody else's").await;
        ids.reverse();
        assert_eq!(pages(&store, ada, None, 3).await, (ids.clone(), vec![3, 3, 1]));
        assert_eq!(pages(&store, ada, None, 7).await, (ids.clone(), vec![7]));

        let oldest = ids.pop().expect("seven");
        let at = store.does(oldest, say("Still here?")).await.at;
        let listed = store.list_discussions(ada, None, None, 1).await.expect("a page");
        let first = &listed.items[0].record;
        assert!(first.id == oldest || first.updated_at == at, "within one millisecond the id decides");
        assert_eq!(first.participants.len(), 2);
    }

    async fn a_page_goes_on_where_the_last_one_ended(place: Place) {
        let store = place.open();
        let ada = store.guest().await;
        for n in 0..4 {
            store.discussion(ada, &format!("Topic {n}")).await;
        }
        let first = store.list_discussions(ada, None, None, 2).await.expect("a page");
        store.discussion(ada, "Newer").await;
        let second = store.list_discussions(ada, None, first.next, 2).await.expect("a page");
        let topics: Vec<_> = first.items.iter().chain(&second.items).map(|item| item.record.topic.as_str()).collect();
        assert_eq!(topics, ["Topic 3", "Topic 2", "Topic 1", "Topic 0"]);
        assert_eq!(second.next, None);
    }

    async fn a_search_looks_in_title_topic_and_messages(place: Place) {
        let store = place.open();
        let (ada, ben) = (store.guest().await, store.guest().await);
        let talk = store.discussion(ada, "Was heißt ÉDUCATION?").await.id;
        store.does(talk, Change::Edit(Edit { title: Some("Monday, 100 % play".to_owned()), ..Edit::default() })).await;
        let turn = MessageId::new();
        store.does(talk, start(turn, 1)).await;
        store.does(talk, Change::EndTurn(end(turn, 1, "A slide rule is not a ruler."))).await;
        store.discussion(ada, "Something else").await;

        let part = |message, before: &str, matched: &str, after: &str| {
            let [before, matched, after] = [before, matched, after].map(str::to_owned);
            vec![Some(Snippet { message, before, matched, after })]
        };
        assert_eq!(found(&store, ada, "100 %").await, part(None, "Monday, ", "100 %", " play"));
        assert_eq!(found(&store, ada, "Slide RULE").await, part(Some(turn), "A ", "slide rule", " is not a ruler."));
        assert_eq!(found(&store, ada, "_").await, vec![]);
        assert_eq!(found(&store, ben, "slide").await, vec![]);
        assert_eq!(found(&store, ada, " ").await, vec![None, None], "blanks are no search");
        if place.url.file().is_some() {
            // Postgres lowers as its locale does.
            assert_eq!(found(&store, ada, "éducation").await, part(None, "Was heißt ", "ÉDUCATION", "?"));
        }
        store.does(talk, start(turn, 2)).await;
        store.does(talk, Change::EndTurn(end(turn, 2, "Now without it."))).await;
        assert_eq!(found(&store, ada, "slide").await, vec![], "only what is current is found");
    }

    async fn messages_are_read_in_windows(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "Play").await.id;
        let turn = MessageId::new();
        store.does(talk, start(turn, 1)).await;
        for n in 2..=6 {
            store.does(talk, say(&format!("{n}"))).await;
        }
        store.does(talk, Change::EndTurn(end(turn, 1, "1"))).await;
        let texts = async |window| -> Vec<String> {
            let messages = store.list_messages(talk, window).await.expect("read");
            messages.into_iter().map(|message| message.text).collect()
        };
        assert_eq!(texts(Window::All).await, ["1", "2", "3", "4", "5", "6"]);
        assert_eq!(texts(Window::Before { position: i64::MAX, limit: 2 }).await, ["5", "6"]);
        assert_eq!(texts(Window::Before { position: 4, limit: 2 }).await, ["2", "3"]);
        assert_eq!(texts(Window::From { position: 4, limit: 2 }).await, ["4", "5"]);
        assert_eq!(texts(Window::After { seq: 5, limit: 10 }).await, ["1", "6"]);
        assert_eq!(texts(Window::After { seq: 7, limit: 10 }).await, Vec::<String>::new());
    }

    async fn a_deleted_discussion_is_gone_with_everything(place: Place) {
        let store = place.open();
        let ada = store.guest().await;
        let talk = store.discussion(ada, "Play").await.id;
        store.does(talk, say("Gone soon")).await;
        assert_eq!(store.delete_discussion(talk).await, Ok(true));
        assert_eq!(store.delete_discussion(talk).await, Ok(false));
        assert_eq!(store.find_discussion(talk).await, Ok(None));
        assert_eq!(store.list_messages(talk, Window::All).await, Ok(vec![]));
        assert_eq!(store.count_discussions(ada).await, Ok(0));
    }
}
