//! Who one is: guests, renewal, the owner's link, and what is deleted with a user.

use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::helpers::TestApp;

async fn post(app: &TestApp, path: &str, cookie: Option<&str>, body: Value) -> Response {
    let mut request = reqwest::Client::new().post(format!("{}{path}", app.url)).json(&body);
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    request.send().await.unwrap()
}

/// The cookie as a browser would send it back, and its attributes.
fn cookie(answer: &Response) -> (String, String) {
    let set = answer.headers()[SET_COOKIE].to_str().unwrap();
    let (cookie, attributes) = set.split_once("; ").unwrap();
    (cookie.to_owned(), attributes.to_owned())
}

#[tokio::test]
async fn a_guest_gets_a_token_and_a_cookie_that_no_script_reads() {
    let app = TestApp::spawn_demo().await;
    let answer = post(&app, "/api/auth/guest", None, json!({})).await;
    let (_, attributes) = cookie(&answer);
    for wanted in ["HttpOnly", "SameSite=Lax", "Path=/api/auth", "Max-Age=2592000"] {
        assert!(attributes.contains(wanted), "{attributes}");
    }
    assert!(!attributes.contains("Secure"), "this address is plain http");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let grant: Value = answer.json().await.unwrap();
    assert_eq!((grant["token_type"].as_str(), grant["expires_in"].as_u64()), (Some("Bearer"), Some(43_200)));
    assert_eq!(grant["user"]["kind"], "guest");
}

#[tokio::test]
async fn the_cookie_is_secure_where_the_address_is() {
    let app = TestApp::spawn_with(&[("PUBLIC_URL", "https://chatlab.example.org")]).await;
    let (_, attributes) = cookie(&post(&app, "/api/auth/guest", None, json!({})).await);
    assert!(attributes.contains("Secure"), "{attributes}");
}

#[tokio::test]
async fn a_login_is_renewed_and_ended() {
    let app = TestApp::spawn_demo().await;
    let (first, _) = cookie(&post(&app, "/api/auth/guest", None, json!({})).await);
    let renewed = post(&app, "/api/auth/refresh", Some(&first), json!({})).await;
    assert_eq!(renewed.status(), StatusCode::OK);
    let (second, _) = cookie(&renewed);
    assert_ne!(first, second);
    let ended = post(&app, "/api/auth/logout", Some(&second), json!({})).await;
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    assert!(cookie(&ended).1.contains("Max-Age=0"));
    assert_eq!(post(&app, "/api/auth/refresh", Some(&second), json!({})).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(post(&app, "/api/auth/refresh", None, json!({})).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_page_of_another_site_cannot_renew() {
    let app = TestApp::spawn_demo().await;
    let (cookie, _) = cookie(&post(&app, "/api/auth/guest", None, json!({})).await);
    let request = reqwest::Client::new().post(format!("{}/api/auth/refresh", app.url));
    let answer = request.header(COOKIE, cookie).header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn where_guests_are_not_welcome_a_code_is_needed() {
    let app = TestApp::spawn_with(&[("GUEST_ACCESS", "false")]).await;
    let refused = post(&app, "/api/auth/guest", None, json!({"code": "guessed"})).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "not_allowed");
    let config: Value = app.get("/api/config").await.json().await.unwrap();
    assert_eq!((&config["auth"]["guest"], &config["auth"]["start"]), (&json!(false), &json!(true)));
}

#[tokio::test]
async fn where_guests_are_welcome_a_wrong_code_makes_nobody() {
    let app = TestApp::spawn_demo().await;
    let refused = post(&app, "/api/auth/guest", None, json!({"code": "guessed"})).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(refused.headers().get("set-cookie").is_none(), "whoever follows such a link stays who they are");
}

#[tokio::test]
async fn too_many_guests_of_one_address_have_to_wait() {
    let app = TestApp::spawn_with(&[("RATE_LIMIT_GUEST", "2")]).await;
    for _ in 0..2 {
        assert_eq!(post(&app, "/api/auth/guest", None, json!({})).await.status(), StatusCode::OK);
    }
    let refused = post(&app, "/api/auth/guest", None, json!({})).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_new_discussion_begins_as_ones_preferences_say() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    let preferences = json!({"preferences": {"length": "short", "level": "14"}});
    assert_eq!(ada.request(Method::PATCH, "/api/me").json(&preferences).send().await.unwrap().status(), StatusCode::OK);
    let begin = async |more: Value| {
        let mut body = json!({"topic": "Play", "character_ids": ["john-dewey"]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, made) = ada.post("/api/discussions", body).await;
        (status, made["length"].clone(), made["level"].clone())
    };
    assert_eq!(begin(json!({})).await, (StatusCode::CREATED, json!("short"), json!("14")));
    assert_eq!(begin(json!({"level": "10"})).await, (StatusCode::CREATED, json!("short"), json!("10")));
    assert_eq!(begin(json!({"length": "endless"})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    // A page may keep there what it likes: what is no length says nothing.
    let odd = json!({"preferences": {"length": 7, "level": null}});
    ada.request(Method::PATCH, "/api/me").json(&odd).send().await.unwrap();
    assert_eq!(begin(json!({})).await, (StatusCode::CREATED, json!("normal"), json!("adult")));
}

#[tokio::test]
async fn a_profile_is_changed_and_deleted_with_all_that_is_theirs() {
    let app = TestApp::spawn_demo().await;
    let ada = app.host().await;
    let talk = ada.open("Play").await;
    let mut socket = ada.connect(&talk).await;
    let patch = async |body: Value| {
        let answer = ada.request(Method::PATCH, "/api/me").json(&body).send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    patch(json!({"name": " Ada ", "preferences": {"theme": "dark", "size": "large"}})).await;
    let (_, me) = patch(json!({"preferences": {"size": null, "language": "de"}})).await;
    assert_eq!((&me["name"], &me["preferences"]), (&json!("Ada"), &json!({"theme": "dark", "language": "de"})));
    let choices = (0..10).map(|number| patch(json!({"preferences": {format!("choice{number}"): true}})));
    futures_util::future::join_all(choices).await;
    let (_, me) = patch(json!({})).await;
    assert_eq!(me["preferences"].as_object().unwrap().len(), 12, "choices at the same moment all stay: {me}");
    let (status, problem) = patch(json!({"name": " ", "preferences": {"x": "y".repeat(20_000)}})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2, "{problem}");

    let deleted = ada.request(Method::DELETE, "/api/me").send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(4404));
    assert_eq!(ada.request(Method::GET, "/api/me").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}
