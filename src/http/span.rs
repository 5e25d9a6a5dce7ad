//! What is logged of a request: method, path, status, time. Never the query string: it may hold a ticket.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

use actix_web::HttpMessage;

pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        // The span of a request is entered whenever its body is polled: for a live connection that is twice a frame, and dearer
        // than the frame. Nor need thousands of connections hold one for hours.
        if request.path().ends_with("/live") || request.path().ends_with("/events") {
            return Span::none();
        }
        let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        tracing::info_span!("request", id = %id, method = %request.method(), path = %request.path(), status = tracing::field::Empty)
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
