//! Photographs of the built-in characters, fetched from Wikimedia Commons into a folder: those files only that the cast
//! names, where the licence was seen. What cannot be fetched is reported, and the emblem stays.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use tracing::info;
use url::Url;

use crate::domain::cast::builtin;
use crate::domain::character::{Character, Portrait};
use crate::domain::ids::CharacterId;

/// Largest photograph accepted.
const MAX_BYTES: usize = 5 * 1024 * 1024;
/// Asked for in this width: enough for the largest card.
const WIDTH: &str = "640";
const TIMEOUT: Duration = Duration::from_secs(30);
/// Longest wait that a busy server may ask for.
const MAX_WAIT: Duration = Duration::from_secs(30);
const MAX_REDIRECTS: usize = 5;
/// The folder is looked at again after so long: `chatlab portraits` may have filled it meanwhile.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Wikimedia asks to be told who is calling.
const USER_AGENT: &str = concat!("ChatLab/", env!("CARGO_PKG_VERSION"), " (classroom discussions; fetches portraits once)");

#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the files are kept.
    pub dir: PathBuf,
    /// Where Wikimedia Commons is.
    pub source: Url,
}

impl Settings {
    pub fn new(dir: PathBuf) -> Self {
        Self { dir, source: Url::parse("https://commons.wikimedia.org/").expect("an address") }
    }
}

/// The fetched photographs.
pub struct Portraits {
    settings: Settings,
    found: Mutex<Found>,
    progress: Mutex<Progress>,
}

/// What is in the folder.
struct Found {
    kinds: BTreeMap<CharacterId, Kind>,
    looked_at: Instant,
}

#[derive(Default)]
struct Progress {
    running: bool,
    failed: Vec<Failure>,
}

/// Why one photograph was not fetched.
#[derive(Debug, Clone)]
pub struct Failure {
    pub character: CharacterId,
    pub reason: String,
}

/// How far the fetching is.
#[derive(Debug, Clone)]
pub struct Report {
    pub running: bool,
    /// How many the cast names.
    pub available: usize,
    pub fetched: usize,
    pub failed: Vec<Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
}

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("Wikimedia Commons cannot be reached")]
    Unreachable,
    #[error("Wikimedia Commons answered {0}")]
    Status(u16),
    #[error("the file is larger than {} MiB", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    #[error("the file is neither JPEG nor PNG")]
    NoPicture,
    #[error("the file could not be kept: {0}")]
    Keep(#[from] io::Error),
}

impl Kind {
    /// By the first bytes; what a server says of its files is not believed.
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            _ => None,
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

impl Portraits {
    /// Looks what is in the folder already.
    pub fn open(settings: Settings) -> Self {
        let found = Mutex::new(Found { kinds: look(&settings.dir), looked_at: Instant::now() });
        Self { settings, found, progress: Mutex::default() }
    }

    /// Whether the photograph of this character is there.
    pub fn has(&self, character: &CharacterId) -> bool {
        self.found().kinds.contains_key(character)
    }

    /// The photograph's bytes and kind.
    pub async fn read(&self, character: &CharacterId) -> io::Result<Option<(Vec<u8>, Kind)>> {
        let kind = self.found().kinds.get(character).copied();
        let Some(kind) = kind else { return Ok(None) };
        match tokio::fs::read(file(&self.settings.dir, character, kind)).await {
            Ok(bytes) => Ok(Some((bytes, kind))),
            // Somebody tidied the folder.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn report(&self) -> Report {
        let progress = self.progress();
        let fetched = self.found().kinds.len();
        Report { running: progress.running, available: wanted().count(), fetched, failed: progress.failed.clone() }
    }

    /// Takes on the fetching; `false` if it is running already. Whoever gets `true` calls [`Portraits::fetch`].
    pub fn begin(&self) -> bool {
        let mut progress = self.progress();
        let free = !progress.running;
        if free {
            *progress = Progress { running: true, failed: vec![] };
        }
        free
    }

    /// Fetches what is missing, one after another: Wikimedia asks for that.
    pub async fn fetch(&self) -> Report {
        let _running = Running(self);
        match client(&self.settings.source) {
            Ok(client) => self.fetch_all(&client).await,
            Err(_) => self.fail_all(&FetchError::Unreachable),
        }
        self.progress().running = false;
        let report = self.report();
        info!(fetched = report.fetched, failed = report.failed.len(), "Fetched portraits");
        report
    }

    async fn fetch_all(&self, client: &Client) {
        for (character, portrait) in wanted().filter(|(character, _)| !self.has(&character.id)) {
            match self.fetch_one(client, character, portrait).await {
                Ok(kind) => {
                    self.found().kinds.insert(character.id.clone(), kind);
                }
                // Without a network the others need not be tried.
                Err(error @ FetchError::Unreachable) => return self.fail_all(&error),
                Err(error) => self.fail(character, &error),
            }
        }
    }

    async fn fetch_one(&self, client: &Client, character: &Character, portrait: &Portrait) -> Result<Kind, FetchError> {
        let url = address(&self.settings.source, &portrait.file);
        let mut response = get(client, &url).await?;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            tokio::time::sleep(wait(&response)).await;
            response = get(client, &url).await?;
        }
        if !response.status().is_success() {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let bytes = body(response).await?;
        let kind = Kind::of(&bytes).ok_or(FetchError::NoPicture)?;
        self.keep(&character.id, kind, &bytes).await?;
        Ok(kind)
    }

    /// Written aside and then named, so that nobody sees half a file.
    async fn keep(&self, character: &CharacterId, kind: Kind, bytes: &[u8]) -> io::Result<()> {
        let dir = &self.settings.dir;
        tokio::fs::create_dir_all(dir).await?;
        // Two processes may be at it.
        let part = dir.join(format!(".{character}.{}.part", std::process::id()));
        tokio::fs::write(&part, bytes).await?;
        tokio::fs::rename(&part, file(dir, character, kind)).await
    }

    fn fail(&self, character: &Character, error: &FetchError) {
        let failure = Failure { character: character.id.clone(), reason: error.to_string() };
        self.progress().failed.push(failure);
    }

    fn fail_all(&self, error: &FetchError) {
        wanted().filter(|(character, _)| !self.has(&character.id)).for_each(|(character, _)| self.fail(character, error));
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.looked_at.elapsed() >= LOOK_EVERY {
            *found = Found { kinds: look(&self.settings.dir), looked_at: Instant::now() };
        }
        found
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fetching that is given up half-way is running no more.
struct Running<'a>(&'a Portraits);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.progress().running = false;
    }
}

/// Characters whose photograph the cast names.
fn wanted() -> impl Iterator<Item = (&'static Character, &'static Portrait)> {
    builtin().characters.iter().filter_map(|character| Some((character, character.portrait.as_ref()?)))
}

fn look(dir: &Path) -> BTreeMap<CharacterId, Kind> {
    let there = |(character, _): (&Character, &Portrait)| {
        let kind = [Kind::Jpeg, Kind::Png].into_iter().find(|kind| file(dir, &character.id, *kind).is_file())?;
        Some((character.id.clone(), kind))
    };
    wanted().filter_map(there).collect()
}

fn file(dir: &Path, character: &CharacterId, kind: Kind) -> PathBuf {
    dir.join(format!("{character}.{}", kind.extension()))
}

fn address(source: &Url, name: &str) -> Url {
    let mut url = source.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["wiki", "Special:FilePath", &name.replace(' ', "_")]);
    }
    url.query_pairs_mut().append_pair("width", WIDTH);
    url
}

/// Follows redirects within Wikimedia only.
fn client(source: &Url) -> reqwest::Result<Client> {
    let (own_host, scheme) = (source.host_str().unwrap_or_default().to_owned(), source.scheme().to_owned());
    let policy = Policy::custom(move |attempt| {
        let host = attempt.url().host_str().unwrap_or_default();
        let within = (host == own_host || host.ends_with(".wikimedia.org")) && attempt.url().scheme() == scheme;
        match within && attempt.previous().len() <= MAX_REDIRECTS {
            true => attempt.follow(),
            false => attempt.stop(),
        }
    });
    Client::builder().user_agent(USER_AGENT).timeout(TIMEOUT).redirect(policy).build()
}

async fn get(client: &Client, url: &Url) -> Result<Response, FetchError> {
    client.get(url.clone()).send().await.map_err(|_| FetchError::Unreachable)
}

/// As long as the server asks, within reason.
fn wait(response: &Response) -> Duration {
    let asked = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_secs(asked.unwrap_or(5)).min(MAX_WAIT)
}

async fn body(mut response: Response) -> Result<Vec<u8>, FetchError> {
    let mut bytes = vec![];
    while let Some(piece) = response.chunk().await.map_err(|_| FetchError::Unreachable)? {
        if bytes.len() + piece.len() > MAX_BYTES {
            return Err(FetchError::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
