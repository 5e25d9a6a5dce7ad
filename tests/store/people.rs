//! Users and their logins.

use chatlab::domain::ids::{MessageId, UserId};
use chatlab::domain::message::Usage;
use chatlab::domain::text::Moment;
use chatlab::store::{Attempt, NewUser, Purpose, Rotation, Spender, StoreError, UserKind, UserPatch, Window};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::place::{Verbs, say};

const NEVER: Moment = Moment(4_102_444_800_000);
const LONG_AGO: Moment = Moment(1);

fn account(email: &str) -> NewUser {
    NewUser { kind: UserKind::Account, email: Some(email.to_owned()), ..NewUser::guest("Ada") }
}

on_both! {
    async fn a_guest_becomes_an_account_and_keeps_everything(place: Place) {
        let store = place.open();
        let guest = store.insert_user(NewUser::guest("Guest")).await.expect("a guest");
        assert_eq!((guest.kind, guest.email, guest.preferences), (UserKind::Guest, None, json!({})));
        let talk = store.discussion(guest.id, "Play").await.id;
        let patch = UserPatch {
            kind: Some(UserKind::Account),
            email: Some("ada@example.org".to_owned()),
            password_hash: Some("$argon2id$…".to_owned().into()),
            preferences: json!({"theme": "dark"}).as_object().cloned(),
            ..UserPatch::default()
        };
        let ada = store.update_user(guest.id, patch).await.expect("changed");
        assert_eq!((ada.kind, ada.name.as_str(), &ada.preferences["theme"]), (UserKind::Account, "Guest", &json!("dark")));
        assert!(ada.last_seen_at >= guest.last_seen_at);
        let found = store.find_user_by_email("ada@example.org").await.expect("read").expect("she is there");
        assert_eq!((found.id, found.email_confirmed_at), (guest.id, None));
        assert_eq!(found.password_hash.map(|hash| hash.expose_secret().to_owned()), Some("$argon2id$…".to_owned()));
        assert_eq!(store.find_discussion(talk).await.expect("read").expect("it is there").owner, ada.id);
        assert!(store.find_user(UserId::new()).await.expect("read").is_none());
        assert_eq!(store.update_last_seen(UserId::new()).await, Err(StoreError::NotFound));
    }

    async fn an_address_belongs_to_one(place: Place) {
        let store = place.open();
        store.insert_user(account("ada@example.org")).await.expect("the first");
        let second = store.insert_user(account("ada@example.org")).await.err();
        assert!(matches!(second, Some(StoreError::Conflict(_))), "{second:?}");
        let ben = store.insert_user(account("ben@example.org")).await.expect("another").id;
        let taken = UserPatch { email: Some("ada@example.org".to_owned()), ..UserPatch::default() };
        let taken = store.update_user(ben, taken).await.err();
        assert!(matches!(taken, Some(StoreError::Conflict(_))), "{taken:?}");
    }

    async fn a_deleted_user_leaves_nothing(place: Place) {
        let store = place.open();
        let (ada, ben) = (store.guest().await, store.guest().await);
        let (hers, his) = (store.discussion(ada, "Hers").await.id, store.discussion(ben, "His").await.id);
        store.does(hers, say("Gone soon")).await;
        store.insert_login(ada, "h1".to_owned(), NEVER).await.expect("signed in");
        assert_eq!(store.delete_user(ada).await, Ok(true));
        assert_eq!(store.delete_user(ada).await, Ok(false));
        assert_eq!(store.find_discussion(hers).await, Ok(None));
        assert_eq!(store.list_messages(hers, Window::All).await, Ok(vec![]));
        assert_eq!(store.find_login("h1").await, Ok(None));
        assert!(store.find_discussion(his).await.expect("read").is_some());
    }

    async fn what_a_deleted_user_spent_is_nobodys_and_counts_still(place: Place) {
        let store = place.open();
        let (ada, ben) = (store.guest().await, store.guest().await);
        let talk = store.discussion(ada, "Hers").await.id;
        let attempt = |user, purpose| Attempt {
            user,
            discussion: Some(talk),
            message: (purpose == Purpose::Turn).then(MessageId::new),
            purpose,
            first: true,
            usage: Usage {
                provider: "external".to_owned(),
                model: "m".to_owned(),
                input_tokens: 10,
                output_tokens: 2,
                cost_usd: (purpose == Purpose::Turn).then_some(0.5),
                ..Usage::default()
            },
            reckoned_usd: 0.5,
            duration_ms: 1,
            outcome: "complete",
        };
        for (user, purpose) in [(ada, Purpose::Turn), (ada, Purpose::Summary), (ben, Purpose::Turn)] {
            store.insert_attempt(attempt(user, purpose)).await.expect("written");
        }
        let spent = async |by| store.find_spent(by, LONG_AGO).await.expect("read");
        let (all, used) = (spent(Spender::Server).await, store.sum_usage(LONG_AGO).await.expect("read"));
        let [of_model] = used.as_slice() else { unreachable!("{used:?}") };
        assert_eq!((of_model.turns, of_model.attempts, of_model.input_tokens), (2, 3, 30));
        assert_eq!((of_model.output_tokens, of_model.cost_usd), (all.output_tokens, Some(all.cost_usd)));
        assert_eq!((of_model.turns, of_model.attempts), (all.turns, all.attempts));
        assert_eq!(store.sum_usage(NEVER).await, Ok(vec![]));

        assert_eq!(store.delete_user(ada).await, Ok(true));
        let left = (spent(Spender::User(ada)).await.attempts, spent(Spender::Discussion(talk)).await.attempts);
        assert_eq!(left, (0, 1), "what is left of the discussion is ben's");
        // A turn that was still running when its user was deleted.
        store.insert_attempt(attempt(ada, Purpose::Turn)).await.expect("written");
        assert_eq!((spent(Spender::Server).await.counted, spent(Spender::User(ada)).await.attempts), (4, 0));
        assert_eq!(store.sum_usage(LONG_AGO).await.expect("read")[0].attempts, 4);
    }

    async fn a_token_is_used_once_and_its_replay_ends_the_family(place: Place) {
        let store = place.open();
        let (ada, ben) = (store.guest().await, store.guest().await);
        let here = store.insert_login(ada, "a1".to_owned(), NEVER).await.expect("signed in");
        let there = store.insert_login(ada, "b1".to_owned(), NEVER).await.expect("signed in");
        store.insert_login(ben, "c1".to_owned(), NEVER).await.expect("signed in");

        let next = store.rotate_login("a1", "a2".to_owned(), NEVER).await.expect("answered");
        let Rotation::Rotated(next) = next else { unreachable!("{next:?}") };
        assert_eq!((next.family, next.user, next.token_hash.as_str()), (here.family, ada, "a2"));
        assert_eq!(store.find_login("a1").await, Ok(None));
        assert_eq!(store.list_logins(ada).await.expect("read").len(), 2);

        let replay = store.rotate_login("a1", "a3".to_owned(), NEVER).await.expect("answered");
        assert_eq!(replay, Rotation::Replayed { family: here.family, user: ada });
        assert_eq!(store.rotate_login("a2", "a4".to_owned(), NEVER).await, Ok(Rotation::Unknown), "the thief is out too");
        assert_eq!(store.list_logins(ada).await, Ok(vec![there]));
        assert_eq!(store.delete_logins(ada).await, Ok(1));
        assert!(store.find_login("c1").await.expect("read").is_some());
    }

    async fn an_expired_token_is_unknown(place: Place) {
        let store = place.open();
        let ada = store.guest().await;
        store.insert_login(ada, "old".to_owned(), LONG_AGO).await.expect("signed in");
        assert_eq!(store.find_login("old").await, Ok(None));
        assert_eq!(store.rotate_login("old", "new".to_owned(), NEVER).await, Ok(Rotation::Unknown));
        let login = store.insert_login(ada, "here".to_owned(), NEVER).await.expect("signed in");
        store.delete_login(login.family).await.expect("signed out");
        assert_eq!(store.list_logins(ada).await, Ok(vec![]));
    }
}
