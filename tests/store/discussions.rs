//! Discussions are opened, found, listed and deleted.

use chatlab::domain::change::{Change, Edit};
use chatlab::domain::ids::{DiscussionId, MessageId, UserId};
use chatlab::domain::order::Floor;
use chatlab::store::{Cursor, DatabaseUrl, IdempotencyKey, Search, Snippet, Store, StoreError, Window};

use crate::place::{Verbs, dewey, end, new_discussion, say, start};

/// All pages of a list, and how many discussions each has.
async fn pages(store: &Store, owner: UserId, search: Search, limit: i64) -> (Vec<DiscussionId>, Vec<usize>) {
    let (mut ids, mut sizes, mut cursor) = (vec![], vec![], None);
    loop {
        let page = store.list_discussions(owner, search.clone(), cursor, limit).await.expect("a page");
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
    let page = store.list_discussions(owner, Search::words(q), None, 50).await.expect("a page");
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
        assert_eq!(pages(&store, ada, Search::default(), 3).await, (ids.clone(), vec![3, 3, 1]));
        assert_eq!(pages(&store, ada, Search::default(), 7).await, (ids.clone(), vec![7]));

        let oldest = ids.pop().expect("seven");
        let at = store.does(oldest, say("Still here?")).await.at;
        let listed = store.list_discussions(ada, Search::default(), None, 1).await.expect("a page");
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
        let first = store.list_discussions(ada, Search::default(), None, 2).await.expect("a page");
        store.discussion(ada, "Newer").await;
        let second = store.list_discussions(ada, Search::default(), first.next, 2).await.expect("a page");
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
        assert_eq!(found(&store, ada, "100 %").await, part(None, "Monday, ", "100", " % play"));
        assert_eq!(found(&store, ada, "Slide RULE").await, part(Some(turn), "A ", "slide rule", " is not a ruler."));
        assert_eq!(found(&store, ada, "_").await, vec![]);
        assert_eq!(found(&store, ben, "slide").await, vec![]);
        assert_eq!(found(&store, ada, " ").await, vec![None, None], "blanks are no search");
        for q in ["éducation", "EDUCAT", "e\u{301}ducation was"] {
            let (before, matched) = if q.ends_with("was") { ("", "Was") } else { ("Was heißt ", "ÉDUCATION") };
            let after = if q.ends_with("was") { " heißt ÉDUCATION?" } else { "?" };
            assert_eq!(found(&store, ada, q).await, part(None, before, matched, after), "{q}");
        }
        for q in ["\"", "'); --", "rule:*", "NOT", "slide OR nothing", "a\\b"] {
            let found = found(&store, ada, q).await.len();
            assert_eq!(found, usize::from(matches!(q, "rule:*" | "NOT")), "{q}: words are words, not a language");
        }
        store.does(talk, start(turn, 2)).await;
        store.does(talk, Change::EndTurn(end(turn, 2, "Now without it."))).await;
        assert_eq!(found(&store, ada, "slide").await, vec![], "only what is current is found");
    }

    async fn a_word_of_the_topic_leads_to_the_message_that_has_it_too(place: Place) {
        let store = place.open();
        let ada = store.guest().await;
        let talk = store.discussion(ada, "What is play for?").await.id;
        assert_eq!(found(&store, ada, "play").await[0].as_ref().map(|snippet| snippet.message), Some(None));
        let turn = MessageId::new();
        store.does(talk, start(turn, 1)).await;
        store.does(talk, Change::EndTurn(end(turn, 1, "Play is work."))).await;
        assert_eq!(found(&store, ada, "play").await[0].as_ref().map(|snippet| snippet.message), Some(Some(turn)));
    }

    /// More than are looked up one by one; most of them are somebody else's.
    async fn a_word_that_everybody_uses_is_found_as_a_rare_one_is(place: Place) {
        let store = place.open();
        let (ada, ben) = (store.guest().await, store.guest().await);
        let topics: Vec<String> = (0..1_100).map(|n| format!("Common ground {n}")).collect();
        futures_util::future::join_all(topics.iter().map(|topic| store.discussion(ben, topic))).await;
        let mut hers = vec![];
        for topic in ["Common sense", "Something else", "Nothing in common", "Something rare"] {
            hers.push(store.discussion(ada, topic).await.id);
        }
        let turn = MessageId::new();
        store.does(hers[3], start(turn, 1)).await;
        store.does(hers[3], Change::EndTurn(end(turn, 1, "Rare, but common among us."))).await;
        for limit in [1, 50] {
            let in_all = pages(&store, ada, Search::words("common"), limit).await.0;
            assert_eq!(in_all, [hers[3], hers[2], hers[0]], "newest first, by {limit}");
            assert_eq!(pages(&store, ada, Search::words("common rare"), limit).await.0, [hers[3]]);
            let theirs = Search { character: dewey().id, ..Search::words("common") };
            assert_eq!(pages(&store, ada, theirs, limit).await.0, [hers[3]]);
        }
        let snippet = found(&store, ada, "common").await.remove(0).expect("a snippet");
        assert_eq!((snippet.message, snippet.matched.as_str()), (Some(turn), "common"));
    }

    async fn words_of_scripts_without_blanks_are_found_within_a_sentence(place: Place) {
        let store = place.open();
        let ada = store.guest().await;
        let talk = store.discussion(ada, "教育とは何か").await.id;
        store.does(talk, say(&format!("{}遊びは学び。เด็กเล่นเพื่อเรียนรู้", "長".repeat(80)))).await;
        for q in ["何か", "教育", "学び", "เล่น", "遊びは学び"] {
            assert_eq!(found(&store, ada, q).await.len(), 1, "{q}");
        }
        assert_eq!(found(&store, ada, "犬").await, vec![]);
        let snippet = found(&store, ada, "遊び").await.remove(0).expect("a snippet");
        assert_eq!((snippet.matched.as_str(), snippet.after.chars().next()), ("遊び", Some('は')));
        // As the version before wrote them: one word of the whole sentence.
        store.close().await;
        place.execute(
            "DELETE FROM texts; INSERT INTO texts (discussion_id, folded) SELECT id, '教育とは何か' FROM discussions",
        );
        place.execute(match &place.url {
            DatabaseUrl::Sqlite(_) => include_str!("../../migrations/sqlite/0027_search_letters/up.sql"),
            DatabaseUrl::Postgres(_) => include_str!("../../migrations/postgres/0027_search_letters/up.sql"),
        });
        let store = place.open();
        for q in ["何か", "学び"] {
            assert_eq!(found(&store, ada, q).await.len(), 1, "{q}, written anew");
        }
    }

    async fn a_list_is_narrowed_by_character_time_and_archive(place: Place) {
        let store = place.open();
        let ada = store.guest().await;
        let talk = store.discussion(ada, "Play").await;
        let turn = MessageId::new();
        store.does(talk.id, start(turn, 1)).await;
        store.does(talk.id, Change::EndTurn(end(turn, 1, "Slides."))).await;
        store.does(talk.id, say("Rulers.")).await;
        let count = async |search: Search| store.list_discussions(ada, search, None, 9).await.expect("a page").items.len();
        let by = |id: &str, q: Option<&str>| Search {
            character: id.parse().ok(),
            q: q.map(str::to_owned),
            ..Search::default()
        };
        assert_eq!(count(by("john-dewey", None)).await, 1);
        assert_eq!(count(by("jean-piaget", None)).await, 0);
        assert_eq!(count(by("john-dewey", Some("slides"))).await, 1);
        assert_eq!(count(by("john-dewey", Some("rulers"))).await, 0, "the host said that");
        let record = store.find_discussion(talk.id).await.expect("read").expect("there");
        let (from, to) = (Some(record.updated_at), Some(record.updated_at));
        assert_eq!(count(Search { from, ..Search::default() }).await, 1);
        assert_eq!(count(Search { to, ..Search::default() }).await, 0);
        store.does(talk.id, Change::Edit(Edit { archived: Some(true), ..Edit::default() })).await;
        assert_eq!(count(Search { archived: Some(false), ..Search::default() }).await, 0);
        assert_eq!(count(Search { archived: Some(true), ..Search::default() }).await, 1);
        assert_eq!(count(Search::default()).await, 1);
    }

    async fn struck_words_are_not_found(place: Place) {
        let store = place.open();
        let ada = store.guest().await;
        let talk = store.discussion(ada, "Play").await.id;
        let said = MessageId::new();
        let author = chatlab::domain::message::Author::host();
        store.does(talk, Change::Say { message: said, author, text: "Xylophone".to_owned() }).await;
        assert_eq!(found(&store, ada, "xylophone").await.len(), 1);
        let (text, reason) = ("Xylophones".to_owned(), Some("all of them".to_owned()));
        store.does(talk, Change::EditMessage { message: said, text, reason }).await;
        store.does(talk, Change::Strike { message: said, reason: Some("loud".to_owned()) }).await;
        assert_eq!(found(&store, ada, "xylophone").await, vec![]);
        assert_eq!(store.list_places(talk).await.map(|places| places.contains_key(&said)), Ok(false));
        let kept = store.list_versions(talk, said).await.expect("read");
        assert_eq!((kept[0].text.as_str(), kept[1].text.as_str()), ("Xylophone", "Xylophones"));
        let reasons = (kept[1].earlier_reason.as_deref(), kept[1].reason.as_deref());
        assert_eq!(reasons, (Some("all of them"), Some("loud")), "why it was written, and why struck");
        let copy = store.fork_discussion(talk, said, None).await.expect("forked").made;
        assert_eq!((copy.message_count, copy.forked_from.map(|fork| fork.discussion)), (0, Some(talk)));
    }

    async fn a_fork_is_found_by_what_was_said_alone(place: Place) {
        let store = place.open();
        let ada = store.guest().await;
        let talk = store.discussion(ada, "Play").await.id;
        store.does(talk, Change::Seats { told: Some((MessageId::new(), "Jean Piaget joins.".to_owned())) }).await;
        let author = chatlab::domain::message::Author::host();
        let said = MessageId::new();
        store.does(talk, Change::Say { message: said, author, text: "Xylophone".to_owned() }).await;
        store.fork_discussion(talk, said, None).await.expect("forked");
        assert_eq!(found(&store, ada, "xylophone").await.len(), 2);
        assert_eq!(found(&store, ada, "joins").await, vec![]);
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
        let after = |seq| Window::After { seq, from: 0, before: i64::MAX, limit: 10 };
        assert_eq!(texts(after(5)).await, ["1", "6"]);
        assert_eq!(texts(after(7)).await, Vec::<String>::new());
        assert_eq!(texts(Window::After { seq: 0, from: 2, before: 6, limit: 3 }).await, ["2", "3", "4"]);
        assert_eq!(texts(Window::After { seq: 5, from: 2, before: 9, limit: 3 }).await, ["6"]);
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
