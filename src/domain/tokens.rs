//! What a text weighs for a model, before anybody has counted: more rather than less.
//!
//! Tokenizers differ, and the weight has to hold for all of them. English has three to four and a half characters to a token,
//! other alphabets one and a half to four, Chinese and Japanese about one. So a third of a token is reckoned for an ASCII
//! character, three quarters for others of two bytes (é, ж, ب), one and a half for all beyond.

/// Tokens of a text, rounded up.
pub fn estimate(text: &str) -> usize {
    text.chars().map(twelfths).sum::<usize>().div_ceil(12)
}

/// Bytes of text to a token, where nobody has counted and neither more nor less is wanted.
const BYTES_PER_TOKEN: usize = 4;

/// Tokens of so much text, about.
pub fn about(bytes: usize) -> i64 {
    i64::try_from(bytes.div_ceil(BYTES_PER_TOKEN)).unwrap_or(i64::MAX)
}

/// The beginning of a text that weighs at most so much.
pub fn cut(text: &str, tokens: usize) -> &str {
    let mut left = tokens * 12;
    let end = text.char_indices().find_map(|(at, c)| match left.checked_sub(twelfths(c)) {
        Some(rest) => {
            left = rest;
            None
        }
        None => Some(at),
    });
    &text[..end.unwrap_or(text.len())]
}

/// What a character weighs, in twelfths of a token, so that sums stay exact.
fn twelfths(c: char) -> usize {
    match c.len_utf8() {
        1 => 4,
        2 => 9,
        _ => 18,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_reckoned_than_tokenizers_make_of_it() {
        // Counted with published tokenizers: about 10, 16 and 12 tokens.
        assert_eq!(estimate("Play is the work of the child, said somebody."), 15);
        assert!(estimate("Игра — это работа ребёнка, сказал кто-то.") >= 16);
        assert!(estimate("游戏是儿童的工作，有人说。") >= 12);
        assert_eq!(estimate(""), 0);
    }

    #[test]
    fn a_cut_text_weighs_no_more_and_ends_between_characters() {
        let text = "Éducation für alle 游戏";
        for tokens in 0..=estimate(text) {
            let cut = cut(text, tokens);
            assert!(text.starts_with(cut) && estimate(cut) <= tokens);
        }
        assert_eq!(cut(text, estimate(text)), text);
    }
}
