//! The route table. Nouns have a file each; `error` owns every status code, `extract` what is taken from a request.

pub mod error;
pub mod extract;
pub mod headers;
mod health;
mod live;
mod page;
pub mod span;

use std::net::SocketAddr;

use actix_cors::Cors;
use actix_web::http::{Method, header};
use actix_web::{Route, guard, web};

use crate::accounts::{Accounts, Doors, LocalTickets, Tickets};
use crate::config::Config;
use crate::discussion::Registry;
use crate::ws::Seats;
use error::ApiError;

/// What every handler can reach.
pub struct State {
    pub config: Config,
    /// The address that others reach the server by, without a trailing slash.
    pub public_url: url::Url,
    pub registry: Registry,
    pub accounts: Accounts,
    pub doors: Doors,
    pub tickets: Box<dyn Tickets>,
    pub seats: Seats,
    pub health: health::Health,
}

impl State {
    pub fn new(config: Config, bound: SocketAddr, registry: Registry, accounts: Accounts) -> Self {
        Self {
            public_url: config.public_url(bound),
            doors: Doors::new(registry.house().store.clone()),
            tickets: Box::new(LocalTickets::default()),
            seats: Seats::default(),
            health: health::Health::default(),
            config,
            registry,
            accounts,
        }
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
                .service(web::resource("/discussions/{id}/live").route(web::get().to(live::live)))
                .service(web::resource("/discussions/{id}/events").route(web::get().to(live::events)))
                .default_service(web::to(unknown)),
        )
        .default_service(web::to(page::page));
}

/// GET, and HEAD which is answered alike.
fn read() -> Route {
    web::route().guard(guard::fn_guard(|context| matches!(context.head().method, Method::GET | Method::HEAD)))
}

/// The description of the HTTP interface.
pub fn openapi_json() -> String {
    todo!()
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
