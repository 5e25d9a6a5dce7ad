//! Directing and correcting, from outside: turns by themselves, other versions, struck words, the table, copies.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::helpers::{Host, Socket, TestApp, in_time};
use super::support::script::{Script, Step};

async fn talk(settings: &[(&str, &str)]) -> (TestApp, Host, String, Socket) {
    let app = TestApp::spawn_with(settings).await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let laptop = host.connect(&talk).await;
    (app, host, talk, laptop)
}

async fn versions(host: &Host, talk: &str, message: &Value) -> Vec<Value> {
    let path = format!("/api/discussions/{talk}/messages/{}/versions", message["id"].as_str().unwrap());
    host.get(&path).await["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn three_turns_follow_by_themselves() {
    let (app, host, talk, mut laptop) = talk(&[("AUTO_PAUSE_MS", "0")]).await;
    assert_eq!(laptop.command(json!({"type": "auto", "turns": 3})).await["type"], "ack");
    laptop.sees(|view| view.messages.len() == 3 && view.discussion["auto"].is_null()).await;
    let speakers: Vec<Value> = host.messages(&talk).await.iter().map(|message| message["author"]["id"].clone()).collect();
    assert_eq!(speakers, ["john-dewey", "maria-montessori", "paulo-freire"]);
    assert_eq!(app.llm.asked().len(), 3);
}

#[tokio::test]
async fn stop_ends_what_goes_by_itself() {
    let (app, _, _, mut laptop) = talk(&[("AUTO_PAUSE_MS", "0")]).await;
    app.llm.always(Script::words(4).after(3, Step::Hang));
    laptop.command(json!({"type": "auto", "turns": 50, "until": "2199-01-01T00:00:00Z"})).await;
    laptop.speaking().await;
    assert_eq!(laptop.view.discussion["auto"]["turns_left"], 50);
    laptop.stop().await;
    laptop.sees(|view| view.discussion["auto"].is_null() && view.turn.is_none()).await;
    assert_eq!(app.llm.asked().len(), 1);
    let wrong = laptop.command(json!({"type": "auto"})).await;
    assert_eq!(wrong["code"], "invalid_command");
}

#[tokio::test]
async fn without_a_host_the_discussion_waits_for_one() {
    let (app, host, talk, mut laptop) = talk(&[("AUTO_PAUSE_MS", "50"), ("AUTO_HOST_AWAY_MS", "0")]).await;
    laptop.command(json!({"type": "auto", "turns": 2})).await;
    drop(laptop);
    // With no patience at all every turn waits for the next look at who is there, which needs a host.
    let mut back = host.connect(&talk).await;
    while app.llm.asked().len() < 2 {
        in_time("the second turn", back.event()).await;
    }
}

#[tokio::test]
async fn a_regenerated_message_keeps_its_place_and_both_versions() {
    let (app, host, talk, mut laptop) = talk(&[]).await;
    app.llm.will_say(&["Play is inquiry."]);
    let first = laptop.turn().await;
    app.llm.will_say(&["It is work."]);
    laptop.turn().await;
    app.llm.will_say(&["Play is ", "growth."]);
    let answer = laptop.command(json!({"type": "regenerate", "message_id": first["id"]})).await;
    assert_eq!(answer["type"], "ack", "{answer}");
    if laptop.view.ended.is_none() {
        laptop.until("turn_ended").await;
    }
    assert_eq!(laptop.view.texts(), ["Play is growth.", "It is work."]);
    let prompt = app.llm.asked()[2].body.to_string();
    assert!(!prompt.contains("It is work."), "it answers to what came before it");
    let seen: Vec<Value> = versions(&host, &talk, &first)
        .await
        .iter()
        .map(|version| json!([version["version"], version["current"], version["text"], version["kind"], version["by"]]))
        .collect();
    assert_eq!(
        seen,
        [
            json!([1, false, "Play is inquiry.", "said", "John Dewey"]),
            json!([2, true, "Play is growth.", "regenerated", "John Dewey"]),
        ]
    );
    // A version that breaks leaves what is there.
    app.llm.will(Script::words(4).after(2, Step::Cut));
    laptop.command(json!({"type": "regenerate", "message_id": first["id"]})).await;
    if laptop.view.ended.is_none() {
        laptop.until("turn_ended").await;
    }
    assert_eq!(laptop.view.texts(), ["Play is growth.", "It is work."]);
    assert_eq!(versions(&host, &talk, &first).await.len(), 3);
    let path = format!("/api/discussions/{talk}/messages/{}/versions?limit=2", first["id"].as_str().unwrap());
    let page = host.get(&path).await;
    assert_eq!((page["items"].as_array().map(Vec::len), &page["next_cursor"]), (Some(2), &json!("3")));
    let rest = host.get(&format!("{path}&cursor=3")).await;
    assert_eq!((&rest["items"][0]["version"], &rest["next_cursor"]), (&json!(3), &Value::Null));
}

#[tokio::test]
async fn a_crash_in_a_regeneration_leaves_the_old_version() {
    let (mut app, host, talk, mut laptop) = talk(&[]).await;
    app.llm.will_say(&["Play is inquiry."]);
    let first = laptop.turn().await;
    app.llm.will(Script::words(4).after(3, Step::Hang));
    laptop.command(json!({"type": "regenerate", "message_id": first["id"]})).await;
    laptop.speaking().await;
    app.crash_and_restart().await;
    let host = host.at(&app);
    assert_eq!(host.messages(&talk).await[0]["text"], "Play is inquiry.");
    let versions = versions(&host, &talk, &first).await;
    assert_eq!((&versions[1]["status"], &versions[1]["current"]), (&json!("interrupted"), &json!(false)));
    app.llm.will_say(&["It is work."]);
    host.connect(&talk).await.turn().await;
}

#[tokio::test]
async fn a_struck_message_is_gone_for_all_but_its_record() {
    let (app, host, talk, mut laptop) = talk(&[]).await;
    app.llm.will_say(&["Xylophones are bad."]);
    let first = laptop.turn().await;
    let strike = json!({"type": "strike", "message_id": first["id"], "reason": "unkind"});
    assert_eq!(laptop.command(strike).await["type"], "ack");
    laptop.sees(|view| view.texts() == [""]).await;
    // Also while it is being spoken.
    app.llm.will(Script::say(&["Xylophones again"]).after(1, Step::Hang));
    laptop.next().await;
    laptop.speaking().await;
    let turn = laptop.view.turn.as_ref().unwrap().0.clone();
    laptop.command(json!({"type": "strike", "message_id": turn})).await;
    laptop.sees(|view| view.texts() == ["", ""]).await;
    app.llm.until(|requests| requests[1].closed.is_some()).await;
    app.llm.will_say(&["On we go."]);
    let last = laptop.turn().await;
    assert!(!app.llm.asked()[2].body.to_string().contains("Xylophone"), "no model sees it");
    let read = |path: String| {
        let host = host.clone();
        async move { host.request(reqwest::Method::GET, &path).send().await.unwrap().text().await.unwrap() }
    };
    let (_, forked) = host.post(&format!("/api/discussions/{talk}/fork"), json!({"at": last["id"]})).await;
    let fork = forked["id"].as_str().unwrap();
    for path in [
        format!("/api/discussions/{talk}/messages"),
        format!("/api/discussions/{talk}/export?format=json"),
        format!("/api/discussions/{fork}/messages"),
        "/api/discussions?q=xylophones".to_owned(),
    ] {
        assert!(!read(path.clone()).await.contains("Xylophone"), "{path}");
    }
    assert_eq!(host.get("/api/discussions?q=xylophones").await["items"], json!([]));
    let record = &versions(&host, &talk, &first).await[0];
    assert_eq!((&record["text"], &record["reason"]), (&json!("Xylophones are bad."), &json!("unkind")));
    assert_eq!(versions(&host, &talk, &json!({"id": turn})).await[0]["text"], "Xylophones again");
}

#[tokio::test]
async fn a_cut_off_turn_goes_on() {
    let (app, _, _, mut laptop) = talk(&[]).await;
    app.llm.will(Script::say(&["Play is"]).after(1, Step::Cut));
    let cut = laptop.turn().await;
    assert_eq!(cut["status"], "interrupted");
    app.llm.will_say(&[" work."]);
    laptop.command(json!({"type": "continue", "message_id": cut["id"]})).await;
    if laptop.view.ended.is_none() {
        laptop.until("turn_ended").await;
    }
    assert_eq!(laptop.view.texts(), ["Play is work."]);
    assert!(app.llm.asked().last().unwrap().body.to_string().contains("was cut off while saying"));
}

#[tokio::test]
async fn an_edit_is_seen_by_all_and_kept_with_its_reason() {
    let (_app, host, talk, mut laptop) = talk(&[]).await;
    laptop.say("Begn.").await;
    let said = host.messages(&talk).await.remove(0);
    let path = format!("/api/discussions/{talk}/messages/{}", said["id"].as_str().unwrap());
    let (status, edited) = host.patch(&path, json!({"text": "Begin.", "reason": "typo"})).await;
    assert_eq!((status, &edited["text"], &edited["version"]), (StatusCode::OK, &json!("Begin."), &json!(2)));
    laptop.sees(|view| view.texts() == ["Begin."]).await;
    let kept = versions(&host, &talk, &said).await;
    assert_eq!((&kept[0]["text"], &kept[1]["reason"], &kept[1]["by"]), (&json!("Begn."), &json!("typo"), &json!("Host")));
    assert_eq!(host.patch(&path, json!({"text": ""})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let nowhere = format!("/api/discussions/{talk}/messages/{talk}");
    assert_eq!(host.patch(&nowhere, json!({"text": "x"})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_table_changes_while_the_discussion_goes_on() {
    let (app, host, talk, mut laptop) = talk(&[]).await;
    let path = format!("/api/discussions/{talk}");
    let seats = json!([{"character_id": "jean-piaget"}, {"character_id": "john-dewey", "muted": true}]);
    let (status, seen) = host.patch(&path, json!({"participants": seats, "length": "short", "level": "10"})).await;
    assert_eq!(status, StatusCode::OK, "{seen}");
    assert_eq!((&seen["next"], &seen["length"], &seen["level"]), (&json!("jean-piaget"), &json!("short"), &json!("10")));
    let told = &host.messages(&talk).await[0];
    assert_eq!((&told["author"]["kind"], &seen["participants"][1]["muted"]), (&json!("notice"), &json!(true)));
    assert!(told["text"].as_str().unwrap().starts_with("Jean Piaget joins the discussion."), "{told}");
    laptop.turn().await;
    let asked = app.llm.asked()[0].body.to_string();
    assert!(asked.contains("ten years old") && asked.contains("60 words"), "{asked}");
    // The muted one never speaks.
    laptop.sees(|view| view.discussion["next"] == "jean-piaget").await;
    laptop.command(json!({"type": "mute", "character_id": "john-dewey", "muted": false})).await;
    laptop.sees(|view| view.discussion["next"] == "john-dewey").await;
    for wrong in [json!([]), json!([{"character_id": "nobody"}]), json!([{"character_id": "a"}, {"character_id": "a"}])] {
        let (status, _) = host.patch(&path, json!({"participants": wrong})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn whoever_leaves_is_remembered_by_their_words() {
    let (mut app, host, talk, mut laptop) = talk(&[]).await;
    app.llm.will_say(&["Play is inquiry."]);
    let said = laptop.turn().await;
    let path = format!("/api/discussions/{talk}");
    let seats = json!([{"character_id": "maria-montessori"}, {"character_id": "jean-piaget"}]);
    let (_, seen) = host.patch(&path, json!({"participants": seats})).await;
    let former = |seen: &Value| -> Vec<Value> {
        let former = seen["former"].as_array().unwrap_or_else(|| panic!("{seen}"));
        former.iter().map(|one| one["character_id"].clone()).collect()
    };
    assert_eq!(former(&seen), ["john-dewey"], "Freire had said nothing");
    assert!(seen["former"][0]["color"].is_string(), "{seen}");
    // Also after the actor was asleep, and in a copy.
    app.crash_and_restart().await;
    let host = host.at(&app);
    assert_eq!(former(&host.get(&path).await), ["john-dewey"]);
    let (_, copy) = host.post(&format!("{path}/fork"), json!({"at": said["id"]})).await;
    assert_eq!(former(&copy), ["john-dewey"]);
    let exported =
        host.request(Method::GET, &format!("{path}/export?format=txt")).send().await.unwrap().text().await.unwrap();
    assert!(exported.contains("John Dewey (1859 to 1952)") && exported.contains("; has left the discussion"), "{exported}");
    // Another version of what they said is theirs.
    let mut laptop = host.connect(&talk).await;
    app.llm.will_say(&["Play is the beginning of inquiry."]);
    let answer = laptop.command(json!({"type": "regenerate", "message_id": said["id"]})).await;
    assert_eq!(answer["type"], "ack", "{answer}");
    let again = laptop.until("turn_ended").await["message"].clone();
    let author = json!("john-dewey");
    assert_eq!((&again["version"], &again["author"]["id"], &again["status"]), (&json!(2), &author, &json!("complete")));
    assert!(app.llm.asked().last().unwrap().body.to_string().contains("card name=\\\"John Dewey\\\""), "with their card");
    let (_, back) = host.patch(&path, json!({"participants": [{"character_id": "john-dewey"}]})).await;
    assert_eq!((back["former"].clone(), &back["participants"][0]["character_id"]), (Value::Null, &author));
}

#[tokio::test]
async fn a_fork_names_where_it_came_from_and_goes_its_own_way() {
    let (app, host, talk, mut laptop) = talk(&[]).await;
    app.llm.will_say(&["One."]);
    let first = laptop.turn().await;
    app.llm.will_say(&["Two."]);
    laptop.turn().await;
    let (status, fork) = host.post(&format!("/api/discussions/{talk}/fork"), json!({"at": first["id"]})).await;
    assert_eq!(status, StatusCode::CREATED, "{fork}");
    assert_eq!(fork["forked_from"], json!({"discussion_id": talk, "message_id": first["id"]}));
    assert_eq!((&fork["next"], &fork["message_count"]), (&json!("maria-montessori"), &json!(1)));
    let id = fork["id"].as_str().unwrap();
    app.llm.will_say(&["Another two."]);
    host.connect(id).await.turn().await;
    let texts: Vec<Value> = host.messages(id).await.iter().map(|message| message["text"].clone()).collect();
    assert_eq!(texts, ["One.", "Another two."]);
    assert_eq!(host.messages(&talk).await.len(), 2, "the other one stays as it was");
    let (status, copy) =
        host.post(&format!("/api/discussions/{talk}/duplicate"), json!({"topic": "What is work for?"})).await;
    assert_eq!(
        (status, &copy["topic"], &copy["message_count"]),
        (StatusCode::CREATED, &json!("What is work for?"), &json!(0))
    );
    assert_eq!(copy["participants"], host.get(&format!("/api/discussions/{talk}")).await["participants"]);
}

#[tokio::test]
async fn only_the_owner_directs() {
    let (app, _, talk, mut laptop) = talk(&[]).await;
    let message = laptop.turn().await;
    let stranger = app.host().await;
    for path in ["fork", "duplicate"] {
        let (status, _) = stranger.post(&format!("/api/discussions/{talk}/{path}"), json!({"at": message["id"]})).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    let path = format!("/api/discussions/{talk}/messages/{}", message["id"].as_str().unwrap());
    assert_eq!(stranger.patch(&path, json!({"text": "Mine."})).await.0, StatusCode::NOT_FOUND);
}
