//! Sign-in by Google and Microsoft, against a provider of our own: good and forged.

use std::collections::HashMap;

use jsonwebtoken::get_current_timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::browser::{Browser, PASSWORD};
use super::helpers::TestApp;
use super::support::issuer::{CLIENT_SECRET, Issuer, SigningKey};

const CLIENT: &str = "the-client";

struct Place {
    app: TestApp,
    issuer: Issuer,
    key: SigningKey,
}

async fn place(more: &[(&str, &str)]) -> Place {
    let key = SigningKey::rsa("one");
    let issuer = Issuer::start(vec![key.clone()]).await;
    let mut settings = vec![
        ("GOOGLE_CLIENT_ID", CLIENT),
        ("GOOGLE_CLIENT_SECRET", CLIENT_SECRET),
        ("GOOGLE_ISSUER", issuer.url.as_str()),
        ("MICROSOFT_CLIENT_ID", CLIENT),
        ("MICROSOFT_CLIENT_SECRET", CLIENT_SECRET),
        ("MICROSOFT_AUTHORITY", issuer.url.as_str()),
    ];
    settings.extend_from_slice(more);
    let app = TestApp::spawn_with(&settings).await;
    Place { app, issuer, key }
}

/// Sends the browser off; what the provider gets to see.
async fn begin(browser: &mut Browser, path: &str) -> HashMap<String, String> {
    let (status, location) = browser.send(Method::GET, path, None).await;
    assert_eq!(status, StatusCode::FOUND, "{location}");
    url::Url::parse(location.as_str().unwrap()).unwrap().query_pairs().into_owned().collect()
}

impl Place {
    fn google(&self, sent: &HashMap<String, String>, subject: &str) -> Value {
        json!({
            "iss": self.issuer.url, "aud": CLIENT, "sub": subject, "nonce": sent["nonce"],
            "exp": get_current_timestamp() + 600, "iat": get_current_timestamp(), "name": "Ada",
        })
    }

    fn microsoft(&self, sent: &HashMap<String, String>, tenant: &str, oid: Uuid) -> Value {
        let mut claims = self.google(sent, "pairwise");
        claims["iss"] = json!(format!("{}/{tenant}/v2.0", self.issuer.url));
        claims["tid"] = json!(tenant);
        claims["oid"] = json!(oid);
        claims
    }

    /// Back with the code for this token; where the browser is sent.
    async fn back(&self, browser: &mut Browser, provider: &str, sent: &HashMap<String, String>, token: String) -> String {
        let code = self.issuer.consent(sent, token);
        let path = format!("/api/auth/{provider}/callback?code={code}&state={}", sent["state"]);
        let (status, location) = browser.send(Method::GET, &path, None).await;
        assert_eq!(status, StatusCode::FOUND);
        location.as_str().unwrap().strip_prefix(&self.app.url).expect("on this server").to_owned()
    }

    async fn sign_in(&self, browser: &mut Browser, subject: &str) -> String {
        let sent = begin(browser, "/api/auth/google?to=/history").await;
        let claims = self.google(&sent, subject);
        self.back(browser, "google", &sent, self.key.sign(&claims)).await
    }
}

/// What the page does when it opens: the cookie for an access token.
async fn me(browser: &mut Browser) -> Value {
    browser.token = None;
    assert_eq!(browser.post("/api/auth/refresh", json!({})).await.0, StatusCode::OK);
    browser.me().await
}

#[tokio::test]
async fn the_flow_is_begun_with_pkce_state_and_nonce() {
    let place = place(&[]).await;
    let config: Value = place.app.get("/api/config").await.json().await.unwrap();
    assert_eq!(config["auth"]["providers"], json!(["google", "microsoft"]));
    let mut browser = Browser::new(&place.app);
    let sent = begin(&mut browser, "/api/auth/google").await;
    assert_eq!(sent["redirect_uri"], format!("{}/api/auth/google/callback", place.app.url));
    assert_eq!((sent["response_type"].as_str(), sent["code_challenge_method"].as_str()), ("code", "S256"));
    assert_eq!((sent["state"].len(), sent["nonce"].len(), sent["code_challenge"].len()), (64, 64, 43));
    let again = begin(&mut browser, "/api/auth/google").await;
    assert!(["state", "nonce", "code_challenge"].iter().all(|name| sent[*name] != again[*name]));
    assert_eq!(browser.send(Method::GET, "/api/auth/github", None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_is_the_same_person_by_googles_sub() {
    let place = place(&[]).await;
    let mut ada = Browser::new(&place.app);
    assert_eq!(place.sign_in(&mut ada, "ada-at-google").await, "/history");
    let first = me(&mut ada).await;
    assert_eq!((&first["kind"], &first["name"]), (&json!("account"), &json!("Ada")));
    let (mut again, mut bob) = (Browser::new(&place.app), Browser::new(&place.app));
    place.sign_in(&mut again, "ada-at-google").await;
    place.sign_in(&mut bob, "bob-at-google").await;
    assert_eq!(me(&mut again).await["id"], first["id"]);
    assert_ne!(me(&mut bob).await["id"], first["id"]);
}

#[tokio::test]
async fn a_guest_who_signs_in_keeps_their_discussions() {
    let place = place(&[]).await;
    let mut guest = Browser::guest(&place.app).await;
    let talk = guest.host().open("Play").await;
    place.sign_in(&mut guest, "ada").await;
    assert_eq!(me(&mut guest).await["kind"], "account");
    assert_eq!(guest.host().get("/api/discussions").await["items"][0]["id"], json!(talk));
}

#[tokio::test]
async fn nobody_is_merged_by_an_address() {
    let place = place(&[("ADMIN_EMAILS", "ada@gmail.com, new@gmail.com")]).await;
    let mut own = Browser::new(&place.app);
    own.post("/api/auth/register", json!({"email": "ada@gmail.com", "password": PASSWORD, "name": "Ada"})).await;
    let enter = async |email: &str, verified: bool| {
        let mut browser = Browser::new(&place.app);
        let sent = begin(&mut browser, "/api/auth/google").await;
        let mut claims = place.google(&sent, &Uuid::new_v4().to_string());
        (claims["email"], claims["email_verified"]) = (json!(email), json!(verified));
        place.back(&mut browser, "google", &sent, place.key.sign(&claims)).await;
        me(&mut browser).await
    };
    let google = enter("ada@gmail.com", true).await;
    assert_ne!(google["id"], own.me().await["id"]);
    assert_eq!((&google["email"], &google["role"]), (&Value::Null, &json!("user")));
    assert_eq!(enter("new@gmail.com", false).await["role"], "user");
    assert_eq!(enter("new@gmail.com", true).await["role"], "admin");
}

#[tokio::test]
async fn microsofts_people_are_known_by_tenant_and_object() {
    let tenant = Uuid::new_v4().to_string();
    let place = place(&[("MICROSOFT_TENANT", &tenant)]).await;
    let oid = Uuid::new_v4();
    let mut ada = Browser::new(&place.app);
    let sent = begin(&mut ada, "/api/auth/microsoft").await;
    let token = place.key.sign(&place.microsoft(&sent, &tenant, oid));
    assert_eq!(place.back(&mut ada, "microsoft", &sent, token).await, "/");
    assert_eq!(me(&mut ada).await["kind"], "account");

    let other = Uuid::new_v4().to_string();
    let mut eve = Browser::new(&place.app);
    let sent = begin(&mut eve, "/api/auth/microsoft").await;
    let token = place.key.sign(&place.microsoft(&sent, &other, oid));
    assert_eq!(place.back(&mut eve, "microsoft", &sent, token).await, "/sign-in?problem=organisation");
    let sent = begin(&mut eve, "/api/auth/microsoft").await;
    let mut claims = place.microsoft(&sent, &tenant, oid);
    claims["iss"] = json!(format!("{}/{other}/v2.0", place.issuer.url));
    assert_eq!(place.back(&mut eve, "microsoft", &sent, place.key.sign(&claims)).await, "/sign-in?problem=failed");
}

#[tokio::test]
async fn what_is_forged_lets_nobody_in() {
    let tenant = Uuid::new_v4().to_string();
    let place = place(&[("MICROSOFT_TENANT", &tenant)]).await;
    let claims = |provider: &str, sent: &HashMap<String, String>| match provider {
        "google" => place.google(sent, "ada"),
        _ => place.microsoft(sent, &tenant, Uuid::new_v4()),
    };
    let stranger = SigningKey::rsa("one");
    let unknown = SigningKey::rsa("another");
    type Forgery<'a> = &'a dyn Fn(&mut Value);
    let forged: [(&str, Forgery); 5] = [
        ("nonce", &|claims| claims["nonce"] = json!("another")),
        ("audience", &|claims| claims["aud"] = json!("another")),
        ("issuer", &|claims| claims["iss"] = json!("https://evil.example")),
        ("party", &|claims| claims["azp"] = json!("another")),
        ("time", &|claims| claims["exp"] = json!(get_current_timestamp() - 120)),
    ];
    for provider in ["google", "microsoft"] {
        let path = format!("/api/auth/{provider}");
        for (what, forge) in forged {
            let mut eve = Browser::new(&place.app);
            let sent = begin(&mut eve, &path).await;
            let mut claims = claims(provider, &sent);
            forge(&mut claims);
            let to = place.back(&mut eve, provider, &sent, place.key.sign(&claims)).await;
            assert_eq!(to, "/sign-in?problem=failed", "{provider}: {what}");
            assert!(!eve.cookies.contains_key("chatlab_refresh"), "{provider}: {what}");
        }
        for key in [&stranger, &unknown] {
            let mut eve = Browser::new(&place.app);
            let sent = begin(&mut eve, &path).await;
            let token = key.sign(&claims(provider, &sent));
            assert_eq!(place.back(&mut eve, provider, &sent, token).await, "/sign-in?problem=failed", "{provider}");
        }
    }
}

#[tokio::test]
async fn a_code_counts_only_in_the_browser_that_began() {
    let place = place(&[]).await;
    let (mut eve, mut ada) = (Browser::new(&place.app), Browser::new(&place.app));
    let eves = begin(&mut eve, "/api/auth/google").await;
    let adas = begin(&mut ada, "/api/auth/google").await;
    let token = place.key.sign(&place.google(&eves, "eve"));
    // Eve's answer in Ada's browser; Eve's code with Ada's state; no cookie at all.
    assert_eq!(place.back(&mut ada, "google", &eves, token.clone()).await, "/sign-in?problem=expired");
    let code = place.issuer.consent(&eves, token.clone());
    let path = format!("/api/auth/google/callback?code={code}&state={}", adas["state"]);
    let mut ada = Browser::new(&place.app);
    let adas = begin(&mut ada, "/api/auth/google").await;
    let crossed = path.replace(path.split("state=").nth(1).unwrap(), &adas["state"]);
    let (_, to) = ada.send(Method::GET, &crossed, None).await;
    assert!(to.as_str().unwrap().ends_with("/sign-in?problem=unavailable"), "PKCE: the provider refuses: {to}");
    let mut nobody = Browser::new(&place.app);
    assert_eq!(place.back(&mut nobody, "google", &eves, token).await, "/sign-in?problem=expired");
    assert!(!ada.cookies.contains_key("chatlab_refresh"));
}

#[tokio::test]
async fn a_closed_house_and_other_sites_addresses() {
    let place = place(&[("REGISTRATION", "closed")]).await;
    let mut ada = Browser::new(&place.app);
    assert_eq!(place.sign_in(&mut ada, "ada").await, "/sign-in?problem=closed");
    let sent = begin(&mut ada, "/api/auth/google?to=//evil.example").await;
    let path = format!("/api/auth/google/callback?error=access_denied&state={}", sent["state"]);
    let (_, to) = ada.send(Method::GET, &path, None).await;
    assert_eq!(to, json!(format!("{}/sign-in?problem=denied", place.app.url)));
}
