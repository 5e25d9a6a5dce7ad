//! The page: the files of `frontend/dist`, part of the binary, compressed when they were built.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header::HeaderValue;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::{Embed, EmbeddedFile};

use super::error::ApiError;

/// By the first part of an address: the `Link` header that has its page's code fetched at once. The page's build writes it.
static LINKS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let file = Dist::get("links.json");
    file.and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
});

#[derive(Embed)]
#[folder = "frontend/dist"]
#[allow_missing = true]
struct Dist;

/// Names that Vite gives carry a hash of the content.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// Serves a file, or the page for every address that is the page's own to resolve.
pub async fn page(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Err(ApiError::MethodNotAllowed);
    }
    let path = request.path().trim_start_matches('/');
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    match (is_file, path) {
        (true, path) => serve(&request, path, if path.starts_with("assets/") { FOREVER } else { "public, max-age=3600" }),
        // Observers have a page of their own.
        (false, "watch") => serve(&request, "watch.html", "no-cache"),
        (false, path) if path.starts_with("watch/") => serve(&request, "watch.html", "no-cache"),
        (false, path) => {
            let mut response = serve(&request, "index.html", "no-cache")?;
            let links = path.split('/').next().and_then(|part| LINKS.get(part)).map(|links| HeaderValue::from_str(links));
            if let Some(Ok(links)) = links {
                response.headers_mut().insert(header::LINK, links);
            }
            Ok(response)
        }
    }
}

fn serve(request: &HttpRequest, path: &str, cache: &'static str) -> Result<HttpResponse, ApiError> {
    // The compressed twins are served under their own file's name only.
    let is_twin = path.ends_with(".br") || path.ends_with(".gz");
    let whole = Dist::get(path).filter(|_| !is_twin).ok_or(ApiError::NotFound)?;
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let twin = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(name, _)| accepts(accepted, name))
        .find_map(|(name, end)| Some((name, Dist::get(&format!("{path}{end}"))?)));
    let tag = format!("\"{}\"", hex(&whole.metadata.sha256_hash()[..12]));
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::ETAG, tag.clone()))
        .insert_header((header::VARY, "Accept-Encoding"));
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok(response.status(actix_web::http::StatusCode::NOT_MODIFIED).finish());
    }
    response.content_type(content_type(path));
    Ok(match twin {
        Some((encoding, file)) => response.insert_header((header::CONTENT_ENCODING, encoding)).body(bytes(file)),
        None => response.body(bytes(whole)),
    })
}

/// Whether the client takes this encoding: named, and not with `q=0`.
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next() == Some(encoding) && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn bytes(file: EmbeddedFile) -> web::Bytes {
    match file.data {
        std::borrow::Cow::Borrowed(data) => web::Bytes::from_static(data),
        std::borrow::Cow::Owned(data) => web::Bytes::from(data),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The types that a build of the page has.
fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
