//! Environment to settings: the only module that reads the environment. Each room declares its own settings below; here they
//! are filled, and every wrong value is named in one line.

mod budget;
mod env;
mod sign_in;
mod voices;

use std::net::{IpAddr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use actix_web::http::header::HeaderName;
use ipnet::IpNet;
use secrecy::SecretString;
use url::Url;

pub use env::{ConfigError, Env};

pub use crate::accounts::Registration;
use crate::accounts::email_address;
use crate::discussion::{self, DeltaInterval};
use crate::domain::classroom;
use crate::domain::discussion::INPUT_TOKENS;
use crate::llm::prices::Prices;
use crate::{accounts, auth, llm, mail, store, ws};

/// Everything that can be set from outside.
#[derive(Debug, Clone)]
pub struct Config {
    pub host: IpAddr,
    pub port: u16,
    /// Without a trailing slash; `None`: the listen address, known once it is bound.
    pub public_url: Option<Url>,
    pub cors_origins: Vec<String>,
    pub trusted_proxies: Vec<IpNet>,
    /// In which of their headers the client's address stands, if not in `X-Forwarded-For`.
    pub client_address_header: Option<HeaderName>,
    pub workers: usize,
    pub store: store::Settings,
    pub llm: llm::Settings,
    pub discussion: discussion::Settings,
    pub prices: Prices,
    pub ws: ws::Limits,
    pub limits: Limits,
    pub rates: Rates,
    pub guest_access: bool,
    pub registration: Registration,
    pub admin_emails: Vec<String>,
    pub jwt_secret: Option<SecretString>,
    pub supabase: Option<auth::SupabaseSettings>,
    pub sign_in: Vec<auth::OidcSettings>,
    pub mail: Option<mail::Settings>,
    pub portraits_dir: PathBuf,
    pub metrics_token: Option<SecretString>,
    pub log: Log,
}

/// How much one may send or have (`MAX_*`).
#[derive(Debug, Clone)]
pub struct Limits {
    pub topic_chars: usize,
    pub message_chars: usize,
    pub card_chars: usize,
    pub body_bytes: usize,
    /// A request's head must be there within this time.
    pub head_timeout: Duration,
    /// And its body within this.
    pub body_timeout: Duration,
    pub observers: usize,
    pub sockets_per_user: usize,
    pub discussions_per_user: i64,
}

/// How often (`RATE_LIMIT_*`); the periods are CONTRACT's: docs/protocol.md and .env.example name them.
#[derive(Debug, Clone)]
pub struct Rates {
    /// Guests per address in 10 minutes.
    pub guest: NonZeroU32,
    /// Registrations per address in 10 minutes.
    pub register: NonZeroU32,
    /// Wrong sign-ins per address and account in 10 minutes.
    pub login: NonZeroU32,
    /// Join codes per address in 10 s.
    pub join: NonZeroU32,
    /// Tickets per user and minute.
    pub ticket: NonZeroU32,
    /// Things created per user and minute.
    pub create: NonZeroU32,
    /// Scripted turns per user and minute: as often as a socket's commands.
    pub turn: NonZeroU32,
    /// Files with pictures, cards and packs per user and minute.
    pub picture: NonZeroU32,
    /// Turns to try a character out, per user and minute.
    pub preview: NonZeroU32,
    /// Downloads per user and minute.
    pub export: NonZeroU32,
    /// Reported actions per user and minute: each may have 4 KiB.
    pub event: NonZeroU32,
    /// Trials of the providers per user and minute.
    pub provider_test: NonZeroU32,
    /// Letters to one address in 10 minutes.
    pub letter: NonZeroU32,
}

#[derive(Debug, Clone)]
pub struct Log {
    pub json: bool,
    /// As `RUST_LOG` takes it.
    pub filter: String,
}

impl Config {
    /// # Errors
    /// The first variable that is wrong.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        refuse_what_is_not_built(env)?;
        let host = host(env)?;
        let llm = voices::read(env)?;
        // Who may start without an account: everyone where nobody else can come in or nothing costs money.
        let open = host.is_loopback() || llm.providers.is_empty();
        Ok(Self {
            host,
            port: env.number("PORT", 8000, 0, u16::MAX)?,
            public_url: public_url(env)?,
            cors_origins: origins(env)?,
            trusted_proxies: trusted_proxies(env)?,
            client_address_header: client_address_header(env)?,
            workers: env.number("WORKERS", cores(), 1, 64)?,
            store: store::Settings { retention: retention(env)?, ..store::Settings::new(database(env)?) },
            llm,
            discussion: discussion(env)?,
            prices: budget::prices(env)?,
            ws: ws::Limits {
                frame_bytes: env.number("MAX_FRAME_BYTES", 64 * 1024, 1024, 16 * 1024 * 1024)?,
                message_chars: message_chars(env)?,
                question_chars: env.number("MAX_QUESTION_CHARS", 300, 10, 4_000)?,
                commands: rate(env, "RATE_LIMIT_COMMAND", 60)?,
            },
            limits: limits(env)?,
            rates: rates(env)?,
            guest_access: env.flag("GUEST_ACCESS")?.unwrap_or(open),
            registration: registration(env, open)?,
            admin_emails: admin_emails(env)?,
            jwt_secret: jwt_secret(env)?,
            supabase: sign_in::supabase(env)?,
            sign_in: sign_in::direct(env)?,
            mail: mail(env)?,
            portraits_dir: env.text("PORTRAITS_DIR").unwrap_or("portraits").into(),
            metrics_token: env.secret("METRICS_TOKEN"),
            log: log(env)?,
        })
    }

    /// What the accounts' room is told.
    pub fn accounts(&self) -> accounts::Settings {
        accounts::Settings {
            jwt_secret: self.jwt_secret.clone(),
            guest_access: self.guest_access,
            registration: self.registration,
            admin_emails: self.admin_emails.clone(),
            supabase: self.supabase.clone(),
        }
    }

    /// The address that others reach the server by, once it listens on `bound`.
    pub fn public_url(&self, bound: SocketAddr) -> Url {
        self.public_url.clone().unwrap_or_else(|| {
            let host = if bound.ip().is_unspecified() { lan_address(bound.ip()) } else { bound.ip() };
            let address = SocketAddr::new(host, bound.port());
            Url::parse(&format!("http://{address}")).expect("an address makes a URL")
        })
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Settings of what later versions bring: better refused than silently without effect.
fn refuse_what_is_not_built(env: &Env) -> Result<(), ConfigError> {
    let refuse = |name: &'static str, why: &str| match env.text(name) {
        Some(_) => Err(ConfigError::new(name, why)),
        None => Ok(()),
    };
    refuse("REDIS_URL", "several instances are not supported yet; remove it to run one instance")
}

fn host(env: &Env) -> Result<IpAddr, ConfigError> {
    let text = env.text("HOST").unwrap_or("127.0.0.1");
    if let Ok(address) = text.trim_matches(['[', ']']).parse() {
        return Ok(address);
    }
    let found = (text, 0).to_socket_addrs().ok().and_then(|mut found| found.next());
    let wrong = || ConfigError::new("HOST", "is no address of this machine; must be e.g. 127.0.0.1, 0.0.0.0 or ::");
    found.map(|address| address.ip()).ok_or_else(wrong)
}

fn public_url(env: &Env) -> Result<Option<Url>, ConfigError> {
    let allowed = "an address such as https://chatlab.example.org";
    let Some(mut url) = env.parse::<Url>("PUBLIC_URL", allowed)? else { return Ok(None) };
    if !matches!(url.scheme(), "http" | "https")
        || url.host().is_none()
        || url.query().is_some()
        || !url.username().is_empty()
    {
        return Err(ConfigError::new("PUBLIC_URL", format!("must be {allowed}")));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(Some(url))
}

fn origins(env: &Env) -> Result<Vec<String>, ConfigError> {
    let origin = |text: String| {
        let url = Url::parse(&text).ok().filter(|url| url.origin().is_tuple() && url.path() == "/");
        let wrong = || {
            ConfigError::new(
                "CORS_ORIGINS",
                "must be origins such as https://chatlab.example.org (no path, no *), in a list",
            )
        };
        url.map(|url| url.origin().ascii_serialization()).ok_or_else(wrong)
    };
    env.list("CORS_ORIGINS")?.into_iter().map(origin).collect()
}

fn trusted_proxies(env: &Env) -> Result<Vec<IpNet>, ConfigError> {
    let net = |text: String| {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        let wrong = |_| ConfigError::new("TRUSTED_PROXIES", "must be addresses or networks, e.g. 127.0.0.1, 10.0.0.0/8");
        address.or_else(|_| text.parse::<IpNet>()).map_err(wrong)
    };
    env.list("TRUSTED_PROXIES")?.into_iter().map(net).collect()
}

fn client_address_header(env: &Env) -> Result<Option<HeaderName>, ConfigError> {
    const NAME: &str = "CLIENT_ADDRESS_HEADER";
    let header: Option<HeaderName> = env.parse(NAME, "the name of a header, e.g. Fly-Client-IP")?;
    match header.is_some() && env.text("TRUSTED_PROXIES").is_none() {
        true => Err(ConfigError::new(NAME, "needs TRUSTED_PROXIES: whose header it is")),
        false => Ok(header),
    }
}

/// `RETENTION_DAYS`; 0 and unset: what is there stays.
fn retention(env: &Env) -> Result<Option<Duration>, ConfigError> {
    let days: u64 = env.number("RETENTION_DAYS", 0, 0, 36_500)?;
    Ok((days > 0).then(|| Duration::from_secs(days * 24 * 60 * 60)))
}

fn database(env: &Env) -> Result<store::DatabaseUrl, ConfigError> {
    let text = env.text("DATABASE_URL").unwrap_or("sqlite://chatlab.db");
    // The address may hold a password: only what is wrong with it is told.
    text.parse().map_err(|error: store::DatabaseUrlError| ConfigError::new("DATABASE_URL", error.to_string()))
}

fn discussion(env: &Env) -> Result<discussion::Settings, ConfigError> {
    let allowed = "`auto` or milliseconds from 0 to 10000";
    let delta_interval = match env.text("DELTA_INTERVAL_MS") {
        None | Some("auto") => DeltaInterval::Auto,
        Some(_) => match env.parse::<u64>("DELTA_INTERVAL_MS", allowed)? {
            Some(ms) if ms <= 10_000 => DeltaInterval::Fixed(Duration::from_millis(ms)),
            _ => return Err(ConfigError::new("DELTA_INTERVAL_MS", format!("must be {allowed}"))),
        },
    };
    let idle = Duration::from_secs(300);
    let class = classroom::Limits {
        questions_per_watcher: env.number("MAX_QUESTIONS_PER_WATCHER", 5, 1, 1_000)?,
        questions: env.number("MAX_QUESTIONS", 500, 1, 10_000)?,
    };
    Ok(discussion::Settings {
        delta_interval,
        idle,
        auto_pause: Duration::from_millis(env.number("AUTO_PAUSE_MS", 2_000, 0, 600_000)?),
        auto_host_away: Duration::from_millis(env.number("AUTO_HOST_AWAY_MS", 300_000, 0, 86_400_000)?),
        limits: budget::limits(env)?,
        input_tokens: env.number("MAX_INPUT_TOKENS", INPUT_TOKENS, 4_000, 1_000_000)?,
        arbiters: cores().min(4),
        class,
    })
}

fn message_chars(env: &Env) -> Result<usize, ConfigError> {
    env.number("MAX_MESSAGE_CHARS", 4_000, 1, 100_000)
}

fn limits(env: &Env) -> Result<Limits, ConfigError> {
    Ok(Limits {
        topic_chars: env.number("MAX_TOPIC_CHARS", 1_000, 1, 100_000)?,
        message_chars: message_chars(env)?,
        card_chars: env.number("MAX_CARD_CHARS", 8_000, 100, 100_000)?,
        body_bytes: env.number("MAX_BODY_BYTES", 1024 * 1024, 1024, 64 * 1024 * 1024)?,
        head_timeout: env.millis("REQUEST_HEAD_TIMEOUT_MS", 10_000)?,
        body_timeout: env.millis("REQUEST_BODY_TIMEOUT_MS", 30_000)?,
        observers: env.number("MAX_OBSERVERS", 5_000, 1, 1_000_000)?,
        sockets_per_user: env.number("MAX_SOCKETS_PER_USER", 100, 1, 100_000)?,
        discussions_per_user: env.number("MAX_DISCUSSIONS_PER_USER", 5_000, 1, 10_000_000)?,
    })
}

fn rates(env: &Env) -> Result<Rates, ConfigError> {
    Ok(Rates {
        guest: rate(env, "RATE_LIMIT_GUEST", 300)?,
        register: rate(env, "RATE_LIMIT_REGISTER", 100)?,
        login: rate(env, "RATE_LIMIT_LOGIN", 20)?,
        join: rate(env, "RATE_LIMIT_JOIN", 1_000)?,
        ticket: rate(env, "RATE_LIMIT_TICKET", 1_000)?,
        create: rate(env, "RATE_LIMIT_CREATE", 200)?,
        turn: rate(env, "RATE_LIMIT_TURN", 600)?,
        picture: rate(env, "RATE_LIMIT_PICTURE", 60)?,
        preview: rate(env, "RATE_LIMIT_PREVIEW", 20)?,
        export: rate(env, "RATE_LIMIT_EXPORT", 120)?,
        event: rate(env, "RATE_LIMIT_EVENT", 1_200)?,
        provider_test: rate(env, "RATE_LIMIT_PROVIDER_TEST", 6)?,
        letter: rate(env, "RATE_LIMIT_LETTER", 3)?,
    })
}

fn rate(env: &Env, name: &'static str, default: u32) -> Result<NonZeroU32, ConfigError> {
    let number = env.number(name, default, 1, 100_000_000)?;
    Ok(NonZeroU32::new(number).expect("at least 1"))
}

fn registration(env: &Env, open: bool) -> Result<Registration, ConfigError> {
    match env.text("REGISTRATION") {
        None if open => Ok(Registration::Open),
        None | Some("invite") => Ok(Registration::Invite),
        Some("open") => Ok(Registration::Open),
        Some("closed") => Ok(Registration::Closed),
        Some(_) => Err(ConfigError::new("REGISTRATION", "must be open, invite or closed")),
    }
}

fn admin_emails(env: &Env) -> Result<Vec<String>, ConfigError> {
    let wrong =
        || ConfigError::new("ADMIN_EMAILS", "must be e-mail addresses in a list, e.g. ada@example.org, bob@example.org");
    env.list("ADMIN_EMAILS")?.iter().map(|text| email_address(text).ok_or_else(wrong)).collect()
}

/// The address may hold a password, so it is never told.
fn mail(env: &Env) -> Result<Option<mail::Settings>, ConfigError> {
    let from = env.text("MAIL_FROM").map(str::to_owned);
    let Some(url) = env.secret("SMTP_URL") else { return Ok(None) };
    let from = from.ok_or_else(|| ConfigError::new("MAIL_FROM", "is needed with SMTP_URL: who letters are from"))?;
    let settings = mail::Settings { url, from };
    match mail::check(&settings) {
        Ok(()) => Ok(Some(settings)),
        Err((variable, problem)) => Err(ConfigError::new(variable, problem)),
    }
}

fn jwt_secret(env: &Env) -> Result<Option<SecretString>, ConfigError> {
    match env.text("JWT_SECRET") {
        Some(secret) if secret.len() < 32 => {
            Err(ConfigError::new("JWT_SECRET", "is too short; must have at least 32 characters (openssl rand -hex 32)"))
        }
        _ => Ok(env.secret("JWT_SECRET")),
    }
}

fn log(env: &Env) -> Result<Log, ConfigError> {
    let json = match env.text("LOG_FORMAT") {
        None | Some("text") => false,
        Some("json") => true,
        Some(_) => return Err(ConfigError::new("LOG_FORMAT", "must be text or json")),
    };
    let filter = env.text("RUST_LOG").unwrap_or("info").to_owned();
    if tracing_subscriber::EnvFilter::try_new(&filter).is_err() {
        return Err(ConfigError::new("RUST_LOG", "must be a level such as info, or e.g. info,chatlab=debug"));
    }
    Ok(Log { json, filter })
}

/// The machine's first address in the local network. Connecting a datagram socket sends nothing; it only chooses a route.
fn lan_address(unspecified: IpAddr) -> IpAddr {
    let routed = || {
        let socket = UdpSocket::bind((unspecified, 0)).ok()?;
        let target = if unspecified.is_ipv4() { "192.0.2.1:9" } else { "[2001:db8::1]:9" };
        socket.connect(target).ok()?;
        Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_unspecified())
    };
    routed().unwrap_or(IpAddr::from([127, 0, 0, 1]))
}

#[cfg(test)]
mod tests;
