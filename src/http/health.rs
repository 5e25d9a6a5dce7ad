//! Is it alive, is it ready, what has it done.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use secrecy::ExposeSecret;
use serde_json::json;

use super::State;
use super::error::ApiError;
use super::extract::client_address;
use crate::auth::digest;

/// Whether the server wants new work.
#[derive(Default)]
pub struct Health {
    stopping: AtomicBool,
}

impl Health {
    /// From now on `/ready` says no.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }
}

/// Alive, whatever the database does.
#[utoipa::path(get, path = "/health", responses((status = 200)), security(()))]
pub async fn health() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"status": "ok"}))
}

/// Ready for work: the database answers with this version's tables, and the server is not stopping.
#[utoipa::path(get, path = "/ready", responses((status = 200), (status = 503)), security(()))]
pub async fn ready(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    if state.health.stopping.load(Ordering::Acquire) {
        return Err(ApiError::Closing);
    }
    match state.registry.house().store.ready().await {
        true => Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"status": "ready"}))),
        false => Err(ApiError::StorageUnavailable),
    }
}

/// Prometheus text: from this machine, or with `Authorization: Bearer` and `METRICS_TOKEN`.
#[utoipa::path(get, path = "/metrics", responses((status = 200), (status = 401)), security(()))]
pub async fn metrics(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let allowed = match &state.config.metrics_token {
        // Digests are compared, so the time it takes tells nothing of the token.
        Some(token) => {
            given.and_then(|given| given.strip_prefix("Bearer ")).map(digest) == Some(digest(token.expose_secret()))
        }
        // What a proxy on this machine passes on comes from elsewhere, also where nobody named it in TRUSTED_PROXIES.
        None => client_address(&request).is_loopback() && !request.headers().contains_key("x-forwarded-for"),
    };
    if !allowed {
        return Err(ApiError::Unauthorized);
    }
    let mut registry = Registry::with_prefix("chatlab");
    gauge(&mut registry, "discussions_live", "Discussions in memory", state.registry.count().await);
    gauge(&mut registry, "watchers", "Connections to live events", crate::bus::watching());
    let counts = &state.registry.house().counts;
    counter(&mut registry, "turns", "Turns begun", &counts.turns);
    counter(&mut registry, "deltas", "Pieces of text heard from the voices", &counts.deltas);
    let mut text = String::new();
    encode(&mut text, &registry).map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().content_type("application/openmetrics-text; version=1.0.0; charset=utf-8").body(text))
}

fn counter(registry: &mut Registry, name: &str, help: &str, value: &AtomicUsize) {
    let counter: Counter = Counter::default();
    counter.inc_by(value.load(Ordering::Relaxed) as u64);
    registry.register(name, help, counter);
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: usize) {
    let gauge: Gauge = Gauge::default();
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
    registry.register(name, help, gauge);
}
