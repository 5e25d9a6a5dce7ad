//! What providers are asked, and what comes of a reply that goes well.

use chatlab::llm::ProviderKind::{Anthropic, External, OpenAi};
use chatlab::llm::{End, Voices};
use serde_json::json;

use crate::stage::{KEY, hear, one, settings, speak, task};
use crate::support::provider::Provider;
use crate::support::script::Script;

#[tokio::test]
async fn anthropic_is_asked_with_a_prefix_to_cache() {
    let (provider, voices) = one(Anthropic).await;
    provider.will(Script::say(&["Look ", "first."]).thinking("Whom do I answer?"));
    let said = speak(&voices).await;
    assert_eq!((said.complete(), said.thinking), ("Look first.", 1));

    let asked = provider.asked();
    assert_eq!(asked.len(), 1, "one turn makes one request");
    let (body, headers) = (&asked[0].body, &asked[0].headers);
    assert_eq!((asked[0].path.as_str(), headers["x-api-key"].as_str()), ("/v1/messages", KEY));
    assert_eq!(headers["anthropic-version"], "2023-06-01");
    assert_eq!((&body["model"], &body["stream"], &body["max_tokens"]), (&json!("test-model"), &json!(true), &json!(4096)));
    for refused in ["temperature", "top_p"] {
        assert!(body.get(refused).is_none());
    }
    let cached = json!({"type": "ephemeral"});
    let rendered = task().render();
    assert_eq!(body["system"], json!([{"type": "text", "text": rendered.system, "cache_control": cached}]));
    let content = body["messages"][0]["content"].as_array().unwrap();
    assert_eq!((body["messages"].as_array().unwrap().len(), content.len()), (1, 4));
    let marks: Vec<bool> = content.iter().map(|block| block.get("cache_control").is_some()).collect();
    assert_eq!(marks, [false, false, true, false], "the last line of the transcript ends the prefix");
    assert_eq!(content[3]["text"], rendered.cue);

    let usage = said.outcome.usage.unwrap();
    assert_eq!((usage.provider.as_str(), usage.model.as_str()), ("anthropic", "test-model"));
    assert_eq!((usage.input_tokens, usage.cache_read_tokens, usage.output_tokens, usage.estimated), (21, 300, 2, false));
}

#[tokio::test]
async fn openai_and_compatible_servers_are_asked_by_their_own_names() {
    for (kind, limit, other) in
        [(OpenAi, "max_completion_tokens", "max_tokens"), (External, "max_tokens", "max_completion_tokens")]
    {
        let (provider, voices) = one(kind).await;
        provider.will(Script::say(&["Look ", "first."]).thinking("Hm."));
        let said = speak(&voices).await;
        assert_eq!((said.complete(), said.thinking), ("Look first.", 1));
        let asked = provider.asked();
        let (body, rendered) = (&asked[0].body, task().render());
        assert_eq!(asked[0].path, "/v1/chat/completions");
        assert_eq!(asked[0].headers["authorization"], format!("Bearer {KEY}"));
        assert_eq!((body[limit].as_u64(), body.get(other)), (Some(4096), None));
        assert_eq!(body["stream_options"], json!({"include_usage": true}));
        assert_eq!(body["messages"][0], json!({"role": "system", "content": rendered.system}));
        let user = body["messages"][1]["content"].as_str().unwrap();
        assert!(user.starts_with(&rendered.context[0]) && user.ends_with(&rendered.cue));
        let usage = said.outcome.usage.unwrap();
        assert_eq!((usage.input_tokens, usage.cache_read_tokens, usage.output_tokens), (21, 300, 2));
    }
}

#[tokio::test]
async fn a_server_without_key_or_model_speaks_with_its_first_model() {
    let provider = Provider::start().await;
    let mut settings = settings(&[(External, &provider)]);
    settings.providers[0].model = None;
    settings.providers[0].key = "".into();
    let voices = Voices::new(&settings).unwrap();
    assert!(speak(&voices).await.failed().contains("EXTERNAL_API_MODEL"), "nothing is listed yet");

    provider.list_models(&["llama-small", "llama-large"]);
    speak(&voices).await.complete();
    speak(&voices).await.complete();
    let requests = provider.requests();
    assert!(requests.iter().all(|request| !request.headers.contains_key("authorization")));
    let paths: Vec<&str> = requests.iter().map(|request| request.path.as_str()).collect();
    let speak = "/v1/chat/completions";
    assert_eq!(paths, ["/v1/models", "/v1/models", speak, speak], "a failure is not remembered, a name is");
    assert_eq!(requests[3].body["model"], "llama-small");
}

#[tokio::test]
async fn defaults_are_asked_for_where_no_model_is_set_and_an_unlisted_one_is_a_warning() {
    let provider = Provider::start().await;
    for (kind, model) in [(Anthropic, "claude-sonnet-5-5"), (OpenAi, "gpt-6-luna")] {
        let mut settings = settings(&[(kind, &provider)]);
        settings.providers[0].model = None;
        let voices = Voices::new(&settings).unwrap();
        speak(&voices).await.complete();
        assert_eq!(provider.asked().last().unwrap().body["model"], model);
        assert_eq!(voices.unlisted_models().await, Vec::<String>::new(), "no list, no warning");
    }
    provider.list_models(&["claude-sonnet-5-5"]);
    let voices = Voices::new(&settings(&[(Anthropic, &provider)])).unwrap();
    assert_eq!(voices.unlisted_models().await, ["Anthropic does not list the model test-model"]);
}

#[tokio::test]
async fn a_reply_ends_as_its_provider_says() {
    for kind in [Anthropic, OpenAi] {
        let (provider, voices) = one(kind).await;
        for (script, end) in [
            (Script::say(&["So far"]).finish("length"), End::Length),
            (Script::say(&["So far"]).finish("content_filter"), End::Refusal),
            (Script::say::<&str>(&[]).finish("content_filter"), End::Refusal),
            (Script::say(&["So far"]).without_marker(), End::Complete),
        ] {
            provider.will(script);
            let said = speak(&voices).await;
            assert_eq!((said.outcome.end, said.notices.len()), (end, 0));
        }
        assert_eq!(provider.asked().len(), 4, "none of them is asked again");
    }
}

#[tokio::test]
async fn control_characters_are_dropped_and_a_blank_beginning_waits_for_its_word() {
    let (provider, voices) = one(OpenAi).await;
    provider.will(Script::say(&["\n", "\n", "\u{1b}[1mPlay\u{0}", "\r", "\nwork\u{7}"]));
    assert_eq!(speak(&voices).await.complete(), "\n\n[1mPlay\nwork");
}

#[tokio::test]
async fn a_whole_reply_is_collected_for_tasks_nobody_watches() {
    let (provider, voices) = one(Anthropic).await;
    provider.will_say(&["1. Play ", "is work."]);
    let said = hear(&voices, voices.answer(task())).await;
    assert_eq!((said.complete(), said.outcome.usage.clone().unwrap().output_tokens), ("1. Play is work.", 2));
    provider.will(Script::refuse(400, "invalid_request_error"));
    hear(&voices, voices.answer(task())).await.failed();
    assert!(!voices.is_demo());
    assert_eq!(voices.first(), "anthropic");
}

#[tokio::test]
async fn without_providers_the_demo_voices_speak() {
    let voices = Voices::new(&settings(&[])).unwrap();
    assert!(voices.is_demo());
    let said = speak(&voices).await;
    assert!(said.complete().split_whitespace().count() > 40);
    assert_eq!((said.outcome.usage, voices.first()), (None, "demo"));
    assert_eq!(hear(&voices, voices.answer(task())).await.text, said.text);
    assert!(voices.test().await.is_empty(), "there is nobody to try");
}
