//! Who sends a request, and whether a discussion is theirs.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpRequest, web};

use super::State;
use super::error::ApiError;
use crate::accounts::{AccountsError, Credential, Identity};
use crate::domain::change::Record;
use crate::domain::ids::{DiscussionId, UserId};

/// The user whose access token came with the request; without one the answer is 401.
pub struct User(pub Identity);

impl User {
    pub fn id(&self) -> UserId {
        self.0.user
    }
}

impl FromRequest for User {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let state = request.app_data::<web::Data<State>>().ok_or(ApiError::Unauthorized)?;
            let token = bearer(&request).ok_or(ApiError::Unauthorized)?;
            let identity = state.accounts.identify(token).await?;
            let allowed = match *request.method() {
                Method::GET | Method::HEAD => identity.scopes.read,
                _ => identity.scopes.write,
            };
            match allowed {
                true => Ok(Self(identity)),
                false => {
                    Err(ApiError::NotAllowed("This token's scopes do not cover this. Make one with `read` and `write`."))
                }
            }
        })
    }
}

/// Somebody who is signed in, or a guest: no script's token. For what concerns the login and the account itself.
pub struct Login(pub Identity);

impl Login {
    pub fn id(&self) -> UserId {
        self.0.user
    }
}

impl FromRequest for Login {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let user = User::from_request(request, payload);
        Box::pin(async move {
            let User(identity) = user.await?;
            match identity.credential {
                Credential::ApiToken(_) => Err(ApiError::NotAllowed("A token for scripts cannot do this. Sign in.")),
                Credential::Login(_) | Credential::Until(_) => Ok(Self(identity)),
            }
        })
    }
}

pub fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The discussion that the path names, if it is this user's: what is no id, unknown or somebody else's looks the same.
pub async fn own_discussion(state: &State, user: &User, id: &str) -> Result<Record, ApiError> {
    let id: DiscussionId = id.parse().map_err(|_| ApiError::NotFound)?;
    state.doors.host(user.id(), id).await?.ok_or(ApiError::NotFound)
}

impl From<AccountsError> for ApiError {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::Unauthorized => Self::Unauthorized,
            AccountsError::CodeNeeded => Self::NotAllowed(
                "Guests need a link from whoever runs this ChatLab. Ask for a new one if yours was used already.",
            ),
            AccountsError::WrongLogin => Self::WrongLogin,
            AccountsError::EmailTaken => Self::Taken("There is an account with this address already. Sign in."),
            AccountsError::HasAccount => Self::Taken("You have an account already. Sign out first."),
            AccountsError::InvitationNeeded => Self::NotAllowed(
                "Opening an account here needs an invitation that is still good. Ask whoever runs this ChatLab.",
            ),
            AccountsError::RegistrationClosed => Self::NotAllowed("No new accounts can be opened here."),
            AccountsError::DeadLink => Self::NotAllowed(
                "This link does not open anything (any more): it is over, was used, or is for another account. Ask for a new one.",
            ),
            AccountsError::Store(error) => error.into(),
        }
    }
}
