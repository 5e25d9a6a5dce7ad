//! The words of a message as they are meant to look: paragraphs, emphasis, lists. What characters say is Markdown, what people
//! write is plain. Nothing in either is ever a mark of the format that is written.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::domain::message::{AuthorKind, Message};

/// A paragraph of one kind or another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub kind: Kind,
    pub runs: Vec<Run>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Paragraph,
    Heading,
    Quote,
    Code,
    /// Of a list: how deep, and what stands before it (`•` or a number with its dot).
    Item {
        depth: usize,
        mark: String,
    },
}

/// Text in one look. A line break is `\n`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Run {
    pub text: String,
    pub strong: bool,
    pub emphasis: bool,
    /// Taken back: without its line it says the opposite.
    pub deleted: bool,
    pub code: bool,
}

pub(super) fn blocks(message: &Message) -> Vec<Block> {
    let text = message.text.trim_end();
    match message.author.kind {
        AuthorKind::Character => Reader::default().read(text),
        _ => text.split("\n\n").map(|text| plain(text.trim_matches('\n'))).collect(),
    }
}

fn plain(text: &str) -> Block {
    Block { kind: Kind::Paragraph, runs: vec![Run { text: text.to_owned(), ..Run::default() }] }
}

#[derive(Default)]
struct Reader {
    done: Vec<Block>,
    runs: Vec<Run>,
    look: Run,
    quotes: usize,
    heading: bool,
    code: bool,
    /// The next number of each list that is open; `None`: it has none.
    lists: Vec<Option<u64>>,
    /// What stands before the item that has just begun.
    mark: Option<String>,
    /// Addresses of the links that are open.
    links: Vec<String>,
}

impl Reader {
    fn read(mut self, text: &str) -> Vec<Block> {
        for event in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES) {
            self.take(event);
        }
        self.close();
        self.done
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Code(text) => self.add(&text, true),
            // A tag is no tag here.
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.add(&text, self.code),
            Event::SoftBreak => self.add(" ", false),
            Event::HardBreak => self.add("\n", false),
            Event::Rule => {
                self.close();
                self.add("* * *", false);
                self.close();
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Emphasis => self.look.emphasis = true,
            Tag::Strong => self.look.strong = true,
            Tag::Strikethrough => self.look.deleted = true,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.links.push(dest_url.into_string()),
            Tag::List(first) => {
                self.close();
                self.lists.push(first);
            }
            Tag::Item => {
                self.close();
                let next = self.lists.last_mut().and_then(Option::as_mut);
                self.mark = Some(next.as_ref().map_or("•".to_owned(), |number| format!("{number}.")));
                if let Some(number) = next {
                    *number += 1;
                }
            }
            Tag::BlockQuote(_) => {
                self.close();
                self.quotes += 1;
            }
            Tag::Heading { .. } => self.heading = true,
            Tag::CodeBlock(_) => self.code = true,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis => self.look.emphasis = false,
            TagEnd::Strong => self.look.strong = false,
            TagEnd::Strikethrough => self.look.deleted = false,
            TagEnd::Link | TagEnd::Image => self.name_address(),
            TagEnd::TableCell => self.add("\t", false),
            TagEnd::List(_) => {
                self.close();
                self.lists.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.close();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::Heading(_) => {
                self.close();
                self.heading = false;
            }
            TagEnd::CodeBlock => {
                self.close();
                self.code = false;
            }
            TagEnd::Paragraph | TagEnd::Item | TagEnd::TableHead | TagEnd::TableRow | TagEnd::HtmlBlock => self.close(),
            _ => {}
        }
    }

    /// On paper nobody can press a link: where it leads stands behind it.
    fn name_address(&mut self) {
        let Some(address) = self.links.pop() else { return };
        let web = address.starts_with("https://") || address.starts_with("http://");
        if web && !self.runs.last().is_some_and(|run| run.text.ends_with(&address)) {
            self.add(&format!(" ({address})"), false);
        }
    }

    fn add(&mut self, text: &str, code: bool) {
        let look = Run { text: String::new(), code, strong: self.look.strong || self.heading, ..self.look.clone() };
        match self.runs.last_mut().filter(|last| Run { text: String::new(), ..(*last).clone() } == look) {
            Some(last) => last.text.push_str(text),
            None => self.runs.push(Run { text: text.to_owned(), ..look }),
        }
    }

    /// The paragraph under way is whole.
    fn close(&mut self) {
        let mut runs = std::mem::take(&mut self.runs);
        if let Some(last) = runs.last_mut() {
            last.text.truncate(last.text.trim_end().len());
        }
        if runs.iter().all(|run| run.text.trim().is_empty()) {
            return;
        }
        let kind = match (self.lists.len(), self.code, self.heading) {
            (_, true, _) => Kind::Code,
            (_, _, true) => Kind::Heading,
            (0, ..) if self.quotes > 0 => Kind::Quote,
            (0, ..) => Kind::Paragraph,
            // A further paragraph of an item has no mark of its own.
            (depth, ..) => Kind::Item { depth, mark: self.mark.take().unwrap_or_default() },
        };
        self.done.push(Block { kind, runs });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Kind, String)> {
        let written = |run: &Run| match (run.strong, run.emphasis, run.code) {
            (true, ..) => format!("[{}]", run.text),
            (_, true, _) => format!("/{}/", run.text),
            (_, _, true) => format!("`{}`", run.text),
            _ => run.text.clone(),
        };
        let blocks = Reader::default().read(text).into_iter();
        blocks.map(|block| (block.kind, block.runs.iter().map(written).collect())).collect()
    }

    fn item(depth: usize, mark: &str, text: &str) -> (Kind, String) {
        (Kind::Item { depth, mark: mark.to_owned() }, text.to_owned())
    }

    #[test]
    fn paragraphs_emphasis_and_breaks() {
        let read = read("Play is **work**,\n*really*.  \nYes.\n\n# Why\n\n> A voice\n\n```\nlet x;\n```\n\n---\n");
        let want = [
            (Kind::Paragraph, "Play is [work], /really/.\nYes."),
            (Kind::Heading, "[Why]"),
            (Kind::Quote, "A voice"),
            (Kind::Code, "`let x;`"),
            (Kind::Paragraph, "* * *"),
        ];
        assert_eq!(read, want.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn lists_keep_their_marks_and_depth() {
        let read = read("3. one\n   - inner\n4. two\n\n- loose\n\n  more\n");
        let want =
            [item(1, "3.", "one"), item(2, "•", "inner"), item(1, "4.", "two"), item(1, "•", "loose"), item(1, "", "more")];
        assert_eq!(read, want);
    }

    #[test]
    fn tags_stay_text_and_links_say_where_they_lead() {
        assert_eq!(read("a <b>c</b>")[0].1, "a <b>c</b>");
        assert_eq!(read("<script>x</script>")[0].1, "<script>x</script>");
        assert_eq!(
            read("[see](https://a.org) [bad](javascript:x) <https://b.org>")[0].1,
            "see (https://a.org) bad https://b.org"
        );
    }
}
