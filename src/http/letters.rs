//! What ChatLab writes to people: a link and what it is for.

use url::Url;

use super::State;
use crate::store::User;

const CONFIRM: &str = "/confirm#";
const RESET: &str = "/reset#";
const INVITATION: &str = "/invitation#";

/// What a link is for.
#[derive(Debug, Clone, Copy)]
pub enum Letter {
    Confirm,
    Reset,
}

/// The address that opens with this secret. Behind `#`: it reaches no server's log.
pub fn link_to(base: &Url, letter: Letter, secret: &str) -> String {
    let page = match letter {
        Letter::Confirm => CONFIRM,
        Letter::Reset => RESET,
    };
    format!("{}{page}{secret}", base.as_str().trim_end_matches('/'))
}

/// The owner's link.
pub fn owner_link(base: &Url, code: &str) -> String {
    format!("{}/start#{code}", base.as_str().trim_end_matches('/'))
}

impl State {
    pub fn link_to_invitation(&self, secret: &str) -> String {
        self.link(&format!("{INVITATION}{secret}"))
    }

    /// Sends the letter, where letters can be sent.
    pub fn write_to(&self, user: &User, letter: Letter, secret: &str) {
        let (Some(mail), Some(email)) = (&self.mail, &user.email) else { return };
        let link = link_to(&self.public_url, letter, secret);
        let (subject, text) = match letter {
            Letter::Confirm => (
                "Confirm your address for ChatLab",
                format!(
                    "Hello,\n\nsomeone opened an account with this address at ChatLab. If that was you, sign in and open \
                     this link within three days:\n\n{link}\n\nIf not, you need not do anything.\n"
                ),
            ),
            Letter::Reset => (
                "A new password for ChatLab",
                format!(
                    "Hello,\n\nthis link sets a new password for your account at ChatLab. It works once, within an hour, \
                     signs you out everywhere else, and ends your tokens for scripts:\n\n{link}\n\nIf you did not ask for it, you need not do anything.\n"
                ),
            ),
        };
        mail.send(email, subject, text);
    }
}
