//! A provider in trouble is asked last, by every discussion, until its first success; where there is no other it is asked as ever.

use chatlab::llm::ProviderKind::{Anthropic, OpenAi};

use crate::stage::{one, speak, two};
use crate::support::script::Script;

/// Fails, and asks to be tried again at once.
fn broken() -> Script {
    Script::refuse(500, "api_error").header("retry-after", "0.01")
}

#[tokio::test]
async fn after_five_failures_in_a_row_another_is_asked_first() {
    let (first, other, voices) = two(Anthropic, OpenAi).await;
    first.always(broken());
    for _ in 0..3 {
        speak(&voices).await.complete();
    }
    assert_eq!((first.asked().len(), other.asked().len()), (6, 3), "two attempts each, and then the other one");
    let said = speak(&voices).await;
    assert_eq!((first.asked().len(), other.asked().len(), said.notices.len()), (6, 4, 0), "nobody waits for it any more");
    // Only when the other one fails too it has its chance, and its first success puts it back in its place.
    first.always(Script::say(&["Here ", "again."]));
    other.will(Script::refuse(401, "authentication_error"));
    assert_eq!(speak(&voices).await.complete(), "Here again.");
    speak(&voices).await.complete();
    assert_eq!((first.asked().len(), other.asked().len()), (8, 5));
}

#[tokio::test]
async fn a_success_in_between_sets_the_count_to_nothing() {
    let (first, other, voices) = two(Anthropic, OpenAi).await;
    for _ in 0..2 {
        for _ in 0..4 {
            first.will(broken());
        }
        speak(&voices).await.complete();
        speak(&voices).await.complete();
        first.will_say(&["Fine."]);
        assert_eq!(speak(&voices).await.complete(), "Fine.");
    }
    assert_eq!((first.asked().len(), other.asked().len()), (10, 4), "it was asked first every time");
}

#[tokio::test]
async fn where_there_is_no_other_it_is_asked_as_ever() {
    let (provider, voices) = one(OpenAi).await;
    provider.will(Script::refuse(401, "authentication_error"));
    speak(&voices).await.failed();
    provider.will(broken());
    provider.will(broken());
    provider.will_say(&["Third ", "time."]);
    assert_eq!(speak(&voices).await.complete(), "Third time.", "with all its attempts");
    assert_eq!(provider.asked().len(), 4);
}
