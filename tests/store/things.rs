//! Own characters, perspectives, summaries, activity, secrets, join codes and remembered answers.

use chatlab::domain::character::Character;
use chatlab::domain::ids::CharacterId;
use chatlab::domain::text::Moment;
use chatlab::store::{Activity, CardToKeep, IdempotencyKey, StoreError};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::place::{Verbs, character};

const NEVER: Moment = Moment(4_102_444_800_000);
const LONG_AGO: Moment = Moment(1);

fn own(name: &str) -> Character {
    Character { id: CharacterId::generate(), pack: Character::OWN.to_owned(), ..character("x", name) }
}

on_both! {
    async fn own_characters_are_their_makers_alone(place: Place) {
        let store = place.open();
        let (ada, ben) = (store.guest().await, store.guest().await);
        let key = || Some(IdempotencyKey { key: "k".to_owned(), route: "POST /api/characters" });
        let first = store.insert_character(ada, CardToKeep::new(own("The Gardener")), key()).await.expect("made");
        let again = store.insert_character(ada, CardToKeep::new(own("The Gardener")), key()).await.expect("found");
        assert_eq!((again.repeated, &again.made), (true, &first.made));
        let id = first.made.id.clone();
        let changed = Character { tagline: "Grows things".to_owned(), ..first.made };
        store.update_character(ada, changed.clone()).await.expect("changed");
        assert_eq!(store.update_character(ben, changed.clone()).await, Err(StoreError::NotFound));
        assert_eq!(store.find_character(ben, &id).await, Ok(None));
        assert_eq!(store.list_characters(ben).await, Ok(vec![]));
        assert_eq!(store.delete_character(ben, &id).await, Ok(false));
        assert_eq!(store.find_character(ada, &id).await, Ok(Some(changed.clone())));
        let second = store.insert_character(ada, CardToKeep::new(own("The Miller")), None).await.expect("made").made;
        assert_eq!(store.list_characters(ada).await, Ok(vec![changed, second]));
        assert_eq!(store.count_characters(ada).await, Ok(2));
        assert_eq!(store.delete_character(ada, &id).await, Ok(true));
        assert_eq!(store.count_characters(ada).await, Ok(1));
    }

    async fn perspectives_are_kept_by_what_they_depend_on(place: Place) {
        let store = place.open();
        let (ada, ben) = (store.guest().await, store.guest().await);
        let [dewey, freire]: [CharacterId; 2] = ["john-dewey", "paulo-freire"].map(|slug| slug.parse().expect("a slug"));
        let text = |id: &CharacterId, text: &str| (id.clone(), text.to_owned());
        let texts = vec![text(&dewey, "Play is work."), text(&freire, "Who plays?")];
        store.insert_perspectives(ada, "d1", texts).await.expect("kept");
        store.insert_perspectives(ada, "d1", vec![text(&dewey, "Work is play.")]).await.expect("kept");
        let of = [dewey.clone(), freire];
        let found = store.list_perspectives(ada, "d1", &of).await.expect("read");
        assert_eq!((found.len(), found[&dewey].as_str()), (2, "Work is play."));
        assert_eq!(store.list_perspectives(ada, "d1", &[dewey]).await.expect("read").len(), 1);
        assert!(store.list_perspectives(ada, "d2", &of).await.expect("read").is_empty());
        assert!(store.list_perspectives(ben, "d1", &of).await.expect("read").is_empty());
    }

    async fn each_summary_stands_beside_those_before(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "Play").await.id;
        assert_eq!(store.find_summary(talk).await, Ok(None));
        let first = store.insert_summary(talk, 3, json!({"agreements": []})).await.expect("kept");
        let second = store.insert_summary(talk, 9, json!({"agreements": ["play"]})).await.expect("kept");
        assert_eq!((first.version, second.version, second.seq), (1, 2, 9));
        assert_eq!(store.find_summary(talk).await, Ok(Some(second.clone())));
        assert_eq!(store.list_summaries(talk, i32::MAX, 10).await, Ok(vec![second, first.clone()]));
        assert_eq!(store.list_summaries(talk, 2, 10).await, Ok(vec![first]), "before the second one");
    }

    async fn activity_is_read_in_order_of_arrival(place: Place) {
        let store = place.open();
        let (ada, ben) = (store.guest().await, store.guest().await);
        let viewed = |n: i64| Activity { kind: "view".to_owned(), at: Moment(n), data: json!({"n": n, "nul": "\u{0}"}) };
        store.insert_activity(ada, vec![viewed(3), viewed(1)]).await.expect("kept");
        store.insert_activity(ben, vec![viewed(7)]).await.expect("kept");
        store.insert_activity(ada, vec![viewed(2)]).await.expect("kept");
        let first = store.list_activity(ada, None, 2).await.expect("read");
        assert_eq!(first.iter().map(|kept| kept.activity.clone()).collect::<Vec<_>>(), [viewed(3), viewed(1)]);
        let rest = store.list_activity(ada, Some(first[1].id), 10).await.expect("read");
        assert_eq!(rest.iter().map(|kept| kept.activity.clone()).collect::<Vec<_>>(), [viewed(2)]);
    }

    async fn the_first_secret_of_a_name_counts(place: Place) {
        let store = place.open();
        assert!(store.find_secret("jwt").await.expect("read").is_none());
        let kept = store.find_or_insert_secret("jwt", "one".to_owned().into()).await.expect("kept");
        let there = store.find_or_insert_secret("jwt", "two".to_owned().into()).await.expect("found");
        assert_eq!((kept.expose_secret(), there.expose_secret()), ("one", "one"));
        drop(store);
        let store = place.open();
        assert_eq!(store.find_secret("jwt").await.expect("read").expect("there").expose_secret(), "one");
        store.delete_secret("jwt").await.expect("forgotten");
        assert!(store.find_secret("jwt").await.expect("read").is_none());
    }

    async fn join_codes_outlive_a_restart(place: Place) {
        let store = place.open();
        let host = store.guest().await;
        let (talk, other) = (store.discussion(host, "Play").await.id, store.discussion(host, "Work").await.id);
        let share = store.insert_share(talk, "K7QM2P".to_owned(), NEVER).await.expect("shared");
        store.insert_share(other, "EXP1RD".to_owned(), LONG_AGO).await.expect("shared");
        let taken = store.insert_share(other, "K7QM2P".to_owned(), NEVER).await;
        assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
        drop(store);
        let store = place.open();
        assert_eq!(store.list_shares().await, Ok(vec![share.clone()]));
        assert_eq!(store.find_share(talk).await, Ok(Some(share)));
        assert_eq!(store.find_share(other).await, Ok(None));
        assert_eq!(store.end_shares(talk).await, Ok(1));
        assert_eq!(store.find_share(talk).await, Ok(None));
        let again = store.insert_share(other, "K7QM2P".to_owned(), NEVER).await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "an ended code opens nothing else");
    }

    async fn the_first_answer_is_remembered(place: Place) {
        let store = place.open();
        let ada = store.guest().await;
        let key = |route| IdempotencyKey { key: "k".to_owned(), route };
        assert_eq!(store.find_idempotent(ada, key("a")).await, Ok(None));
        let first = store.find_or_insert_idempotent(ada, key("a"), json!({"id": 1})).await;
        let again = store.find_or_insert_idempotent(ada, key("a"), json!({"id": 2})).await;
        assert_eq!((first, again), (Ok(json!({"id": 1})), Ok(json!({"id": 1}))));
        assert_eq!(store.find_idempotent(ada, key("b")).await, Ok(None));
    }
}
