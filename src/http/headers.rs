//! What every answer carries: nothing of the page runs but its own files, nobody frames it, no type is guessed.

use actix_web::middleware::DefaultHeaders;

/// Scripts, fonts and calls from the server itself only; no inline script. Styles set by the page's own code need
/// `unsafe-inline` (a voice's colour is a style).
fn content_security_policy(connect: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'{connect}; manifest-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'"
    )
}

/// `connect`: another origin that the page may call.
pub fn security_headers(https: bool, connect: Option<String>) -> DefaultHeaders {
    let connect = connect.map(|origin| format!(" {origin}")).unwrap_or_default();
    let headers = DefaultHeaders::new()
        .add(("Content-Security-Policy", content_security_policy(&connect)))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("X-Frame-Options", "DENY"))
        .add(("Referrer-Policy", "no-referrer"))
        .add(("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"));
    match https {
        true => headers.add(("Strict-Transport-Security", "max-age=31536000")),
        false => headers,
    }
}
