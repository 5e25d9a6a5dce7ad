//! Whatever is committed in whatever order: numbers grow by one, positions have no holes.

use std::collections::HashMap;

use chatlab::domain::change::{Change, CommandKey, Commit, Committed, Edit, EndedTurn};
use chatlab::domain::ids::{DiscussionId, MessageId, UserId};
use chatlab::domain::message::Status;
use chatlab::store::{Store, Window};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::place::{Verbs, commit, end, say, start};

/// What somebody does to one of two discussions.
#[derive(Debug, Clone, PartialEq)]
enum Deed {
    Say,
    Start,
    /// Ends the last turn; refused if it has ended.
    End {
        stands: bool,
    },
    /// Begins another version of the last turn's message.
    Again,
    Checkpoint,
    Retitle,
    /// A command with one of a few ids, so that some are repeats.
    Command(u8),
    /// Refused: nobody knows this turn.
    EndUnknown,
}

fn deeds() -> impl Strategy<Value = Vec<(usize, Deed)>> {
    let deed = prop_oneof![
        3 => Just(Deed::Say),
        3 => Just(Deed::Start),
        3 => any::<bool>().prop_map(|stands| Deed::End { stands }),
        1 => Just(Deed::Again),
        2 => Just(Deed::Checkpoint),
        1 => Just(Deed::Retitle),
        2 => (0..4_u8).prop_map(Deed::Command),
        1 => Just(Deed::EndUnknown),
    ];
    prop::collection::vec((0..2_usize, deed), 1..40)
}

/// What the test knows of a discussion.
struct Talk {
    id: DiscussionId,
    host: UserId,
    turn: Option<(MessageId, i32)>,
    seq: i64,
    positions: i64,
    commands: HashMap<String, i64>,
}

impl Talk {
    async fn does(&mut self, store: &Store, deed: &Deed) -> Result<(), TestCaseError> {
        let turn = self.turn.unwrap_or((MessageId::new(), 1));
        let change = match deed {
            Deed::Say => say("Why?"),
            Deed::Command(_) => say("Once."),
            Deed::Start => {
                self.turn = Some((MessageId::new(), 1));
                start(self.turn.expect("just set").0, 1)
            }
            Deed::Again => {
                self.turn = self.turn.map(|(message, version)| (message, version + 1));
                start(turn.0, turn.1 + 1)
            }
            Deed::End { stands } => {
                let status = if *stands { Status::Complete } else { Status::Failed };
                Change::EndTurn(EndedTurn { status, becomes_current: *stands, ..end(turn.0, turn.1, "So.") })
            }
            Deed::EndUnknown => Change::EndTurn(end(MessageId::new(), 1, "Whose?")),
            Deed::Retitle => Change::Edit(Edit { title: Some("New".to_owned()), ..Edit::default() }),
            Deed::Checkpoint => {
                store.checkpoint(turn.0, turn.1, "So f".to_owned()).await.expect("never refused");
                return Ok(());
            }
        };
        let makes = matches!(change, Change::Say { .. } | Change::StartTurn { .. });
        let command = match deed {
            Deed::Command(n) => Some(CommandKey { user: self.host, id: format!("c{n}") }),
            _ => None,
        };
        let outcome = store.commit(Commit { command: command.clone(), ..commit(self.id, change) }).await;
        self.check(outcome.ok(), makes, command)
    }

    fn check(&mut self, done: Option<Committed>, makes: bool, command: Option<CommandKey>) -> Result<(), TestCaseError> {
        let Some(done) = done else { return Ok(()) };
        let before = command.as_ref().and_then(|command| self.commands.get(&command.id)).copied();
        prop_assert_eq!(done.repeated, before.is_some());
        if let Some(first) = before {
            prop_assert_eq!(done.seq, first);
            return Ok(());
        }
        self.seq += 1;
        prop_assert_eq!(done.seq, self.seq);
        if makes {
            self.positions += 1;
            prop_assert_eq!(done.position, Some(self.positions));
        }
        if let Some(command) = command {
            self.commands.insert(command.id, done.seq);
        }
        Ok(())
    }

    async fn check_kept(&self, store: &Store) -> Result<(), TestCaseError> {
        let record = store.find_discussion(self.id).await.expect("read").expect("it is there");
        prop_assert_eq!((record.last_seq, record.message_count), (self.seq, self.positions));
        let kept = store.list_messages(self.id, Window::All).await.expect("read");
        let positions: Vec<i64> = kept.iter().map(|message| message.position).collect();
        prop_assert_eq!(positions, (1..=self.positions).collect::<Vec<i64>>());
        let mut numbers: Vec<i64> = kept.iter().map(|message| message.seq).collect();
        numbers.sort_unstable();
        numbers.dedup();
        prop_assert_eq!(numbers.len(), kept.len(), "no two messages have the same number");
        prop_assert!(numbers.iter().all(|number| (1..=self.seq).contains(number)));
        Ok(())
    }
}

async fn play(store: &Store, deeds: Vec<(usize, Deed)>) -> Result<(), TestCaseError> {
    let host = store.guest().await;
    let mut talks = vec![];
    for topic in ["One", "Two"] {
        let id = store.discussion(host, topic).await.id;
        talks.push(Talk { id, host, turn: None, seq: 0, positions: 0, commands: HashMap::new() });
    }
    for (which, deed) in &deeds {
        talks[*which].does(store, deed).await?;
    }
    for talk in &talks {
        talk.check_kept(store).await?;
    }
    Ok(())
}

on_both! {
    async fn numbers_grow_by_one_and_positions_have_no_holes(place: Place) {
        let store = place.open();
        let runtime = tokio::runtime::Handle::current();
        let playing = tokio::task::spawn_blocking(move || {
            let config = Config { cases: 32, failure_persistence: None, ..Config::default() };
            TestRunner::new(config).run(&deeds(), |deeds| runtime.block_on(play(&store, deeds)))
        });
        assert_eq!(playing.await.expect("no panic"), Ok(()));
    }
}
