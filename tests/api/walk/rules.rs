//! Who may use which route. One that is not here fails the walk.

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Anyone, known or not.
    Anyone,
    /// Whoever has an identity; it shows and changes only what is theirs.
    Known,
    /// The owner of what the path names: to everybody else it looks like an unknown one.
    Owner,
    /// Whoever is signed in or a guest, but no script's token.
    Login,
    /// The owner and admins of this ChatLab.
    Inviter,
    /// Admins.
    Admin,
    /// Whoever has a ticket; told by close codes, so it is walked with the commands.
    Ticket,
    /// Whoever knows the join code.
    Code,
}

use Rule::{Admin, Anyone, Code, Inviter, Known, Login, Owner, Ticket};

const RULES: &[(&str, &str, Rule)] = &[
    ("get", "/health", Anyone),
    ("get", "/ready", Anyone),
    // From this machine, as the tests are; `METRICS_TOKEN` has a test of its own.
    ("get", "/metrics", Anyone),
    ("get", "/api/config", Anyone),
    ("post", "/api/auth/guest", Anyone),
    ("post", "/api/auth/register", Anyone),
    ("post", "/api/auth/login", Anyone),
    ("post", "/api/auth/refresh", Anyone),
    ("post", "/api/auth/logout", Anyone),
    ("post", "/api/auth/adopt", Login),
    ("post", "/api/auth/reset", Anyone),
    ("post", "/api/auth/reset/confirm", Anyone),
    ("post", "/api/auth/confirm", Login),
    ("get", "/api/auth/{provider}", Anyone),
    ("get", "/api/auth/{provider}/callback", Anyone),
    ("get", "/api/invitations", Inviter),
    ("post", "/api/invitations", Inviter),
    ("delete", "/api/invitations/{id}", Inviter),
    ("get", "/api/me/logins", Login),
    ("delete", "/api/me/logins/{id}", Login),
    ("get", "/api/me", Known),
    ("patch", "/api/me", Login),
    ("delete", "/api/me", Login),
    ("post", "/api/me/password", Login),
    ("get", "/api/me/export", Login),
    ("get", "/api/me/tokens", Login),
    ("post", "/api/me/tokens", Login),
    ("delete", "/api/me/tokens/{id}", Login),
    ("post", "/api/activity", Known),
    ("get", "/api/admin/usage", Admin),
    ("get", "/api/admin/actions", Admin),
    ("get", "/api/admin/transcripts", Admin),
    ("get", "/api/admin/activity", Admin),
    ("get", "/api/characters", Known),
    ("post", "/api/characters", Known),
    ("get", "/api/characters/{id}", Owner),
    ("put", "/api/characters/{id}", Owner),
    ("delete", "/api/characters/{id}", Owner),
    ("post", "/api/characters/import", Known),
    ("post", "/api/characters/export", Known),
    ("post", "/api/characters/preview", Known),
    ("get", "/api/characters/{id}/card", Owner),
    ("put", "/api/characters/{id}/picture", Owner),
    ("delete", "/api/characters/{id}/picture", Owner),
    // Whoever knows the address, which cannot be guessed; tests/api/cards.rs says who learns it.
    ("get", "/api/pictures/{id}", Anyone),
    ("get", "/api/lessons", Known),
    ("post", "/api/lessons", Known),
    ("post", "/api/lessons/check", Known),
    ("post", "/api/lessons/write", Known),
    ("get", "/api/lessons/{id}/file", Known),
    ("get", "/api/discussions/{id}/lesson", Owner),
    ("get", "/api/discussions/{id}/plan", Owner),
    ("put", "/api/discussions/{id}/plan", Owner),
    ("post", "/api/discussions/{id}/plan/{step}/say", Owner),
    ("post", "/api/perspectives", Known),
    ("post", "/api/providers/test", Known),
    ("get", "/api/portraits", Anyone),
    ("post", "/api/portraits", Known),
    ("get", "/api/portraits/{id}", Anyone),
    ("get", "/api/emblems/{name}.svg", Anyone),
    ("get", "/api/discussions", Known),
    ("post", "/api/discussions", Known),
    ("get", "/api/discussions/{id}", Owner),
    ("patch", "/api/discussions/{id}", Owner),
    ("delete", "/api/discussions/{id}", Owner),
    ("get", "/api/discussions/{id}/messages", Owner),
    ("patch", "/api/discussions/{id}/messages/{mid}", Owner),
    ("get", "/api/discussions/{id}/messages/{mid}/versions", Owner),
    ("post", "/api/discussions/{id}/turns", Owner),
    ("post", "/api/discussions/{id}/commands", Owner),
    ("get", "/api/discussions/{id}/usage", Owner),
    ("post", "/api/discussions/{id}/fork", Owner),
    ("post", "/api/discussions/{id}/duplicate", Owner),
    ("get", "/api/discussions/{id}/summary", Owner),
    ("post", "/api/discussions/{id}/summary", Owner),
    ("get", "/api/discussions/{id}/summaries", Owner),
    ("get", "/api/discussions/{id}/recaps", Owner),
    ("get", "/api/discussions/{id}/export", Owner),
    ("post", "/api/discussions/{id}/ticket", Owner),
    ("get", "/api/discussions/{id}/share", Owner),
    ("post", "/api/discussions/{id}/share", Owner),
    ("delete", "/api/discussions/{id}/share", Owner),
    ("get", "/api/discussions/{id}/live", Ticket),
    ("get", "/api/discussions/{id}/events", Ticket),
    ("get", "/api/watch/{code}", Code),
    ("get", "/api/watch/{code}/messages", Code),
    ("post", "/api/watch/{code}/ticket", Code),
    ("post", "/api/watch/{code}/commands", Code),
];

/// The routes that have a rule.
pub fn ruled() -> impl Iterator<Item = (&'static str, &'static str)> {
    RULES.iter().map(|(method, path, _)| (*method, *path))
}

pub fn rule(method: &str, path: &str) -> Rule {
    let found = RULES.iter().find(|(m, p, _)| *m == method && *p == path);
    found.unwrap_or_else(|| panic!("{method} {path} has no rule: say in tests/api/walk.rs who may use it")).2
}
