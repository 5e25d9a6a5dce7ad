//! Where a test keeps its things: a database of its own that goes away with it, and short words to fill it.

use std::sync::atomic::{AtomicU32, Ordering};

use chatlab::domain::change::{Change, Commit, Committed, EndedTurn, Participant, Record, VersionKind};
use chatlab::domain::character::{Character, Color};
use chatlab::domain::ids::{DiscussionId, MessageId, UserId};
use chatlab::domain::message::{Author, Status};
use chatlab::domain::order::TurnOrder;
use chatlab::domain::style::Style;
use chatlab::store::{DatabaseUrl, NewDiscussion, NewUser, Settings, Store};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use secrecy::ExposeSecret;
use tempfile::TempDir;

/// Makes of each `async fn story(place: Place)` a test on SQLite and one on Postgres.
macro_rules! on_both {
    ($($(#[$note:meta])* async fn $name:ident($place:ident: Place) $body:block)+) => {
        $($(#[$note])* async fn $name($place: $crate::place::Place) $body)+

        mod sqlite {
            $(#[tokio::test] async fn $name() { super::$name($crate::place::Place::sqlite()).await; })+
        }

        mod postgres {
            $(#[tokio::test] async fn $name() {
                match $crate::place::Place::postgres() {
                    Some(place) => super::$name(place).await,
                    None => eprintln!("not run: TEST_POSTGRES_URL is not set"),
                }
            })+
        }
    };
}

/// A database of a test's own.
pub struct Place {
    pub url: DatabaseUrl,
    _gone: Gone,
}

/// What takes the database away when the test is over.
enum Gone {
    Folder { _folder: TempDir },
    Database { server: String, name: String },
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:///{}", folder.path().join("chatlab.db").display());
        Self { url: url.parse().expect("a URL"), _gone: Gone::Folder { _folder: folder } }
    }

    pub fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())?;
        let name = format!("store_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut conn = PgConnection::establish(&server).expect("TEST_POSTGRES_URL names a server");
        conn.batch_execute(&format!("CREATE DATABASE {name}")).expect("a database of its own");
        let mut url = url::Url::parse(&server).expect("TEST_POSTGRES_URL is a URL");
        url.set_path(&name);
        Some(Self { url: url.as_str().parse().expect("a URL"), _gone: Gone::Database { server, name } })
    }

    /// Does something to the database behind the store's back.
    pub fn execute(&self, statements: &str) {
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy()).expect("opened");
                // The store may be writing in this very moment.
                conn.batch_execute(&format!("PRAGMA busy_timeout = 5000; {statements}"))
            }
            DatabaseUrl::Postgres(url) => {
                let mut conn = PgConnection::establish(url.expose_secret()).expect("opened");
                conn.batch_execute(statements)
            }
        }
        .expect("done");
    }

    pub fn settings(&self) -> Settings {
        Settings { readers: 2, ..Settings::new(self.url.clone()) }
    }

    pub fn open(&self) -> Store {
        Store::open(&self.settings()).expect("the store opens")
    }
}

impl Drop for Gone {
    fn drop(&mut self) {
        if let Self::Database { server, name } = self {
            let mut conn = PgConnection::establish(server).expect("the server is still there");
            conn.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).expect("the database goes away");
        }
    }
}

/// A character with nothing but a name.
pub fn character(id: &str, name: &str) -> Character {
    Character {
        id: id.parse().expect("a slug"),
        pack: "educational-theorists".to_owned(),
        name: name.to_owned(),
        tagline: String::new(),
        bio: String::new(),
        born: None,
        died: None,
        living: false,
        ideas: vec![],
        works: vec![],
        voice: String::new(),
        dissent: vec![],
        cautions: vec![],
        quotation: None,
        color: Color { light: "#224466".to_owned(), dark: "#aaccee".to_owned() },
        emblem: None,
        portrait: None,
        picture: None,
    }
}

pub fn dewey() -> Author {
    Author::character("john-dewey".parse().expect("a slug"), "John Dewey")
}

pub fn new_discussion(owner: UserId, topic: &str) -> NewDiscussion {
    let seat = |id, name| Participant { character: character(id, name), muted: false };
    NewDiscussion {
        owner,
        topic: topic.to_owned(),
        title: topic.to_owned(),
        turn_order: TurnOrder::Balanced,
        style: Style::default(),
        participants: vec![seat("john-dewey", "John Dewey"), seat("paulo-freire", "Paulo Freire")],
        former: vec![],
        forked_from: None,
        rehearsal: false,
        plan: None,
    }
}

pub fn commit(discussion: DiscussionId, change: Change) -> Commit {
    Commit { discussion, change, floor: None, seats: None, command: None }
}

pub fn say(text: &str) -> Change {
    Change::Say { message: MessageId::new(), author: Author::host(), text: text.to_owned() }
}

pub fn start(message: MessageId, version: i32) -> Change {
    match version {
        1 => Change::StartTurn { message, author: dewey() },
        _ => Change::StartVersion { message, text: String::new(), kind: VersionKind::Regenerated },
    }
}

pub fn end(message: MessageId, version: i32, text: &str) -> EndedTurn {
    EndedTurn {
        message,
        version,
        text: text.to_owned(),
        status: Status::Complete,
        finish: None,
        usage: None,
        error: None,
        reason: None,
        becomes_current: true,
    }
}

/// The verbs of a story.
pub trait Verbs {
    async fn guest(&self) -> UserId;
    async fn discussion(&self, owner: UserId, topic: &str) -> Record;
    async fn does(&self, discussion: DiscussionId, change: Change) -> Committed;
}

impl Verbs for Store {
    async fn guest(&self) -> UserId {
        self.insert_user(NewUser::guest("Guest")).await.expect("a guest").id
    }

    async fn discussion(&self, owner: UserId, topic: &str) -> Record {
        self.insert_discussion(new_discussion(owner, topic), None).await.expect("a discussion").made
    }

    async fn does(&self, discussion: DiscussionId, change: Change) -> Committed {
        self.commit(commit(discussion, change)).await.expect("the change is committed")
    }
}
