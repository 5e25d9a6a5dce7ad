//! What a browser, a proxy and the network's clocks can do at the doors: origins, client addresses, slow requests, tickets,
//! logins that end, and what every answer carries.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::browser::{ADA, Browser};
use super::helpers::{Host, Socket, TestApp, in_time};
use super::support::database;
use super::watching::Phone;

const PUBLIC: &str = "https://chatlab.example.org";

/// How a handshake with this origin is answered, sent to this host.
async fn handshake(host: &Host, talk: &str, to: Option<&str>, origin: &str) -> u16 {
    let ticket = host.ticket(talk).await;
    let mut request = host.request(Method::GET, &format!("/api/discussions/{talk}/live?ticket={ticket}"));
    if let Some(to) = to {
        request = request.header("host", to);
    }
    let upgrade = request
        .header("origin", origin)
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    upgrade.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn an_origin_is_ours_to_the_letter_or_it_is_not_ours() {
    let app = TestApp::spawn_with(&[("PUBLIC_URL", PUBLIC), ("CORS_ORIGINS", "https://friend.example:8443")]).await;
    let host = app.host().await;
    let talk = host.open("Play").await;
    let (name, port) = app.url.trim_start_matches("http://").split_once(':').unwrap();
    for origin in [PUBLIC, &app.url, "https://friend.example:8443"] {
        assert_eq!(handshake(&host, &talk, None, origin).await, 101, "{origin}");
    }
    assert_eq!(handshake(&host, &talk, Some("chatlab.example.org"), PUBLIC).await, 101);
    let foreign = [
        "null".to_owned(),
        "https://evil.example".to_owned(),
        "https://chatlab.example.org:444".to_owned(),
        "https://www.chatlab.example.org".to_owned(),
        "https://chatlab.example.org.evil.example".to_owned(),
        "https://evilchatlab.example.org".to_owned(),
        "https://chatlab.example.org/".to_owned(),
        "https://chatlab.example.org@evil.example".to_owned(),
        "HTTPS://CHATLAB.EXAMPLE.ORG".to_owned(),
        "https://CHATLAB.example.org".to_owned(),
        "http://chatlab.example.org".to_owned(),
        "https://friend.example".to_owned(),
        "http://friend.example:8443".to_owned(),
        format!("http://{name}"),
        format!("http://{name}:{}", port.parse::<u16>().unwrap() ^ 1),
        format!("http://localhost:{port}"),
        format!("ftp://{name}:{port}"),
        "".to_owned(),
    ];
    for origin in &foreign {
        assert_eq!(handshake(&host, &talk, None, origin).await, 403, "{origin}");
        let ticket = host.ticket(&talk).await;
        let events = host.request(Method::GET, &format!("/api/discussions/{talk}/events?ticket={ticket}"));
        assert_eq!(events.header("origin", origin).send().await.unwrap().status(), 403, "{origin}");
        let renewal = host.request(Method::POST, "/api/auth/refresh").header("origin", origin);
        assert_eq!(renewal.send().await.unwrap().status(), 403, "{origin}");
    }
    let over_http = handshake(&host, &talk, Some("chatlab.example.org"), "http://chatlab.example.org").await;
    assert_eq!(over_http, 403, "a page that came over plain http is somebody else's");
}

#[tokio::test]
async fn only_allowed_origins_may_read_answers() {
    let app = TestApp::spawn_with(&[("CORS_ORIGINS", "https://friend.example")]).await;
    for (origin, allowed) in [("https://friend.example", true), ("https://evil.example", false), ("null", false)] {
        let asked = app.known_by("x").request(Method::OPTIONS, "/api/me").header("origin", origin);
        let answer = asked.header("access-control-request-method", "GET").send().await.unwrap();
        let told = answer.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(told.as_deref(), allowed.then_some(origin));
    }
}

/// What anyone may keep: it is about nobody.
const PUBLIC_ANSWERS: &[&str] = &["/api/config", "/api/openapi.json", "/api/portraits", "/api/emblems/"];

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    for https in [false, true] {
        let settings: &[(&str, &str)] = if https { &[("PUBLIC_URL", PUBLIC)] } else { &[] };
        let app = TestApp::spawn_with(settings).await;
        let host = app.host().await;
        let talk = host.open("Play").await;
        let api: Value = app.get("/api/openapi.json").await.json().await.unwrap();
        let routes = api["paths"].as_object().unwrap().keys().map(|path| path.replace("{id}", &talk));
        let own = ["/", "/history", "/nothing.js", "/api/nothing"].map(str::to_owned);
        for path in routes.map(|path| path.replace("{name}", "own-book")).chain(own) {
            for (method, who) in [(Method::GET, &host), (Method::POST, &app.known_by("nobody"))] {
                let answer = who.request(method.clone(), &path).json(&json!({})).send().await.unwrap();
                let what = format!("{method} {path} ({})", answer.status());
                let header = |name: &str| {
                    answer.headers().get(name).unwrap_or_else(|| panic!("{what}: {name}")).to_str().unwrap().to_owned()
                };
                let policy = header("content-security-policy");
                assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
                let pictures = policy.contains("sandbox");
                let script = policy.split(';').find(|part| part.trim().starts_with("script-src"));
                assert!(pictures || script.is_some_and(|script| script.trim() == "script-src 'self'"), "{what}: {policy}");
                assert!(pictures || policy.contains("img-src 'self' data: blob:;"), "{what}: {policy}");
                assert!(pictures || policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
                assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
                assert_eq!(header("referrer-policy"), "no-referrer", "{what}");
                assert!(header("permissions-policy").contains("camera=()"), "{what}");
                assert_eq!(answer.headers().contains_key("strict-transport-security"), https, "{what}");
                let about_nobody = PUBLIC_ANSWERS.iter().any(|begin| path.starts_with(begin));
                if path.starts_with("/api/") && !about_nobody {
                    assert_eq!(header("cache-control"), "no-store", "{what}");
                }
                assert!(!answer.headers().contains_key("server"), "{what}");
            }
        }
    }
}

/// Whether a guest is let in who comes over these addresses.
async fn guest_from(app: &TestApp, forwarded: Option<&str>) -> bool {
    guest_with(app, forwarded.map(|forwarded| ("x-forwarded-for", forwarded)).as_slice()).await
}

async fn guest_with(app: &TestApp, headers: &[(&str, &str)]) -> bool {
    let request = app.known_by("").request(Method::POST, "/api/auth/guest");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap().status() == StatusCode::OK
}

#[tokio::test]
async fn a_client_address_is_believed_from_a_named_proxy_only() {
    for proxies in ["", "10.0.0.0/8, 2001:db8::1"] {
        let app = TestApp::spawn_with(&[("RATE_LIMIT_GUEST", "1"), ("TRUSTED_PROXIES", proxies)]).await;
        assert!(guest_from(&app, Some("203.0.113.1")).await);
        for spoofed in ["203.0.113.2", "10.0.0.1", "127.0.0.1", "203.0.113.3, 10.0.0.1"] {
            assert!(!guest_from(&app, Some(spoofed)).await, "{proxies}: {spoofed}");
        }
    }
    let app = TestApp::spawn_with(&[("RATE_LIMIT_GUEST", "1"), ("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")]).await;
    for (forwarded, fresh) in [
        ("203.0.113.7", true),
        ("203.0.113.7", false),
        // What stands left of the first stranger is anybody's word.
        ("198.51.100.1, 203.0.113.7", false),
        ("198.51.100.1,  203.0.113.7 , 10.1.2.3", false),
        ("203.0.113.8, 10.1.2.3, 10.9.9.9", true),
        ("203.0.113.8", false),
        ("::ffff:203.0.113.8", false),
        // Of IPv6 a household counts once.
        ("2001:db8:1:2::5", true),
        ("2001:db8:1:2:ffff::1", false),
        // Nobody but proxies: the peer itself, once.
        ("10.0.0.5", true),
        ("nonsense, 10.0.0.1", false),
        ("", false),
    ] {
        assert_eq!(guest_from(&app, Some(forwarded)).await, fresh, "{forwarded}");
    }
    assert!(!guest_from(&app, None).await);
}

#[tokio::test]
async fn each_limit_holds_where_it_is_promised() {
    let names = ["REGISTER", "CREATE", "TICKET", "TURN", "PICTURE", "PREVIEW", "EXPORT", "EVENT"];
    let settings = names.map(|name| format!("RATE_LIMIT_{name}"));
    let app = TestApp::spawn_demo_with(&settings.each_ref().map(|name| (name.as_str(), "1"))).await;
    let (host, other) = (app.host().await, app.host().await);
    let talk = host.open("Play").await;
    let own = |end: &str| format!("/api/discussions/{talk}{end}");
    let refused = async |who: &Host, method: Method, path: &str, body: Value| {
        let answer = who.request(method, path).json(&body).send().await.unwrap();
        let refused = answer.status() == StatusCode::TOO_MANY_REQUESTS;
        assert_eq!(answer.headers().contains_key("retry-after"), refused, "{path}: when to come again");
        refused
    };
    let events =
        |count: usize| json!({"events": vec![json!({"kind": "page_view", "at": "2026-11-23T08:00:00.000Z"}); count]});
    let nothing = || json!({});
    for (method, path, body) in [
        (Method::POST, own("/ticket"), nothing()),
        (Method::POST, own("/turns"), nothing()),
        (Method::GET, own("/export?format=md"), nothing()),
        (Method::POST, "/api/characters/import".to_owned(), nothing()),
        (Method::POST, "/api/characters/preview".to_owned(), nothing()),
        (Method::POST, "/api/activity".to_owned(), events(1)),
        (Method::POST, "/api/auth/register".to_owned(), nothing()),
    ] {
        assert!(!refused(&host, method.clone(), &path, body.clone()).await, "{path}: the first");
        assert!(refused(&host, method, &path, body).await, "{path}: the second");
    }
    // Those that share a limit with one of these, or with the discussion that was opened.
    let creates = ["/api/discussions", "/api/characters", "/api/perspectives", "/api/me/tokens", "/api/me/password"];
    let of_talk = ["/fork", "/duplicate", "/summary", "/share"].map(own);
    for path in creates.into_iter().chain(of_talk.iter().map(String::as_str)).chain(["/api/auth/reset"]) {
        assert!(refused(&host, Method::POST, path, nothing()).await, "{path}");
    }
    assert!(refused(&host, Method::GET, "/api/me/export", nothing()).await);
    assert!(refused(&other, Method::POST, "/api/activity", events(2)).await, "each event counts");
    assert!(!refused(&other, Method::POST, "/api/discussions", nothing()).await, "everybody has a counter of their own");
}

#[tokio::test]
async fn a_proxy_with_a_header_of_its_own_is_asked_by_that_alone() {
    // As Fly does it: the last in X-Forwarded-For is the app itself, the same for everybody.
    let fly = |client: &'static str| [("fly-client-ip", client), ("x-forwarded-for", "203.0.113.1, 66.241.124.1")];
    let settings =
        |proxies| [("RATE_LIMIT_GUEST", "1"), ("CLIENT_ADDRESS_HEADER", "Fly-Client-IP"), ("TRUSTED_PROXIES", proxies)];
    let app = TestApp::spawn_with(&settings("127.0.0.1")).await;
    assert!(guest_with(&app, &fly("203.0.113.7")).await);
    assert!(!guest_with(&app, &fly("203.0.113.7")).await);
    assert!(guest_with(&app, &fly("203.0.113.8")).await, "another visitor counts alone");
    // Whatever is no address, or more than one, is the peer's, which has one guest.
    assert!(guest_with(&app, &fly("nonsense")).await);
    let twice = [("fly-client-ip", "203.0.113.9"), ("fly-client-ip", "203.0.113.10")];
    for headers in [&twice[..], &fly("203.0.113.9, 203.0.113.10"), &[]] {
        assert!(!guest_with(&app, headers).await, "{headers:?}");
    }
    let app = TestApp::spawn_with(&settings("10.0.0.0/8")).await;
    assert!(guest_with(&app, &fly("203.0.113.7")).await);
    assert!(!guest_with(&app, &fly("203.0.113.8")).await, "nobody's word but a proxy's");
}

#[tokio::test]
async fn measurements_are_for_this_machine_or_whoever_has_the_token() {
    let app = TestApp::spawn().await;
    assert_eq!(app.get("/metrics").await.status(), StatusCode::OK);
    let asked = |app: &TestApp, name: &str, value: &str| {
        app.known_by("x").request(Method::GET, "/metrics").header(name, value).send()
    };
    let passed_on = asked(&app, "x-forwarded-for", "203.0.113.7").await.unwrap();
    assert_eq!(passed_on.status(), StatusCode::UNAUTHORIZED, "by a proxy that nobody named");
    let app = TestApp::spawn_with(&[("METRICS_TOKEN", "the-token-for-metrics")]).await;
    assert_eq!(app.get("/metrics").await.status(), StatusCode::UNAUTHORIZED);
    for (token, status) in [("the-token-for-metric", 401), ("", 401), ("the-token-for-metrics", 200)] {
        let answer = app.known_by(token).request(Method::GET, "/metrics").send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{token}");
    }
}

#[tokio::test]
async fn a_head_or_body_that_does_not_come_is_not_waited_for() {
    let app = TestApp::spawn_with(&[("REQUEST_HEAD_TIMEOUT_MS", "1200"), ("REQUEST_BODY_TIMEOUT_MS", "1200")]).await;
    let address = app.url.trim_start_matches("http://");
    let head = "POST /api/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n";
    for (sent, status) in [(head.to_owned(), "408"), (format!("{head}\r\n{{\"code\":"), "408"), (String::new(), "")] {
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(sent.as_bytes()).await.unwrap();
        let (mut answer, begun) = (Vec::new(), Instant::now());
        // It may have been hung up on while it was still sending.
        let _ = timeout(Duration::from_secs(15), slow.read_to_end(&mut answer)).await.expect("hung up");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.get(9..).unwrap_or_default().starts_with(status), "{sent}: {answer}");
        // The server's clock ticks twice a second.
        assert!(begun.elapsed() >= Duration::from_millis(600), "{sent}: it was given its time");
    }
    assert_eq!(app.get("/health").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_ticket_is_worth_no_more_than_who_took_it() {
    let app = TestApp::spawn_demo().await;
    let mut ada = Browser::new(&app);
    ada.register(ADA).await;
    let host = ada.host();
    let (talk, other) = (host.open("Play").await, host.open("Work").await);
    let live = |talk: &str, ticket: &str| format!("/api/discussions/{talk}/live?ticket={ticket}");
    let opened = async |path: &str| Socket::open(&app.url, path).await;

    // Tried on another discussion it is used up.
    let ticket = host.ticket(&talk).await;
    assert_eq!(opened(&live(&other, &ticket)).await.closed().await, Some(4401));
    assert_eq!(opened(&live(&talk, &ticket)).await.closed().await, Some(4401));

    // An observer's opens an observer's place, whoever shows it.
    let phone = Phone::new(&app, &host.share(&talk).await);
    let path = phone.path("live", None).await;
    let mut observer = opened(&path).await;
    assert_eq!(observer.event().await["role"], "observer");
    assert_eq!(observer.next().await["code"], "not_allowed");

    // Two at once: one of them.
    let path = live(&talk, &host.ticket(&talk).await);
    let (mut one, mut two) = tokio::join!(opened(&path), opened(&path));
    let outcomes = [one.frame().await, two.frame().await];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(Some(4401))).count(), 1);

    let ticket = host.ticket(&talk).await;
    assert_eq!(ada.post("/api/auth/logout", json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(opened(&live(&talk, &ticket)).await.closed().await, Some(4401), "its login has ended");
}

#[tokio::test]
async fn a_login_that_runs_out_closes_its_sockets() {
    let mut app = TestApp::spawn_demo().await;
    let mut ada = Browser::new(&app);
    ada.register(ADA).await;
    let talk = ada.host().open("Play").await;
    app.signal("TERM").await;
    database::run(&app.database(), &format!("UPDATE logins SET expires_at = {}", database::in_seconds(4)));
    app.restart().await;
    let host = ada.host().at(&app);
    let (mut live, ticket) = (host.connect(&talk).await, host.ticket(&talk).await);
    let events = app.get(&format!("/api/discussions/{talk}/events?ticket={ticket}")).await;
    let begun = Instant::now();
    assert_eq!(live.closed().await, Some(4401));
    let told = in_time("the stream ends", events.text()).await.unwrap();
    assert!(told.trim_end().ends_with(r#"{"type":"closed","code":4401}"#), "{told}");
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn a_flood_of_pings_is_not_answered_for_ever() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let mut socket = host.connect(&host.open("Play").await).await;
    for _ in 0..100 {
        assert_eq!(socket.command(json!({"type": "ping"})).await["type"], "pong");
    }
    for _ in 0..2_000 {
        if socket.try_send(r#"{"type":"ping","id":"x"}"#).await.is_err() {
            break;
        }
    }
    assert_eq!(socket.closed().await, Some(4429));
}
