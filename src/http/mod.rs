//! The route table. Nouns have a file each; `error` owns every status code, `extract` what is taken from a request.

mod accounts;
mod activity;
mod admin;
mod auth;
mod cards;
mod character_input;
mod characters;
mod commands;
mod config;
mod copies;
mod device;
mod discussions;
pub mod doorman;
pub mod error;
mod export;
pub mod extract;
pub mod headers;
mod health;
mod input;
mod invitations;
mod join;
mod lessons;
pub mod letters;
mod limit;
mod live;
mod logins;
mod me;
mod messages;
mod oidc;
mod openapi;
mod packs;
mod page;
mod perspectives;
mod pictures;
mod plans;
mod portraits;
mod preview;
mod providers;
mod reach;
mod recaps;
mod share;
pub mod span;
mod summary;
mod takeaway;
mod tickets;
mod tokens;
mod turns;
mod usage;
mod user;
mod watch;

use std::net::SocketAddr;

use actix_cors::Cors;
use actix_web::http::{Method, header};
use actix_web::middleware::DefaultHeaders;
use actix_web::{Route, guard, web};

use crate::accounts::{Accounts, Doors, LocalTickets, Shares, Tickets};
use crate::auth::Oidc;
use crate::config::Config;
use crate::discussion::{Perspectives, Registry, Summaries};
use crate::mail::Mailer;
use crate::portraits::{self as photographs, Portraits};
use crate::store::Store;
use crate::ws::Seats;
use error::ApiError;
use limit::RateLimits;

pub use openapi::openapi_json;
pub use share::end_expired as end_expired_shares;

/// What every handler can reach.
pub struct State {
    pub config: Config,
    /// The address that others reach the server by, without a trailing slash.
    pub public_url: url::Url,
    pub registry: Registry,
    pub accounts: Accounts,
    pub doors: Doors,
    pub tickets: Box<dyn Tickets>,
    pub shares: Shares,
    pub guesses: join::Guesses,
    pub seats: Seats,
    pub rates: RateLimits,
    pub perspectives: Perspectives,
    pub summaries: Summaries,
    pub portraits: Portraits,
    pub health: health::Health,
    /// None: no letters can be sent.
    pub mail: Option<Mailer>,
    /// Google and Microsoft, where they are set up.
    pub sign_in: Vec<Oidc>,
}

impl State {
    pub fn new(
        config: Config,
        bound: SocketAddr,
        registry: Registry,
        accounts: Accounts,
        shares: Shares,
        mail: Option<Mailer>,
    ) -> Self {
        Self {
            public_url: config.public_url(bound),
            doors: Doors::new(registry.house().store.clone()),
            tickets: Box::new(LocalTickets::default()),
            shares,
            guesses: join::Guesses::default(),
            seats: Seats::default(),
            rates: RateLimits::new(&config),
            perspectives: Perspectives::default(),
            summaries: Summaries::default(),
            portraits: Portraits::open(photographs::Settings::new(config.portraits_dir.clone())),
            health: health::Health::default(),
            sign_in: config.sign_in.iter().cloned().map(Oidc::new).collect(),
            mail,
            config,
            registry,
            accounts,
        }
    }

    pub fn store(&self) -> &Store {
        &self.registry.house().store
    }

    /// An address of this server for links.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.as_str().trim_end_matches('/'))
    }

    /// The server's own origin, as browsers send it.
    pub fn public_origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }
}

/// All routes. The order within a scope is the order in which they are tried.
pub fn routes(services: &mut web::ServiceConfig) {
    services
        .service(web::resource("/health").route(read().to(health::health)))
        .service(web::resource("/ready").route(read().to(health::ready)))
        .service(web::resource("/metrics").route(read().to(health::metrics)))
        .service(
            web::scope("/api")
                // What an answer does not say otherwise no cache may keep: a new route cannot forget it.
                .wrap(DefaultHeaders::new().add((header::CACHE_CONTROL, "no-store")))
                .configure(identity)
                .configure(cast)
                .configure(talk)
                .default_service(web::to(unknown)),
        )
        .default_service(web::to(page::page));
}

/// Who one is, and what a page has to know first.
fn identity(services: &mut web::ServiceConfig) {
    services
        .service(web::resource("/config").route(read().to(config::get)))
        .service(web::resource("/openapi.json").route(read().to(openapi::get)))
        .service(web::resource("/auth/guest").route(web::post().to(auth::guest)))
        .service(web::resource("/auth/refresh").route(web::post().to(auth::refresh)))
        .service(web::resource("/auth/adopt").route(web::post().to(auth::adopt)))
        .service(web::resource("/auth/logout").route(web::post().to(auth::logout)))
        .configure(own_accounts)
        .service(
            web::resource("/me")
                .route(read().to(me::get))
                .route(web::patch().to(me::patch))
                .route(web::delete().to(me::delete)),
        )
        .service(web::resource("/activity").route(web::post().to(activity::create)));
}

/// Accounts of our own.
fn own_accounts(services: &mut web::ServiceConfig) {
    services
        .service(web::resource("/auth/register").route(web::post().to(accounts::register)))
        .service(web::resource("/auth/login").route(web::post().to(accounts::login)))
        .service(web::resource("/auth/reset").route(web::post().to(accounts::reset)))
        .service(web::resource("/auth/reset/confirm").route(web::post().to(accounts::new_password_by_link)))
        .service(web::resource("/auth/confirm").route(web::post().to(accounts::confirm)))
        .service(web::resource("/me/password").route(web::post().to(accounts::change_password)))
        .service(web::resource("/auth/{provider}").route(read().to(oidc::begin)))
        .service(web::resource("/auth/{provider}/callback").route(read().to(oidc::back)))
        .service(web::resource("/me/export").route(read().to(takeaway::get)))
        .service(web::resource("/admin/usage").route(read().to(admin::usage)))
        .service(web::resource("/admin/actions").route(read().to(admin::actions)))
        .service(web::resource("/admin/transcripts").route(read().to(admin::transcripts)))
        .service(web::resource("/admin/activity").route(read().to(admin::activity)))
        .service(web::resource("/me/tokens").route(read().to(tokens::list)).route(web::post().to(tokens::create)))
        .service(web::resource("/me/tokens/{id}").route(web::delete().to(tokens::delete)))
        .service(web::resource("/me/logins").route(read().to(logins::list)))
        .service(web::resource("/me/logins/{id}").route(web::delete().to(logins::delete)))
        .service(
            web::resource("/invitations").route(read().to(invitations::list)).route(web::post().to(invitations::create)),
        )
        .service(web::resource("/invitations/{id}").route(web::delete().to(invitations::delete)));
}

/// Who may speak.
fn cast(services: &mut web::ServiceConfig) {
    services
        .service(web::resource("/characters").route(read().to(characters::list)).route(web::post().to(characters::create)))
        .service(web::resource("/characters/import").route(web::post().to(packs::import)))
        .service(web::resource("/characters/export").route(web::post().to(packs::export)))
        .service(web::resource("/characters/preview").route(web::post().to(preview::create)))
        .service(web::resource("/characters/{id}/card").route(read().to(cards::get)))
        .service(
            web::resource("/characters/{id}/picture")
                .route(web::put().to(pictures::replace))
                .route(web::delete().to(pictures::delete)),
        )
        .service(
            web::resource("/characters/{id}")
                .route(read().to(characters::get))
                .route(web::put().to(characters::replace))
                .route(web::delete().to(characters::delete)),
        )
        .service(web::resource("/pictures/{id}").route(read().to(pictures::get)))
        .service(web::resource("/lessons").route(read().to(lessons::list)).route(web::post().to(lessons::start)))
        .service(web::resource("/lessons/check").route(web::post().to(lessons::check)))
        .service(web::resource("/lessons/write").route(web::post().to(lessons::write_draft)))
        .service(web::resource("/lessons/{id}/file").route(read().to(lessons::file)))
        .service(web::resource("/providers/test").route(web::post().to(providers::test)))
        .service(web::resource("/perspectives").route(web::post().to(perspectives::ask)))
        .service(web::resource("/portraits").route(read().to(portraits::status)).route(web::post().to(portraits::fetch)))
        .service(web::resource("/portraits/{id}").route(read().to(portraits::get)))
        .service(web::resource("/emblems/{name}.svg").route(read().to(portraits::emblem_svg)));
}

/// What is said.
fn talk(services: &mut web::ServiceConfig) {
    services
        .service(
            web::resource("/discussions").route(read().to(discussions::list)).route(web::post().to(discussions::create)),
        )
        .service(
            web::resource("/discussions/{id}")
                .route(read().to(discussions::get))
                .route(web::patch().to(discussions::patch))
                .route(web::delete().to(discussions::delete)),
        )
        .service(web::resource("/discussions/{id}/messages").route(read().to(messages::list)))
        .service(web::resource("/discussions/{id}/fork").route(web::post().to(copies::fork)))
        .service(web::resource("/discussions/{id}/duplicate").route(web::post().to(copies::duplicate)))
        .service(web::resource("/discussions/{id}/messages/{mid}").route(web::patch().to(messages::edit)))
        .service(web::resource("/discussions/{id}/messages/{mid}/versions").route(read().to(messages::versions)))
        .service(web::resource("/discussions/{id}/turns").route(web::post().to(turns::create)))
        .service(
            web::resource("/discussions/{id}/summary").route(read().to(summary::get)).route(web::post().to(summary::create)),
        )
        .service(web::resource("/discussions/{id}/lesson").route(read().to(lessons::export)))
        .service(web::resource("/discussions/{id}/plan").route(read().to(plans::get)).route(web::put().to(plans::replace)))
        .service(web::resource("/discussions/{id}/plan/{step}/say").route(web::post().to(plans::say)))
        .service(web::resource("/discussions/{id}/summaries").route(read().to(summary::list)))
        .service(web::resource("/discussions/{id}/recaps").route(read().to(recaps::list)))
        .service(web::resource("/discussions/{id}/export").route(read().to(export::get)))
        .service(web::resource("/discussions/{id}/commands").route(web::post().to(commands::create)))
        .service(web::resource("/discussions/{id}/usage").route(read().to(usage::get)))
        .service(web::resource("/discussions/{id}/ticket").route(web::post().to(tickets::create)))
        .service(
            web::resource("/discussions/{id}/share")
                .route(read().to(share::get))
                .route(web::post().to(share::create))
                .route(web::delete().to(share::delete)),
        )
        .service(web::resource("/watch/{code}").route(read().to(watch::get)))
        .service(web::resource("/watch/{code}/messages").route(read().to(watch::list)))
        .service(web::resource("/watch/{code}/commands").route(web::post().to(watch::command)))
        .service(web::resource("/watch/{code}/ticket").route(web::post().to(watch::ticket)))
        .service(web::resource("/discussions/{id}/live").route(web::get().to(live::live)))
        .service(web::resource("/discussions/{id}/events").route(web::get().to(live::events)));
}

/// GET, and HEAD which is answered alike.
fn read() -> Route {
    web::route().guard(guard::fn_guard(|context| matches!(context.head().method, Method::GET | Method::HEAD)))
}

/// An address of the API that nobody knows.
async fn unknown() -> Result<actix_web::HttpResponse, ApiError> {
    Err(ApiError::NotFound)
}

/// Who else may call: the origins of `CORS_ORIGINS`, with their cookies.
pub fn cors(config: &Config) -> Cors {
    let origins = config.cors_origins.clone();
    Cors::default()
        .allowed_origin_fn(move |origin, _| origin.to_str().is_ok_and(|origin| origins.iter().any(|o| o == origin)))
        .allowed_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT])
        .allowed_header("idempotency-key")
        .expose_headers([header::CONTENT_DISPOSITION, header::RETRY_AFTER])
        .supports_credentials()
        .block_on_origin_mismatch(false)
        .max_age(3600)
}
