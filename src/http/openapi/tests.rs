use std::collections::BTreeSet;

use serde_json::Value;

use super::openapi_json;
use crate::domain::cast::builtin;
use crate::domain::change::{Participant, Record};
use crate::domain::ids::{DiscussionId, MessageId, UserId};
use crate::domain::message::{Author, Message, Status, Usage};
use crate::domain::order::{Floor, TurnOrder};
use crate::domain::protocol::DiscussionView;
use crate::domain::style::Style;
use crate::domain::text::Moment;

fn api() -> Value {
    serde_json::from_str(&openapi_json()).expect("JSON")
}

fn described(api: &Value, name: &str) -> BTreeSet<String> {
    let properties = &api["components"]["schemas"][name]["properties"];
    properties.as_object().unwrap_or_else(|| unreachable!("{name} is described")).keys().cloned().collect()
}

fn sent(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn every_route_says_who_may_call_it() {
    let api = api();
    for (path, methods) in api["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            assert!(operation["security"].is_array(), "{method} {path} says nothing of security");
        }
    }
    assert_eq!(api["paths"]["/api/me"]["get"]["security"][0]["bearer"], serde_json::json!([]));
    assert!(api["components"]["schemas"]["Problem"]["properties"]["code"].is_object());
}

#[test]
fn what_is_described_is_what_is_sent() {
    let api = api();
    let character = builtin().characters[0].clone();
    let author = Author::character(character.id.clone(), &character.name);
    let record = Record {
        id: DiscussionId::new(),
        owner: UserId::new(),
        topic: String::new(),
        title: String::new(),
        turn_order: TurnOrder::Balanced,
        style: Style::default(),
        archived: false,
        forked_from: None,
        rehearsal: true,
        participants: vec![Participant { character: character.clone(), muted: false }],
        former: vec![character],
        floor: Floor::default(),
        last_seq: 0,
        message_count: 0,
        created_at: Moment(0),
        updated_at: Moment(0),
    };
    let discussion = serde_json::to_value(DiscussionView::of(&record)).expect("JSON");
    assert_eq!(described(&api, "Discussion"), sent(&discussion));
    assert_eq!(described(&api, "Participant"), sent(&discussion["participants"][0]));
    let message = Message {
        id: MessageId::new(),
        seq: 1,
        position: 1,
        author,
        text: String::new(),
        status: Status::Complete,
        finish: None,
        version: 1,
        created_at: Moment(0),
        usage: Some(Usage::default()),
        error: None,
        votes: None,
    };
    let message = serde_json::to_value(message).expect("JSON");
    assert_eq!(described(&api, "Message"), sent(&message));
    assert_eq!(described(&api, "Author"), sent(&message["author"]));
    assert_eq!(described(&api, "Usage"), sent(&message["usage"]));
}
