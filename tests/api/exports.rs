//! What an export says of itself: an AI's words are called so, whatever became of the turn.

use serde_json::{Value, json};

use super::helpers::{Host, TestApp};
use super::support::script::{Script, Step};

async fn export(host: &Host, talk: &str, format: &str) -> String {
    let path = format!("/api/discussions/{talk}/export?format={format}");
    let file = host.request(reqwest::Method::GET, &path).send().await.unwrap();
    String::from_utf8_lossy(&file.bytes().await.unwrap()).into_owned()
}

fn id(message: &Value) -> &str {
    message["id"].as_str().unwrap()
}

#[tokio::test]
async fn the_words_of_a_model_are_never_called_the_demo_voices() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    assert!(export(&host, &talk, "txt").await.contains("by an AI language model. They"), "nobody has spoken yet");
    let mut laptop = host.connect(&talk).await;
    app.llm.always(Script::words(4).after(2, Step::Hang));
    laptop.next().await;
    laptop.speaking().await;
    laptop.stop().await;
    laptop.sees(|view| view.turn.is_none()).await;
    assert!(export(&host, &talk, "txt").await.contains("by an AI language model"), "stopped");

    app.llm.always(Script::words(4));
    let said = laptop.turn().await;
    let model = said["usage"]["model"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned();
    let by = format!("by an AI language model ({model})");
    assert!(export(&host, &talk, "txt").await.contains(&by));
    let path = format!("/api/discussions/{talk}/messages/{}", id(&said));
    host.patch(&path, json!({"text": "Other words."})).await;
    let (_, fork) = host.post(&format!("/api/discussions/{talk}/fork"), json!({"at": said["id"]})).await;
    for talk in [talk.as_str(), id(&fork)] {
        for format in ["md", "txt", "html", "docx", "csv", "json"] {
            let file = export(&host, talk, format).await;
            assert!(file.contains(&by), "{format}: {file}");
            let mark = if matches!(format, "csv" | "json") { "edited" } else { "edited by the host" };
            assert!(file.contains(mark), "{format}: {file}");
        }
    }
    let copy = &host.messages(id(&fork)).await[1];
    assert!(copy["usage"].is_null(), "paid by the other discussion: {copy}");
}

#[tokio::test]
async fn json_has_all_that_was_not_struck() {
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    let path = format!("/api/discussions/{talk}");
    app.llm.will(Script::refuse(401, "authentication_error"));
    host.post(&format!("{path}/turns"), json!({})).await;
    app.llm.will(Script::words(4));
    host.post(&format!("{path}/turns"), json!({})).await;
    app.llm.will(Script::say(&[r#"{"questions": [{"text": "Who decides?", "messages": [2]}]}"#]));
    host.post(&format!("{path}/summary"), json!({})).await;
    let whole: Value = serde_json::from_str(&export(&host, &talk, "json").await).unwrap();
    let messages = whole["messages"].as_array().unwrap();
    let statuses: Vec<&Value> = messages.iter().map(|message| &message["status"]).collect();
    assert_eq!(statuses, ["failed", "complete"], "{whole}");
    assert!(messages[0]["error"].is_string() && messages[1]["versions"][0]["prompt_version"].is_u64(), "{whole}");
    assert_eq!(whole["summaries"][0]["questions"][0]["text"], "Who decides?", "{whole}");
    host.post(&format!("{path}/commands"), json!({"type": "strike", "id": "s", "message_id": messages[1]["id"]})).await;
    let whole: Value = serde_json::from_str(&export(&host, &talk, "json").await).unwrap();
    assert_eq!(whole["messages"].as_array().unwrap().len(), 1);
    assert_eq!(whole["summaries"][0]["questions"], json!([]), "{whole}");
}

#[tokio::test]
async fn the_demo_voices_are_called_so() {
    let app = TestApp::spawn_demo().await;
    let host = app.host().await;
    let talk = host.open("What is play for?").await;
    host.post(&format!("/api/discussions/{talk}/turns"), json!({})).await;
    assert!(export(&host, &talk, "md").await.contains("demo voices, without a language model"));
}

/// What a word processor could stumble over, and what it has to make of it.
const NASTY: [(&str, &str); 8] = [
    ("# Heading & <b>\n\n", "Heading & <b>"),
    ("3. third\n   - inner\n4. fourth\n\n", "inner"),
    ("> A quote\n\n", "A quote"),
    ("```\nlet x = \"]]></w:t>\";\n```\n\n", "let x = \"]]></w:t>\";"),
    ("שלום, **עולם**\n\n", "שלום, עולם"),
    ("教育とは何か 👩\u{200d}🏫\n\n", "教育とは何か 👩\u{200d}🏫"),
    ("&#x0; &amp;\u{fffe} ~~gone~~\n\n", "gone"),
    ("[a link](https://example.org/?a=1&b=2)", "https://example.org/?a=1&b=2"),
];

#[tokio::test]
async fn a_word_processor_reads_the_document() {
    let office = std::env::var("SOFFICE").unwrap_or_else(|_| "soffice".to_owned());
    if std::process::Command::new(&office).arg("--version").output().is_err() {
        eprintln!("left out: LibreOffice is not there");
        return;
    }
    let app = TestApp::spawn().await;
    let host = app.host().await;
    let talk = host.open("What is <play> & \"work\"?").await;
    let said: String = NASTY.iter().map(|(said, _)| *said).collect();
    app.llm.will(Script::say(&[&said]));
    host.post(&format!("/api/discussions/{talk}/turns"), json!({"say": "First\nsecond line"})).await;

    let folder = tempfile::tempdir().unwrap();
    let path = format!("/api/discussions/{talk}/export?format=docx");
    let file = host.request(reqwest::Method::GET, &path).send().await.unwrap().bytes().await.unwrap();
    std::fs::write(folder.path().join("talk.docx"), file).unwrap();
    let output = tokio::process::Command::new(&office)
        .arg(format!("-env:UserInstallation=file://{}/profile", folder.path().display()))
        .args(["--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", ".", "talk.docx"])
        .current_dir(folder.path())
        .output()
        .await
        .unwrap();
    let text = std::fs::read_to_string(folder.path().join("talk.txt")).unwrap_or_else(|_| panic!("{output:?}"));
    let notice = "They are not quotations";
    let expected = ["What is <play> & \"work\"?", "John Dewey", "First\nsecond line", notice, "3.\tthird", "4.\tfourth"];
    for words in expected.into_iter().chain(NASTY.map(|(_, read)| read)) {
        assert!(text.contains(words), "{words:?} in {text}");
    }
}
