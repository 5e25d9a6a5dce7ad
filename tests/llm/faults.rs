//! What goes wrong with providers, and what a class sees of it.

use std::time::{Duration, Instant};

use chatlab::llm::ProviderKind::{Anthropic, External, OpenAi};
use chatlab::llm::{End, Speech, Voices};
use futures_util::StreamExt;

use crate::stage::{KEY, Said, one, settings, speak, task, two};
use crate::support::provider::Provider;
use crate::support::script::{Script, Step};

const SHORT: Duration = Duration::from_millis(150);

fn codes(said: &Said) -> Vec<&str> {
    said.notices.iter().map(|notice| notice.code).collect()
}

#[tokio::test]
async fn a_busy_provider_is_waited_for_as_long_as_it_says() {
    for kind in [Anthropic, OpenAi] {
        let (provider, voices) = one(kind).await;
        provider.will(Script::refuse(429, "rate_limit_error").header("retry-after", "2"));
        provider.will_say(&["Now."]);
        let said = speak(&voices).await;
        assert_eq!(said.complete(), "Now.");
        assert_eq!(said.notices.len(), 1);
        assert_eq!(said.notices[0].text, "The provider is busy; trying again in 2 s.");
        assert_eq!(said.notices[0].retry_after, Some(Duration::from_secs(2)));
        let asked = provider.asked();
        assert!(asked[1].at - asked[0].at >= Duration::from_secs(2));
    }
}

#[tokio::test]
async fn another_provider_takes_over_before_the_first_word() {
    let (first, second, voices) = two(Anthropic, OpenAi).await;
    first.always(Script::refuse(529, "overloaded_error"));
    second.will_say(&["Mine ", "then."]);
    let said = speak(&voices).await;
    assert_eq!(said.complete(), "Mine then.");
    assert_eq!(codes(&said), ["retrying", "failover"]);
    assert_eq!(said.notices[1].text, "The provider is busy; asking OpenAI instead.");
    assert_eq!((first.asked().len(), second.asked().len()), (2, 1));
    assert_eq!(said.outcome.usage.unwrap().provider, "openai");
}

#[tokio::test]
async fn a_provider_alone_is_asked_three_times() {
    let (provider, voices) = one(External).await;
    provider.always(Script::refuse(503, "server_error"));
    let said = speak(&voices).await;
    assert!(said.failed().contains("503"), "{}", said.failed());
    assert_eq!((provider.asked().len(), codes(&said)), (3, vec!["retrying", "retrying"]));
}

#[tokio::test]
async fn a_request_that_no_provider_would_take_fails_at_once() {
    for status in [400, 413, 422] {
        let (first, second, voices) = two(OpenAi, Anthropic).await;
        first.always(Script::refuse(status, "invalid_request_error"));
        let said = speak(&voices).await;
        assert!(!said.failed().is_empty());
        assert_eq!((first.asked().len(), second.asked().len(), said.notices.len()), (1, 0, 0), "{status}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_account_sends_us_on_at_once() {
    let refusals = [
        Script::refuse(401, "authentication_error"),
        Script::body(
            401,
            "application/json",
            &format!(r#"{{"error":{{"code":"{KEY}","message":"Incorrect API key: {KEY}"}}}}"#),
        ),
        Script::refuse(402, "billing_error"),
        Script::refuse(403, "permission_error"),
        Script::refuse(404, "not_found_error"),
        Script::refuse(429, "insufficient_quota").header("retry-after", "1"),
        Script::body(
            400,
            "application/json",
            r#"{"error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}"#,
        ),
        Script::refuse(429, "rate_limit_error").header("retry-after", "60"),
    ];
    for refusal in refusals {
        let (first, second, voices) = two(OpenAi, Anthropic).await;
        first.always(refusal.clone());
        let said = speak(&voices).await;
        assert_eq!(said.complete(), "Well said.");
        assert_eq!((first.asked().len(), second.asked().len(), codes(&said)), (1, 1, vec!["failover"]), "{refusal:?}");

        let (alone, voices) = one(OpenAi).await;
        alone.always(refusal);
        assert!(!speak(&voices).await.failed().is_empty());
        assert_eq!(alone.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_spending_cap_at_anthropic_sends_us_on() {
    let (first, _second, voices) = two(Anthropic, External).await;
    first.always(Script::refuse(429, "rate_limit_error"));
    assert_eq!(codes(&speak(&voices).await), ["failover"]);
    assert_eq!(first.asked().len(), 1);
}

#[tokio::test]
async fn a_stream_cut_at_word_30_keeps_its_30_words() {
    for kind in [Anthropic, OpenAi] {
        let (provider, voices) = one(kind).await;
        provider.will(Script::words(60).after(30, Step::Cut));
        provider.will(Script::words(30).without_end());
        for _ in 0..2 {
            let said = speak(&voices).await;
            assert_eq!(said.interrupted().split_whitespace().count(), 30);
            assert!(said.text.ends_with("w29 ") && said.notices.is_empty());
            assert!(said.outcome.usage.unwrap().estimated);
        }
        assert_eq!(provider.asked().len(), 2, "nothing is asked again once words were shown");
        assert_eq!(speak(&voices).await.complete(), "Well said.");
    }
}

#[tokio::test]
async fn one_broken_event_is_passed_over_and_four_break_the_stream() {
    for kind in [Anthropic, OpenAi] {
        let (provider, voices) = one(kind).await;
        provider.will(Script::words(6).garbled(3, 1));
        assert_eq!(speak(&voices).await.complete(), "w0 w1 w2 w3 w4 w5 ");
        provider.will(Script::words(6).garbled(3, 4));
        assert_eq!(speak(&voices).await.interrupted(), "w0 w1 w2 ");
    }
}

#[tokio::test]
async fn an_error_in_the_stream_ends_it_or_is_tried_again() {
    let (provider, voices) = one(Anthropic).await;
    provider.will(Script::words(6).after(3, Step::Error("overloaded_error")));
    assert_eq!(speak(&voices).await.interrupted(), "w0 w1 w2 ");
    provider.will(Script::words(6).after(0, Step::Error("overloaded_error")));
    provider.will_say(&["Again."]);
    let said = speak(&voices).await;
    assert_eq!((said.complete(), codes(&said)), ("Again.", vec!["retrying"]));
}

#[tokio::test]
async fn a_page_or_a_document_is_no_reply() {
    for script in [
        Script::body(200, "text/html", "<html>Sign in to the school network</html>"),
        Script::body(200, "application/json", r#"{"id": "c", "choices": []}"#),
        Script::body(200, "application/json", r#"{"error": {"type": "invalid_api_key", "message": "…"}}"#),
    ] {
        let (first, second, voices) = two(OpenAi, Anthropic).await;
        first.always(script);
        assert_eq!(speak(&voices).await.complete(), "Well said.");
        assert_eq!((first.asked().len(), second.asked().len()), (1, 1));
    }
    let (alone, voices) = one(OpenAi).await;
    alone.always(Script::body(200, "text/html", "<html></html>"));
    assert!(speak(&voices).await.failed().contains("OPENAI_BASE_URL"));
}

#[tokio::test]
async fn an_empty_reply_is_asked_for_once_more() {
    let (provider, voices) = one(OpenAi).await;
    provider.will(Script::say(&[" ", "\n"]));
    provider.will_say(&["Well."]);
    let said = speak(&voices).await;
    assert_eq!((said.complete(), codes(&said)), ("Well.", vec!["retrying"]));
    provider.always(Script::say::<&str>(&[]));
    assert!(speak(&voices).await.failed().contains("empty"));
    assert_eq!(provider.asked().len(), 4);
}

#[tokio::test]
async fn thinking_that_ate_the_limit_gets_twice_the_limit_once() {
    for (kind, limit) in [(Anthropic, "max_tokens"), (OpenAi, "max_completion_tokens")] {
        let (provider, voices) = one(kind).await;
        provider.will(Script::say::<&str>(&[]).thinking("So much").finish("length"));
        let said = speak(&voices).await;
        assert_eq!((said.complete(), said.thinking), ("Well said.", 1));
        let limits: Vec<u64> = provider.asked().iter().map(|request| request.body[limit].as_u64().unwrap()).collect();
        assert_eq!(limits, [4_096, 8_192]);
        provider.always(Script::say::<&str>(&[]).thinking("So much").finish("length"));
        assert!(speak(&voices).await.failed().contains("MAX_OUTPUT_TOKENS"));
        assert_eq!(provider.asked().len(), 4);
    }
}

/// Voices whose patience of one kind is short.
async fn impatient(change: impl Fn(&mut chatlab::llm::Timeouts)) -> (Provider, Voices) {
    let provider = Provider::start().await;
    let mut settings = settings(&[(Anthropic, &provider)]);
    change(&mut settings.timeouts);
    (provider, Voices::new(&settings).unwrap())
}

#[tokio::test]
async fn pings_alone_are_no_answer() {
    let (provider, voices) = impatient(|timeouts| timeouts.first_event = SHORT).await;
    // The first event of this protocol's scripts is a real one: here only pings come.
    let ping = b"event: ping\ndata: {\"type\": \"ping\"}\n\n: comment\n\n".to_vec();
    let mut pings = Script::say::<&str>(&[]);
    pings.steps = (0..20).flat_map(|_| [Step::Raw(ping.clone()), Step::Pause(SHORT / 5)]).chain([Step::Hang]).collect();
    provider.will(pings);
    provider.will(Script::silence());
    let said = speak(&voices).await;
    assert_eq!((said.complete(), codes(&said)), ("Well said.", vec!["retrying", "retrying"]));
    assert!(said.notices[0].text.starts_with("The provider does not answer; trying again"));
    provider.until(|requests| requests[0].closed.is_some() && requests[1].closed.is_some()).await;
}

#[tokio::test]
async fn thinking_may_not_go_on_for_ever() {
    let (provider, voices) = impatient(|timeouts| timeouts.first_text = SHORT).await;
    provider.will(Script::say(&["Late"]).thinking("Hm").after(0, Step::Hang));
    let said = speak(&voices).await;
    assert_eq!((said.complete(), codes(&said)), ("Well said.", vec!["retrying"]));
}

#[tokio::test]
async fn silence_after_words_keeps_the_words() {
    let (provider, voices) = impatient(|timeouts| timeouts.silence = SHORT).await;
    provider.will(Script::words(6).after(3, Step::Hang));
    let said = speak(&voices).await;
    assert_eq!(said.interrupted(), "w0 w1 w2 ");
    assert_eq!(said.outcome.end, End::Interrupted("Anthropic fell silent. Try again.".to_owned()));
}

#[tokio::test]
async fn a_turn_has_its_limit_however_it_goes_on() {
    let (provider, voices) = impatient(|timeouts| timeouts.total = SHORT * 2).await;
    provider.will(Script::words(100).pace(SHORT / 10));
    let said = speak(&voices).await;
    assert!(!said.interrupted().is_empty());
    provider.will(Script::silence());
    let began = Instant::now();
    assert!(speak(&voices).await.failed().contains("too long"));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_left_for_the_next() {
    let second = Provider::start().await;
    let mut settings = settings(&[(External, &second), (OpenAi, &second)]);
    // Nobody listens at a port that was given back.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    settings.providers[0].base_url = format!("http://{gone}/v1").parse().unwrap();
    let said = speak(&Voices::new(&settings).unwrap()).await;
    assert_eq!((said.complete(), codes(&said)), ("Well said.", vec!["retrying", "failover"]));
    assert!(said.notices[0].text.starts_with("The provider cannot be reached"));
}

#[tokio::test]
async fn a_reply_has_a_limit() {
    let provider = Provider::start().await;
    let mut settings = settings(&[(OpenAi, &provider)]);
    settings.max_reply_bytes = 10;
    provider.will(Script::say(&["four", "four", "éé", "éé"]));
    let said = speak(&Voices::new(&settings).unwrap()).await;
    assert_eq!(said.interrupted(), "fourfouré");
}

#[tokio::test]
async fn dropping_the_speech_closes_the_providers_connection() {
    for kind in [Anthropic, OpenAi] {
        let (provider, voices) = one(kind).await;
        for script in
            [Script::words(1000).pace(Duration::from_millis(2)), Script::words(3).after(2, Step::Hang), Script::silence()]
        {
            let waits_for_text = script.status == 200;
            provider.will(script);
            let mut speech = voices.speak(task());
            let before = provider.asked().len();
            if waits_for_text {
                while !matches!(speech.next().await, Some(Speech::Text(_))) {}
            } else {
                let asked = provider.until(|requests| requests.len() > before);
                assert!(matches!(speech.next().await, Some(Speech::Asked(_))));
                tokio::select! { _ = speech.next() => panic!("nothing was said"), _ = asked => {} }
            }
            let dropped = Instant::now();
            drop(speech);
            let requests = provider.until(|requests| requests[before].closed.is_some()).await;
            assert!(requests[before].closed.unwrap() - dropped < Duration::from_millis(500));
        }
    }
}

#[tokio::test]
async fn connections_are_used_again() {
    let (provider, voices) = one(OpenAi).await;
    for _ in 0..3 {
        speak(&voices).await.complete();
    }
    let connections: Vec<usize> = provider.requests().iter().map(|request| request.connection).collect();
    assert_eq!(connections, [0, 0, 0]);
}
