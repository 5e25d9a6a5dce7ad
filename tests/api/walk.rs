//! Nobody in where they don't belong: one walk over every route that the server describes and every command of a socket, as
//! another user, a guest, a script that may only read, an observer and nobody. A route or command without a rule here fails.

mod place;
mod rules;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use self::place::{operations, place};
use self::rules::{Rule, rule, ruled};
use super::browser::{ADA, Browser, PASSWORD};
use super::helpers::{Host, Socket};
use super::watching::Phone;
use Rule::{Admin, Anyone, Code, Inviter, Known, Login, Owner, Ticket};

/// Commands that observers may send too; every other one is the host's.
const ANYONES_COMMANDS: &[&str] = &["ping"];
const OBSERVERS_COMMANDS: &[&str] = &["ask", "vote", "react"];

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
    let operations = operations(&place.app).await;
    for (method, path) in ruled() {
        let there = operations.iter().any(|(m, p)| m == method && p == path);
        assert!(there, "there is a rule for {method} {path}, but no such route");
    }
    for (method, path) in operations {
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

/// The commands that the server knows, as it tells them to whoever sends another one.
#[test]
fn every_command_is_written_down() {
    use chatlab::domain::classroom::ClassFrame;
    use chatlab::domain::protocol::ClientFrame;
    use std::collections::BTreeSet;

    let nonsense = r#"{"type":"nonsense","id":"x"}"#;
    let (_, own) = ClientFrame::parse(nonsense).unwrap_err();
    let of_class = serde_json::from_str::<ClassFrame>(nonsense).unwrap_err().to_string();
    let told = |words: &str| words.split('`').skip(3).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    let known: BTreeSet<String> = told(&own).union(&told(&of_class)).cloned().collect();
    assert!(known.len() > 15, "{own} {of_class}");
    assert_eq!(known, commands().into_iter().collect());
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
    alike(Method::POST, "/api/lessons/write", &cast, theirs).await;
    alike(Method::POST, "/api/characters", &|id| json!({"name": "A copy", "copy_of": id}), theirs).await;
    let pack = |id: &str| json!({"title": "x", "character_ids": ["john-dewey", id]});
    alike(Method::POST, "/api/characters/export", &pack, theirs).await;
    alike(Method::POST, &own("/turns"), &|id| json!({"character_id": id}), theirs).await;
    for list in ["/api/me/logins", "/api/me/tokens"] {
        let (path, hers) = (format!("{list}/{{mid}}"), place.ids(list).await.remove(0));
        alike(Method::DELETE, &path, &|_| json!({}), &hers).await;
    }
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
    for kind in ["next", "mute"] {
        alike(Method::POST, &own("/commands"), &|id| json!({"type": kind, "id": kind, "character_id": id}), theirs).await;
    }
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
