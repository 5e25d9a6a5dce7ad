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

/// The words of a text, in order. Scripts that put no blanks between words have a word of each letter.
pub fn words(text: &str) -> Vec<Word> {
    let normalizer = DecomposingNormalizerBorrowed::new_nfd();
    let mut words: Vec<Word> = vec![];
    let mut open = false;
    let mut alone = false;
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
        let stands_alone = is_without_blanks(c);
        if !open || alone || stands_alone {
            words.push(Word { folded: String::new(), start: at, end: at });
            (open, alone) = (true, stands_alone);
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

/// Combining marks of Latin, Greek and Cyrillic, and of the scripts without blanks: FTS5 takes none of them for a letter.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
        || matches!(c, '\u{3099}' | '\u{309a}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}')
        || matches!(c, '\u{eb1}' | '\u{eb4}'..='\u{ebc}' | '\u{ec8}'..='\u{ece}' | '\u{17b4}'..='\u{17d3}' | '\u{17dd}')
}

/// Chinese, Japanese, Thai, Lao and Khmer. The migration `0027_search_letters` names the same.
fn is_without_blanks(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}')
        || matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
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
    fn a_script_without_blanks_has_a_word_of_each_letter() {
        assert_eq!(fold("教育とは何か、AIが"), "教 育 と は 何 か ai か");
        assert_eq!(fold("เด็กเล่น"), "เ ด ก เ ล น", "marks do not count");
        assert_eq!(words(&"教".repeat(200)).len(), 200, "nothing is lost behind the longest word");
        let text = "เล่น";
        let word = &words(text)[1];
        assert_eq!(&text[word.start..word.end], "ล่");
    }

    #[test]
    fn a_word_knows_where_it_stands() {
        let text = "On Éducation";
        let word = words(text).pop().expect("a word");
        assert_eq!((word.folded.as_str(), &text[word.start..word.end]), ("education", "Éducation"));
    }
}
