//! What the scripted provider does with one request.

use std::time::Duration;

use serde_json::{Value, json};

/// The answer to one request.
#[derive(Debug, Clone)]
pub struct Script {
    pub status: u16,
    pub content_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Thinking(String),
    Text(String),
    Ping,
    /// The reason to end, as Chat Completions names it; translated for the Messages API.
    Finish(&'static str),
    Usage,
    EndMarker,
    /// An error object in the stream, of this type.
    Error(&'static str),
    /// Bytes as they are.
    Raw(Vec<u8>),
    Pause(Duration),
    /// Nothing more, with the connection open.
    Hang,
    /// The connection is cut, in the middle of the body.
    Cut,
}

impl Script {
    /// Says these pieces and ends well.
    pub fn say<T: AsRef<str>>(pieces: &[T]) -> Self {
        let mut steps: Vec<Step> = pieces.iter().map(|piece| Step::Text(piece.as_ref().to_owned())).collect();
        steps.extend([Step::Finish("stop"), Step::Usage, Step::EndMarker]);
        Self { status: 200, content_type: "text/event-stream; charset=utf-8", headers: vec![], steps }
    }

    /// `count` words, each told from the others.
    pub fn words(count: usize) -> Self {
        Self::say(&(0..count).map(|number| format!("w{number} ")).collect::<Vec<_>>())
    }

    /// Another status, with an error object of this type.
    pub fn refuse(status: u16, kind: &str) -> Self {
        let error = json!({"type": "error", "error": {"type": kind, "code": kind, "message": format!("test: {kind}")}});
        Self::body(status, "application/json", &error.to_string())
    }

    /// A whole body of another kind.
    pub fn body(status: u16, content_type: &'static str, body: &str) -> Self {
        Self { status, content_type, headers: vec![], steps: vec![Step::Raw(body.as_bytes().to_vec())] }
    }

    /// Does not even answer.
    pub fn silence() -> Self {
        Self { status: 0, content_type: "", headers: vec![], steps: vec![Step::Hang] }
    }

    /// Ends for another reason.
    pub fn finish(mut self, reason: &'static str) -> Self {
        for step in &mut self.steps {
            if let Step::Finish(known) = step {
                *known = reason;
            }
        }
        self
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// A pause before every piece.
    pub fn pace(mut self, pause: Duration) -> Self {
        let steps = std::mem::take(&mut self.steps).into_iter();
        self.steps = steps
            .flat_map(|step| if matches!(step, Step::Text(_)) { vec![Step::Pause(pause), step] } else { vec![step] })
            .collect();
        self
    }

    /// Thinks before it speaks.
    pub fn thinking(mut self, thought: &str) -> Self {
        self.steps.insert(0, Step::Thinking(thought.to_owned()));
        self
    }

    /// After `count` pieces of text this step comes, and nothing after a step that ends the stream.
    pub fn after(mut self, count: usize, step: Step) -> Self {
        let thoughts = self.steps.iter().take_while(|step| matches!(step, Step::Thinking(_))).count();
        let texts = self.steps.iter().enumerate().filter(|(_, step)| matches!(step, Step::Text(_))).map(|(at, _)| at + 1);
        let at = std::iter::once(thoughts).chain(texts).nth(count).expect("the script has so many pieces");
        if matches!(step, Step::Hang | Step::Cut) {
            self.steps.truncate(at);
        }
        self.steps.insert(at, step);
        self
    }

    /// So many events that are no JSON, after `count` pieces.
    pub fn garbled(mut self, count: usize, times: usize) -> Self {
        for _ in 0..times {
            self = self.after(count, Step::Raw(b"data: {\"oops\n\n".to_vec()));
        }
        self
    }

    /// The body ends without a finish reason or an end marker.
    pub fn without_end(mut self) -> Self {
        self.steps.retain(|step| !matches!(step, Step::Finish(_) | Step::Usage | Step::EndMarker));
        self
    }

    /// Only the end marker is left out.
    pub fn without_marker(mut self) -> Self {
        self.steps.retain(|step| *step != Step::EndMarker);
        self
    }
}

/// The list of models in the form all providers share.
pub fn models(names: &[String]) -> Value {
    json!({"object": "list", "data": names.iter().map(|name| json!({"id": name, "object": "model"})).collect::<Vec<_>>()})
}
