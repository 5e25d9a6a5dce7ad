//! What `chatlab` does besides serving.

use std::time::Duration;

use anyhow::{Context, bail};
use clap::Subcommand;

use crate::accounts::Accounts;
use crate::config::Config;
use crate::operator::{self, Answer, Office, Request};
use crate::portraits::{self, Failure, Portraits};
use crate::store::Store;

#[derive(Subcommand)]
pub enum Command {
    /// Exit 0 if the server at HOST and PORT is ready for work.
    Health,
    /// Print the description of the HTTP interface.
    Openapi,
    /// Print a new one-time link for the owner, in place of the one before.
    OwnerLink,
    /// Print a link that sets a new password for an account. It works once, within an hour.
    ResetLink {
        /// The account's address.
        email: String,
    },
    /// Print a link that confirms an account's address, for whoever is signed in to it.
    ConfirmLink {
        /// The account's address.
        email: String,
    },
    /// Fetch photographs of the characters from Wikimedia Commons into PORTRAITS_DIR. A running server finds them.
    Portraits,
}

/// # Errors
/// What went wrong, in one line.
#[expect(clippy::print_stdout, reason = "printing is what these commands are for")]
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    match command {
        Command::Health => health(&config).await?,
        Command::Openapi => println!("{}", crate::http::openapi_json()),
        Command::OwnerLink => println!("{}", link(&config, Request::Owner).await?),
        Command::ResetLink { email } => println!("{}", link(&config, Request::Reset { email }).await?),
        Command::ConfirmLink { email } => println!("{}", link(&config, Request::Confirm { email }).await?),
        Command::Portraits => portraits(&config).await?,
    }
    Ok(())
}

/// Asks the running server, which holds the database; where none runs, the database itself.
async fn link(config: &Config, request: Request) -> anyhow::Result<String> {
    let socket = operator::socket_beside(config.store.url.file());
    let answer = match operator::ask(&socket, &request).await.context("the running server does not answer")? {
        Some(answer) => answer,
        None => {
            let store = Store::open(&config.store)?;
            let accounts = Accounts::open(store.clone(), config.accounts()).await?;
            let base = config.public_url((config.host, config.port).into());
            let answer = Office { accounts: &accounts, store: &store, base: &base }.answer(request).await;
            store.close().await;
            answer
        }
    };
    match answer {
        Answer::Link(link) => Ok(link),
        Answer::Refused(why) => bail!("{why}"),
    }
}

/// Fetches what is missing and names what could not be fetched.
#[expect(clippy::print_stdout, reason = "printing is what this command is for")]
async fn portraits(config: &Config) -> anyhow::Result<()> {
    let portraits = Portraits::open(portraits::Settings::new(config.portraits_dir.clone()));
    let report = portraits.fetch().await;
    for Failure { character, reason } in &report.failed {
        println!("{character}: {reason}; the emblem stays");
    }
    println!("{} of {} photographs are in {}", report.fetched, report.available, config.portraits_dir.display());
    match report.fetched {
        0 => bail!("no photograph could be fetched"),
        _ => Ok(()),
    }
}

/// Asks the server on this machine.
async fn health(config: &Config) -> anyhow::Result<()> {
    let host = match config.host.is_unspecified() {
        true => "127.0.0.1".to_owned(),
        false if config.host.is_ipv6() => format!("[{}]", config.host),
        false => config.host.to_string(),
    };
    let client = reqwest::Client::builder().timeout(Duration::from_secs(3)).no_proxy().build()?;
    let url = format!("http://{host}:{}/ready", config.port);
    let answer = client.get(&url).send().await.with_context(|| format!("no answer from {url}"))?;
    if !answer.status().is_success() {
        bail!("{url} answers {}", answer.status());
    }
    Ok(())
}
