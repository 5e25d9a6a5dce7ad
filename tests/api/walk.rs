//! Nobody in where they don't belong: one walk over every route that the server describes and every command of a socket, as
//! another user, a guest, a script that may only read, an observer and nobody. A route or command without a rule here fails.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::browser::{ADA, Browser, PASSWORD};
use super::helpers::{Host, Socket, TestApp};
use super::watching::Phone;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
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
    ("get", "/api/discussions/{id}/share/qr.svg", Owner),
    ("get", "/api/discussions/{id}/live", Ticket),
    ("get", "/api/discussions/{id}/events", Ticket),
    ("get", "/api/watch/{code}", Code),
    ("get", "/api/watch/{code}/messages", Code),
    ("post", "/api/watch/{code}/ticket", Code),
    ("post", "/api/watch/{code}/commands", Code),
];

/// Commands that observers may send too; every other one is the host's.
const ANYONES_COMMANDS: &[&str] = &["ping"];
const OBSERVERS_COMMANDS: &[&str] = &["ask", "vote", "react"];

fn rule(method: &str, path: &str) -> Rule {
    let found = RULES.iter().find(|(m, p, _)| *m == method && *p == path);
    found.unwrap_or_else(|| panic!("{method} {path} has no rule: say in tests/api/walk.rs who may use it")).2
}

/// What Ada has, and the others who would like to.
struct Place {
    app: TestApp,
    http: reqwest::Client,
    ada: Host,
    talk: String,
    message: String,
    character: String,
}

async fn place() -> Place {
    let app = TestApp::spawn_demo().await;
    let mut browser = Browser::new(&app);
    browser.register(ADA).await;
    let ada = browser.host();
    let talk = ada.open("Play").await;
    let (status, message) = ada.post(&format!("/api/discussions/{talk}/turns"), json!({})).await;
    assert_eq!(status, StatusCode::OK, "{message}");
    let (status, character) = ada.post("/api/characters", json!({"name": "Grandmother"})).await;
    assert_eq!(status, StatusCode::CREATED, "{character}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Place { message: text(&message["id"]), character: text(&character["id"]), http: reqwest::Client::new(), app, ada, talk }
}

impl Place {
    /// The path with Ada's things in it, or with things that nobody has.
    fn path(&self, path: &str, real: bool) -> String {
        let nothing = uuid::Uuid::now_v7().to_string();
        if path.starts_with("/api/lessons") {
            return path.replace("{id}", "who-decides-what-to-learn");
        }
        let id = match (real, path.starts_with("/api/characters")) {
            (false, _) => &nothing,
            (true, true) => &self.character,
            (true, false) => &self.talk,
        };
        let message = if real { &self.message } else { &nothing };
        path.replace("{id}", id)
            .replace("{mid}", message)
            .replace("{provider}", "google")
            .replace("{name}", "own-book")
            .replace("{step}", "0")
    }

    /// Sends what the route takes, as far as it has to be understood before anything else is looked at.
    async fn send(&self, method: &str, path: &str, token: Option<&str>) -> (StatusCode, Value) {
        let method: Method = method.to_uppercase().parse().unwrap();
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.app.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if method != Method::GET {
            request = request.json(&json!({}));
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let mut body: Value = answer.json().await.unwrap_or_default();
        if let Some(body) = body.as_object_mut() {
            body.remove("request_id");
        }
        (status, body)
    }

    /// What Ada's things look like to her, to see that nobody changed them.
    async fn everything(&self) -> Value {
        json!([
            self.ada.get(&format!("/api/discussions/{}", self.talk)).await,
            self.ada.get(&format!("/api/discussions/{}/messages", self.talk)).await,
            self.ada.get(&format!("/api/characters/{}", self.character)).await,
            self.ada.get("/api/me").await,
        ])
    }
}

async fn operations(app: &TestApp) -> Vec<(String, String)> {
    let api: Value = app.get("/api/openapi.json").await.json().await.unwrap();
    let mut found = vec![];
    for (path, methods) in api["paths"].as_object().unwrap() {
        found.extend(methods.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())));
    }
    assert!(found.len() > 40, "the description was read");
    found
}

#[tokio::test]
async fn nobody_gets_in_where_they_do_not_belong() {
    let place = place().await;
    let mut eve = Browser::new(&place.app);
    eve.register("eve@example.org").await;
    let guest = Browser::guest(&place.app).await;
    let (_, made) = eve.post("/api/me/tokens", json!({"name": "reader", "scopes": ["read"]})).await;
    let reader = made["token"].as_str().unwrap().to_owned();
    let (account, guest) = (eve.token.clone().unwrap(), guest.token.clone().unwrap());
    let before = place.everything().await;
    for (method, path) in operations(&place.app).await {
        let what = format!("{method} {path}");
        let rule = rule(&method, &path);
        let (real, nothing) = (place.path(&path, true), place.path(&path, false));
        if rule != Anyone && rule != Ticket && rule != Code {
            for token in [None, Some("nonsense"), Some("clt_nonsense"), Some("a.b.c")] {
                let (status, _) = place.send(&method, &real, token).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{what} with {token:?}");
            }
        }
        for (who, token) in [("another account", &account), ("a guest", &guest), ("a reading script", &reader)] {
            let script_may_not = token == &reader && method != "get";
            let sent = async |path: &str| place.send(&method, path, Some(token)).await;
            match rule {
                Owner if script_may_not => assert_eq!(sent(&real).await.0, StatusCode::FORBIDDEN, "{what} by {who}"),
                Owner => {
                    let (status, body) = sent(&real).await;
                    assert_eq!(status, StatusCode::NOT_FOUND, "{what} by {who}");
                    assert_eq!((status, body), sent(&nothing).await, "{what}: somebody else's looks like an unknown one");
                }
                Inviter | Admin => assert_eq!(sent(&real).await.0, StatusCode::FORBIDDEN, "{what} by {who}"),
                Login if token == &reader => assert_eq!(sent(&real).await.0, StatusCode::FORBIDDEN, "{what} by {who}"),
                Known if script_may_not => assert_eq!(sent(&real).await.0, StatusCode::FORBIDDEN, "{what} by {who}"),
                Known if method == "get" => {
                    let (status, body) = sent(&real).await;
                    assert_eq!(status, StatusCode::OK, "{what} by {who}");
                    let text = body.to_string();
                    assert!(!text.contains(&place.talk) && !text.contains(&place.character), "{what} by {who}: {text}");
                }
                Known | Login | Anyone | Ticket | Code => {}
            }
        }
    }
    assert_eq!(place.everything().await, before, "nothing of Ada's was changed");
}

#[tokio::test]
async fn tickets_open_what_they_were_made_for_and_nothing_else() {
    let place = place().await;
    let eve = place.app.host().await;
    let eves = eve.open("Eve's").await;
    for kind in ["live", "events"] {
        let path = |talk: &str, ticket: &str| format!("/api/discussions/{talk}/{kind}?ticket={ticket}");
        let mut refused = vec![path(&place.talk, ""), path(&place.talk, "nonsense"), path(&place.talk, &eve.token)];
        refused.push(path(&place.talk, &eve.ticket(&eves).await));
        let used = place.ada.ticket(&place.talk).await;
        Socket::open(&place.app.url, &format!("/api/discussions/{}/live?ticket={used}", place.talk)).await;
        refused.push(path(&place.talk, &used));
        for path in refused {
            match kind {
                "live" => assert_eq!(Socket::open(&place.app.url, &path).await.closed().await, Some(4401), "{path}"),
                _ => assert_eq!(place.app.get(&path).await.status(), StatusCode::UNAUTHORIZED, "{path}"),
            }
        }
    }
}

/// The commands that docs/protocol.md lists.
fn commands() -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/protocol.md")).unwrap();
    let (_, sent) = text.split_once("## What clients send").unwrap();
    let (sent, _) = sent.split_once("\n## ").unwrap();
    let rows = sent.lines().filter(|line| line.starts_with('|'));
    let mut found: Vec<String> = rows
        .flat_map(|row| {
            row.split('|')
                .nth(1)
                .unwrap_or_default()
                .split("{\"type\":\"")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().to_owned())
        })
        .collect();
    found.dedup();
    assert!(found.len() >= 4, "the table was read");
    found
}

#[tokio::test]
async fn an_observer_steers_nothing() {
    let place = place().await;
    let (status, share) = place.ada.post(&format!("/api/discussions/{}/share", place.talk), json!({})).await;
    if status == StatusCode::NOT_FOUND || status == StatusCode::METHOD_NOT_ALLOWED {
        // A build without shares has no observers.
        assert!(!operations(&place.app).await.iter().any(|(_, path)| path.starts_with("/api/watch")));
        return;
    }
    let code = share["code"].as_str().unwrap();
    let (status, ticket) = place.send("post", &format!("/api/watch/{code}/ticket"), None).await;
    assert_eq!((status, &ticket["role"]), (StatusCode::OK, &json!("observer")));
    let path = format!("/api/discussions/{}/live?ticket={}", place.talk, ticket["ticket"].as_str().unwrap());
    let mut observer = Socket::open(&place.app.url, &path).await;
    assert_eq!(observer.until("snapshot").await["role"], "observer");
    let before = place.everything().await;
    for kind in commands() {
        let answer = observer.command(command(&kind, &place.message)).await;
        if ANYONES_COMMANDS.contains(&kind.as_str()) {
            assert_eq!(answer["type"], "pong", "{kind}: {answer}");
        } else if !OBSERVERS_COMMANDS.contains(&kind.as_str()) {
            assert_eq!((&answer["type"], &answer["code"]), (&json!("error"), &json!("not_allowed")), "{kind}: {answer}");
        }
    }
    assert_eq!(place.everything().await, before);
}

/// Every command, with things that are there.
fn command(kind: &str, message: &str) -> Value {
    json!({
        "type": kind, "id": kind, "text": "x", "turns": 2, "message_id": message, "question": message, "emoji": "👍",
        "character_id": "john-dewey", "muted": true,
    })
}

#[tokio::test]
async fn commands_that_come_one_by_one_are_the_hosts_and_the_classs_too() {
    let place = place().await;
    let code = place.ada.share(&place.talk).await;
    let mut eve = Browser::new(&place.app);
    eve.register("eve@example.org").await;
    let guest = Browser::guest(&place.app).await;
    let before = place.everything().await;
    let (hosts, watchers) = (format!("/api/discussions/{}/commands", place.talk), format!("/api/watch/{code}/commands"));
    for kind in commands() {
        let body = command(&kind, &place.message);
        for who in [eve.host(), guest.host()] {
            assert_eq!(who.post(&hosts, body.clone()).await.0, StatusCode::NOT_FOUND, "{kind}");
        }
        let nobody = place.app.known_by("nobody").post(&hosts, body.clone()).await;
        assert_eq!(nobody.0, StatusCode::UNAUTHORIZED, "{kind}");
        let mut of_class = body;
        of_class["key"] = json!("a key of a phone in the class".replace(' ', "-"));
        let (status, answer) = eve.host().post(&watchers, of_class).await;
        if ANYONES_COMMANDS.contains(&kind.as_str()) {
            assert_eq!(status, StatusCode::OK, "{kind}: {answer}");
        } else if !OBSERVERS_COMMANDS.contains(&kind.as_str()) {
            assert_eq!((status, &answer["code"]), (StatusCode::FORBIDDEN, &json!("not_allowed")), "{kind}: {answer}");
        }
    }
    assert_eq!(place.everything().await, before);
}

#[tokio::test]
async fn what_is_somebody_elses_cannot_be_named_in_what_is_ones_own() {
    let place = place().await;
    let eve = place.app.host().await;
    let talk = eve.open("Eve's").await;
    let own = |end: &str| format!("/api/discussions/{talk}{end}");
    let (theirs, nothing) = (&place.character, uuid::Uuid::now_v7().to_string());
    let before = place.everything().await;
    let alike = async |method: Method, path: &str, body: &dyn Fn(&str) -> Value, theirs: &str| {
        let ask = async |id: &str| {
            let path = path.replace("{mid}", id);
            let answer = eve.request(method.clone(), &path).json(&body(id)).send().await.unwrap();
            let (status, mut body) = (answer.status(), answer.json::<Value>().await.unwrap_or_default());
            body["request_id"].take();
            (status, body)
        };
        let (seen, unknown) = (ask(theirs).await, ask(&nothing).await);
        assert!(seen.0.is_client_error(), "{path}: {seen:?}");
        assert_eq!(seen, unknown, "{path}");
    };
    let cast = |id: &str| json!({"topic": "x", "character_ids": ["john-dewey", id]});
    alike(Method::POST, "/api/discussions", &cast, theirs).await;
    alike(Method::POST, "/api/perspectives", &cast, theirs).await;
    let seats = |id: &str| json!({"participants": [{"character_id": "john-dewey"}, {"character_id": id}]});
    alike(Method::PATCH, &own(""), &seats, theirs).await;
    alike(Method::POST, &own("/turns"), &|id| json!({"character_id": id}), theirs).await;
    alike(Method::POST, &own("/fork"), &|id| json!({"at": id}), &place.message).await;
    alike(Method::PATCH, &own("/messages/{mid}"), &|_| json!({"text": "x"}), &place.message).await;
    alike(Method::GET, &own("/messages/{mid}/versions"), &|_| json!({}), &place.message).await;
    for kind in ["regenerate", "continue", "strike"] {
        alike(Method::POST, &own("/commands"), &|id| json!({"type": kind, "id": kind, "message_id": id}), &place.message)
            .await;
    }
    let phone = Phone::new(&place.app, &place.ada.share(&place.talk).await);
    let ask = json!({"type": "ask", "id": "one", "text": "Why?", "key": phone.key});
    let question = phone.post("commands", ask).await.1["question"].as_str().unwrap().to_owned();
    for kind in ["approve", "pose", "vote"] {
        alike(Method::POST, &own("/commands"), &|id| json!({"type": kind, "id": kind, "question": id}), &question).await;
    }
    // A name that somebody else has given to what they made is one's own to give.
    let made = async |who: &Host| {
        let request = who.request(Method::POST, "/api/discussions").header("idempotency-key", "the-same");
        request
            .json(&json!({"topic": "x", "character_ids": ["john-dewey"]}))
            .send()
            .await
            .unwrap()
            .json::<Value>()
            .await
            .unwrap()
    };
    let (hers, eves) = (made(&place.ada).await, made(&eve).await);
    assert!(hers["id"].is_string() && eves["id"].is_string() && hers["id"] != eves["id"]);
    assert_eq!(place.everything().await, before);
}

#[tokio::test]
async fn a_password_never_comes_back() {
    let place = place().await;
    let mut ada = Browser::new(&place.app);
    ada.login(ADA, PASSWORD).await;
    let seen = place.everything().await.to_string();
    assert!(!seen.contains(PASSWORD) && !seen.contains("argon2"));
}
