//! Long discussions: what a turn costs does not grow with them, providers' caches hold, and what was struck is forgotten.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::helpers::{Host, TestApp, in_time};
use super::support::cache::{Cache, Rules};
use super::support::dialect::Used;
use super::support::provider::{Provider, Request};
use super::support::script::{Script, Step};

/// Turns of about 120 words, as they are asked for by default.
const WORDS: usize = 120;

fn is_recap(body: &Value) -> bool {
    body.to_string().contains("what they will remember of everything above")
}

/// Each turn says other words of the usual length; a recap is answered by `recap`.
fn speak(llm: &Provider, recap: impl Fn(&Value) -> Script + Send + Sync + 'static) {
    let said = Arc::new(AtomicUsize::new(0));
    llm.answers(move |body| match is_recap(body) {
        true => recap(body),
        false => {
            let turn = said.fetch_add(1, Ordering::Relaxed);
            Script::say(&[(0..WORDS).map(|word| format!("t{turn}w{word:03} ")).collect::<String>()])
        }
    });
}

/// A recap, each told from the others.
fn short(body: &Value) -> Script {
    let body = body.to_string();
    let asked = if body.contains("<earlier>") { "again" } else { "first" };
    let all = body.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    Script::say(&["Dewey: play is inquiry [1, 2].\n", &format!("Freire asked who decides [3], {asked} of {all}.")])
}

async fn turn(host: &Host, talk: &str, say: Option<&str>) -> Value {
    let body = say.map_or_else(|| json!({}), |say| json!({"say": say}));
    let (status, message) = host.post(&format!("/api/discussions/{talk}/turns"), body).await;
    assert_eq!((status, &message["status"]), (StatusCode::OK, &json!("complete")), "{message}");
    message
}

fn bytes(request: &Request) -> usize {
    request.headers["content-length"].parse().unwrap()
}

/// What stands in a request before the transcript's own words.
fn earlier(request: &Request) -> Option<String> {
    let body = request.body.to_string();
    let (_, rest) = body.split_once("<earlier>\\n")?;
    Some(rest.split_once("\\n</earlier>").unwrap().0.to_owned())
}

/// The last becomes the first: who speaks next is new, what the model is told of the cast is not.
async fn reorder(host: &Host, talk: &str) {
    let path = format!("/api/discussions/{talk}");
    let mut seats = host.get(&path).await["participants"].as_array().unwrap().clone();
    seats.rotate_right(1);
    let seats: Vec<Value> = seats.iter().map(|seat| json!({"character_id": seat["character_id"]})).collect();
    assert_eq!(host.patch(&path, json!({"participants": seats})).await.0, reqwest::StatusCode::OK);
}

#[tokio::test]
async fn caches_are_hit_from_the_third_turn_on() {
    for (vendor, model, rules) in [
        ("ANTHROPIC", "claude-sonnet-5-5", Rules::Anthropic),
        ("OPENAI", "gpt-6-luna", Rules::Marks),
        ("OPENAI", "gpt-4o", Rules::Prefix),
    ] {
        let model_variable = format!("{vendor}_MODEL");
        let app = TestApp::spawn_vendor(vendor, &[(&model_variable, model)]).await;
        app.llm.caches(Cache::new(rules));
        speak(&app.llm, short);
        let host = app.host().await;
        let talk = host.open("Should children decide for themselves what they learn?").await;
        for n in 0..50 {
            if n == 25 {
                reorder(&host, &talk).await;
            }
            turn(&host, &talk, (n % 7 == 3).then_some("And what would you say to a teacher who doubts that?")).await;
        }
        let asked = app.llm.asked();
        let turns: Vec<&Request> = asked.iter().filter(|request| !is_recap(&request.body)).collect();
        let share = |request: &Request| {
            let used = request.used.unwrap();
            used.read * 100 / (used.input + used.read + used.written)
        };
        let shares: Vec<usize> = turns.iter().map(|request| share(request)).collect();
        let moved: Vec<bool> =
            turns.iter().enumerate().map(|(at, request)| at > 0 && earlier(request) != earlier(turns[at - 1])).collect();
        println!("{model}: % of input read from the cache, turn by turn: {shares:?}");
        for at in 2..turns.len() {
            assert!(shares[at] >= 80 || moved[at], "{model}, turn {}: {shares:?}", at + 1);
        }
        let all = |of: fn(&Used) -> usize| turns[2..].iter().map(|request| of(&request.used.unwrap())).sum::<usize>();
        let read = all(|used| used.read) * 100 / all(|used| used.input + used.read + used.written);
        assert!(read >= 80, "{model}: {read} % of all input, the turns behind a recap among them");
        let moves = moved.iter().filter(|moved| **moved).count();
        assert!((1..=5).contains(&moves), "{model}: it moves in steps, {moves} in 50 turns");
        let recaps = asked.iter().filter(|request| is_recap(&request.body)).map(share);
        assert!(recaps.clone().all(|share| share >= 50), "recaps begin as the turns do: {:?}", recaps.collect::<Vec<_>>());
        // What the provider told is what the host is shown.
        let last = host.messages(&talk).await.pop().unwrap();
        let used = turns.iter().rev().find(|request| request.used.is_some()).unwrap().used.unwrap();
        let page = host.get(&format!("/api/discussions/{talk}/messages?before=1000&limit=1")).await;
        let usage = if page["items"][0]["usage"].is_object() { &page["items"][0]["usage"] } else { &last["usage"] };
        assert_eq!(usage["cache_read_tokens"], used.read, "{usage}");
        assert!(usage["cost_usd"].is_number(), "the model has a price: {usage}");
    }
}

#[tokio::test]
async fn five_hundred_turns_cost_no_more_each_than_a_hundred() {
    let app = TestApp::spawn().await;
    speak(&app.llm, short);
    let host = app.host().await;
    let talk = host.open("Should children decide for themselves what they learn?").await;
    for _ in 0..500 {
        turn(&host, &talk, None).await;
    }
    let asked = app.llm.asked();
    let turns: Vec<usize> = asked.iter().filter(|request| !is_recap(&request.body)).map(bytes).collect();
    let recaps: Vec<usize> = asked.iter().filter(|request| is_recap(&request.body)).map(bytes).collect();
    let heaviest = |from: usize, to: usize| *turns[from..to].iter().max().unwrap();
    let mean = |from: usize, to: usize| turns[from..to].iter().sum::<usize>() / (to - from);
    println!(
        "bytes of a request in turns 1-30: at most {}, 31-100: {} (mean {}), 101-250: {} ({}), 251-500: {} ({}); {} recaps of {} \
         bytes on average",
        heaviest(0, 30),
        heaviest(30, 100),
        mean(30, 100),
        heaviest(100, 250),
        mean(100, 250),
        heaviest(250, 500),
        mean(250, 500),
        recaps.len(),
        recaps.iter().sum::<usize>() / recaps.len().max(1),
    );
    assert_eq!(turns.len(), 500);
    // They fill the budget to within one message.
    assert!(heaviest(100, 500) <= heaviest(0, 100) + 1_500, "no turn costs more than one of the first hundred did");
    assert!(mean(250, 500) <= mean(100, 250) + 500, "it does not grow");
    assert!((20..=60).contains(&recaps.len()), "{} recaps", recaps.len());
    let spent = host.get(&format!("/api/discussions/{talk}/usage")).await;
    assert_eq!(spent["discussion"]["turns"], 500);
    assert_eq!(spent["discussion"]["attempts"], 500 + recaps.len(), "a recap is a row as well");
    assert_eq!((&spent["last_turn"]["turns"], &spent["left"]["turns"]), (&json!(1), &Value::Null));
}

/// A discussion that soon is a long one.
async fn soon_long(recap: impl Fn(&Value) -> Script + Send + Sync + 'static) -> (TestApp, Host, String) {
    let app = TestApp::spawn_with(&[("MAX_INPUT_TOKENS", "4000")]).await;
    speak(&app.llm, recap);
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    (app, host, talk)
}

async fn recaps(host: &Host, talk: &str) -> Vec<Value> {
    host.get(&format!("/api/discussions/{talk}/recaps")).await["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_owner_reads_what_is_remembered_and_observers_do_not_hear_of_it() {
    let (mut app, host, talk) = soon_long(short).await;
    let mut laptop = host.connect(&talk).await;
    let (_, share) = host.post(&format!("/api/discussions/{talk}/share"), json!({})).await;
    let watch = format!("{}/api/watch/{}/ticket", app.url, share["code"].as_str().unwrap());
    let ticket: Value = reqwest::Client::new().post(watch).json(&json!({})).send().await.unwrap().json().await.unwrap();
    let path = format!("/api/discussions/{talk}/live?ticket={}", ticket["ticket"].as_str().unwrap());
    let mut phone = super::helpers::Socket::open(&app.url, &path).await;
    assert!(phone.until("snapshot").await["recap"].is_null());
    assert!(recaps(&host, &talk).await.is_empty());
    for _ in 0..6 {
        turn(&host, &talk, None).await;
    }
    let told = laptop.until("recap").await["recap"].clone();
    assert_eq!(told["version"], 1);
    let kept = recaps(&host, &talk).await;
    let first = kept.last().unwrap();
    assert_eq!((&first["position"], &first["model"]), (&told["position"], &json!("test-model")));
    assert!(first["text"].as_str().unwrap().starts_with("Dewey: play is inquiry"));
    let export = host.get(&format!("/api/discussions/{talk}/export?format=json")).await;
    assert_eq!(export["recaps"][0]["text"], first["text"]);

    app.crash_and_restart().await;
    let host = host.at(&app);
    turn(&host, &talk, None).await;
    let last = app.llm.asked().into_iter().rev().find(|request| !is_recap(&request.body)).unwrap();
    assert!(earlier(&last).unwrap().contains("play is inquiry"), "it is still remembered");
    let mut laptop = host.connect_after(&talk, None).await;
    let answer = laptop.command(json!({"type": "ping"})).await;
    assert_eq!(answer["type"], "pong");

    while let Ok(event) = phone.frame().await {
        assert_ne!(event["type"], "recap");
    }
}

#[tokio::test]
async fn what_is_struck_disappears_from_what_is_remembered_too() {
    let canary = |body: &Value| {
        let heard = if body.to_string().contains("t0w001") { "heard t0w001" } else { "heard nothing" };
        Script::say(&[format!("Dewey: {heard} [1].")])
    };
    let (app, host, talk) = soon_long(canary).await;
    let mut laptop = host.connect(&talk).await;
    let first = turn(&host, &talk, None).await["id"].clone();
    for _ in 0..7 {
        turn(&host, &talk, None).await;
    }
    laptop.until("recap").await;
    turn(&host, &talk, None).await;
    let last_turn = |app: &TestApp| app.llm.asked().into_iter().rev().find(|request| !is_recap(&request.body)).unwrap();
    assert!(earlier(&last_turn(&app)).unwrap().contains("t0w001"), "it is remembered");

    laptop.command(json!({"type": "strike", "message_id": first})).await;
    turn(&host, &talk, None).await;
    assert!(!last_turn(&app).body.to_string().contains("t0w"), "no word of it, in no form");
    laptop.sees(|_| true).await;
    // It is remembered anew, without the struck message.
    in_time("a new recap", async {
        while !recaps(&host, &talk).await.iter().any(|recap| recap["current"] == true) {
            turn(&host, &talk, None).await;
        }
    })
    .await;
    let kept = recaps(&host, &talk).await;
    let current = kept.iter().find(|recap| recap["current"] == true).unwrap();
    assert_eq!(current["text"], "Dewey: heard nothing [1].");
    assert!(kept.iter().all(|recap| !recap["text"].to_string().contains("t0w")), "{kept:?}");
    let export = host.request(Method::GET, &format!("/api/discussions/{talk}/export?format=json")).send().await.unwrap();
    assert!(!export.text().await.unwrap().contains("t0w"));
    let rebuilt: Vec<Request> = app.llm.asked().into_iter().filter(|request| is_recap(&request.body)).collect();
    assert!(!rebuilt.last().unwrap().body.to_string().contains("t0w"));
}

#[tokio::test]
async fn without_a_recap_the_discussion_goes_on_within_its_tokens() {
    for failing in
        [Script::refuse(400, "invalid_request_error"), Script::say(&["…"]), Script::say(&["so"]).after(0, Step::Hang)]
    {
        let hangs = failing.steps.contains(&Step::Hang);
        let (app, host, talk) = soon_long(move |_| failing.clone()).await;
        for _ in 0..24 {
            // No turn waits for a recap: one that never comes would otherwise end the test here.
            in_time("a turn", turn(&host, &talk, None)).await;
        }
        let asked = app.llm.asked();
        let turns: Vec<usize> = asked.iter().filter(|request| !is_recap(&request.body)).map(bytes).collect();
        let (early, late) = (turns[..8].iter().max().unwrap(), turns[8..].iter().max().unwrap());
        assert!(late <= &(early + 1_500), "{turns:?}");
        let tried = asked.len() - turns.len();
        assert!(tried <= if hangs { 1 } else { 5 }, "it is not tried again and again: {tried}");
        assert!(recaps(&host, &talk).await.is_empty());
    }
}

#[tokio::test]
async fn the_demo_voices_remember_too() {
    let llm_settings = [("MAX_INPUT_TOKENS", "4000"), ("DEMO_WORDS_PER_SECOND", "0"), ("LLM_PROVIDERS", "demo")];
    let app = TestApp::spawn_with(&llm_settings).await;
    let host = app.host().await;
    let talk = host.open("Should children decide for themselves what they learn?").await;
    for _ in 0..12 {
        turn(&host, &talk, None).await;
    }
    let kept = recaps(&host, &talk).await;
    assert!(!kept.is_empty() && kept[0]["provider"] == "demo", "{kept:?}");
    let (status, summary) = host.post(&format!("/api/discussions/{talk}/summary"), json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "{summary}");
    let covered = kept[0]["position"].as_u64().unwrap() as usize;
    let before: Vec<Value> = host.messages(&talk).await[..covered].iter().map(|message| message["id"].clone()).collect();
    let rests: Vec<&Value> = summary["insights"].as_array().unwrap().iter().map(|insight| &insight["messages"]).collect();
    let reaches_back = |ids: &&Value| ids.as_array().unwrap().iter().any(|id| before.contains(id));
    assert!(rests.iter().any(reaches_back), "it rests on what is only remembered, too: {summary}");
    assert!(app.llm.requests().is_empty());
}
