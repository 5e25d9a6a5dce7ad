//! Tokens: Supabase's, good and forged, and those for scripts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::browser::{ADA, Browser};
use super::helpers::{Host, TestApp};
use super::support::issuer::{Issuer, SigningKey};

const SECRET: &str = "the legacy secret of a project, long";

fn claims(issuer: &str) -> Value {
    json!({
        "iss": format!("{issuer}/auth/v1"), "aud": "authenticated", "role": "authenticated",
        "sub": Uuid::new_v4(), "exp": get_current_timestamp() + 600, "iat": get_current_timestamp(),
        "app_metadata": {"provider": "email"}, "user_metadata": {"full_name": "Ada", "role": "admin"},
    })
}

fn with(mut claims: Value, field: &str, value: Value) -> Value {
    claims[field] = value;
    claims
}

async fn status(app: &TestApp, token: &str) -> StatusCode {
    app.known_by(token).request(Method::GET, "/api/me").send().await.unwrap().status()
}

#[tokio::test]
async fn a_supabase_user_is_let_in_by_either_kind_of_key_and_is_somebody_of_their_own() {
    let (ec, rsa) = (SigningKey::ec("ec"), SigningKey::rsa("rsa"));
    let issuer = Issuer::start(vec![ec.clone(), rsa.clone()]).await;
    let app =
        TestApp::spawn_with(&[("SUPABASE_URL", &format!("{}/", issuer.url)), ("SUPABASE_KEY", "sb_publishable_x")]).await;
    let ada_claims = claims(&issuer.url);
    let ada = Host::with(&app.url, &ec.sign(&ada_claims));
    let bob = Host::with(&app.url, &rsa.sign(&claims(&issuer.url)));
    let me = ada.get("/api/me").await;
    assert_eq!((&me["id"], &me["kind"], &me["name"]), (&ada_claims["sub"], &json!("account"), &json!("Ada")));
    assert_eq!(me["role"], "user", "what one writes about oneself gives no rights");
    let talk = ada.open("Play").await;
    let answer = bob.request(Method::GET, &format!("/api/discussions/{talk}")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    for path in ["/api/auth/register", "/api/auth/login"] {
        assert_eq!(ada.post(path, json!({"email": ADA, "password": "x", "name": "x"})).await.0, StatusCode::NOT_FOUND);
    }
    let config: Value = app.get("/api/config").await.json().await.unwrap();
    assert_eq!(config["auth"]["mode"], "supabase");
    assert_eq!(config["auth"]["supabase"], json!({"url": issuer.url, "key": "sb_publishable_x"}));
    let policy = app.get("/").await.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains(&format!("connect-src 'self' {};", issuer.url)), "{policy}");
}

#[tokio::test]
async fn forged_and_foreign_tokens_are_refused_and_nobody_else_is_asked() {
    let key = SigningKey::ec("known");
    let (issuer, elsewhere) = (Issuer::start(vec![key.clone()]).await, Issuer::start(vec![SigningKey::ec("evil")]).await);
    let app = TestApp::spawn_with(&[("SUPABASE_URL", &issuer.url)]).await;
    let good = claims(&issuer.url);
    assert_eq!(status(&app, &key.sign(&good)).await, StatusCode::OK);
    let now = get_current_timestamp();
    let evil = SigningKey::ec("evil");
    let as_known = SigningKey { kid: "known".to_owned(), ..evil.clone() };
    let pem = EncodingKey::from_secret(key.jwk.to_string().as_bytes());
    let hs256 = Header { kid: Some("known".to_owned()), ..Header::new(Algorithm::HS256) };
    let jku = Header { jku: Some(format!("{}/jwks.json", elsewhere.url)), ..evil.header() };
    let jwk = Header { jwk: Some(serde_json::from_value(evil.jwk.clone()).unwrap()), ..as_known.header() };
    let crit = Header { crit: Some(vec!["exp".to_owned()]), ..key.header() };
    let none = {
        let signed = key.sign(&good);
        let payload = signed.split('.').nth(1).unwrap();
        format!("eyJhbGciOiJub25lIiwia2lkIjoia25vd24ifQ.{payload}.")
    };
    let forged = [
        ("none", none),
        ("the public key as a secret", encode(&hs256, &good, &pem).unwrap()),
        ("an unknown key", evil.sign(&good)),
        ("another key by a known name", as_known.sign(&good)),
        ("jku", evil.sign_with(jku, &good)),
        ("jwk", as_known.sign_with(jwk, &good)),
        ("crit", key.sign_with(crit, &good)),
        ("no kid", key.sign_with(Header::new(key.algorithm), &good)),
        ("expired", key.sign(&with(good.clone(), "exp", json!(now - 31)))),
        ("not yet", key.sign(&with(good.clone(), "nbf", json!(now + 120)))),
        ("another audience", key.sign(&with(good.clone(), "aud", json!("anon")))),
        ("another issuer", key.sign(&with(good.clone(), "iss", json!(format!("{}/auth/v1/", issuer.url))))),
        ("anon", key.sign(&with(good.clone(), "role", json!("anon")))),
        ("service_role", key.sign(&with(good.clone(), "role", json!("service_role")))),
        ("no UUID", key.sign(&with(good.clone(), "sub", json!("ada")))),
        ("a refresh token", "v2.abcdefghijkl".to_owned()),
    ];
    for (what, token) in forged {
        assert_eq!(status(&app, &token).await, StatusCode::UNAUTHORIZED, "{what}");
    }
    let late = with(good, "exp", json!(now - 20));
    assert_eq!(status(&app, &key.sign(&late)).await, StatusCode::OK, "within the leeway");
    assert!(issuer.asked().iter().all(|path| path == "/auth/v1/.well-known/jwks.json"), "{:?}", issuer.asked());
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn a_rotated_key_is_taken_at_once_and_unknown_ones_cause_no_flood() {
    let (old, new) = (SigningKey::ec("old"), SigningKey::ec("new"));
    let issuer = Issuer::start(vec![old.clone()]).await;
    let app = TestApp::spawn_with(&[("SUPABASE_URL", &issuer.url)]).await;
    assert_eq!(status(&app, &old.sign(&claims(&issuer.url))).await, StatusCode::OK);
    issuer.rotate(vec![new.clone()]);
    assert_eq!(status(&app, &new.sign(&claims(&issuer.url))).await, StatusCode::OK);
    assert_eq!(status(&app, &old.sign(&claims(&issuer.url))).await, StatusCode::UNAUTHORIZED);
    issuer.fail();
    let token = old.sign(&claims(&issuer.url));
    let head = |n: u32| Header { kid: Some(format!("unknown-{n}")), ..old.header() };
    for batch in 0..20 {
        let tokens = (0..50).map(|n| old.sign_with(head(batch * 50 + n), &claims(&issuer.url)));
        let answers = join_all(tokens.map(|token| {
            let app = &app;
            async move { status(app, &token).await }
        }))
        .await;
        assert!(answers.iter().all(|answer| *answer == StatusCode::UNAUTHORIZED));
    }
    assert_eq!(issuer.asked().len(), 2, "a minute has two");
    assert_eq!(status(&app, &new.sign(&claims(&issuer.url))).await, StatusCode::OK, "known keys stay");
    assert_eq!(status(&app, &token).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn with_the_legacy_secret_nothing_else_is_believed() {
    let key = SigningKey::ec("known");
    let issuer = Issuer::start(vec![key.clone()]).await;
    let app = TestApp::spawn_with(&[("SUPABASE_URL", &issuer.url), ("SUPABASE_JWT_SECRET", SECRET)]).await;
    let secret = EncodingKey::from_secret(SECRET.as_bytes());
    let sign = |claims: &Value| encode(&Header::new(Algorithm::HS256), claims, &secret).unwrap();
    let good = claims(&issuer.url);
    assert_eq!(status(&app, &sign(&good)).await, StatusCode::OK);
    let now = get_current_timestamp();
    // The keys of a project as it made them itself, and whatever else has the right signature.
    for role in ["anon", "service_role"] {
        let old_key = json!({"iss": "supabase", "ref": "project", "role": role, "iat": now, "exp": now + 600});
        assert_eq!(status(&app, &sign(&old_key)).await, StatusCode::UNAUTHORIZED, "{role}");
        assert_eq!(status(&app, &sign(&with(good.clone(), "role", json!(role)))).await, StatusCode::UNAUTHORIZED, "{role}");
    }
    for (field, value) in [
        ("exp", json!(now - 31)),
        ("exp", Value::Null),
        ("nbf", json!(now + 120)),
        ("aud", json!("anon")),
        ("aud", Value::Null),
        ("iss", json!("supabase")),
        ("iss", Value::Null),
        ("sub", Value::Null),
        ("role", Value::Null),
    ] {
        let mut forged = good.clone();
        match value.is_null() {
            true => drop(forged.as_object_mut().unwrap().remove(field)),
            false => forged[field] = value.clone(),
        }
        assert_eq!(status(&app, &sign(&forged)).await, StatusCode::UNAUTHORIZED, "{field}: {value}");
    }
    assert_eq!(status(&app, &key.sign(&good)).await, StatusCode::UNAUTHORIZED);
    let hs512 = encode(&Header::new(Algorithm::HS512), &good, &secret).unwrap();
    assert_eq!(status(&app, &hs512).await, StatusCode::UNAUTHORIZED);
    assert!(issuer.asked().is_empty());
}

#[tokio::test]
async fn of_our_own_only_access_tokens_that_we_signed_let_anybody_in() {
    let app = TestApp::spawn_with(&[("JWT_SECRET", SECRET)]).await;
    let mut ada = Browser::new(&app);
    ada.register(ADA).await;
    let access = ada.token.clone().unwrap();
    assert_eq!(status(&app, &access).await, StatusCode::OK);
    let mut parts = access.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap_or_default()).skip(1);
    let said: Value = serde_json::from_slice(&parts.next().unwrap()).unwrap();
    let secret = EncodingKey::from_secret(SECRET.as_bytes());
    let sign = |algorithm, claims: &Value| encode(&Header::new(algorithm), claims, &secret).unwrap();
    assert_eq!(status(&app, &sign(Algorithm::HS256, &said)).await, StatusCode::OK, "this is how they are made");
    let now = get_current_timestamp();
    let (head, tail) = access.split_once('.').unwrap();
    let (payload, signature) = tail.split_once('.').unwrap();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let elsewhere = encode(&Header::default(), &said, &EncodingKey::from_secret(b"another server's")).unwrap();
    let forged = [
        ("none", format!("{none}.{payload}.")),
        ("none with a signature", format!("{none}.{payload}.{signature}")),
        ("no signature", format!("{head}.{payload}.")),
        ("HS384", sign(Algorithm::HS384, &said)),
        ("another server's", elsewhere),
        ("expired", sign(Algorithm::HS256, &with(said.clone(), "exp", json!(now - 10)))),
        ("not yet", sign(Algorithm::HS256, &with(said.clone(), "nbf", json!(now + 60)))),
        ("another audience", sign(Algorithm::HS256, &with(said.clone(), "aud", json!("chatlab-sign-in")))),
        ("another issuer", sign(Algorithm::HS256, &with(said.clone(), "iss", json!("chatlab2")))),
        ("another login", sign(Algorithm::HS256, &with(said.clone(), "sid", json!(Uuid::new_v4())))),
        ("another user with this login", sign(Algorithm::HS256, &with(said.clone(), "sub", json!(Uuid::new_v4())))),
        ("the refresh token", ada.cookies["chatlab_refresh"].clone()),
        ("a secret that opens nothing", "clt_".to_owned() + &"0".repeat(64)),
    ];
    for (what, token) in forged {
        assert_eq!(status(&app, &token).await, StatusCode::UNAUTHORIZED, "{what}");
    }
    // And the other way round: an access token renews nothing.
    ada.cookies.insert("chatlab_refresh".to_owned(), access.clone());
    assert_eq!(ada.post("/api/auth/refresh", json!({})).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_guest_who_signs_in_by_supabase_for_the_first_time_keeps_their_discussions() {
    let key = SigningKey::ec("known");
    let issuer = Issuer::start(vec![key.clone()]).await;
    let app = TestApp::spawn_with(&[("SUPABASE_URL", &issuer.url)]).await;
    let (mut guest, ada) = (Browser::guest(&app).await, claims(&issuer.url));
    let id = guest.me().await["id"].clone();
    let talk = guest.host().open("Play").await;
    let mut socket = guest.host().connect(&talk).await;
    let before = guest.token.replace(key.sign(&ada));
    assert_eq!(guest.post("/api/auth/adopt", json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(4401));
    let me = guest.me().await;
    assert_eq!((&me["id"], &me["kind"], &me["name"]), (&id, &json!("account"), &json!("Ada")));
    assert_eq!(guest.host().get("/api/discussions").await["items"][0]["id"], json!(talk));
    assert_eq!(status(&app, &before.unwrap()).await, StatusCode::UNAUTHORIZED, "the guest's own tokens count no more");

    // Once they are somebody here, they take over nobody.
    let mut other = Browser::guest(&app).await;
    let others = other.host().open("Another").await;
    other.token = Some(key.sign(&ada));
    assert_eq!(other.post("/api/auth/adopt", json!({})).await.0, StatusCode::CONFLICT);
    let answer = other.host().request(Method::GET, &format!("/api/discussions/{others}")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    // Without a guest there is nothing to take over, and a guest is nobody's to take over without such a token.
    assert_eq!(Browser::guest(&app).await.post("/api/auth/adopt", json!({})).await.0, StatusCode::CONFLICT);

    assert_eq!(guest.send(Method::DELETE, "/api/me", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(status(&app, &key.sign(&ada)).await, StatusCode::UNAUTHORIZED, "deleted by the id they have there");
}

#[tokio::test]
async fn a_supabase_admin_is_told_so() {
    let key = SigningKey::ec("known");
    let issuer = Issuer::start(vec![key.clone()]).await;
    let app = TestApp::spawn_with(&[("SUPABASE_URL", &issuer.url)]).await;
    let admin = with(claims(&issuer.url), "app_metadata", json!({"roles": ["teacher", "admin"]}));
    let admin = app.known_by(&key.sign(&admin));
    assert_eq!(admin.get("/api/me").await["role"], "admin");
    assert_eq!(admin.get("/api/admin/usage").await["totals"]["accounts"], 1);
}

#[tokio::test]
async fn whoever_signs_out_of_supabase_here_leaves_no_socket_open() {
    let key = SigningKey::ec("known");
    let issuer = Issuer::start(vec![key.clone()]).await;
    let app = TestApp::spawn_with(&[("SUPABASE_URL", &issuer.url)]).await;
    let ada = Host::with(&app.url, &key.sign(&claims(&issuer.url)));
    let bob = Host::with(&app.url, &key.sign(&with(claims(&issuer.url), "sub", json!(uuid::Uuid::now_v7()))));
    let (hers, his) = (ada.open("Play").await, bob.open("Work").await);
    let (mut her_socket, mut his_socket) = (ada.connect(&hers).await, bob.connect(&his).await);
    let left = ada.request(Method::POST, "/api/auth/logout").json(&json!({})).send().await.unwrap();
    assert_eq!(left.status(), StatusCode::NO_CONTENT);
    assert_eq!(her_socket.closed().await, Some(4401));
    his_socket.say("Still here").await;
}

#[tokio::test]
async fn a_supabase_users_rights_policies_and_end() {
    let key = SigningKey::ec("known");
    let issuer = Issuer::start(vec![key.clone()]).await;
    let app = TestApp::spawn_with(&[("SUPABASE_URL", &issuer.url), ("GUEST_ACCESS", "false")]).await;
    let good = claims(&issuer.url);
    let anonymous = key.sign(&with(claims(&issuer.url), "is_anonymous", json!(true)));
    assert_eq!(status(&app, &anonymous).await, StatusCode::UNAUTHORIZED, "anonymous users are guests");

    let soon = with(good.clone(), "exp", json!(get_current_timestamp() + 2));
    let ada = Host::with(&app.url, &key.sign(&soon));
    let talk = ada.open("Play").await;
    let mut socket = ada.connect(&talk).await;
    assert_eq!(socket.closed().await, Some(4401), "the token has expired");
    let ada = Host::with(&app.url, &key.sign(&good));
    ada.connect(&talk).await;

    let deleted = ada.request(Method::DELETE, "/api/me").send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(status(&app, &ada.token).await, StatusCode::UNAUTHORIZED, "the token of somebody who was deleted");
}

#[tokio::test]
async fn a_scripts_token_does_what_its_scopes_say_and_no_more() {
    let app = TestApp::spawn_demo().await;
    let mut ada = Browser::new(&app);
    ada.register(ADA).await;
    let made = ada.post("/api/me/tokens", json!({"name": "Homework", "scopes": ["read"]})).await;
    assert_eq!(made.0, StatusCode::CREATED, "{}", made.1);
    let reader = Host::with(&app.url, made.1["token"].as_str().unwrap());
    assert!(reader.token.starts_with("clt_"));
    let talk = ada.host().open("Play").await;
    assert_eq!(reader.get("/api/discussions").await["items"][0]["id"], json!(talk));
    let body = json!({"topic": "x", "character_ids": ["john-dewey"]});
    assert_eq!(reader.post("/api/discussions", body.clone()).await.0, StatusCode::FORBIDDEN);

    let writer = ada.post("/api/me/tokens", json!({"name": "All"})).await.1;
    let script = Host::with(&app.url, writer["token"].as_str().unwrap());
    assert_eq!(script.post("/api/discussions", body).await.0, StatusCode::CREATED);
    for (method, path) in [
        (Method::DELETE, "/api/me"),
        (Method::GET, "/api/me/tokens"),
        (Method::POST, "/api/me/tokens"),
        (Method::PATCH, "/api/me"),
    ] {
        let answer = script.request(method, path).json(&json!({"name": "x"})).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let (_, list) = ada.send(Method::GET, "/api/me/tokens", None).await;
    assert!(
        list["items"].as_array().unwrap().iter().all(|token| token["last_used_at"].is_string() && token["token"].is_null())
    );

    let mut socket = script.connect(&talk).await;
    let path = format!("/api/me/tokens/{}", writer["id"].as_str().unwrap());
    let mut eve = Browser::guest(&app).await;
    assert_eq!(eve.send(Method::DELETE, &path, None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(ada.send(Method::DELETE, &path, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(4401));
    assert_eq!(status(&app, &script.token).await, StatusCode::UNAUTHORIZED);
    assert!(!std::fs::read(app.database()).unwrap().windows(68).any(|part| part == reader.token.as_bytes()));
}

#[tokio::test]
async fn a_scripts_token_ends_when_it_should() {
    let app = TestApp::spawn_demo().await;
    let mut ada = Browser::new(&app);
    ada.register(ADA).await;
    let past =
        ada.post("/api/me/tokens", json!({"name": "x", "scopes": ["all"], "expires_at": "2020-01-01T00:00:00Z"})).await;
    assert_eq!((past.0, past.1["errors"].as_array().unwrap().len()), (StatusCode::UNPROCESSABLE_ENTITY, 2));
    let soon = time::OffsetDateTime::now_utc() + time::Duration::seconds(2);
    let soon = soon.format(&time::format_description::well_known::Rfc3339).unwrap();
    let (_, made) = ada.post("/api/me/tokens", json!({"name": "x", "expires_at": soon})).await;
    let token = made["token"].as_str().unwrap();
    assert_eq!(status(&app, token).await, StatusCode::OK);
    super::helpers::in_time("it ends", async { while status(&app, token).await == StatusCode::OK {} }).await;
}

#[tokio::test]
async fn a_scripts_token_of_a_guest_makes_nobody_an_account() {
    let app = TestApp::spawn_demo().await;
    let mut guest = Browser::guest(&app).await;
    let (id, talk) = (guest.me().await["id"].clone(), guest.host().open("Play").await);
    for scopes in [json!(["read"]), json!(["read", "write"])] {
        let made = guest.post("/api/me/tokens", json!({"name": "Homework", "scopes": scopes})).await;
        assert_eq!(made.0, StatusCode::CREATED, "{}", made.1);
        let mut finder = Browser::new(&app);
        finder.token = made.1["token"].as_str().map(str::to_owned);
        let (status, grant) = finder.register(&format!("eve-{}@example.org", scopes.as_array().unwrap().len())).await;
        assert_eq!(status, StatusCode::OK, "whoever registers with it is somebody new: {grant}");
        assert_ne!(grant["user"]["id"], id);
        assert_eq!(finder.host().get("/api/discussions").await["items"], json!([]));
    }
    assert_eq!((&guest.me().await["id"], &guest.me().await["kind"]), (&id, &json!("guest")));
    assert_eq!(guest.host().get("/api/discussions").await["items"][0]["id"], json!(talk));
}
