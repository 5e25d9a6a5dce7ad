//! The class speaks: questions with votes, reactions, predictions; and the host steers the stage.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::helpers::{Host, Socket, TestApp, View, in_time};
use super::support::script::{Script, Step};
use super::watching::Phone;

/// A host with a shared discussion.
struct Class {
    app: TestApp,
    host: Host,
    talk: String,
    code: String,
}

impl Class {
    async fn begin() -> Self {
        let app = TestApp::spawn().await;
        let host = app.host().await;
        let talk = host.open("What is play for?").await;
        let code = host.share(&talk).await;
        Self { app, host, talk, code }
    }

    fn phone(&self) -> Phone {
        Phone::new(&self.app, &self.code)
    }

    async fn laptop(&self) -> Socket {
        self.host.connect(&self.talk).await
    }

    async fn crash(&mut self) {
        self.app.crash_and_restart().await;
        self.host = self.host.at(&self.app);
    }
}

/// Sends a command that must take effect; its acknowledgement.
async fn does(socket: &mut Socket, command: Value) -> Value {
    let answer = socket.command(command.clone()).await;
    assert_eq!(answer["type"], "ack", "{command}: {answer}");
    answer
}

/// Asks; the question's id.
async fn ask(socket: &mut Socket, text: &str) -> String {
    does(socket, json!({"type": "ask", "text": text})).await["question"].as_str().unwrap().to_owned()
}

/// Reads on until the class looks like this.
async fn until(socket: &mut Socket, what: impl Fn(&View) -> bool) {
    while !what(&socket.view) {
        socket.event().await;
    }
}

fn votes(view: &View) -> Vec<i64> {
    view.room.questions.values().map(|question| question["votes"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_question_with_votes_becomes_a_message_and_who_was_asked_answers() {
    let class = Class::begin().await;
    let (mut laptop, mut one, mut two) = (class.laptop().await, class.phone().join().await, class.phone().join().await);
    let question = ask(&mut one, "Does play\n need a \u{0}purpose?").await;
    until(&mut laptop, |view| view.room.texts() == ["Does play  need a purpose?"]).await;
    assert_eq!(laptop.view.room.questions.values().next().unwrap()["status"], "waiting");
    assert_eq!(two.command(json!({"type": "vote", "question": question})).await["code"], "unknown_question");
    assert!(two.view.room.texts().is_empty(), "the queue is for hosts alone");
    does(&mut laptop, json!({"type": "approve", "question": question})).await;
    until(&mut two, |view| view.room.texts().len() == 1).await;
    does(&mut two, json!({"type": "vote", "question": question})).await;
    does(&mut two, json!({"type": "vote", "question": question})).await;
    until(&mut one, |view| votes(view) == [2]).await;
    let pose = json!({"type": "pose", "id": "pose", "question": question, "character_id": "paulo-freire"});
    let posed = does(&mut laptop, pose.clone()).await;
    assert_eq!(does(&mut laptop, pose).await, posed, "it takes effect once");
    until(&mut one, |view| view.room.questions.is_empty()).await;
    let said = one.view.messages[&1].clone();
    assert_eq!(said["author"], json!({"kind": "audience", "id": null, "name": "Class"}));
    assert_eq!((&said["text"], &said["votes"]), (&json!("Does play  need a purpose?"), &json!(2)));
    assert_eq!(one.view.discussion["next"], "paulo-freire");
    assert_eq!(laptop.turn().await["author"]["id"], "paulo-freire");
    assert!(class.app.llm.asked()[0].body.to_string().contains("need a purpose?"), "the model is told");
    let exported = class.host.get(&format!("/api/discussions/{}/messages", class.talk)).await;
    assert_eq!(exported["items"][0]["votes"], 2);
}

#[tokio::test]
async fn without_a_choice_the_one_named_is_called_else_whose_turn_it_is() {
    let class = Class::begin().await;
    let (mut laptop, mut phone) = (class.laptop().await, class.phone().join().await);
    let named = ask(&mut phone, "What would Montessori say?").await;
    does(&mut laptop, json!({"type": "pose", "question": named})).await;
    assert_eq!(laptop.turn().await["author"]["id"], "maria-montessori");
    let plain = ask(&mut phone, "And then?").await;
    does(&mut laptop, json!({"type": "pose", "question": plain})).await;
    assert_eq!(laptop.turn().await["author"]["id"], "john-dewey");
    let stranger = ask(&mut phone, "Who else?").await;
    let answer = laptop.command(json!({"type": "pose", "question": stranger, "character_id": "socrates"})).await;
    assert_eq!(answer["code"], "unknown_character");
    until(&mut laptop, |view| view.room.texts() == ["Who else?"]).await;
}

#[tokio::test]
async fn questions_votes_rules_and_stage_survive_a_crash_and_nobody_votes_twice() {
    let mut class = Class::begin().await;
    let (mut laptop, phone) = (class.laptop().await, class.phone());
    let mut joined = phone.join().await;
    let asked = json!({"type": "ask", "id": "first", "text": "Why play?"});
    let question = does(&mut joined, asked.clone()).await["question"].clone();
    does(&mut laptop, json!({"type": "approve", "question": question})).await;
    ask(&mut joined, "Waiting?").await;
    let gone = json!({"type": "ask", "id": "gone", "text": "Rude."});
    let rude = does(&mut joined, gone.clone()).await["question"].clone();
    does(&mut laptop, json!({"type": "dismiss", "question": rude})).await;
    let mut other = class.phone().join().await;
    does(&mut other, json!({"type": "vote", "question": question})).await;
    does(&mut laptop, json!({"type": "stage", "blank": true, "words_per_minute": 150})).await;
    does(&mut laptop, json!({"type": "class", "reactions": false})).await;
    class.crash().await;
    let mut laptop = class.laptop().await;
    let room = laptop.view.room.clone();
    assert_eq!((room.texts(), votes(&laptop.view)), (vec!["Why play?", "Waiting?"], vec![2, 1]));
    assert_eq!((&room.stage["blank"], &room.stage["words_per_minute"]), (&json!(true), &json!(150)));
    assert_eq!((&room.class["reactions"], &room.class["questions"]), (&json!(false), &json!("open")));
    let mut back = phone.at(&class.app).join().await;
    assert_eq!(back.view.room.texts(), ["Why play?"]);
    does(&mut back, json!({"type": "vote", "question": question})).await;
    does(&mut back, asked).await;
    does(&mut back, gone).await;
    let stranger = ask(&mut back, "New?").await;
    until(&mut laptop, |view| view.room.texts().len() == 3).await;
    assert_eq!(votes(&laptop.view), [2, 1, 1], "the same key is the same vote, the same command the same question");
    does(&mut laptop, json!({"type": "dismiss", "question": stranger})).await;
}

#[tokio::test]
async fn who_may_do_what_is_one_table() {
    let class = Class::begin().await;
    let (mut laptop, mut phone) = (class.laptop().await, class.phone().join().await);
    let question = ask(&mut phone, "Why?").await;
    let hosts = [
        json!({"type": "approve", "question": question}),
        json!({"type": "stage", "pause": true}),
        json!({"type": "class", "questions": "open"}),
        json!({"type": "pose", "question": question}),
        json!({"type": "dismiss", "question": question}),
        json!({"type": "say", "text": "Hello."}),
        json!({"type": "next"}),
        json!({"type": "stop"}),
    ];
    for command in hosts {
        assert_eq!(phone.command(command.clone()).await["code"], "not_allowed", "{command}");
        does(&mut laptop, command).await;
    }
    for socket in [&mut laptop, &mut phone] {
        let own = ask(socket, "Mine?").await;
        let answers = [
            socket.command(json!({"type": "vote", "question": own})).await,
            socket.command(json!({"type": "react", "emoji": "👏"})).await,
            socket.command(json!({"type": "ping"})).await,
        ];
        assert_eq!(answers.map(|answer| answer["type"].clone()), ["error", "ack", "pong"]);
    }
}

#[tokio::test]
async fn what_is_not_as_it_should_be_is_refused_in_plain_words() {
    let class = Class::begin().await;
    let (mut laptop, mut phone) = (class.laptop().await, class.phone().join().await);
    let long = "é".repeat(301);
    let wrong = [
        (json!({"type": "ask", "text": long}), "too_long"),
        (json!({"type": "ask", "text": " \u{0} "}), "invalid_command"),
        (json!({"type": "ask"}), "invalid_command"),
        (json!({"type": "vote"}), "invalid_command"),
        (json!({"type": "vote", "question": "x"}), "invalid_command"),
        (json!({"type": "vote", "prediction": "sing"}), "invalid_command"),
        (json!({"type": "react", "emoji": "<b>"}), "invalid_command"),
        (json!({"type": "vote", "question": uuid::Uuid::now_v7()}), "unknown_question"),
    ];
    for (command, code) in wrong {
        let answer = phone.command(command.clone()).await;
        assert_eq!(answer["code"], code, "{command}: {answer}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
    }
    for stage in [json!({"type_size": 1000}), json!({"words_per_minute": 7}), json!({"show": "film"}), json!({"blank": 1})] {
        let mut command = stage.clone();
        command["type"] = json!("stage");
        assert_eq!(laptop.command(command).await["code"], "invalid_command", "{stage}");
    }
    for number in 0..5 {
        ask(&mut phone, &format!("Question {number}?")).await;
    }
    let sixth = phone.command(json!({"type": "ask", "text": "One more?"})).await;
    assert_eq!(sixth["code"], "limit_reached");
    does(&mut laptop, json!({"type": "class", "questions": "frozen"})).await;
    assert_eq!(class.phone().join().await.command(json!({"type": "ask", "text": "Late?"})).await["code"], "not_allowed");
}

#[tokio::test]
async fn a_prediction_is_revealed_after_the_turn() {
    let class = Class::begin().await;
    let (mut laptop, mut one, mut two) = (class.laptop().await, class.phone().join().await, class.phone().join().await);
    assert_eq!(one.view.room.prediction["character_id"], "john-dewey");
    let predict = |choice: &str| json!({"type": "vote", "prediction": choice});
    does(&mut one, predict("agree")).await;
    does(&mut two, predict("object")).await;
    does(&mut one, predict("turn")).await;
    until(&mut laptop, |view| view.room.prediction["votes"] == 2).await;
    assert!(laptop.view.room.prediction["revealed"].is_null(), "nobody knows the split before");
    class.app.llm.will(Script::words(20).pace(Duration::from_millis(20)));
    laptop.next().await;
    one.until("delta").await;
    assert_eq!(one.command(json!({"type": "vote", "prediction": "agree"})).await["code"], "not_allowed");
    let message = one.until("turn_ended").await["message"].clone();
    until(&mut one, |view| view.room.prediction["character_id"] == "maria-montessori").await;
    let split = json!({"agree": 0, "object": 1, "turn": 1});
    let revealed = json!({"message_id": message["id"], "character_id": "john-dewey", "split": split});
    assert_eq!(
        one.view.room.prediction,
        json!({
            "character_id": "maria-montessori", "open": true, "votes": 0, "revealed": revealed,
        })
    );
    does(&mut laptop, json!({"type": "class", "predictions": false})).await;
    until(&mut two, |view| view.room.prediction.is_null()).await;
}

#[tokio::test]
async fn reactions_are_a_quiet_count() {
    let class = Class::begin().await;
    let mut laptop = class.laptop().await;
    laptop.turn().await;
    let mut phones = vec![];
    for _ in 0..8 {
        phones.push(class.phone().join().await);
    }
    let begun = Instant::now();
    let mut told = 0;
    for emoji in ["👏", "💡", "🤔", "❤️", "😮"] {
        for phone in &mut phones {
            for _ in 0..2 {
                does(phone, json!({"type": "react", "emoji": emoji})).await;
            }
        }
    }
    let all = |view: &View| {
        view.room.reactions["counts"]
            .as_object()
            .is_some_and(|counts| counts.len() == 5 && counts.values().all(|count| *count == 8))
    };
    while !all(&laptop.view) {
        told += usize::from(laptop.event().await["type"] == "reaction");
    }
    let at_most = begun.elapsed().as_millis() / 500 + 2;
    assert!(told as u128 <= at_most, "{told} in {:?}", begun.elapsed());
    laptop.turn().await;
    assert_eq!(laptop.view.room.reactions["counts"], json!({}), "a new turn begins at nothing");
}

#[tokio::test]
async fn a_phone_without_web_sockets_reads_events_and_sends_commands() {
    let class = Class::begin().await;
    let (mut laptop, phone) = (class.laptop().await, class.phone());
    let path = phone.path("events", None).await;
    let mut answer = class.app.get(&path).await;
    let command = |command: Value| {
        let mut body = command;
        body["key"] = json!(phone.key);
        body["id"] = json!(uuid::Uuid::now_v7());
        let phone = phone.clone();
        async move { phone.post("commands", body).await }
    };
    let (status, ack) = command(json!({"type": "ask", "text": "Why play?"})).await;
    assert_eq!((status, &ack["type"]), (StatusCode::OK, &json!("ack")), "{ack}");
    does(&mut laptop, json!({"type": "approve", "question": ack["question"]})).await;
    let mut other = class.phone().join().await;
    does(&mut other, json!({"type": "vote", "question": ack["question"]})).await;
    assert_eq!(command(json!({"type": "vote", "question": ack["question"], "up": false})).await.0, StatusCode::OK);
    assert_eq!(command(json!({"type": "ping"})).await.1["type"], "pong");
    let (status, problem) = command(json!({"type": "next"})).await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("not_allowed")));
    let (status, problem) = command(json!({"type": "ask", "text": ""})).await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("invalid_command")));
    let (status, _) = phone.post("commands", json!({"type": "ping", "id": "1"})).await;
    assert_eq!(status.as_u16(), 422, "a command needs the key");
    let mut body = String::new();
    while !body.contains("\"type\":\"votes\"") {
        let piece = in_time("events", answer.chunk()).await.unwrap().expect("it goes on");
        body.push_str(&String::from_utf8_lossy(&piece));
    }
    assert!(body.contains("\"type\":\"question\"") && !body.contains("\"waiting\""), "{body}");
}

#[tokio::test]
async fn a_host_without_web_sockets_steers_by_single_commands() {
    let class = Class::begin().await;
    let mut phone = class.phone().join().await;
    let path = format!("/api/discussions/{}/commands", class.talk);
    let command = async |command: Value| class.host.post(&path, command).await;
    let said = command(json!({"type": "say", "id": "1", "text": "Begin."})).await;
    assert_eq!((said.0, &said.1["type"]), (StatusCode::OK, &json!("ack")), "{}", said.1);
    assert_eq!(command(json!({"type": "say", "id": "1", "text": "Begin."})).await, said, "it takes effect once");
    assert_eq!(command(json!({"type": "stage", "id": "2", "pause": true})).await.0, StatusCode::OK);
    until(&mut phone, |view| view.room.stage["pause"] == true && view.texts() == ["Begin."]).await;
    class.app.llm.will(Script::words(3).after(2, Step::Hang));
    assert_eq!(command(json!({"type": "next", "id": "3"})).await.0, StatusCode::OK);
    until(&mut phone, |view| view.turn.as_ref().is_some_and(|(_, text)| text == "w0 w1 ")).await;
    let (status, problem) = command(json!({"type": "next", "id": "4"})).await;
    assert_eq!((status.as_u16(), &problem["code"]), (409, &json!("turn_in_progress")));
    assert_eq!(command(json!({"type": "stop", "id": "5"})).await.0, StatusCode::OK);
    assert_eq!(phone.until("turn_ended").await["message"]["status"], "stopped");
    assert_eq!(command(json!({"type": "dance", "id": "6"})).await.1["code"], "invalid_command");
    let stranger = class.app.host().await;
    assert_eq!(stranger.post(&path, json!({"type": "stop", "id": "7"})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn two_tabs_of_the_host_agree_and_a_second_device_finds_the_running_turn() {
    let class = Class::begin().await;
    let (mut one, mut two) = (class.laptop().await, class.laptop().await);
    let mut phone = class.phone().join().await;
    let question = ask(&mut phone, "Why?").await;
    does(&mut one, json!({"type": "stage", "blank": true})).await;
    does(&mut two, json!({"type": "stage", "type_size": 150, "show": "questions"})).await;
    does(&mut two, json!({"type": "approve", "question": question})).await;
    class.app.llm.will(Script::words(40).pace(Duration::from_millis(20)));
    does(&mut one, json!({"type": "next"})).await;
    one.until("delta").await;
    let mut tablet = class.laptop().await;
    assert!(tablet.view.turn.is_some(), "the second device finds the running turn");
    for socket in [&mut one, &mut two, &mut tablet, &mut phone] {
        until(socket, |view| view.ended.is_some() && view.discussion["next"] == "maria-montessori").await;
        until(socket, |view| view.room.prediction["character_id"] == "maria-montessori").await;
    }
    assert_eq!(one.view.room, two.view.room);
    assert_eq!(one.view.room, tablet.view.room);
    assert_eq!(one.view.room, phone.view.room, "nothing waits, so hosts and observers see the same");
    assert_eq!((one.view.texts(), &one.view.discussion), (two.view.texts(), &two.view.discussion));
    assert_eq!(one.view.room.stage["type_size"], 150);
}

#[tokio::test]
async fn snapshot_and_events_are_a_fresh_snapshot_whatever_the_class_does() {
    let class = Class::begin().await;
    let mut laptop = class.laptop().await;
    let mut phones = vec![];
    for _ in 0..6 {
        phones.push(class.phone().join().await);
    }
    let mut questions = vec![];
    for round in 0..60_usize {
        let count = phones.len();
        let phone = &mut phones[round * 7 % count];
        match round % 6 {
            0 | 1 => {
                let answer = phone.command(json!({"type": "ask", "text": format!("Question {round}?")})).await;
                questions.extend(answer["question"].as_str().map(str::to_owned));
            }
            2 => drop(phone.command(json!({"type": "react", "emoji": "💡"})).await),
            3 => drop(phone.command(json!({"type": "vote", "prediction": "object"})).await),
            _ => drop(phone.command(json!({"type": "vote", "question": questions[round * 5 % questions.len()]})).await),
        }
        let question = &questions[round * 3 % questions.len()];
        match round % 4 {
            0 | 1 => drop(laptop.command(json!({"type": "approve", "question": question})).await),
            2 if round % 8 == 2 => drop(laptop.command(json!({"type": "dismiss", "question": question})).await),
            3 if round % 20 == 3 => drop(laptop.turn().await),
            3 => drop(laptop.command(json!({"type": "stage", "type_size": 60 + round})).await),
            _ => {}
        }
    }
    let fresh = class.laptop().await.view;
    until(&mut laptop, |view| view.room == fresh.room).await;
    let fresh = class.phone().join().await.view;
    for phone in &mut phones {
        until(phone, |view| view.room == fresh.room && view.texts() == fresh.texts()).await;
    }
}

#[test]
fn the_stories_of_the_protocol_hold() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/protocol");
    let mut of_class = BTreeMap::new();
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    for file in files.filter(|file| file.extension().is_some_and(|end| end == "json")) {
        let story: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        if story["snapshot"]["class"].is_object() {
            let (mut played, mut fresh) = (View::default(), View::default());
            story["events"].as_array().unwrap().iter().for_each(|event| played.apply(event));
            fresh.apply(&story["snapshot"]);
            assert_eq!(played.room, fresh.room, "{}", story["name"]);
            of_class.insert(story["name"].to_string(), ());
        }
    }
    assert!(of_class.len() >= 4, "{of_class:?}");
}
