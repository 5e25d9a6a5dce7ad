//! What is logged of a request: method, path, status, time. Never the query string: it may hold a ticket.

use std::borrow::Cow;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

use actix_web::HttpMessage;

pub struct RequestSpan;

/// The path without a join code: whoever reads the log is not of the class.
fn loggable(path: &str) -> Cow<'_, str> {
    let code = ["/api/watch/", "/watch/"].iter().find_map(|begin| Some((*begin, path.strip_prefix(begin)?)));
    match code {
        Some((begin, rest)) => match rest.split_once('/') {
            Some((_, end)) => format!("{begin}…/{end}").into(),
            None => format!("{begin}…").into(),
        },
        None => path.into(),
    }
}

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        // The span of a request is entered whenever its body is polled: for a live connection that is twice a frame, and dearer
        // than the frame. Nor need thousands of connections hold one for hours.
        if request.path().ends_with("/live") || request.path().ends_with("/events") {
            return Span::none();
        }
        let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        let path = loggable(request.path());
        tracing::info_span!("request", id = %id, method = %request.method(), path = %path, status = tracing::field::Empty)
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        span.record("status", status.as_u16());
        span.in_scope(|| tracing::debug!("Answered"));
    }
}

#[cfg(test)]
mod tests {
    use super::loggable;

    #[test]
    fn a_join_code_is_not_written_down() {
        assert_eq!(loggable("/api/watch/H7KZ2M"), "/api/watch/…");
        assert_eq!(loggable("/api/watch/H7KZ2M/ticket"), "/api/watch/…/ticket");
        assert_eq!(loggable("/watch/H7KZ2M"), "/watch/…");
        assert_eq!(loggable("/api/me"), "/api/me");
    }
}
