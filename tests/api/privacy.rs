//! One's own data: taken away, deleted without a trace, forgotten in time; and what admins may take away.

use std::io::{Cursor, Read};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::browser::{ADA, Browser, PASSWORD, secret_of};
use super::helpers::{Host, TestApp, in_time};
use super::watching::Phone;

/// A word that stands nowhere else.
const CANARY: &str = "xylophonkolibri";

/// Somebody with something in every corner.
async fn settle(app: &TestApp) -> (Browser, String) {
    let mut ada = Browser::new(app);
    let body = json!({"email": format!("{CANARY}@example.org"), "password": PASSWORD, "name": CANARY});
    assert_eq!(ada.post("/api/auth/register", body).await.0, StatusCode::OK);
    let host = ada.host();
    let talk = host.open(&format!("Play {CANARY}")).await;
    host.connect(&talk).await.say(&format!("A word: {CANARY}")).await;
    let at = "2026-11-23T08:00:00.000Z";
    let events = json!({"events": [{"kind": "page_view", "at": at, "data": {"text": CANARY}}]});
    assert_eq!(host.post("/api/activity", events).await.0, StatusCode::NO_CONTENT);
    assert_eq!(host.post("/api/characters", json!({"name": CANARY})).await.0, StatusCode::CREATED);
    assert_eq!(host.post("/api/me/tokens", json!({"name": CANARY})).await.0, StatusCode::CREATED);
    (ada, talk)
}

/// Everything else that one can leave behind in a discussion: versions, reasons, names of commands and creates, a summary, a
/// copy, and what the class asked.
async fn live_in(app: &TestApp, ada: &Browser, talk: &str) {
    let host = ada.host();
    let at = |end: &str| format!("/api/discussions/{talk}{end}");
    let key = |path: &str| host.request(Method::POST, path).header("idempotency-key", format!("{CANARY}-{path}"));
    assert_eq!(key(&at("/turns")).json(&json!({"say": CANARY})).send().await.unwrap().status(), StatusCode::OK);
    let messages = host.messages(talk).await;
    let [first, second] = [0, 1].map(|index: usize| messages[index]["id"].as_str().unwrap().to_owned());
    let edited =
        host.patch(&at(&format!("/messages/{first}")), json!({"text": format!("{CANARY}!"), "reason": CANARY})).await;
    assert_eq!(edited.0, StatusCode::OK, "{}", edited.1);
    let mut socket = host.connect(talk).await;
    for command in [
        json!({"type": "strike", "id": CANARY, "message_id": second, "reason": CANARY}),
        json!({"type": "say", "id": format!("{CANARY}-2"), "text": CANARY}),
    ] {
        let answer = socket.command(command).await;
        assert_eq!(answer["type"], "ack", "{answer}");
    }
    assert_eq!(host.post(&at("/summary"), json!({})).await.0, StatusCode::CREATED);
    assert_eq!(key(&at("/fork")).json(&json!({"at": first})).send().await.unwrap().status(), StatusCode::CREATED);
    let cast = json!({"topic": CANARY, "character_ids": ["john-dewey"]});
    assert_eq!(host.post("/api/perspectives", cast).await.0, StatusCode::OK);
    let phone = Phone::new(app, &host.share(talk).await);
    for (id, next) in [("one", "approve"), ("two", "dismiss"), ("three", "pose"), ("four", "")] {
        let ask = json!({"type": "ask", "id": id, "text": format!("{CANARY} {id}?"), "key": phone.key});
        let (status, asked) = phone.post("commands", ask).await;
        assert_eq!(status, StatusCode::OK, "{asked}");
        if !next.is_empty() {
            let answer = socket.command(json!({"type": next, "question": asked["question"]})).await;
            assert_eq!(answer["type"], "ack", "{answer}");
        }
    }
    assert_eq!(socket.command(json!({"type": "next"})).await["type"], "ack");
    let answered = async || host.messages(talk).await.last().is_some_and(|last| last["author"]["kind"] == "character");
    in_time("the class's question is answered", async { while !answered().await {} }).await;
}

/// How often the word stands in the database's files, in any case. Of the index, which keeps what words have in common only
/// once, also their ends.
fn traces(app: &TestApp, word: &str) -> usize {
    let name = app.database();
    let parts = [word, &word[word.len() / 2..]];
    let files =
        ["", "-wal", "-shm", "-journal"].iter().filter_map(|end| std::fs::read(format!("{}{end}", name.display())).ok());
    let count = |bytes: Vec<u8>| {
        let bytes = bytes.to_ascii_lowercase();
        let found = |part: &&str| bytes.windows(part.len()).filter(|window| *window == part.as_bytes()).count();
        parts.iter().map(found).sum::<usize>()
    };
    files.map(count).sum()
}

async fn download(host: &Host, path: &str) -> (StatusCode, Vec<u8>) {
    let answer = host.request(Method::GET, path).send().await.unwrap();
    (answer.status(), answer.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn all_of_ones_data_comes_as_one_archive() {
    let app = TestApp::spawn_demo().await;
    let (ada, talk) = settle(&app).await;
    let (status, bytes) = download(&ada.host(), "/api/me/export").await;
    assert_eq!(status, StatusCode::OK);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut read = |name: &str| -> Value {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        assert!(text.contains(CANARY), "{name}");
        assert!(!text.contains("argon2") && !text.contains("hash"), "{name}: {text}");
        serde_json::from_str(&text).unwrap()
    };
    let discussion = read(&format!("discussions/{talk}.json"));
    assert_eq!(discussion["messages"][0]["versions"][0]["text"], json!(format!("A word: {CANARY}")));
    assert_eq!(read("profile.json")["profile"]["name"], CANARY);
    assert_eq!(read("activity/1.json")[0]["kind"], "page_view");
}

type Taken = Result<(&'static str, &'static str), &'static str>;

/// Where each table's rows about somebody are in the archive: a file (the newest discussion's where it says `discussion`) and a place
/// in it. What is not taken away says why.
const TAKEN: &[(&str, Taken)] = &[
    ("activity", Ok(("activity/1.json", "/0/kind"))),
    ("admin_actions", Ok(("profile.json", "/admin_actions/0/action"))),
    ("api_tokens", Ok(("profile.json", "/tokens/0/name"))),
    ("attempts", Ok(("usage/1.json", "/0/model"))),
    ("characters", Ok(("profile.json", "/characters/0/name"))),
    ("classrooms", Ok(("discussion", "/class/setup/stage"))),
    ("closed_users", Err("a hash, of users who are deleted")),
    ("commands", Err("ids that programs make, for a day")),
    ("discussions", Ok(("discussion", "/discussion/topic"))),
    ("heartbeats", Err("nobody's")),
    ("idempotency_keys", Err("ids that programs make, and what is in the rest, for a day")),
    ("identities", Ok(("profile.json", "/identities/0/subject"))),
    ("links", Ok(("profile.json", "/invitations/0/uses_left"))),
    ("logins", Ok(("profile.json", "/logins/0/device"))),
    ("message_versions", Ok(("discussion", "/messages/0/versions/0/text"))),
    ("messages", Ok(("discussion", "/messages/0/message/text"))),
    ("participants", Ok(("discussion", "/discussion/participants/0/name"))),
    ("perspectives", Ok(("profile.json", "/perspectives/0/text"))),
    ("pictures", Ok(("characters", ".jpg"))),
    ("question_votes", Ok(("discussion", "/class/questions/0/votes"))),
    ("questions", Ok(("discussion", "/class/questions/0/text"))),
    ("recaps", Ok(("discussion", "/recaps/0/text"))),
    ("secrets", Err("the server's")),
    ("shares", Ok(("discussion", "/class/codes/0/code"))),
    ("summaries", Ok(("discussion", "/summaries/0/summary"))),
    ("texts", Err("the words of the messages once more, for the search")),
    ("users", Ok(("profile.json", "/created_at"))),
];

#[tokio::test]
async fn every_table_is_in_the_archive_or_says_why_not() {
    let address = format!("{CANARY}@example.org");
    let mut app = TestApp::spawn_demo_with(&[("ADMIN_EMAILS", &address)]).await;
    let (mut ada, talk) = settle(&app).await;
    live_in(&app, &ada, &talk).await;
    let stage = json!({"type": "stage", "blank": true});
    assert_eq!(ada.host().connect(&talk).await.command(stage).await["type"], "ack");
    let secret = secret_of(&app.command(&["confirm-link", &address]).await.unwrap());
    assert_eq!(ada.post("/api/auth/confirm", json!({"token": secret})).await.0, StatusCode::OK);
    assert_eq!(ada.post("/api/invitations", json!({})).await.0, StatusCode::CREATED);
    assert_eq!(download(&ada.host(), "/api/admin/activity").await.0, StatusCode::OK);
    app.signal("TERM").await;
    // What takes a provider, a long discussion or a photograph.
    let others = format!(
        "INSERT INTO identities SELECT 'google', '', '{CANARY}', id, 1 FROM users;
        INSERT INTO attempts SELECT 1, id, NULL, NULL, 'turn', TRUE, 'p', 'm', 1, 0, 0, 1, FALSE, NULL, 0, 1, 'complete', 1
            FROM users;
        INSERT INTO recaps VALUES ('{talk}', 1, 1, 1, '{CANARY}', 'p', 'm', 1, 1);
        INSERT INTO pictures SELECT '{}', id, 1, x'ffd8', 1 FROM characters;",
        "01a21256-62b9-7230-bad3-f98750eede49"
    );
    super::support::database::run(&app.database(), &others);
    let tables = super::support::database::tables(&app.database());
    let known: Vec<&str> = TAKEN.iter().map(|(table, _)| *table).collect();
    assert_eq!(tables, known, "say where a new table's rows are in the archive, or why they are not");
    app.restart().await;
    let (_, bytes) = download(&ada.host().at(&app), "/api/me/export").await;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for (table, place) in TAKEN {
        let Ok((file, place)) = place else { continue };
        let file = match *file {
            "discussion" => format!("discussions/{talk}.json"),
            "characters" => {
                archive.file_names().flatten().find(|name| name.ends_with(place)).unwrap_or_default().into_owned()
            }
            file => file.to_owned(),
        };
        let mut bytes = vec![];
        archive.by_name(&file).unwrap_or_else(|_| panic!("{table}: no {file}")).read_to_end(&mut bytes).unwrap();
        if file.ends_with(".json") {
            let read: Value = serde_json::from_slice(&bytes).unwrap();
            assert!(read.pointer(place).is_some_and(|value| !value.is_null()), "{table}: {place} of {file}: {read:#}");
        }
    }
}

#[tokio::test]
async fn whoever_is_deleted_leaves_nothing_in_the_database() {
    let app = TestApp::spawn_demo().await;
    let (mut ada, talk) = settle(&app).await;
    live_in(&app, &ada, &talk).await;
    let patch = json!({"preferences": {"about": CANARY}});
    assert_eq!(ada.send(Method::PATCH, "/api/me", Some(patch)).await.0, StatusCode::OK);
    let bob = app.host().await;
    let bobs = bob.open("Something else").await;
    let id = ada.me().await["id"].as_str().unwrap().to_owned();
    assert!(traces(&app, CANARY) > 50 && traces(&app, &id) > 10 && traces(&app, &talk) > 10);
    assert_eq!(ada.send(Method::DELETE, "/api/me", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!((traces(&app, CANARY), traces(&app, &id), traces(&app, &talk)), (0, 0, 0));
    assert_eq!(bob.get(&format!("/api/discussions/{bobs}")).await["topic"], "Something else");
}

#[tokio::test]
async fn a_deleted_discussion_leaves_nothing_either() {
    let app = TestApp::spawn_demo().await;
    let ada = Browser::guest(&app).await;
    let host = ada.host();
    let (talk, other) = (host.open(&format!("Play {CANARY}")).await, host.open("Something else").await);
    host.connect(&talk).await.say(CANARY).await;
    live_in(&app, &ada, &talk).await;
    let count = || traces(&app, CANARY);
    assert!(count() > 50);
    // The copy that was made is a discussion of its own.
    let list = host.get("/api/discussions").await;
    for discussion in list["items"].as_array().unwrap().iter().filter(|one| one["id"] != json!(other)) {
        let path = format!("/api/discussions/{}", discussion["id"].as_str().unwrap());
        assert_eq!(host.request(Method::DELETE, &path).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(count(), 0);
    assert_eq!(host.get(&format!("/api/discussions/{other}")).await["topic"], "Something else");
}

#[tokio::test]
async fn admins_take_away_what_is_pseudonymous_and_that_is_written_down() {
    let app = TestApp::spawn_with(&[("ADMIN_EMAILS", ADA)]).await;
    let (mut somebody, talk) = settle(&app).await;
    let mut admin = Browser::new(&app);
    admin.register(ADA).await;
    let transcripts = "/api/admin/transcripts?format=csv";
    assert_eq!(download(&admin.host(), transcripts).await.0, StatusCode::FORBIDDEN, "not confirmed");
    let secret = secret_of(&app.command(&["confirm-link", ADA]).await.unwrap());
    assert_eq!(admin.post("/api/auth/confirm", json!({"token": secret})).await.0, StatusCode::OK);
    somebody.host().connect(&talk).await.say("=1+1, \"quoted\"").await;

    let take = async |path: &str| {
        let (status, bytes) = download(&admin.host(), path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        String::from_utf8(bytes).unwrap()
    };
    let id = somebody.me().await["id"].as_str().unwrap().to_owned();
    let mut socket = somebody.host().connect(&talk).await;
    socket.say("an unlucky word").await;
    let struck = somebody.host().messages(&talk).await.pop().unwrap()["id"].clone();
    let answer = socket.command(json!({"type": "strike", "message_id": struck, "reason": "a slip"})).await;
    assert_eq!(answer["type"], "ack", "{answer}");
    let csv = take(transcripts).await;
    assert!(csv.starts_with("discussion,user,topic,"), "{csv}");
    assert!(csv.contains("\"'=1+1, \"\"quoted\"\"\"\r\n"), "{csv}");
    let lines = take("/api/admin/transcripts").await;
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!((&first["discussion"], &first["author"]), (&json!(talk), &json!("Host")));
    let activity = take("/api/admin/activity").await;
    let pseudonym = first["user"].as_str().unwrap();
    assert!(pseudonym.starts_with("user-") && activity.contains(pseudonym));
    for text in [&csv, &lines] {
        assert!(text.contains("struck") && !text.contains("unlucky") && !text.contains("a slip"), "{text}");
    }
    for text in [&csv, &lines, &activity] {
        assert!(!text.contains(&id) && !text.contains("@example.org"), "{text}");
    }
    let agreed = somebody.send(Method::PATCH, "/api/me", Some(json!({"preferences": {"share_with_research": true}}))).await;
    assert_eq!(agreed.0, StatusCode::OK);
    assert!(take("/api/admin/activity").await.contains(&format!("{CANARY}@example.org")));

    let actions: Value = serde_json::from_str(&take("/api/admin/actions").await).unwrap();
    let actions: Vec<&str> = actions["items"].as_array().unwrap().iter().map(|a| a["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["activity", "activity", "transcripts", "transcripts"]);
    let usage: Value = serde_json::from_str(&take("/api/admin/usage").await).unwrap();
    assert_eq!(usage["totals"]["accounts"], 2);
}

#[tokio::test]
async fn what_nobody_touched_for_long_is_forgotten() {
    let mut app = TestApp::spawn_with(&[("RETENTION_DAYS", "30")]).await;
    let ada = app.host().await;
    let (old, new) = (ada.open(&format!("Old {CANARY}")).await, ada.open("New").await);
    let events = json!({"events": [{"kind": "page_view", "at": "2026-11-23T08:00:00.000Z", "data": {"text": CANARY}}]});
    assert_eq!(ada.post("/api/activity", events).await.0, StatusCode::NO_CONTENT);
    app.signal("TERM").await;
    super::support::database::age(&app.database(), &old, 31);
    let sql = "UPDATE activity SET received_at = received_at - 31 * 86400000";
    super::support::database::run(&app.database(), sql);
    app.restart().await;
    in_time("it is forgotten though nobody comes", async {
        while traces(&app, CANARY) > 0 {
            tokio::task::yield_now().await
        }
    })
    .await;
    let ada = ada.at(&app);
    let gone = async || ada.request(Method::GET, &format!("/api/discussions/{old}")).send().await.unwrap().status();
    assert_eq!(gone().await, StatusCode::NOT_FOUND);
    assert_eq!(ada.get(&format!("/api/discussions/{new}")).await["topic"], "New");
}

#[tokio::test]
async fn guests_are_forgotten_once_nothing_of_theirs_is_left() {
    let mut app = TestApp::spawn_with(&[("RETENTION_DAYS", "30")]).await;
    let mut guests = vec![];
    for _ in 0..4 {
        let mut guest = Browser::guest(&app).await;
        guests.push((guest.me().await["id"].as_str().unwrap().to_owned(), guest.host()));
    }
    let [(bare, _), (maker, makes), (scripted, scripts), (late, lately)] = guests.as_slice() else { unreachable!("four") };
    assert_eq!(makes.post("/api/characters", json!({"name": "Aunt Mary"})).await.0, StatusCode::CREATED);
    assert_eq!(scripts.post("/api/me/tokens", json!({"name": "Homework"})).await.0, StatusCode::CREATED);
    let over = json!({"name": "Yesterday", "expires_at": "2099-01-01T00:00:00Z"});
    assert_eq!(lately.post("/api/me/tokens", over).await.0, StatusCode::CREATED);
    app.signal("TERM").await;
    let sql = "PRAGMA secure_delete = ON; DELETE FROM logins; UPDATE users SET last_seen_at = last_seen_at - 31 * 86400000; \
        UPDATE api_tokens SET expires_at = 1 WHERE expires_at IS NOT NULL";
    super::support::database::run(&app.database(), sql);
    app.restart().await;
    in_time("two are forgotten", async {
        while traces(&app, bare) + traces(&app, late) > 0 {
            tokio::task::yield_now().await
        }
    })
    .await;
    assert!(traces(&app, maker) > 0 && traces(&app, scripted) > 0, "a character and a token stay");
}
