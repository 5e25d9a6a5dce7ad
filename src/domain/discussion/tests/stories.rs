//! The stories that the page reads too: events and the view they lead to.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::client::Client;

#[test]
fn every_story_of_events_leads_to_its_snapshot() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protocol");
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 10);
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "json")) {
        let story: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        // A hole ends in coming back, which is the page's part.
        if story["lost"] == true {
            continue;
        }
        let mut client = Client::default();
        for event in story["events"].as_array().unwrap() {
            client.apply(event);
        }
        client.check(&story["snapshot"]);
    }
}
