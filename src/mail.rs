//! Letters: plain text by SMTP, where that is set up.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

const TIMEOUT: Duration = Duration::from_secs(20);
/// Letters on their way at once; more are not taken.
const MAX_ON_THEIR_WAY: usize = 100;

/// Where letters go out (`SMTP_URL`) and who they are from (`MAIL_FROM`).
#[derive(Debug, Clone)]
pub struct Settings {
    pub url: SecretString,
    pub from: String,
}

/// Sends letters in the background.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    places: Arc<Semaphore>,
}

/// What is wrong with the settings: the variable and what it must be.
type Wrong = (&'static str, &'static str);

const URL: Wrong = ("SMTP_URL", "must be smtps://USER:PASSWORD@HOST:465 or smtp://USER:PASSWORD@HOST:587?tls=required");
const FROM: Wrong = ("MAIL_FROM", "must be an address such as ChatLab <chatlab@example.org>");

/// # Errors
/// The variable that is wrong, and what it must be.
pub fn check(settings: &Settings) -> Result<(), Wrong> {
    let url = url::Url::parse(settings.url.expose_secret()).map_err(|_| URL)?;
    let encrypted = url.scheme() == "smtps" || url.query_pairs().any(|(name, value)| name == "tls" && value == "required");
    let here = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        // Of a scheme that is not the web's, an address is taken for a name.
        Some(url::Host::Domain(name)) => {
            name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
        }
        None => false,
    };
    if !(encrypted || here) {
        return Err(URL);
    }
    AsyncSmtpTransport::<Tokio1Executor>::from_url(settings.url.expose_secret()).map_err(|_| URL)?;
    Mailbox::from_str(&settings.from).map(|_| ()).map_err(|_| FROM)
}

impl Mailer {
    /// `None`: the settings are wrong, as [`check`] says.
    pub fn new(settings: &Settings) -> Option<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(settings.url.expose_secret()).ok()?;
        let from = Mailbox::from_str(&settings.from).ok()?;
        let transport = transport.timeout(Some(TIMEOUT)).build();
        Some(Self { transport, from, places: Arc::new(Semaphore::new(MAX_ON_THEIR_WAY)) })
    }

    /// Sends a letter; whoever asked does not wait. What goes wrong is logged, without the address.
    pub fn send(&self, to: &str, subject: &str, text: String) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            tracing::warn!("Too many letters are on their way; one was not sent");
            return;
        };
        let Ok(to) = to.parse().map(|address| Mailbox::new(None, address)) else { return };
        let letter = Message::builder().from(self.from.clone()).to(to).subject(subject).header(ContentType::TEXT_PLAIN);
        let Ok(letter) = letter.body(text) else { return };
        let transport = self.transport.clone();
        tokio::spawn(async move {
            if let Err(error) = transport.send(letter).await {
                // The server's own words may name the address: the kind of failure has to do.
                let kind = if error.is_permanent() {
                    "refused"
                } else if error.is_timeout() {
                    "timeout"
                } else {
                    "failed"
                };
                tracing::error!(kind, "A letter could not be sent; check SMTP_URL");
            }
            drop(place);
        });
    }
}
