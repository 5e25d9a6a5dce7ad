//! Five thousand discussions, written straight into the tables: each has the cast of one that was opened the ordinary way.

use std::fmt::Write;

use anyhow::Result;
use diesel::connection::SimpleConnection;

pub const DISCUSSIONS: usize = 5_000;
const MESSAGES: usize = 20;
/// Words of a message.
const LENGTH: usize = 110;
/// Discussions in one statement.
const AT_ONCE: usize = 25;
/// 1 January 2026, and how long after it the next one was last active.
const SINCE_MS: usize = 1_767_225_600_000;
const STEP_MS: usize = 5_000_000;
const VOICES: [(&str, &str); 3] =
    [("john-dewey", "John Dewey"), ("maria-montessori", "Maria Montessori"), ("paulo-freire", "Paulo Freire")];

pub fn fill(conn: &mut dyn SimpleConnection, template: &str) -> Result<()> {
    conn.batch_execute("BEGIN")?;
    let mut words = Words(7);
    for first in (0..DISCUSSIONS).step_by(AT_ONCE) {
        write(conn, template, first, &mut words)?;
    }
    conn.batch_execute(&format!("DELETE FROM discussions WHERE id = '{template}'; COMMIT"))?;
    // As time does for a server that runs: the planner knows its tables.
    conn.batch_execute("ANALYZE")?;
    Ok(())
}

fn write(conn: &mut dyn SimpleConnection, template: &str, first: usize, words: &mut Words) -> Result<()> {
    let mut heads = String::new();
    let (mut messages, mut versions) = (Rows::default(), Rows::default());
    for discussion in first..first + AT_ONCE {
        let (id, at) = (uuid(discussion, 0), SINCE_MS + discussion * STEP_MS);
        let topic = words.sentence(9);
        let archived = if discussion % 10 == 3 { at.to_string() } else { "NULL".to_owned() };
        write!(
            heads,
            "INSERT INTO discussions (id, owner_id, topic, title, turn_order, floor, last_seq, message_count, created_at, \
             updated_at, archived_at) SELECT '{id}', owner_id, '{topic}', '{topic}', turn_order, floor, {MESSAGES}, {MESSAGES}, \
             {at}, {at}, {archived} FROM discussions WHERE id = '{template}'; \
             INSERT INTO participants (discussion_id, position, character_id, card, muted) SELECT '{id}', position, \
             character_id, card, muted FROM participants WHERE discussion_id = '{template}';"
        )?;
        for position in 1..=MESSAGES {
            let (voice, name) = VOICES[position % VOICES.len()];
            let message = uuid(discussion, position);
            messages.add(format!("'{message}','{id}',{position},{position},'character','{voice}','{name}',1,{at}"));
            versions.add(format!("'{message}',1,'{}','complete',{at}", words.sentence(LENGTH)));
        }
    }
    conn.batch_execute(&heads)?;
    let columns = "id, discussion_id, position, seq, author_kind, author_id, author_name, current_version, created_at";
    conn.batch_execute(&format!("INSERT INTO messages ({columns}) VALUES {}", messages.0))?;
    let columns = "message_id, version, text, status, created_at";
    conn.batch_execute(&format!("INSERT INTO message_versions ({columns}) VALUES {}", versions.0))?;
    Ok(())
}

/// Rows of one statement.
#[derive(Default)]
struct Rows(String);

impl Rows {
    fn add(&mut self, row: String) {
        let comma = if self.0.is_empty() { "" } else { "," };
        self.0.push_str(&format!("{comma}({row})"));
    }
}

fn uuid(discussion: usize, message: usize) -> String {
    format!("019b7000-{discussion:04x}-7000-8000-{message:012x}")
}

/// Language as it is spread: few words often, many seldom. The same at every run.
struct Words(u64);

impl Words {
    fn number(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % below
    }

    fn sentence(&mut self, length: usize) -> String {
        let words: Vec<String> = (0..length).map(|_| self.word()).collect();
        format!("{}.", words.join(" "))
    }

    fn word(&mut self) -> String {
        const OFTEN: [&str; 12] =
            ["the", "of", "and", "a", "child", "play", "school", "learns", "plan", "place", "Éducation", "freedom"];
        const SYLLABLES: [&str; 16] =
            ["ba", "ne", "ti", "ro", "lu", "ka", "me", "si", "do", "fu", "ga", "le", "vi", "no", "ru", "ch"];
        match self.number(100_000) {
            0..=7 => "xylophone".to_owned(),
            8..=99 => "Kindergarten,".to_owned(),
            100..40_000 => {
                let (one, other) = (self.number(OFTEN.len()), self.number(OFTEN.len()));
                OFTEN[one.min(other)].to_owned()
            }
            _ => {
                let count = 2 + self.number(3);
                (0..count).map(|_| SYLLABLES[self.number(SYLLABLES.len())]).collect()
            }
        }
    }
}
