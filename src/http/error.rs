//! The one place where an error becomes a status, a stable code for programs and a sentence for people (RFC 9457).
//!
//! Rooms below have error types in their own words; each gets a `From` here. What nobody expected is `Internal`: logged once
//! with its cause, told to nobody else.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use tracing_actix_web::RequestId;
use utoipa::ToSchema;

use crate::bus::Gone;
use crate::discussion::{AskError, WakeError};
use crate::domain::discussion::Refusal;
use crate::store::StoreError;
use crate::ws::Objection;

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("no valid identity")]
    Unauthorized,
    /// Unknown address or wrong password.
    #[error("wrong address or password")]
    WrongLogin,
    /// There is one already, in plain words.
    #[error("{0}")]
    Taken(&'static str),
    /// With what is not allowed and why.
    #[error("{0}")]
    NotAllowed(&'static str),
    /// Unknown, or somebody else's: nobody can tell.
    #[error("not found")]
    NotFound,
    /// Not here, for a reason that is no secret.
    #[error("{0}")]
    NotHere(&'static str),
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The body or the query cannot be read.
    #[error("{0}")]
    Malformed(String),
    /// The body did not come in time.
    #[error("too slow")]
    TooSlow,
    #[error("more than {0} bytes")]
    TooLarge(usize),
    #[error("not JSON")]
    UnsupportedMediaType,
    /// A file of a kind that is not taken; the words say which are.
    #[error("{0}")]
    WrongKind(String),
    /// Characters of these names are there already.
    #[error("{0:?} are there already")]
    SameName(Vec<String>),
    /// The body was read, but its fields are not what they should be.
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    #[error("too many requests")]
    RateLimited(Duration),
    /// A limit on how much one may have, in plain words.
    #[error("{0}")]
    LimitReached(String),
    /// A summary of nothing.
    #[error("nothing was said yet")]
    NothingSaid,
    #[error("{0:?}")]
    Refused(Refusal),
    /// A command that a socket would answer with an error.
    #[error("{0:?}")]
    Objected(Objection),
    /// No voice could answer; the words say why.
    #[error("{0}")]
    ProviderUnavailable(String),
    #[error("the server is stopping")]
    Closing,
    #[error("the database is unavailable")]
    StorageUnavailable,
    #[error("internal error")]
    Internal,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

/// The body of every error (`application/problem+json`).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` tells the kind.
    r#type: &'static str,
    title: &'static str,
    status: u16,
    /// What happened and what to do, for people.
    detail: String,
    /// Stable, for programs.
    code: &'static str,
    request_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl ApiError {
    /// One field that is not as it should be.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// Something nobody expected: logged here, once, with its cause.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "Unexpected error");
        Self::Internal
    }

    fn parts(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "unauthorized", "Sign in, or continue as a guest, and try again.".to_owned())
            }
            Self::WrongLogin => {
                (StatusCode::UNAUTHORIZED, "wrong_login", "The address or the password is not right.".to_owned())
            }
            Self::Taken(why) => (StatusCode::CONFLICT, "taken", (*why).to_owned()),
            Self::NotAllowed(why) => (StatusCode::FORBIDDEN, "not_allowed", (*why).to_owned()),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is nothing here, or it is not yours.".to_owned()),
            Self::NotHere(why) => (StatusCode::NOT_FOUND, "not_found", (*why).to_owned()),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This address does not do that.".to_owned())
            }
            Self::Malformed(what) => (StatusCode::BAD_REQUEST, "malformed", what.clone()),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "too_slow",
                "The request did not arrive in time. Try again, from a better connection.".to_owned(),
            ),
            Self::TooLarge(limit) => {
                let detail = format!("This is larger than {limit} bytes. Send less at once.");
                (StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
            }
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send JSON, with the header `Content-Type: application/json`.".to_owned(),
            ),
            Self::WrongKind(words) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", words.clone()),
            Self::SameName(names) => (
                StatusCode::CONFLICT,
                "same_name",
                format!("You have {} already. Keep both, replace yours, or leave the new one out.", names.join(", ")),
            ),
            Self::Invalid(errors) => {
                let told: Vec<String> = errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid", told.join(" "))
            }
            Self::RateLimited(wait) => {
                let detail = format!("Too many requests. Try again in {} s.", seconds(*wait));
                (StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
            }
            Self::LimitReached(what) => (StatusCode::CONFLICT, "limit_reached", what.clone()),
            Self::NothingSaid => (
                StatusCode::CONFLICT,
                "nothing_said",
                "Nothing was said yet. Let somebody speak first, then ask for a summary.".to_owned(),
            ),
            Self::Refused(refusal) => (status_of(*refusal), refusal.code(), refusal.message().to_owned()),
            Self::Objected(objection) => (status_of_objection(objection), objection.code, objection.message.clone()),
            Self::ProviderUnavailable(why) => (StatusCode::SERVICE_UNAVAILABLE, "provider_unavailable", why.clone()),
            Self::Closing => (
                StatusCode::SERVICE_UNAVAILABLE,
                "restarting",
                "ChatLab is being restarted. Try again in a moment.".to_owned(),
            ),
            Self::StorageUnavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "storage_unavailable",
                "The database cannot be reached just now. Nothing was changed; try again in a moment.".to_owned(),
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Something went wrong on our side. It was written down; try again.".to_owned(),
            ),
        }
    }

    /// The body that tells it, without the request's id.
    pub fn problem(&self) -> Problem {
        let (status, code, detail) = self.parts();
        let title = status.canonical_reason().unwrap_or("Error");
        let errors = match self {
            Self::Invalid(errors) => errors.clone(),
            _ => vec![],
        };
        Problem { r#type: "about:blank", title, status: status.as_u16(), detail, code, request_id: String::new(), errors }
    }

    /// Seconds after which to try again, for those that say so.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(wait) => Some(seconds(*wait)),
            _ if self.parts().0 == StatusCode::SERVICE_UNAVAILABLE => Some(1),
            _ => None,
        }
    }

    /// For a status that the framework answered by itself.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            StatusCode::FORBIDDEN => Self::NotAllowed("This is not allowed from here."),
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::Malformed("This request is too large.".to_owned()),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            status if status.is_client_error() => Self::Malformed("This request could not be read.".to_owned()),
            _ => Self::Internal,
        }
    }
}

fn status_of(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::TurnInProgress
        | Refusal::EveryoneMuted
        | Refusal::NotACharacters
        | Refusal::NotCutOff
        | Refusal::Struck => StatusCode::CONFLICT,
        Refusal::UnknownMessage => StatusCode::NOT_FOUND,
        Refusal::BudgetExhausted(_) => StatusCode::PAYMENT_REQUIRED,
        Refusal::UnknownCharacter | Refusal::UnknownQuestion | Refusal::WrongSeats => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::StorageUnavailable | Refusal::Closing => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn status_of_objection(objection: &Objection) -> StatusCode {
    match objection.code {
        "not_allowed" => StatusCode::FORBIDDEN,
        "limit_reached" => StatusCode::CONFLICT,
        "rate_limited" => StatusCode::TOO_MANY_REQUESTS,
        "storage_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Whole seconds, rounded up, at least one.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0 || wait.as_secs() == 0)
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.parts().0
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut builder = HttpResponseBuilder::new(self.status_code());
        if let Some(seconds) = self.retry_after() {
            builder.insert_header((header::RETRY_AFTER, seconds));
        }
        if matches!(self, Self::Unauthorized) {
            builder.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        let mut response = builder.finish();
        // `name_problems` writes the body, since only there the request's id is known.
        response.extensions_mut().insert(self.problem());
        response
    }
}

/// Gives every error answer its body, with the id of its request; also those that the framework made.
pub async fn name_problems(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let method_is_head = request.method() == actix_web::http::Method::HEAD;
    let response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return Ok(response);
    }
    let ours = response.response().extensions().get::<Problem>().cloned();
    if ours.is_none() && response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_JSON) {
        return Ok(response);
    }
    let problem = Problem { request_id: id, ..ours.unwrap_or_else(|| ApiError::of_status(status).problem()) };
    let json = serde_json::to_string(&problem).unwrap_or_default();
    let mut response = response.map_body(|_, _| if method_is_head { BoxBody::new(()) } else { BoxBody::new(json) });
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(PROBLEM_JSON));
    Ok(response)
}

const PROBLEM_JSON: &str = "application/problem+json";

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The discussion left the memory between being found and being asked; this is rare and over at the next try.
impl From<Gone> for ApiError {
    fn from(_: Gone) -> Self {
        Self::Closing
    }
}

impl From<WakeError> for ApiError {
    fn from(error: WakeError) -> Self {
        match error {
            WakeError::NotFound => Self::NotFound,
            WakeError::Closing => Self::Closing,
            WakeError::Store(error) => error.into(),
        }
    }
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Unanswered(_) | AskError::Unusable => Self::ProviderUnavailable(error.to_string()),
            AskError::NothingSaid => Self::NothingSaid,
            AskError::BudgetExhausted(limit) => Self::Refused(Refusal::BudgetExhausted(limit)),
            AskError::Gone => Self::Closing,
            AskError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Unavailable(cause) => {
                tracing::error!(error = %cause, "The database is not available");
                Self::StorageUnavailable
            }
            StoreError::Conflict(_) | StoreError::Unreadable(_) => Self::internal(error),
        }
    }
}
