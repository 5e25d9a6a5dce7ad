//! What the class asks outlives everything, in the order in which it was written.

use chatlab::domain::change::Change;
use chatlab::domain::classroom::{Asking, RulesPatch, StagePatch, Write};
use chatlab::domain::ids::{DiscussionId, MessageId, QuestionId, WatcherId};
use chatlab::domain::message::AuthorKind;
use chatlab::store::{Store, StoreError, Window};

use crate::place::{Verbs, commit};

fn ask(question: QuestionId, text: &str) -> Write {
    Write::Ask { question, asker: WatcherId::new(), text: text.to_owned() }
}

/// Writes, and says of each whether it changed something.
async fn writes(store: &Store, of: DiscussionId, writes: Vec<Write>) -> Vec<bool> {
    let written = store.write_classroom(of, writes).await.expect("written");
    written.into_iter().map(|at| at.is_some()).collect()
}

on_both! {
    async fn questions_and_votes_are_read_back_as_they_were_written(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "Play").await.id;
        assert_eq!(store.find_classroom(talk).await, Ok(chatlab::store::KeptClassroom::default()));
        let [one, two, three] = [(); 3].map(|()| QuestionId::new());
        let watcher = WatcherId::new();
        let vote = |question, up| Write::Vote { question, watcher, up };
        assert_eq!(writes(&store, talk, vec![ask(one, "Why?"), ask(two, "Who?"), ask(three, "Rude.")]).await, [true; 3]);
        let more = vec![
            Write::Approve(one), Write::Approve(one), vote(one, true), vote(one, true), vote(two, true), vote(two, false),
            Write::Dismiss(three), Write::Dismiss(three), ask(three, "Rude again."),
        ];
        assert_eq!(writes(&store, talk, more).await, [true, false, true, false, true, true, true, false, false]);
        store.close().await;
        let store = place.open();
        let kept = store.find_classroom(talk).await.expect("read");
        let seen: Vec<_> = kept.questions.iter().map(|q| (q.id, q.text.as_str(), q.approved, q.votes.len())).collect();
        let mut expected = vec![(one, "Why?", true, 2), (two, "Who?", false, 1)];
        expected.sort_by_key(|(id, ..)| *id);
        assert_eq!(seen, expected, "asked in one moment, so in the order of their ids");
        assert!(kept.questions.iter().find(|q| q.id == one).is_some_and(|q| q.votes.contains(&watcher)));
    }

    async fn what_is_set_up_changes_piece_by_piece(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "Play").await.id;
        let rules = RulesPatch { questions: Some(Asking::Frozen), ..RulesPatch::default() };
        let stage = StagePatch { blank: Some(true), ..StagePatch::default() };
        let none = (RulesPatch::default(), StagePatch::default());
        let set_up = vec![Write::Setup { rules, stage: none.1 }, Write::Setup { rules: none.0, stage }];
        writes(&store, talk, set_up).await;
        let setup = store.find_classroom(talk).await.expect("read").setup;
        assert_eq!((setup.rules.questions, setup.stage.blank), (Asking::Frozen, true));
        assert!(setup.rules.reactions && setup.stage.show_code, "the rest is as it was");
    }

    async fn a_question_becomes_one_message_with_its_votes(place: Place) {
        let store = place.open();
        let talk = store.discussion(store.guest().await, "Play").await.id;
        let question = QuestionId::new();
        writes(&store, talk, vec![ask(question, "Why?")]).await;
        let pose = || Change::Pose { message: MessageId::new(), question, text: "Why?".to_owned(), votes: 14 };
        store.commit(commit(talk, pose())).await.expect("asked");
        assert_eq!(store.commit(commit(talk, pose())).await, Err(StoreError::NotFound), "once");
        let kept = store.list_messages(talk, Window::All).await.expect("read");
        assert_eq!((kept.len(), kept[0].author.kind, kept[0].votes), (1, AuthorKind::Audience, Some(14)));
        assert!(store.find_classroom(talk).await.expect("read").questions.is_empty());
        assert_eq!(store.find_discussion(talk).await.expect("read").map(|talk| talk.last_seq), Some(1), "no hole");
    }
}
