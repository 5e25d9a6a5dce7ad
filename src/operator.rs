//! The desk of whoever runs this ChatLab: a socket beside the database, on which the binary's commands ask the running server
//! for links. A file and not an address, so that the network cannot reach it; only the server's own user is answered.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use actix_web::{rt, web};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;
use url::Url;

use crate::accounts::{Accounts, AccountsError, email_address, new_owner_code};
use crate::http::State;
use crate::http::letters::{Letter, link_to, owner_link};
use crate::store::Store;

const MAX_REQUEST_BYTES: u64 = 4 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// What the operator asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "link", rename_all = "snake_case")]
pub enum Request {
    /// A new password for an account.
    Reset { email: String },
    /// An account's address is its owner's.
    Confirm { email: String },
    /// A new one-time link for the owner.
    Owner,
}

/// The link, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Link(String),
    Refused(String),
}

/// Who answers: the running server, or the command itself where none runs.
pub struct Office<'a> {
    pub accounts: &'a Accounts,
    pub store: &'a Store,
    pub base: &'a Url,
}

impl Office<'_> {
    pub async fn answer(&self, request: Request) -> Answer {
        self.link(request).await.unwrap_or_else(|error| Answer::Refused(error.to_string()))
    }

    async fn link(&self, request: Request) -> Result<Answer, AccountsError> {
        Ok(match request {
            Request::Owner => Answer::Link(owner_link(self.base, &new_owner_code(self.store).await?)),
            Request::Reset { email } => {
                let email = email_address(&email).unwrap_or_default();
                let made = self.accounts.new_reset(&email, true).await?;
                answer_with(
                    made.map(|(_, secret)| link_to(self.base, Letter::Reset, &secret)),
                    "no account has this address",
                )
            }
            Request::Confirm { email } => {
                let email = email_address(&email).unwrap_or_default();
                let Some(user) = self.accounts.find_by_email(&email).await? else {
                    return Ok(answer_with(None, "no account has this address"));
                };
                let made = self.accounts.new_confirmation(user.id).await?;
                answer_with(made.map(|(_, secret)| link_to(self.base, Letter::Confirm, &secret)), "it is confirmed already")
            }
        })
    }
}

fn answer_with(link: Option<String>, otherwise: &str) -> Answer {
    link.map_or_else(|| Answer::Refused(otherwise.to_owned()), Answer::Link)
}

/// Where the desk is: beside the database's file, or in the working directory.
pub fn socket_beside(database: Option<&Path>) -> PathBuf {
    match database {
        Some(file) => PathBuf::from(format!("{}.desk", file.display())),
        None => PathBuf::from("chatlab.desk"),
    }
}

/// An open desk. Dropping it closes it.
pub struct Desk {
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.task.abort();
        // Left behind it does no harm: the next start replaces it.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Opens the desk. Without one the commands work while the server is stopped, so this is no reason not to start.
pub fn listen(path: &Path, state: web::Data<State>) -> Option<Desk> {
    // The database's lock is ours, so an old socket here is nobody's.
    let _ = std::fs::remove_file(path);
    let opened = UnixListener::bind(path).and_then(|listener| {
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path, private)?;
        let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(path)?);
        Ok((listener, owner))
    });
    match opened {
        Ok((listener, owner)) => {
            let task = rt::spawn(serve(listener, owner, state));
            Some(Desk { path: path.to_owned(), task })
        }
        Err(error) => {
            tracing::warn!(%error, "No socket beside the database: `chatlab reset-link` needs the server stopped");
            None
        }
    }
}

async fn serve(listener: UnixListener, owner: u32, state: web::Data<State>) {
    loop {
        match listener.accept().await {
            // One at a time: there is one operator.
            Ok((stream, _)) => {
                let known = stream.peer_cred().is_ok_and(|peer| peer.uid() == owner || peer.uid() == 0);
                if known && let Ok(Err(error)) = timeout(PATIENCE, answer(stream, &state)).await {
                    tracing::debug!(%error, "The operator went away");
                }
            }
            Err(error) => {
                tracing::warn!(%error, "The operator's socket failed");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn answer(stream: UnixStream, state: &State) -> io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut line = String::new();
    BufReader::new(reading.take(MAX_REQUEST_BYTES)).read_line(&mut line).await?;
    let office = Office { accounts: &state.accounts, store: state.store(), base: &state.public_url };
    let answer = match serde_json::from_str(&line) {
        Ok(request) => office.answer(request).await,
        Err(_) => Answer::Refused("this is another version of ChatLab".to_owned()),
    };
    let mut text = serde_json::to_string(&answer)?;
    text.push('\n');
    writing.write_all(text.as_bytes()).await
}

/// Asks the running server; `None` where none runs.
pub async fn ask(path: &Path, request: &Request) -> io::Result<Option<Answer>> {
    let stream = match UnixStream::connect(path).await {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => return Ok(None),
        Err(error) => return Err(error),
    };
    let (reading, mut writing) = stream.into_split();
    writing.write_all(format!("{}\n", serde_json::to_string(request)?).as_bytes()).await?;
    let mut line = String::new();
    timeout(PATIENCE, BufReader::new(reading).read_line(&mut line)).await??;
    Ok(Some(serde_json::from_str(&line)?))
}
