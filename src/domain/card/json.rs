//! Changing a JSON text in one place and leaving every other byte as it is: order of keys, forms of numbers, escapes, spaces.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A member of an object: its key, and where its value stands in the text.
struct Member {
    key: String,
    value: Range<usize>,
}

/// A string whose lone surrogates (half an emoji, as JavaScript writes it) become U+FFFD instead of an error.
struct Lossy(String);

impl<'de> Deserialize<'de> for Lossy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Lossy;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Lossy, E> {
                Ok(Lossy(String::from_utf8_lossy(bytes).into_owned()))
            }
        }
        deserializer.deserialize_bytes(Text)
    }
}

/// The members of an object in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = vec![];
                while let Some((Lossy(key), value)) = map.next_entry::<Lossy, &RawValue>()? {
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The members of the object in `text[at]`; `None`: it is none.
fn members(text: &str, at: &Range<usize>) -> Option<Vec<Member>> {
    let Members(found) = serde_json::from_str(&text[at.clone()]).ok()?;
    let place = |value: &RawValue| {
        let start = value.get().as_ptr() as usize - text.as_ptr() as usize;
        start..start + value.get().len()
    };
    Some(found.into_iter().map(|(key, value)| Member { key, value: place(value) }).collect())
}

fn find(text: &str, path: &[&str]) -> Option<Range<usize>> {
    let mut at = 0..text.len();
    for step in path {
        // Of two with the same name the last one counts, as everywhere.
        at = members(text, &at)?.into_iter().rev().find(|member| member.key == *step)?.value;
    }
    Some(at)
}

/// Whether the text is one JSON object.
pub fn is_object(text: &str) -> bool {
    members(text, &(0..text.len())).is_some()
}

/// The value at the end of the path, as it is written.
pub fn get<'a>(text: &'a str, path: &[&str]) -> Option<&'a str> {
    find(text, path).map(|at| &text[at])
}

/// The string at the end of the path.
pub fn string(text: &str, path: &[&str]) -> Option<String> {
    serde_json::from_str(get(text, path)?).ok().map(|Lossy(text)| text)
}

/// The strings of the list at the end of the path.
pub fn strings(text: &str, path: &[&str]) -> Vec<String> {
    let list: Vec<Lossy> = get(text, path).and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default();
    list.into_iter().map(|Lossy(text)| text).collect()
}

/// How many entries the list at the end of the path has.
pub fn count(text: &str, path: &[&str]) -> usize {
    let list: Option<Vec<&RawValue>> = get(text, path).and_then(|list| serde_json::from_str(list).ok());
    list.map_or(0, |list| list.len())
}

/// The keys of the object at the end of the path.
pub fn keys(text: &str, path: &[&str]) -> Vec<String> {
    let found = find(text, path).and_then(|at| members(text, &at)).unwrap_or_default();
    found.into_iter().map(|member| member.key).collect()
}

/// The text with this value (JSON) at the end of the path. What is there is replaced; what is missing stands first in its
/// object, spaced like its neighbours. Every other byte stays.
pub fn put(text: &str, path: &[&str], value: &str) -> String {
    let mut at = 0..text.len();
    for (index, step) in path.iter().enumerate() {
        let Some(there) = members(text, &at) else {
            // Null, or something that cannot have members: an object takes its place.
            return replaced(text, at, &nested(&path[index..], value));
        };
        match there.iter().rev().find(|member| member.key == *step) {
            Some(member) => at = member.value.clone(),
            None => {
                let open = at.start + text[at.clone()].find('{').map_or(0, |brace| brace + 1);
                let end = text[open..].find(|c: char| !c.is_whitespace()).map_or(open, |length| open + length);
                let (space, comma) = if there.is_empty() { ("", "") } else { (&text[open..end], ",") };
                let colon = if space.contains('\n') { ": " } else { ":" };
                let inner = if index + 1 == path.len() { value.to_owned() } else { nested(&path[index + 1..], value) };
                return replaced(text, open..open, &format!("{space}{}{colon}{inner}{comma}", quoted(step)));
            }
        }
    }
    replaced(text, at, value)
}

/// A JSON string.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("strings have a JSON form")
}

fn nested(path: &[&str], value: &str) -> String {
    path.iter().rev().fold(value.to_owned(), |inner, step| format!("{{{}:{inner}}}", quoted(step)))
}

fn replaced(text: &str, at: Range<usize>, value: &str) -> String {
    format!("{}{value}{}", &text[..at.start], &text[at.end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "{ \"b\" : 1.50e+3,\n \"a\":{\"x\":\"\\u00e9\\ud83d\", \"x\": [ 1 ,2]}, \"n\":null }";

    #[test]
    fn one_value_is_changed_and_no_other_byte() {
        assert_eq!(put(CARD, &["b"], "7"), CARD.replace("1.50e+3", "7"));
        assert_eq!(put(CARD, &["a", "x"], "7"), CARD.replace("[ 1 ,2]", "7"), "the last of two counts");
        assert_eq!(put(CARD, &["n", "c"], "7"), CARD.replace("null", "{\"c\":7}"));
        assert_eq!(put(CARD, &["a", "y"], "7"), CARD.replace("{\"x\":\"", "{\"y\":7,\"x\":\""));
        assert_eq!(put("{\n  \"a\": 1\n}", &["e", "f"], "7"), "{\n  \"e\": {\"f\":7},\n  \"a\": 1\n}");
        assert_eq!(put("{}", &["e"], "7"), "{\"e\":7}");
    }

    #[test]
    fn half_an_emoji_is_read_all_the_same() {
        let card = "{\"a\":\"x\\ud83d\", \"l\":[\"\\udc00\", \"ok\"]}";
        assert!(string(card, &["a"]).is_some_and(|text| text.starts_with('x')));
        assert_eq!(strings(card, &["l"]).len(), 2);
        assert_eq!(keys(CARD, &["a"]), ["x", "x"]);
        assert_eq!(count(CARD, &["a", "x"]), 2);
    }
}
