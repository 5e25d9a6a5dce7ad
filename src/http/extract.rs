//! What handlers take from a request. Bodies are read by [`read_json`] inside the handler, after identity and ownership were
//! checked: an extractor of the body would run before.

use std::net::IpAddr;

use actix_web::http::header;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::State;
use super::error::{ApiError, FieldError};

/// Reads a JSON body of at most `limit` bytes. An empty body counts as `{}`.
///
/// # Errors
/// 408 too slow, 413 too large, 415 not JSON by its content type, 400 no JSON, 422 a field of the wrong type.
pub async fn read_json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
) -> Result<T, ApiError> {
    let mut body = read_in_time(request, payload, limit).await?;
    if body.is_empty() {
        body.extend_from_slice(b"{}");
    } else if !is_json(request) {
        return Err(ApiError::UnsupportedMediaType);
    }
    parse_json(&body)
}

/// Reads a body of any kind, of at most `limit` bytes.
///
/// # Errors
/// 408 too slow, 413 too large.
pub async fn read_bytes(request: &HttpRequest, payload: web::Payload, limit: usize) -> Result<web::Bytes, ApiError> {
    Ok(read_in_time(request, payload, limit).await?.freeze())
}

async fn read_in_time(request: &HttpRequest, payload: web::Payload, limit: usize) -> Result<web::BytesMut, ApiError> {
    let time = request.app_data::<web::Data<State>>().expect("every route has the state").config.limits.body_timeout;
    timeout(time, read_body(payload, limit)).await.map_err(|_| ApiError::TooSlow)?
}

async fn read_body(mut payload: web::Payload, limit: usize) -> Result<web::BytesMut, ApiError> {
    let mut body = web::BytesMut::new();
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|_| ApiError::Malformed("The body ended too early.".to_owned()))?;
        if body.len() + piece.len() > limit {
            return Err(ApiError::TooLarge(limit));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn is_json(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json);
    read.map_err(|error| {
        let field = error.path().to_string();
        let cause = error.into_inner();
        match cause.is_data() {
            true => ApiError::Invalid(vec![FieldError { field, message: sentence(&cause) }]),
            false => ApiError::Malformed("The body is no JSON.".to_owned()),
        }
    })
}

/// serde's words without its place in the text.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    format!("{}.", &text[..end])
}

/// The client's address: the peer's, or what a trusted proxy says (`TRUSTED_PROXIES`), in the header that was named
/// (`CLIENT_ADDRESS_HEADER`) or in `X-Forwarded-For`.
///
/// Of `X-Forwarded-For` the last address that is no trusted proxy counts: everything left of it is anybody's word.
pub fn client_address(request: &HttpRequest) -> IpAddr {
    let unknown = IpAddr::from([0, 0, 0, 0]);
    let Some(peer) = request.peer_addr().map(|peer| peer.ip().to_canonical()) else { return unknown };
    let Some(state) = request.app_data::<web::Data<State>>() else { return peer };
    let trusted = |address: &IpAddr| state.config.trusted_proxies.iter().any(|net| net.contains(address));
    if !trusted(&peer) {
        return peer;
    }
    if let Some(header) = &state.config.client_address_header {
        let mut named = request.headers().get_all(header).map(|value| value.to_str().ok()?.trim().parse().ok());
        return match (named.next().flatten(), named.next()) {
            (Some(address), None) => IpAddr::to_canonical(&address),
            // Two of them: the proxy has not set it, or not alone.
            _ => peer,
        };
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let list: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    let addresses = list.iter().rev().map_while(|text| text.trim().parse::<IpAddr>().ok()).map(|ip| ip.to_canonical());
    addresses.into_iter().find(|address| !trusted(address)).unwrap_or(peer)
}

/// Whether a page of this origin may use the API: the server's own (`PUBLIC_URL`'s or the request's `Host`) or one of
/// `CORS_ORIGINS`. A request without an `Origin` is no browser's.
///
/// The `Host` says nothing of the scheme, so that is `PUBLIC_URL`'s where the host is: a page that somebody on the way has put
/// there over plain http is not ours.
pub fn origin_allowed(request: &HttpRequest, state: &State) -> bool {
    let Some(origin) = request.headers().get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let own = state.public_origin();
    let public_host = own.split_once("://").is_some_and(|(_, public)| public.eq_ignore_ascii_case(host));
    let own_host = ["http://", "https://"]
        .iter()
        .filter(|scheme| !public_host || own.starts_with(**scheme))
        .any(|scheme| origin.strip_prefix(scheme).is_some_and(|rest| !host.is_empty() && rest.eq_ignore_ascii_case(host)));
    own_host || origin == own || state.config.cors_origins.iter().any(|allowed| allowed == origin)
}
