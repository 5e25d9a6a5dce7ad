//! A provider's body as events: the guard around `eventsource-stream`.
//!
//! That parser panics on a byte order mark, has no limit, scans an unfinished line again with every chunk and drops a last event
//! without its blank line. So it is fed whole lines only, cut and measured here, and a blank line at the end.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use eventsource_stream::EventStream;
use futures_util::Stream;
use serde_json::Value;

/// Longest event in bytes.
pub const MAX_EVENT_BYTES: usize = 256 * 1024;

/// Data events that are no JSON which are passed over; the next one breaks the stream.
const MAX_GARBLED: usize = 3;

/// An event of the body.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Json(Value),
    /// `[DONE]`.
    Done,
}

/// Why the body cannot be read on. What came before stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("the connection was cut")]
    Cut,
    #[error("an event is longer than {MAX_EVENT_BYTES} bytes")]
    TooLong,
    #[error("the body is not UTF-8")]
    NotUtf8,
    #[error("too many events are not JSON")]
    Garbled,
}

/// The events of a body. An error is the last item.
pub struct Events<S> {
    inner: EventStream<Lines<S>>,
    garbled: usize,
    over: bool,
}

impl<S, B, E> Events<S>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
{
    pub fn new(body: S) -> Self {
        Self { inner: EventStream::new(Lines::new(body)), garbled: 0, over: false }
    }

    /// What an event's data says; `None`: passed over.
    fn read(&mut self, data: &str) -> Option<Result<Event, Broken>> {
        let data = data.trim();
        if data == "[DONE]" {
            return Some(Ok(Event::Done));
        }
        match serde_json::from_str(data) {
            Ok(value) => Some(Ok(Event::Json(value))),
            Err(_) if self.garbled < MAX_GARBLED => {
                self.garbled += 1;
                None
            }
            Err(_) => Some(Err(Broken::Garbled)),
        }
    }
}

impl<S, B, E> Stream for Events<S>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
{
    type Item = Result<Event, Broken>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<Option<Self::Item>> {
        use eventsource_stream::EventStreamError::{Parser, Transport, Utf8};
        while !self.over {
            let item = match ready!(Pin::new(&mut self.inner).poll_next(cx)) {
                None => None,
                Some(Ok(event)) => match self.read(&event.data) {
                    None => continue,
                    read => read,
                },
                Some(Err(Transport(broken))) => Some(Err(broken)),
                Some(Err(Utf8(_))) => Some(Err(Broken::NotUtf8)),
                Some(Err(Parser(_))) => Some(Err(Broken::Garbled)),
            };
            self.over = !matches!(item, Some(Ok(_)));
            return Poll::Ready(item);
        }
        Poll::Ready(None)
    }
}

/// The lines of a body, each whole, valid UTF-8 and ended by `\n`, whichever of the three line ends it had.
struct Lines<S> {
    body: S,
    /// The line that has no end yet.
    line: Vec<u8>,
    ready: VecDeque<String>,
    /// Bytes of the event so far.
    event_bytes: usize,
    at_start: bool,
    /// The last byte was `\r`: a `\n` now belongs to it.
    after_cr: bool,
    end: Ended,
}

#[derive(Clone, Copy, PartialEq)]
enum Ended {
    No,
    Well,
    Broken(Broken),
}

impl<S> Lines<S> {
    fn new(body: S) -> Self {
        let (line, ready) = (vec![], VecDeque::new());
        Self { body, line, ready, event_bytes: 0, at_start: true, after_cr: false, end: Ended::No }
    }

    fn take(&mut self, chunk: &[u8]) -> Result<(), Broken> {
        let mut rest = chunk;
        while let Some(first) = rest.first() {
            if std::mem::take(&mut self.after_cr) && *first == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                self.line.extend_from_slice(rest);
                break;
            };
            self.line.extend_from_slice(&rest[..end]);
            self.after_cr = rest[end] == b'\r';
            rest = &rest[end + 1..];
            self.end_line()?;
        }
        if self.event_bytes + self.line.len() > MAX_EVENT_BYTES { Err(Broken::TooLong) } else { Ok(()) }
    }

    fn end_line(&mut self) -> Result<(), Broken> {
        let line = String::from_utf8(std::mem::take(&mut self.line)).map_err(|_| Broken::NotUtf8)?;
        // Every mark at the start goes: the parser panics on one that is left.
        let mut line = match std::mem::take(&mut self.at_start) {
            true => line.trim_start_matches('\u{feff}').to_owned(),
            false => line,
        };
        match line.as_bytes().first() {
            None => self.event_bytes = 0,
            // A comment belongs to no event: a server may send them for hours.
            Some(b':') => return Ok(()),
            Some(_) => self.event_bytes += line.len(),
        }
        if self.event_bytes > MAX_EVENT_BYTES {
            return Err(Broken::TooLong);
        }
        line.push('\n');
        self.ready.push_back(line);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Broken> {
        if !self.line.is_empty() {
            self.end_line()?;
        }
        self.ready.push_back("\n".to_owned());
        Ok(())
    }
}

impl<S, B, E> Stream for Lines<S>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
{
    type Item = Result<String, Broken>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(line)));
            }
            match self.end {
                Ended::No => {}
                Ended::Well => return Poll::Ready(None),
                Ended::Broken(broken) => {
                    self.end = Ended::Well;
                    return Poll::Ready(Some(Err(broken)));
                }
            }
            let (taken, ended) = match ready!(Pin::new(&mut self.body).poll_next(cx)) {
                Some(Ok(chunk)) => (self.take(chunk.as_ref()), Ended::No),
                Some(Err(_)) => (Err(Broken::Cut), Ended::No),
                None => (self.finish(), Ended::Well),
            };
            self.end = taken.map_or_else(Ended::Broken, |()| ended);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{StreamExt, stream};

    async fn read(body: &[u8], size: usize) -> Vec<Result<Event, Broken>> {
        let chunks: Vec<Result<Vec<u8>, ()>> = body.chunks(size).map(|chunk| Ok(chunk.to_vec())).collect();
        Events::new(stream::iter(chunks)).collect().await
    }

    fn number(n: i32) -> Result<Event, Broken> {
        Ok(Event::Json(n.into()))
    }

    #[tokio::test]
    async fn events_are_the_same_however_the_body_is_cut() {
        let bodies: &[&[u8]] = &[
            b"data: 1\n\ndata: 2\n\ndata: [DONE]\n\n",
            b"data: 1\r\n\r\ndata: 2\r\n\r\ndata: [DONE]\r\n\r\n",
            b"data: 1\r\rdata: 2\r\rdata: [DONE]\r\r",
            b"\xef\xbb\xbf: hello\n\nevent: x\nid: 7\ndata: 1\n\ndata:2   \n\n:\n\ndata: [DONE]",
            b"\xef\xbb\xbf\xef\xbb\xbfdata: 1\n\nretry: 10\n\ndata\n\ndata: 2\n\ndata:[DONE]\n",
        ];
        for body in bodies {
            for size in [1, 2, 3, 7, 1400] {
                let expected = [number(1), number(2), Ok(Event::Done)];
                let events: Vec<_> = read(body, size).await;
                // A field `data` without a value is an event without data: it is no JSON and is passed over.
                assert_eq!(events, expected, "{:?} by {size}", String::from_utf8_lossy(body));
            }
        }
    }

    #[tokio::test]
    async fn three_events_that_are_no_json_are_passed_over_and_the_fourth_breaks() {
        let body = b"data: {x\n\ndata: {x\n\ndata: {x\n\ndata: 1\n\ndata: {x\n\ndata: 2\n\n";
        assert_eq!(read(body, 5).await, [number(1), Err(Broken::Garbled)]);
    }

    #[tokio::test]
    async fn what_is_no_utf8_breaks_the_stream_and_keeps_what_came_before() {
        let body = b"data: 1\n\ndata: \"\xff\"\n\ndata: 2\n\n";
        for size in [1, 100] {
            assert_eq!(read(body, size).await, [number(1), Err(Broken::NotUtf8)]);
        }
        assert_eq!(read("data: \"é\"\n\n".as_bytes(), 1).await, [Ok(Event::Json("é".into()))]);
    }

    #[tokio::test]
    async fn an_event_has_a_limit_and_comments_have_none() {
        let long = format!("data: 1\n\ndata: \"{}\"\n\n", "x".repeat(MAX_EVENT_BYTES));
        assert_eq!(read(long.as_bytes(), 1400).await, [number(1), Err(Broken::TooLong)]);
        let many = format!("data: 1\n\n{}", "data: 2\n".repeat(MAX_EVENT_BYTES / 7 + 1));
        assert_eq!(read(many.as_bytes(), 1400).await, [number(1), Err(Broken::TooLong)]);
        let endless = format!("data: 1\n\n{}", "x".repeat(MAX_EVENT_BYTES + 1));
        assert_eq!(read(endless.as_bytes(), 1400).await, [number(1), Err(Broken::TooLong)]);
        let comments = format!("data: 1\n\n{}data: 2\n\n", ": still here\n".repeat(MAX_EVENT_BYTES / 8));
        assert_eq!(read(comments.as_bytes(), 1400).await, [number(1), number(2)]);
    }

    #[tokio::test]
    async fn a_cut_connection_is_no_end() {
        let body = stream::iter([Ok("data: 1\n\nda"), Err("reset"), Ok("ta: 2\n\n")]);
        assert_eq!(Events::new(body).collect::<Vec<_>>().await, [number(1), Err(Broken::Cut)]);
    }
}
