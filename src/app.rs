//! Makes each room and hands it to the next; `main` and every test start here.

use std::any::Any;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Extensions, Server, ServerHandle};
use actix_web::middleware::{NormalizePath, from_fn};
use actix_web::rt::task::JoinHandle;
use actix_web::{App, HttpServer, rt, web};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, SockRef, Socket, Type};
use tracing::{info, warn};
use tracing_actix_web::TracingLogger;

use crate::accounts::{self, Accounts, Registration, Shares};
use crate::bus::Wire;
use crate::config::Config;
use crate::discussion::{Budget, Counts, House, Registry};
use crate::http::{self, State, doorman, error::name_problems, span::RequestSpan};
use crate::llm::Voices;
use crate::mail::Mailer;
use crate::operator;
use crate::store::Store;

/// A stalled reader otherwise keeps megabytes of kernel memory and wakes to hundreds of stale deltas.
const NOT_SENT_LOW_WATER: u32 = 16 * 1024;
/// Sent bytes that nobody confirms for so long mean a dead peer. With a heartbeat every 15 s one that only reads (SSE) is gone
/// within a minute.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(40);
/// Connections that wait to be accepted: a school comes at once.
const BACKLOG: i32 = 4096;
const KEEP_ALIVE: Duration = Duration::from_secs(75);
const BEAT_EVERY: Duration = Duration::from_secs(60 * 60);

/// A running ChatLab.
pub struct Running {
    pub address: SocketAddr,
    pub state: web::Data<State>,
    server: ServerHandle,
    store: Store,
    /// Closes the sockets of logins that have ended.
    doorman: JoinHandle<()>,
    /// Ends shares whose time is over.
    expiry: JoinHandle<()>,
    /// Lets the database forget what has expired.
    beat: JoinHandle<()>,
    /// Answers the commands of whoever runs this ChatLab.
    operator: Option<operator::Desk>,
}

/// Opens the database, starts the discussions' threads, binds the address. The returned future runs the server to its end.
pub async fn start(config: Config) -> anyhow::Result<(Running, Server)> {
    let settings = config.store.clone();
    let store = web::block(move || Store::open(&settings)).await??;
    let voices = Arc::new(Voices::new(&config.llm)?);
    let budget = Budget::open(config.discussion.limits, &store).await?;
    let prices = config.prices.clone();
    let settings = config.discussion.clone();
    let house = House { store: store.clone(), voices, prices, budget, settings, counts: Counts::default() };
    let registry = Registry::start(house);
    let accounts = Accounts::open(store.clone(), config.accounts()).await?;
    let shares = Shares::open(store.clone()).await?;
    open_many_files();
    let listener = listen(SocketAddr::new(config.host, config.port))?;
    let address = listener.local_addr()?;
    let workers = config.workers;
    let mail = config.mail.as_ref().and_then(Mailer::new);
    let socket = operator::socket_beside(config.store.url.file());
    let state = web::Data::new(State::new(config, address, registry, accounts, shares, mail));
    let server = serve(state.clone(), listener, workers)?;
    let doorman = rt::spawn(doorman::run(state.clone()));
    let expiry = rt::spawn(http::end_expired_shares(state.clone()));
    let beat = rt::spawn(beat(store.clone()));
    let operator = operator::listen(&socket, state.clone());
    Ok((Running { address, state, server: server.handle(), store, doorman, expiry, beat, operator }, server))
}

/// What has expired goes with the next write, and in the holidays nobody writes.
async fn beat(store: Store) {
    let mut hours = rt::time::interval(BEAT_EVERY);
    loop {
        hours.tick().await;
        // The store has told what is wrong with it.
        let _ = store.beat().await;
    }
}

/// The address, with a backlog that a whole school fits in. `::` takes IPv4 too.
fn listen(address: SocketAddr) -> anyhow::Result<std::net::TcpListener> {
    let bind = || -> io::Result<Socket> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        if address.is_ipv6() && address.ip().is_unspecified() {
            socket.set_only_v6(false)?;
        }
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(socket)
    };
    let socket = bind().map_err(|error| anyhow::anyhow!("HOST and PORT: cannot listen on {address}: {error}"))?;
    Ok(socket.into())
}

fn serve(state: web::Data<State>, listener: std::net::TcpListener, workers: usize) -> io::Result<Server> {
    let head_timeout = state.config.limits.head_timeout;
    let make = move || {
        let state = state.clone();
        App::new()
            .app_data(state.clone())
            .wrap(http::headers::security_headers(state.public_url.scheme() == "https", sign_in_origin(&state)))
            .wrap(http::cors(&state.config))
            .wrap(from_fn(name_problems))
            .wrap(TracingLogger::<RequestSpan>::new())
            .wrap(NormalizePath::trim())
            .configure(http::routes)
    };
    let server = HttpServer::new(make)
        .workers(workers)
        .on_connect(tune)
        // Every byte is handed to the kernel before a body is asked for the next one: a live connection's body that waits has
        // nothing left in the server's buffer, and the feed may write to its socket directly.
        .h1_write_buffer_size(1)
        .client_request_timeout(head_timeout)
        .keep_alive(KEEP_ALIVE)
        .max_connections(50_000)
        .shutdown_timeout(1)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// A connection has two descriptors (`bus::Wire`), and a shell allows a thousand: as many as the system lets us have.
fn open_many_files() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }) {
        warn!(%error, "The limit on open files stays as it is");
    }
}

/// Where the page signs in, if not here.
fn sign_in_origin(state: &State) -> Option<String> {
    state.accounts.supabase().map(|supabase| supabase.url.origin().ascii_serialization())
}

/// Small frames go out at once, and a stalled reader holds little.
fn tune(io: &dyn Any, data: &mut Extensions) {
    let Some(stream) = io.downcast_ref::<actix_web::rt::net::TcpStream>() else { return };
    let socket = SockRef::from(stream);
    let tuned = socket
        .set_tcp_nodelay(true)
        .and_then(|()| socket.set_tcp_notsent_lowat(NOT_SENT_LOW_WATER))
        .and_then(|()| socket.set_tcp_user_timeout(Some(TCP_USER_TIMEOUT)));
    if let Err(error) = tuned {
        warn!(%error, "A connection could not be tuned");
    }
    // Without one frames take the long way.
    if let Ok(wire) = Wire::to(stream) {
        data.insert(Rc::new(wire));
    }
}

impl Running {
    /// Stops in order: no new work, running turns written down as `interrupted`, every socket told to come back, then the end.
    pub async fn stop(self) {
        info!("Stopping");
        self.state.health.stop();
        self.doorman.abort();
        drop(self.operator);
        self.expiry.abort();
        self.beat.abort();
        self.state.registry.close().await;
        self.server.stop(true).await;
        self.store.close().await;
        self.state.registry.stop();
    }
}

/// Tells whoever started it how to get in.
pub async fn greet(running: &Running) -> anyhow::Result<()> {
    let state = &running.state;
    if state.registry.house().voices.is_demo() {
        info!("No model is configured: the built-in demo voices speak. Set a key in .env for a real one");
    }
    let needs_owner = state.accounts.needs_code() || state.accounts.registration() == Registration::Invite;
    if needs_owner && !running.store.has_owner().await? {
        let code = accounts::new_owner_code(&running.store).await?;
        info!("The owner's link, valid once: {}", http::letters::owner_link(&state.public_url, &code));
    }
    Ok(())
}
