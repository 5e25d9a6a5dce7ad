//! Characters that come and go as files: Character Cards, packs, pictures; and trying one out.

use std::io::Cursor;

use chatlab::domain::card::png;
use image::{ImageFormat, Rgb, RgbImage};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::browser::Browser;
use super::helpers::{Host, TestApp};
use super::support::script::Script;
use super::watching::Phone;

const FILES: [&str; 20] = [
    "sillytavern-v2.json",
    "sillytavern-v3.png",
    "chub-v2.png",
    "risuai-v3.json",
    "risuai-v3.png",
    "agnai-v2.json",
    "pygmalion-v1.json",
    "tavernai-v1.png",
    "by-hand-v2.json",
    "editor-v3.json",
    "aichar-v1.json",
    "aichar-v1.png",
    "character-card-utils-v2.json",
    "tavern-card-v2.png",
    "ccardlib-v2.json",
    "ccardlib-v3.json",
    "lenml-v2.json",
    "lenml-v3.json",
    "png-chunk-text-v3.png",
    "tavern-card-two-v2.png",
];

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/cards/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The card's text, whatever it came in.
fn text_of(file: &[u8]) -> String {
    match png::is_png(file) {
        true => png::card(file).unwrap(),
        false => String::from_utf8(file.to_vec()).unwrap(),
    }
}

async fn import(host: &Host, query: &str, bytes: Vec<u8>) -> (StatusCode, Value) {
    let path = format!("/api/characters/import{query}");
    let answer = host.request(Method::POST, &path).body(bytes).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

async fn imported(host: &Host, bytes: Vec<u8>) -> Value {
    let (status, made) = import(host, "?same_name=both", bytes).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made["items"][0].clone()
}

async fn taken(host: &Host, path: &str) -> Vec<u8> {
    let answer = host.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.bytes().await.unwrap().to_vec()
}

fn id_of(item: &Value) -> String {
    item["character"]["id"].as_str().unwrap().to_owned()
}

async fn give(host: &Host, character: &str, bytes: Vec<u8>) -> Response {
    host.request(Method::PUT, &format!("/api/characters/{character}/picture")).body(bytes).send().await.unwrap()
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    // Red above, blue below.
    let drawn =
        RgbImage::from_fn(width, height, |_, y| if y < height / 2 { Rgb([220, 30, 30]) } else { Rgb([30, 30, 220]) });
    drawn.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A photograph as a phone makes it: lying on its side, with the place where it was taken.
fn photograph() -> Vec<u8> {
    let plain = picture(300, 200, ImageFormat::Jpeg);
    let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        tiff.extend(tag.to_le_bytes());
        tiff.extend(kind.to_le_bytes());
        tiff.extend(count.to_le_bytes());
        tiff.extend(value.to_le_bytes());
    };
    // Turned by a quarter; a description behind the table; a pointer to the place.
    entry(0x0112, 3, 1, 6);
    entry(0x010e, 2, 20, 50);
    entry(0x8825, 4, 1, 70);
    tiff.extend([0; 4]);
    tiff.extend(b"GPS52.5200N13.4050E\0");
    tiff.extend([0; 6]);
    let segment = [b"Exif\0\0".to_vec(), tiff].concat();
    let length = u16::try_from(segment.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length[..], &segment[..], &plain[2..]].concat()
}

#[tokio::test]
async fn cards_of_other_programs_come_and_go_unharmed() {
    let app = TestApp::spawn_demo().await;
    for name in FILES {
        // Each to a host of its own: the second one of a name would get a number, which is a change.
        let host = app.host().await;
        let bytes = file(name);
        let item = imported(&host, bytes.clone()).await;
        let id = id_of(&item);
        let was_png = png::is_png(&bytes);
        assert_eq!(item["character"]["picture"], was_png, "{name}: the card's picture is the character's");
        let json = taken(&host, &format!("/api/characters/{id}/card?format=json")).await;
        assert_eq!(String::from_utf8(json).unwrap(), text_of(&bytes), "{name}");
        let picture = taken(&host, &format!("/api/characters/{id}/card?format=png")).await;
        let (again, came) = (png::card(&picture).unwrap(), text_of(&bytes));
        match was_png {
            true => assert_eq!(again, came, "{name}"),
            false => assert!(again.contains("\"chatlab\""), "{name}: says that the picture is none of its own"),
        }
        assert_eq!(imported(&host, picture).await["character"]["picture"], was_png, "{name}: and back");
    }
}

#[tokio::test]
async fn what_is_for_people_never_reaches_a_model() {
    let app = TestApp::spawn().await;
    app.llm.always(Script::say(&["1. Yes.\n2. No."]));
    let host = app.host().await;
    let mut ids = vec![];
    for name in FILES {
        ids.push(id_of(&imported(&host, file(name)).await));
    }
    for cast in ids.chunks(5) {
        let body = json!({"topic": "What is a lamp for?", "character_ids": cast});
        let (status, talk) = host.post("/api/discussions", body.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{talk}");
        let path = format!("/api/discussions/{}", talk["id"].as_str().unwrap());
        for _ in cast {
            assert_eq!(host.post(&format!("{path}/turns"), json!({})).await.0, StatusCode::OK);
        }
        assert_eq!(host.post("/api/perspectives", body).await.0, StatusCode::OK);
    }
    let asked = app.llm.asked();
    assert_eq!(asked.len(), FILES.len() + FILES.len().div_ceil(5), "a turn each, and the perspectives of each table");
    let all: Vec<String> = asked.iter().map(|request| request.body.to_string()).collect();
    assert!(all[0].contains("Maren Holt keeps the lighthouse"), "{}", all[0]);
    for body in &all {
        assert!(!body.contains("PLUMDUFF"), "the maker's notes: {body}");
        assert!(!body.contains("Skerry Point turns once") && !body.contains("Answer in threads"), "{body}");
    }
}

#[tokio::test]
async fn a_name_that_is_there_is_asked_about() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let card = |bio: &str| json!({"name": "maren holt", "description": bio}).to_string().into_bytes();
    let first = imported(&host, card("One.")).await;
    let (status, problem) = import(&host, "", card("Two.")).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("same_name")));
    assert!(problem["detail"].as_str().unwrap().contains("maren holt"), "{problem}");
    let (_, both) = import(&host, "?same_name=both", card("Two.")).await;
    assert_eq!(both["items"][0]["character"]["name"], "maren holt (2)");
    let (_, skipped) = import(&host, "?same_name=skip", card("Three.")).await;
    assert_eq!(skipped, json!({"items": [], "skipped": ["maren holt"]}));
    let (_, replaced) = import(&host, "?same_name=replace", card("Four.")).await;
    assert_eq!(replaced["items"][0]["character"]["id"], first["character"]["id"]);
    let now = host.get(&format!("/api/characters/{}", id_of(&first))).await;
    assert_eq!(now["bio"], "Four.");
    assert_eq!(import(&host, "?same_name=maybe", card("x")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_pack_carries_characters_and_pictures_to_somebody_else() {
    let app = TestApp::spawn_demo().await;
    let (ada, ben) = (app.host().await, app.host().await);
    let one = id_of(&imported(&ada, file("chub-v2.png")).await);
    let two = id_of(&imported(&ada, file("editor-v3.json")).await);
    let body = json!({"title": "My two", "character_ids": [one, two, "john-dewey"]});
    let answer = ada.request(Method::POST, "/api/characters/export").json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.contains("chatlab-My-two.zip"), "{name}");
    let pack = answer.bytes().await.unwrap().to_vec();
    let (status, made) = import(&ben, "", pack.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let items = made["items"].as_array().unwrap();
    let seen: Vec<_> = items.iter().map(|item| (&item["character"]["name"], &item["character"]["picture"])).collect();
    assert_eq!(json!(seen), json!([["Zénith", true], ["Ansa", false], ["John Dewey", false]]));
    assert!(items.iter().all(|item| id_of(item) != one && id_of(item) != two), "ids are new");
    assert_eq!(items[2]["character"]["key_ideas"], ada.get("/api/characters/john-dewey").await["key_ideas"]);
    let card = taken(&ben, &format!("/api/characters/{}/card", id_of(&items[1]))).await;
    assert_eq!(card, file("editor-v3.json"), "what was not understood has travelled along");
    assert_eq!(import(&ben, "", pack).await.1["code"], "same_name");
    let theirs = json!({"character_ids": [id_of(&items[0])]});
    assert_eq!(ada.post("/api/characters/export", theirs).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_no_card_is_refused_in_words() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let cases: [(Vec<u8>, StatusCode, &str); 6] = [
        (b"{}".to_vec(), StatusCode::UNPROCESSABLE_ENTITY, "no character card"),
        (b"hello".to_vec(), StatusCode::UNPROCESSABLE_ENTITY, "no JSON"),
        (vec![0xff, 0xd8, 0xff, 0xe0], StatusCode::UNSUPPORTED_MEDIA_TYPE, "PNG or JSON"),
        (picture(8, 8, ImageFormat::Png), StatusCode::UNPROCESSABLE_ENTITY, "no character in this picture"),
        (file("chub-v2.png")[..900].to_vec(), StatusCode::UNPROCESSABLE_ENTITY, "damaged"),
        (vec![b' '; 17 * 1024 * 1024], StatusCode::PAYLOAD_TOO_LARGE, "larger"),
    ];
    for (bytes, expected, words) in cases {
        let (status, problem) = import(&host, "", bytes).await;
        assert_eq!(status, expected, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
}

#[tokio::test]
async fn a_picture_is_seen_by_those_who_may_and_carries_nothing_else() {
    let app = TestApp::spawn_demo().await;
    let mut browser = Browser::guest(&app).await;
    let host = browser.host();
    let (_, made) = host.post("/api/characters", json!({"name": "Grandma", "emblem": "own-owl"})).await;
    let id = made["id"].as_str().unwrap();
    let sent = photograph();
    assert!(sent.windows(5).any(|part| part == b"GPS52"));
    let answer = give(&host, id, sent).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let view: Value = answer.json().await.unwrap();
    let url = view["avatar_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("/api/pictures/") && url.ends_with("?v=1"), "{url}");

    let (_, talk) = host.post("/api/discussions", json!({"topic": "Soup", "character_ids": [id]})).await;
    let code = host.share(talk["id"].as_str().unwrap()).await;
    let (_, watched) = Phone::new(&app, &code).get("").await;
    assert!(watched.to_string().contains(&url), "a phone learns its address: {watched}");
    let seen = app.get(&url).await;
    let header = |name: &str| seen.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type"), header("x-content-type-options")), ("image/jpeg".into(), "nosniff".into()));
    assert!(header("cache-control").starts_with("private, max-age="));
    assert_eq!(header("cross-origin-resource-policy"), "cross-origin", "a page that is hosted apart shows it");
    let tag = header("etag");
    let bytes = seen.bytes().await.unwrap();
    assert!(!bytes.windows(3).any(|part| part == b"GPS") && !bytes.windows(4).any(|part| part == b"Exif"));
    let shown = image::load_from_memory(&bytes).unwrap().to_rgb8();
    assert_eq!((shown.width(), shown.height()), (200, 200));
    // Turned as it was taken: what was above is at the right now.
    assert!(shown.get_pixel(190, 100)[0] > 150 && shown.get_pixel(10, 100)[2] > 150, "upright");
    let again = reqwest::Client::new().get(format!("{}{url}", app.url)).header("if-none-match", tag);
    assert_eq!(again.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);

    let replaced: Value = give(&host, id, picture(900, 700, ImageFormat::WebP)).await.json().await.unwrap();
    assert_eq!(replaced["avatar_url"], url.replace("v=1", "v=2"));
    let (status, edited) =
        host.put(&format!("/api/characters/{id}"), json!({"name": "Grandma Ada", "emblem": "own-owl"})).await;
    assert_eq!((status, &edited["avatar_url"]), (StatusCode::OK, &replaced["avatar_url"]), "an edit leaves it");
    let (_, copy) = host.post("/api/characters", json!({"name": "A copy", "copy_of": id})).await;
    let copied = copy["avatar_url"].as_str().unwrap();
    assert_eq!(app.get(copied).await.status(), StatusCode::OK);

    let mut archive = zip::ZipArchive::new(Cursor::new(taken(&host, "/api/me/export").await)).unwrap();
    assert!(archive.by_name(&format!("characters/{id}.jpg")).is_ok(), "it is among one's data");

    let gone = host.request(Method::DELETE, &format!("/api/characters/{id}/picture")).send().await.unwrap();
    assert_eq!(gone.json::<Value>().await.unwrap()["avatar_url"], "/api/emblems/own-owl.svg");
    assert_eq!(app.get(&url).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(browser.send(Method::DELETE, "/api/me", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(app.get(copied).await.status(), StatusCode::NOT_FOUND, "gone with the account");
}

#[tokio::test]
async fn what_is_no_picture_is_refused_in_words() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let (_, made) = host.post("/api/characters", json!({"name": "Grandma"})).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(give(&host, id, b"<svg onload=alert(1)>".to_vec()).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(give(&host, id, vec![0; 6 * 1024 * 1024]).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let whole = picture(64, 64, ImageFormat::Png);
    assert_eq!(give(&host, id, whole[..60].to_vec()).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(give(&host, "john-dewey", whole.clone()).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(give(&app.host().await, id, whole).await.status(), StatusCode::NOT_FOUND, "somebody else's");
    let view = host.get(&format!("/api/characters/{id}")).await;
    assert_eq!((&view["picture"], &view["avatar_url"]), (&json!(false), &Value::Null));
}

/// The events of a preview.
async fn tried(host: &Host, character: Value) -> (StatusCode, Vec<Value>) {
    let body = json!({"character": character, "topic": "What is soup for?"});
    let answer = host.request(Method::POST, "/api/characters/preview").json(&body).send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    let events = text.split("\n\n").filter_map(|block| serde_json::from_str(block.strip_prefix("data: ")?).ok());
    (status, events.collect())
}

#[tokio::test]
async fn a_character_is_tried_out_by_the_real_voices_within_the_budget_and_nothing_is_kept() {
    let app = TestApp::spawn_with(&[("MAX_TURNS_USER_DAY", "2")]).await;
    let host = app.host().await;
    app.llm.will_say(&["Soup ", "warms."]);
    let card = json!({"name": "Grandma", "voice": "Speaks in recipes."});
    let (status, events) = tried(&host, card.clone()).await;
    assert_eq!(status, StatusCode::OK);
    let text: String = events.iter().filter_map(|event| event["text"].as_str()).collect();
    assert_eq!((text.as_str(), events.last()), ("Soup warms.", Some(&json!({"type": "end", "error": null}))));
    let body = app.llm.asked()[0].body.to_string();
    assert!(body.contains("Speaks in recipes.") && body.contains("What is soup for?"), "{body}");
    app.llm.will(Script::refuse(400, "invalid_request_error"));
    let (_, failed) = tried(&host, card.clone()).await;
    assert!(failed.last().unwrap()["error"].as_str().is_some_and(|words| !words.is_empty()), "{failed:?}");
    assert_eq!(tried(&host, card).await.0, StatusCode::PAYMENT_REQUIRED);
    assert_eq!(app.llm.asked().len(), 2);
    assert_eq!(host.get("/api/discussions?archived=all").await["items"], json!([]));
    assert_eq!(tried(&host, json!({"name": ""})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}
