//! What can go wrong with one attempt, what is done about it, and how it is told. Pure rules; the loop is in `panel.rs`.

use std::time::Duration;

use super::ProviderKind;
use super::piece::Complaint;
use super::sse::Broken;

/// Longest `Retry-After` that is waited for; a longer one sends us to the next provider.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(10);

/// What providers call a key that they do not take.
const OF_THE_KEY: [&str; 3] = ["authentication_error", "permission_error", "invalid_api_key"];

/// Why an attempt did not end well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No connection, or none in time.
    Unreachable,
    /// Answered with another status than 200.
    Status {
        status: u16,
        complaint: Complaint,
        retry_after: Option<Duration>,
    },
    /// 200, but no stream of events: a wrong address, or a page of something in between.
    NotEvents,
    /// No model is set, and the server lists none.
    NoModel,
    /// An error object in the stream.
    Reported(Complaint),
    Broken(Broken),
    /// The body ended without a finish reason or an end marker.
    NoEnd,
    TooSlow(Slow),
    /// More visible text than `MAX_REPLY_BYTES`.
    TooLong,
    /// Ended well without a word.
    Empty,
    /// The limit on output was reached before the first word: thinking ate it.
    EmptyAtLimit,
}

/// What was waited for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slow {
    FirstEvent,
    FirstText,
    Silence,
    Turn,
}

/// What to do about a fault while nothing has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cure {
    /// Ask the same provider again, after its own wish or our back-off.
    Again(Option<Duration>),
    /// Ask again at once, but only once in a turn; with twice the limit on output if that was the trouble.
    Once {
        twice_the_limit: bool,
    },
    NextProvider,
    /// No provider would take it: the turn fails.
    GiveUp,
}

impl Fault {
    pub fn cure(&self, kind: ProviderKind) -> Cure {
        match self {
            Self::Status { status: 429, retry_after: None, .. } if kind == ProviderKind::Anthropic => {
                // Anthropic always says when to come back, except when a spending cap is reached.
                Cure::NextProvider
            }
            Self::Status { status, complaint, retry_after } => cure_of_status(*status, complaint, *retry_after),
            Self::Reported(complaint) => cure_of_report(complaint),
            Self::Unreachable | Self::Broken(_) | Self::NoEnd | Self::TooSlow(Slow::FirstEvent | Slow::FirstText) => {
                Cure::Again(None)
            }
            Self::NotEvents | Self::NoModel => Cure::NextProvider,
            Self::Empty => Cure::Once { twice_the_limit: false },
            Self::EmptyAtLimit => Cure::Once { twice_the_limit: true },
            Self::TooSlow(Slow::Silence | Slow::Turn) | Self::TooLong => Cure::GiveUp,
        }
    }

    /// The key or the quota is at fault, which asking again does not mend; a wait that is longer than anyone waits is a quota's.
    pub fn is_of_the_account(&self, kind: ProviderKind) -> bool {
        match self {
            Self::Status { status: 401..=403, .. } => true,
            Self::Status { status: 429, retry_after: None, .. } if kind == ProviderKind::Anthropic => true,
            Self::Status { status: 429, retry_after: Some(wait), .. } if *wait > LONGEST_RETRY_AFTER => true,
            Self::Status { complaint, .. } | Self::Reported(complaint) => {
                complaint.is_about_credit() || complaint.is(&OF_THE_KEY) || matches!(complaint.status, Some(401..=403))
            }
            _ => false,
        }
    }

    /// Before `; trying again` in a notice.
    pub fn briefly(&self) -> &'static str {
        match self {
            Self::Status { status: 429 | 503 | 529, .. } => "is busy",
            Self::Reported(complaint) if complaint.is(&["overloaded_error", "rate_limit_error", "rate_limit_exceeded"]) => {
                "is busy"
            }
            Self::Unreachable => "cannot be reached",
            Self::TooSlow(_) => "does not answer",
            Self::Broken(_) | Self::NoEnd => "broke off",
            Self::Empty | Self::EmptyAtLimit => "sent an empty reply",
            _ => "cannot answer",
        }
    }

    /// What happened and what to do, for the host. Never the provider's own sentence: it may quote the key.
    pub fn told(&self, kind: ProviderKind) -> String {
        let (who, variables) = (kind.title(), Variables::of(kind));
        let Variables { key, model, base_url } = variables;
        let text = match self {
            Self::Unreachable => format!("{who} cannot be reached. Check the network and {base_url}."),
            Self::Status { complaint, .. } | Self::Reported(complaint) if complaint.is_about_credit() => {
                format!("The account at {who} has no credit left.")
            }
            Self::Status { status: 402, .. } => format!("The account at {who} has no credit left."),
            Self::Status { status: 401 | 403, .. } => format!("{who} refused the key. Check {key}."),
            Self::Status { status: 404, .. } => {
                format!("{who} does not know the model or the address. Check {model} and {base_url}.")
            }
            Self::Status { status: 413, .. } => format!("The discussion has become too long for {who}."),
            Self::Status { status: 429, .. } => format!("{who} takes no more requests for now. Try again later."),
            Self::Status { status, complaint, .. } if *status < 500 => {
                format!("{who} refused the request ({status}, {}).", complaint.word())
            }
            Self::Status { status, .. } => format!("{who} has a problem of its own ({status}). Try again."),
            Self::NotEvents => format!("{who} answered with something else than a stream of events. Check {base_url}."),
            Self::NoModel => format!("{who} lists no model. Set {model}."),
            Self::Reported(complaint) => format!("{who} reported an error ({}). Try again.", complaint.word()),
            Self::Broken(Broken::Cut) | Self::NoEnd => format!("The connection to {who} broke off. Try again."),
            Self::Broken(_) => format!("The reply of {who} could not be read. Try again."),
            Self::TooSlow(Slow::FirstEvent | Slow::FirstText) => format!("{who} did not answer in time. Try again."),
            Self::TooSlow(Slow::Silence) => format!("{who} fell silent. Try again."),
            Self::TooSlow(Slow::Turn) => format!("{who} took too long for one turn. Try again."),
            Self::TooLong => "The reply was longer than MAX_REPLY_BYTES allows.".to_owned(),
            Self::Empty => format!("{who} sent an empty reply twice. Try again."),
            Self::EmptyAtLimit => {
                format!("{who} reached the limit on output before its first word. Raise MAX_OUTPUT_TOKENS.")
            }
        };
        // A sentence begins with a capital, also with `the external provider`.
        let mut chars = text.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
    }
}

fn cure_of_status(status: u16, complaint: &Complaint, retry_after: Option<Duration>) -> Cure {
    match status {
        400 | 413 | 422 if !(status == 400 && complaint.is_about_credit()) => Cure::GiveUp,
        429 if complaint.is_about_credit() => Cure::NextProvider,
        408 | 409 | 425 | 429 | 500..600 => match retry_after {
            Some(wait) if wait > LONGEST_RETRY_AFTER => Cure::NextProvider,
            wait => Cure::Again(wait),
        },
        _ => Cure::NextProvider,
    }
}

fn cure_of_report(complaint: &Complaint) -> Cure {
    let of_the_model = ["not_found_error", "model_not_found"];
    let of_the_request = ["invalid_request_error", "request_too_large", "context_length_exceeded"];
    if complaint.is_about_credit() || complaint.is(&OF_THE_KEY) || complaint.is(&of_the_model) {
        return Cure::NextProvider;
    }
    match complaint.status {
        _ if complaint.is(&of_the_request) => Cure::GiveUp,
        Some(status) => cure_of_status(status, complaint, None),
        None => Cure::Again(None),
    }
}

/// Names of a provider's settings, for sentences that say what to check.
struct Variables {
    key: &'static str,
    model: &'static str,
    base_url: &'static str,
}

impl Variables {
    fn of(kind: ProviderKind) -> Self {
        let (key, model, base_url) = match kind {
            ProviderKind::Anthropic => ("ANTHROPIC_API_KEY", "ANTHROPIC_MODEL", "ANTHROPIC_BASE_URL"),
            ProviderKind::OpenAi => ("OPENAI_API_KEY", "OPENAI_MODEL", "OPENAI_BASE_URL"),
            ProviderKind::External => ("EXTERNAL_API_KEY", "EXTERNAL_API_MODEL", "EXTERNAL_API_BASE_URL"),
        };
        Self { key, model, base_url }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ProviderKind::{Anthropic, External, OpenAi};
    use serde_json::json;

    fn status(status: u16, body: serde_json::Value, retry_after: Option<u64>) -> Fault {
        let complaint = Complaint::read(&body).unwrap_or_default();
        Fault::Status { status, complaint, retry_after: retry_after.map(Duration::from_secs) }
    }

    #[test]
    fn each_status_has_its_cure() {
        let nothing = json!({});
        for never in [400, 413, 422] {
            assert_eq!(status(never, nothing.clone(), None).cure(OpenAi), Cure::GiveUp, "{never}");
        }
        for elsewhere in [301, 401, 402, 403, 404, 405, 410] {
            assert_eq!(status(elsewhere, nothing.clone(), Some(1)).cure(External), Cure::NextProvider, "{elsewhere}");
        }
        for again in [408, 409, 500, 502, 503, 504, 529] {
            assert_eq!(status(again, nothing.clone(), None).cure(Anthropic), Cure::Again(None), "{again}");
        }
    }

    #[test]
    fn a_wait_is_obeyed_up_to_ten_seconds() {
        let wait = |seconds| status(429, json!({}), Some(seconds)).cure(Anthropic);
        assert_eq!(wait(10), Cure::Again(Some(Duration::from_secs(10))));
        assert_eq!(wait(11), Cure::NextProvider);
        assert_eq!(status(429, json!({}), None).cure(Anthropic), Cure::NextProvider, "a spending cap");
        assert_eq!(status(429, json!({}), None).cure(OpenAi), Cure::Again(None));
    }

    #[test]
    fn an_account_without_credit_sends_us_on() {
        let quota = json!({"error": {"type": "insufficient_quota", "code": "insufficient_quota", "message": "…"}});
        assert_eq!(status(429, quota.clone(), Some(1)).cure(OpenAi), Cure::NextProvider);
        let low = json!({"type": "error", "error": {"type": "invalid_request_error", "message": "Your credit balance is too low"}});
        assert_eq!(status(400, low, None).cure(Anthropic), Cure::NextProvider);
        assert_eq!(Fault::Reported(Complaint::read(&quota).expect("an error")).cure(OpenAi), Cure::NextProvider);
    }

    #[test]
    fn a_key_or_a_quota_is_told_from_all_other_trouble() {
        let nothing = json!({});
        let reported = |word: &str| Fault::Reported(Complaint::read(&json!({"error": {"type": word}})).expect("an error"));
        let account = [
            status(401, nothing.clone(), None),
            status(402, nothing.clone(), None),
            status(403, nothing.clone(), None),
            status(429, nothing.clone(), Some(60)),
            status(429, json!({"error": {"type": "insufficient_quota", "code": "insufficient_quota"}}), Some(1)),
            reported("authentication_error"),
        ];
        assert!(account.iter().all(|fault| fault.is_of_the_account(OpenAi)));
        assert!(status(429, nothing.clone(), None).is_of_the_account(Anthropic), "a spending cap");
        let other = [
            status(404, nothing.clone(), None),
            status(429, nothing.clone(), Some(5)),
            status(503, nothing.clone(), Some(60)),
            status(500, nothing, None),
            reported("model_not_found"),
            reported("overloaded_error"),
            Fault::NotEvents,
            Fault::NoModel,
            Fault::Unreachable,
        ];
        assert!(!other.iter().any(|fault| fault.is_of_the_account(OpenAi)));
    }

    #[test]
    fn an_error_in_the_stream_is_read_like_a_status() {
        let cure = |error: serde_json::Value| {
            Fault::Reported(Complaint::read(&json!({"error": error})).expect("an error")).cure(External)
        };
        assert_eq!(cure(json!({"type": "overloaded_error"})), Cure::Again(None));
        assert_eq!(cure(json!({"code": 502, "message": "upstream"})), Cure::Again(None));
        assert_eq!(cure(json!({"code": "401"})), Cure::NextProvider);
        assert_eq!(cure(json!({"type": "invalid_request_error"})), Cure::GiveUp);
        assert_eq!(cure(json!("something broke")), Cure::Again(None));
        assert_eq!(Complaint::read(&json!({"error": null, "choices": []})), None);
    }

    #[test]
    fn what_is_told_never_quotes_the_provider() {
        let body = json!({"error": {"type": "invalid_request_error", "message": "Incorrect API key provided: sk-secret"}});
        for code in [400, 401, 404, 429, 500] {
            let fault = status(code, body.clone(), None);
            assert!(!format!("{} {fault:?}", fault.told(OpenAi)).contains("sk-secret"));
        }
        assert!(Fault::Unreachable.told(External).starts_with("The external provider cannot be reached."));
    }
}
