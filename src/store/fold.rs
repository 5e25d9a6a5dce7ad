//! Words as a search sees them: without case and diacritics, cut the same way for both databases.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// Longest word in characters; what is behind is not searched (Postgres has a limit of its own).
const MAX_WORD_CHARS: usize = 64;

/// A word of a text and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub folded: String,
    pub start: usize,
    pub end: usize,
}

/// The words of a text, in order.
pub fn words(text: &str) -> Vec<Word> {
    let normalizer = DecomposingNormalizerBorrowed::new_nfd();
    let mut words: Vec<Word> = vec![];
    let mut open = false;
    for (at, c) in text.char_indices() {
        if is_mark(c) {
            // It belongs to the letter before it.
            if let Some(word) = words.last_mut().filter(|_| open) {
                word.end = at + c.len_utf8();
            }
            continue;
        }
        if !c.is_alphanumeric() {
            open = false;
            continue;
        }
        if !open {
            words.push(Word { folded: String::new(), start: at, end: at });
            open = true;
        }
        let Some(word) = words.last_mut() else { continue };
        word.end = at + c.len_utf8();
        if word.folded.chars().count() < MAX_WORD_CHARS {
            let lower: String = c.to_lowercase().collect();
            word.folded.extend(normalizer.normalize(&lower).chars().filter(|c| c.is_alphanumeric()));
        }
    }
    words.retain(|word| !word.folded.is_empty());
    words
}

/// The words of a text with blanks between them.
pub fn fold(text: &str) -> String {
    words(text).into_iter().map(|word| word.folded).collect::<Vec<_>>().join(" ")
}

/// Combining marks of Latin, Greek and Cyrillic.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_diacritics_do_not_count() {
        assert_eq!(fold("Éducation, ÜBUNG & naïve—Ναί!"), "education ubung naive ναι");
        assert_eq!(fold("e\u{301}clair"), "eclair", "however it is written");
        assert_eq!(fold("100 % \"play\"*"), "100 play");
        assert_eq!(fold("???"), "");
    }

    #[test]
    fn a_word_knows_where_it_stands() {
        let text = "On Éducation";
        let word = words(text).pop().expect("a word");
        assert_eq!((word.folded.as_str(), &text[word.start..word.end]), ("education", "Éducation"));
    }
}
