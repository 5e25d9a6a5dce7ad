//! Reads the configuration, builds the app, runs until the stop signal.

use std::process::ExitCode;

use actix_web::rt::signal::unix::{SignalKind, signal};
use chatlab::config::{Config, Env, Log};
use chatlab::{app, command};
use clap::Parser;
use tracing::{error, info};
use tracing_subscriber::EnvFilter;

/// A class watches great minds discuss. All settings are environment variables: see .env.example.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<command::Command>,
}

#[actix_web::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Env::of_process().and_then(|env| Config::read(&env)) {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    let run = match arguments.command {
        None => serve(config).await,
        Some(command) => command::run(command, config).await,
    };
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// One line that says what is wrong.
#[expect(clippy::print_stderr, reason = "the log may not be there yet, and this is for whoever started it")]
fn fail(error: &impl std::fmt::Display) -> ExitCode {
    eprintln!("chatlab: {error:#}");
    ExitCode::FAILURE
}

async fn serve(config: Config) -> anyhow::Result<()> {
    start_log(&config.log);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (running, server) = app::start(config).await?;
    let mut server = actix_web::rt::spawn(server);
    app::greet(&running).await?;
    info!("listening on http://{}", running.address);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        ended = &mut server => {
            error!("The server ended by itself");
            ended??;
        }
    }
    running.stop().await;
    Ok(())
}

fn start_log(log: &Log) {
    // The framework's own start is of no interest to whoever runs this, and what is no HTTP, anybody can send as often as they like.
    let quiet = format!("actix_server=warn,actix_http::h1=off,{}", log.filter);
    let filter = EnvFilter::try_new(&quiet).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    match log.json {
        true => builder.json().flatten_event(true).init(),
        false => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stdout())).init(),
    }
}
