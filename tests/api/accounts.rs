//! Accounts of ChatLab's own: opening one, signing in and out, links, invitations.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::browser::{ADA, Browser, PASSWORD, secret_of};
use super::helpers::TestApp;
use super::support::mailbox::Mailbox;

#[tokio::test]
async fn an_account_is_opened_and_signed_in_to() {
    let app = TestApp::spawn_demo().await;
    let mut ada = Browser::new(&app);
    let (status, grant) = ada.register(" Ada@Example.org ").await;
    assert_eq!(status, StatusCode::OK, "{grant}");
    assert_eq!((&grant["expires_in"], &grant["user"]["kind"]), (&json!(900), &json!("account")));
    let me = ada.me().await;
    assert_eq!((&me["email"], &me["email_confirmed"], &me["role"]), (&json!(ADA), &json!(false), &json!("user")));
    let mut elsewhere = Browser::new(&app);
    assert_eq!(elsewhere.login("ADA@example.org", PASSWORD).await.0, StatusCode::OK);
    assert_eq!(elsewhere.me().await["id"], me["id"]);
    let (status, problem) = Browser::new(&app).register(ADA).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("taken")));
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_said_field_by_field() {
    let app = TestApp::spawn_demo().await;
    let body = json!({"email": "nobody", "password": "12345678", "name": ""});
    let (status, problem) = Browser::new(&app).post("/api/auth/register", body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "email", "password"]);
    assert!(!problem.to_string().contains("12345678"), "a password is never repeated");
}

#[tokio::test]
async fn a_guest_who_registers_keeps_their_discussions() {
    let app = TestApp::spawn_demo().await;
    for by_cookie in [false, true] {
        let mut guest = Browser::guest(&app).await;
        let id = guest.me().await["id"].clone();
        let talk = guest.host().open("Play").await;
        let mut socket = guest.host().connect(&talk).await;
        let mut script = guest.script().await;
        let before = guest.token.clone();
        if by_cookie {
            guest.token = None;
        }
        let (status, grant) = guest.register(&format!("{by_cookie}@example.org")).await;
        assert_eq!((status, &grant["user"]["id"]), (StatusCode::OK, &id));
        assert_eq!(guest.host().get("/api/discussions").await["items"][0]["id"], json!(talk));
        assert_eq!(socket.closed().await, Some(4401), "the guest's login has ended, the page comes back with the new one");
        guest.host().connect(&talk).await;
        guest.token = before;
        assert_eq!(guest.status().await, StatusCode::UNAUTHORIZED, "the guest's tokens count no more");
        assert_eq!(script.status().await, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn unknown_addresses_and_wrong_passwords_look_alike() {
    let app = TestApp::spawn_demo().await;
    Browser::new(&app).register(ADA).await;
    let mut answers = vec![];
    for (email, password) in [(ADA, "wrong password"), ("nobody@example.org", PASSWORD)] {
        let (status, mut problem) = Browser::new(&app).login(email, password).await;
        problem["request_id"].take();
        answers.push((status, problem));
    }
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn only_wrong_passwords_are_counted_for_each_account() {
    let app = TestApp::spawn_with(&[("RATE_LIMIT_LOGIN", "3")]).await;
    Browser::new(&app).register(ADA).await;
    Browser::new(&app).register("bob@example.org").await;
    for _ in 0..5 {
        assert_eq!(Browser::new(&app).login(ADA, PASSWORD).await.0, StatusCode::OK);
    }
    for _ in 0..3 {
        assert_eq!(Browser::new(&app).login(ADA, "wrong password").await.0, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(Browser::new(&app).login(ADA, PASSWORD).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(Browser::new(&app).login("bob@example.org", PASSWORD).await.0, StatusCode::OK);
}

#[tokio::test]
async fn two_tabs_that_refresh_at_the_same_moment_stay_signed_in() {
    let app = TestApp::spawn_demo().await;
    let mut one = Browser::new(&app);
    one.register(ADA).await;
    let mut other = one.copy();
    let (first, second) = tokio::join!(one.post("/api/auth/refresh", json!({})), other.post("/api/auth/refresh", json!({})));
    assert_eq!((first.0, second.0), (StatusCode::OK, StatusCode::OK));
    assert_eq!(one.cookies, other.cookies);
    for tab in [&mut one, &mut other] {
        assert_eq!(tab.status().await, StatusCode::OK);
    }
    assert_eq!(one.post("/api/auth/refresh", json!({})).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_page_that_is_reloaded_before_the_answer_came_stays_signed_in() {
    let app = TestApp::spawn_demo().await;
    let mut before = Browser::new(&app);
    before.register(ADA).await;
    let mut after = before.copy();
    let key = Some("01a21256-62b9-7230-bad3-f98750eede49");
    assert_eq!(before.refresh(key).await, StatusCode::OK);
    assert_eq!(after.refresh(key).await, StatusCode::OK);
    assert_eq!(after.cookies, before.cookies);
    assert_eq!(after.refresh(None).await, StatusCode::OK);
    assert_eq!(before.copy().refresh(Some("x y")).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_stolen_cookie_that_is_replayed_signs_both_out() {
    let app = TestApp::spawn_demo().await;
    // Whether the page's tabs take turns or not.
    for (address, path) in [(ADA, "/api/auth/refresh"), ("bob@example.org", "/api/auth/refresh?alone=true")] {
        let mut owner = Browser::new(&app);
        owner.register(address).await;
        let talk = owner.host().open("Play").await;
        let mut thief = owner.copy();
        assert_eq!(owner.post(path, json!({})).await.0, StatusCode::OK);
        let mut socket = owner.host().connect(&talk).await;
        assert_eq!(thief.post(path, json!({})).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(owner.post(path, json!({})).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(owner.status().await, StatusCode::UNAUTHORIZED);
        assert_eq!(socket.closed().await, Some(4401));
    }
}

#[tokio::test]
async fn one_signs_out_here_or_everywhere() {
    let app = TestApp::spawn_demo().await;
    let mut here = Browser::new(&app);
    here.register(ADA).await;
    let (mut there, mut third) = (Browser::new(&app), Browser::new(&app));
    there.login(ADA, PASSWORD).await;
    third.login(ADA, PASSWORD).await;
    let talk = there.host().open("Play").await;
    let (mut socket, mut far) = (here.host().connect(&talk).await, there.host().connect(&talk).await);

    let mut script = there.script().await;
    assert_eq!(here.post("/api/auth/logout", json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(4401));
    assert_eq!(script.status().await, StatusCode::OK);
    assert_eq!(here.status().await, StatusCode::UNAUTHORIZED);
    assert_eq!(there.status().await, StatusCode::OK);

    assert_eq!(there.post("/api/auth/logout", json!({"everywhere": true})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(far.closed().await, Some(4401));
    assert_eq!(script.status().await, StatusCode::UNAUTHORIZED, "everywhere is everywhere");
    assert_eq!((there.status().await, third.status().await), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    assert_eq!(third.post("/api/auth/refresh", json!({})).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_signs_out_there() {
    let app = TestApp::spawn_demo().await;
    let (mut here, mut there, mut eve) = (Browser::new(&app), Browser::new(&app), Browser::new(&app));
    here.register(ADA).await;
    there.login(ADA, PASSWORD).await;
    eve.register("eve@example.org").await;
    assert_eq!(there.post("/api/auth/refresh", json!({})).await.0, StatusCode::OK);
    let talk = there.host().open("Play").await;
    let mut socket = there.host().connect(&talk).await;
    let (_, list) = here.send(Method::GET, "/api/me/logins", None).await;
    let logins = list["items"].as_array().unwrap();
    let current: Vec<_> = logins.iter().map(|login| login["current"].as_bool().unwrap()).collect();
    assert_eq!(current, [true, false], "the oldest first: {list}");
    assert!(logins.iter().all(|login| login["device"] == "Another program"), "{list}");
    assert!(logins[1]["last_seen_at"].as_str() >= logins[1]["since"].as_str());

    let path = format!("/api/me/logins/{}", logins[1]["id"].as_str().unwrap());
    assert_eq!(eve.send(Method::DELETE, &path, None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(there.status().await, StatusCode::OK);
    assert_eq!(here.send(Method::DELETE, &path, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(4401));
    assert_eq!((here.status().await, there.status().await), (StatusCode::OK, StatusCode::UNAUTHORIZED));
    assert_eq!(there.post("/api/auth/refresh", json!({})).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(here.send(Method::DELETE, &path, None).await.0, StatusCode::NOT_FOUND, "it has ended already");
}

#[tokio::test]
async fn the_page_is_told_that_there_is_a_login_and_of_what_kind() {
    let app = TestApp::spawn_demo().await;
    let mut ada = Browser::guest(&app).await;
    assert_eq!(ada.cookies["chatlab_login"], "guest");
    ada.register(ADA).await;
    assert_eq!(ada.cookies["chatlab_login"], "account");
    ada.post("/api/auth/logout", json!({})).await;
    assert_eq!((ada.cookies["chatlab_login"].as_str(), ada.cookies["chatlab_refresh"].as_str()), ("", ""));
}

#[tokio::test]
async fn another_password_ends_all_other_logins() {
    let app = TestApp::spawn_demo().await;
    let (mut here, mut there) = (Browser::new(&app), Browser::new(&app));
    here.register(ADA).await;
    there.login(ADA, PASSWORD).await;
    let new = "another long password";
    let mut script = there.script().await;
    let wrong = here.post("/api/me/password", json!({"old": "not this one", "new": new})).await;
    assert_eq!(wrong.0, StatusCode::UNAUTHORIZED);
    assert_eq!(here.post("/api/me/password", json!({"old": PASSWORD, "new": new})).await.0, StatusCode::OK);
    assert_eq!((here.status().await, there.status().await), (StatusCode::OK, StatusCode::UNAUTHORIZED));
    assert_eq!(script.status().await, StatusCode::UNAUTHORIZED);
    assert_eq!(Browser::new(&app).login(ADA, PASSWORD).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(Browser::new(&app).login(ADA, new).await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_operators_commands_make_links_while_the_server_runs_and_while_it_does_not() {
    let mut app = TestApp::spawn_with(&[("ADMIN_EMAILS", "Ada@example.org")]).await;
    let mut ada = Browser::new(&app);
    ada.register(ADA).await;
    assert_eq!(ada.me().await["role"], "user", "an address that is not confirmed counts for nothing");
    let link = app.command(&["confirm-link", ADA]).await.unwrap();
    assert!(link.starts_with(&format!("{}/confirm#", app.url)), "{link}");

    let mut stranger = Browser::new(&app);
    stranger.register("eve@example.org").await;
    let body = json!({"token": secret_of(&link)});
    assert_eq!(stranger.post("/api/auth/confirm", body.clone()).await.0, StatusCode::FORBIDDEN);
    assert_eq!(ada.post("/api/auth/confirm", body.clone()).await.0, StatusCode::OK);
    assert_eq!((&ada.me().await["role"], &ada.me().await["email_confirmed"]), (&json!("admin"), &json!(true)));
    assert_eq!(ada.post("/api/auth/confirm", body).await.0, StatusCode::FORBIDDEN, "used");

    let mut script = ada.script().await;
    let unknown = app.command(&["reset-link", "nobody@example.org"]).await;
    assert!(unknown.unwrap_err().contains("no account"));
    let old = app.command(&["reset-link", ADA]).await.unwrap();
    let link = app.command(&["reset-link", ADA]).await.unwrap();
    app.signal("TERM").await;
    let while_stopped = app.command(&["owner-link"]).await.unwrap();
    assert!(while_stopped.contains("/start#"), "{while_stopped}");
    app.restart().await;

    let mut back = Browser::new(&app);
    let mut reset = async |link: &str| {
        back.post("/api/auth/reset/confirm", json!({"token": secret_of(link), "password": "a new password"})).await.0
    };
    assert_eq!(reset(&old).await, StatusCode::FORBIDDEN, "replaced by the newer one");
    assert_eq!(reset(&link).await, StatusCode::OK);
    assert_eq!(reset(&link).await, StatusCode::FORBIDDEN, "used");
    assert_eq!(back.status().await, StatusCode::OK);
    ada.url.clone_from(&app.url);
    assert_eq!(ada.status().await, StatusCode::UNAUTHORIZED, "every other login has ended");
    script.url.clone_from(&app.url);
    assert_eq!(script.status().await, StatusCode::UNAUTHORIZED, "so have the tokens that somebody made before");
}

#[tokio::test]
async fn letters_bring_the_links_where_mail_is_set_up() {
    let mailbox = Mailbox::open().await;
    let app = TestApp::spawn_with(&[("SMTP_URL", &mailbox.url()), ("MAIL_FROM", "ChatLab <chatlab@example.org>")]).await;
    let mut ada = Browser::new(&app);
    ada.register(ADA).await;
    let letter = mailbox.next().await;
    assert_eq!(letter.to, ADA);
    let reset = json!({"email": ADA});
    assert_eq!(Browser::new(&app).post("/api/auth/reset", reset.clone()).await.0, StatusCode::ACCEPTED);
    let confirmed = ada.post("/api/auth/confirm", json!({"token": letter.secret()})).await;
    assert_eq!(confirmed.0, StatusCode::OK, "the letter before went to an address that was not confirmed: none was sent");
    let nobody = Browser::new(&app).post("/api/auth/reset", json!({"email": "nobody@example.org"})).await;
    let somebody = Browser::new(&app).post("/api/auth/reset", reset).await;
    assert_eq!(nobody, somebody);
    let letter = mailbox.next().await;
    assert_eq!(letter.to, ADA);
    let body = json!({"token": letter.secret(), "password": "a new password"});
    assert_eq!(Browser::new(&app).post("/api/auth/reset/confirm", body).await.0, StatusCode::OK);
}

#[tokio::test]
async fn one_address_gets_so_many_letters_and_the_last_ones_link_stays_good() {
    let mailbox = Mailbox::open().await;
    let mail = [("SMTP_URL", mailbox.url()), ("MAIL_FROM", "ChatLab <chatlab@example.org>".to_owned())];
    let mail = mail.each_ref().map(|(name, value)| (*name, value.as_str()));
    let app = TestApp::spawn_with(&[mail[0], mail[1], ("RATE_LIMIT_LETTER", "1")]).await;
    let mut ada = Browser::new(&app);
    ada.register(ADA).await;
    let letter = mailbox.next().await;
    assert_eq!(ada.post("/api/auth/confirm", json!({})).await.0, StatusCode::TOO_MANY_REQUESTS);
    let confirmed = ada.post("/api/auth/confirm", json!({"token": letter.secret()})).await;
    assert_eq!(confirmed.0, StatusCode::OK, "what was refused did not end the link that is on its way: {}", confirmed.1);
    let reset = json!({"email": ADA});
    assert_eq!(Browser::new(&app).post("/api/auth/reset", reset).await.0, StatusCode::TOO_MANY_REQUESTS);

    // Whoever opens accounts again and again for an address that is not theirs fills no mailbox.
    assert_eq!(ada.send(Method::DELETE, "/api/me", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(Browser::new(&app).register(ADA).await.0, StatusCode::OK);
    assert_eq!(Browser::new(&app).register("bob@example.org").await.0, StatusCode::OK);
    assert_eq!(mailbox.next().await.to, "bob@example.org", "the next letter is somebody else's");
}

#[tokio::test]
async fn where_invitations_are_needed_the_owner_opens_the_first_account() {
    let app = TestApp::spawn_with(&[("REGISTRATION", "invite"), ("GUEST_ACCESS", "false")]).await;
    assert_eq!(Browser::new(&app).register("eve@example.org").await.0, StatusCode::FORBIDDEN);
    let code = secret_of(&app.command(&["owner-link"]).await.unwrap());
    let mut owner = Browser::new(&app);
    let (status, grant) = owner.post("/api/auth/guest", json!({"code": code})).await;
    assert_eq!((status, &grant["expires_in"]), (StatusCode::OK, &json!(900)), "no other guest's token may do as much");
    assert_eq!(Browser::new(&app).post("/api/auth/guest", json!({"code": code})).await.0, StatusCode::FORBIDDEN);
    assert_eq!(owner.register(ADA).await.0, StatusCode::OK);
    assert_eq!(owner.me().await["role"], "owner");

    let (status, invitation) = owner.post("/api/invitations", json!({"uses": 2})).await;
    assert_eq!(status, StatusCode::CREATED, "{invitation}");
    let with =
        |email: &str| json!({"email": email, "password": PASSWORD, "name": "Bob", "invitation": invitation["invitation"]});
    let mut bob = Browser::new(&app);
    assert_eq!(bob.post("/api/auth/register", with(ADA)).await.0, StatusCode::CONFLICT, "this uses nothing up");
    assert_eq!(bob.post("/api/auth/register", with("bob@example.org")).await.0, StatusCode::OK);
    assert_eq!(bob.post("/api/invitations", json!({})).await.0, StatusCode::FORBIDDEN);
    assert_eq!(Browser::new(&app).post("/api/auth/register", with("cleo@example.org")).await.0, StatusCode::OK);
    assert_eq!(Browser::new(&app).post("/api/auth/register", with("dan@example.org")).await.0, StatusCode::FORBIDDEN);

    let (_, another) = owner.post("/api/invitations", json!({"uses": 500})).await;
    let open = async |who: &mut Browser| who.send(Method::GET, "/api/invitations", None).await.1["items"].clone();
    let list = open(&mut owner).await;
    assert_eq!((list.as_array().unwrap().len(), &list[0]["uses_left"]), (1, &json!(500)), "used up ones are gone: {list}");
    assert!(!list.to_string().contains(another["invitation"].as_str().unwrap()), "the secret is shown once");
    let path = format!("/api/invitations/{}", list[0]["id"].as_str().unwrap());
    assert_eq!(bob.send(Method::DELETE, &path, None).await.0, StatusCode::FORBIDDEN);
    assert_eq!(owner.send(Method::DELETE, &path, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(owner.send(Method::DELETE, &path, None).await.0, StatusCode::NOT_FOUND);
    let late = json!({
        "email": "eve@example.org", "password": PASSWORD, "name": "Eve", "invitation": another["invitation"],
    });
    assert_eq!(Browser::new(&app).post("/api/auth/register", late).await.0, StatusCode::FORBIDDEN, "ended");
}

#[tokio::test]
async fn a_closed_house_opens_no_accounts() {
    let app = TestApp::spawn_with(&[("REGISTRATION", "closed")]).await;
    assert_eq!(Browser::guest(&app).await.register(ADA).await.0, StatusCode::FORBIDDEN);
    let config: Value = app.get("/api/config").await.json().await.unwrap();
    assert_eq!((&config["auth"]["register"], &config["auth"]["registration"]), (&json!(false), &json!("closed")));
}

#[tokio::test]
async fn pages_of_other_sites_can_neither_register_nor_sign_in() {
    let app = TestApp::spawn_demo().await;
    for path in ["register", "login", "reset", "reset/confirm", "guest", "refresh", "logout"] {
        let request = reqwest::Client::new().post(format!("{}/api/auth/{path}", app.url)).json(&json!({}));
        let answer = request.header("origin", "https://evil.example").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
    }
}
