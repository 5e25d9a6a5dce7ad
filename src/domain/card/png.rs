//! Cards in pictures: a PNG whose `tEXt` chunk `ccv3` (or `chara`) is the card's JSON in base64.

use base64::Engine;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{GeneralPurposeConfig, STANDARD};
use base64::{alphabet, engine::DecodePaddingMode};

use super::{CardError, MAX_BYTES};

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
/// More chunks than any program writes.
const MAX_CHUNKS: usize = 20_000;
/// Keywords of cards; the first one that can be read counts.
const KEYWORDS: [&str; 2] = ["ccv3", "chara"];

/// Some programs leave the padding away.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

struct Chunk<'a> {
    kind: [u8; 4],
    data: &'a [u8],
    /// With its length, kind and checksum.
    whole: &'a [u8],
}

impl Chunk<'_> {
    /// The keyword of a text chunk, whatever its kind, and what stands behind it.
    fn text(&self) -> Option<(String, &[u8])> {
        let end = self.data.iter().take(80).position(|byte| *byte == 0)?;
        matches!(&self.kind, b"tEXt" | b"zTXt" | b"iTXt")
            .then(|| (String::from_utf8_lossy(&self.data[..end]).to_ascii_lowercase(), &self.data[end + 1..]))
    }

    fn is_card(&self) -> bool {
        self.text().is_some_and(|(word, _)| KEYWORDS.contains(&word.as_str()))
    }
}

pub fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

/// The chunks up to the picture's end, each with its length and checksum verified.
fn chunks(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, CardError> {
    let broken = CardError::BrokenPng;
    let mut rest = bytes.strip_prefix(&SIGNATURE).ok_or(broken("it is no PNG"))?;
    let mut found = vec![];
    loop {
        let (head, _) = rest.split_first_chunk::<8>().ok_or(broken("it ends too early"))?;
        let [a, b, c, d, kind @ ..] = *head;
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let whole = rest.get(..length.saturating_add(12)).ok_or(broken("it ends too early"))?;
        let (data, sum) = whole[8..].split_at(length);
        if crc32fast::hash(&whole[4..8 + length]).to_be_bytes() != *sum {
            return Err(broken("a checksum does not fit"));
        }
        if found.len() >= MAX_CHUNKS {
            return Err(broken("it has too many parts"));
        }
        if found.is_empty() && &kind != b"IHDR" {
            return Err(broken("it does not begin with its size"));
        }
        found.push(Chunk { kind, data, whole });
        if &kind == b"IEND" {
            return Ok(found);
        }
        rest = &rest[whole.len()..];
    }
}

/// The text of the card in the picture: `ccv3` before `chara`, and only of chunks that are plain; beside them there may be others.
///
/// # Errors
/// No card, a broken picture, or a card in a form that cards do not have.
pub fn card(bytes: &[u8]) -> Result<String, CardError> {
    let chunks = chunks(bytes)?;
    let plain = |word: &str| {
        let mut texts = chunks.iter().rev().filter(|chunk| &chunk.kind == b"tEXt").filter_map(Chunk::text);
        texts.find(|(keyword, _)| keyword == word).map(|(_, data)| decode(data))
    };
    let found: Vec<_> = KEYWORDS.iter().filter_map(|word| plain(word)).collect();
    let otherwise = if chunks.iter().any(Chunk::is_card) { CardError::Compressed } else { CardError::NoCard };
    let failure = found.iter().find_map(|card| card.as_ref().err().copied()).unwrap_or(otherwise);
    found.into_iter().find_map(Result::ok).ok_or(failure)
}

fn decode(data: &[u8]) -> Result<String, CardError> {
    let base64: Vec<u8> = data.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if base64.len() / 4 * 3 > MAX_BYTES + 3 {
        return Err(CardError::TooLong);
    }
    let text = LENIENT.decode(base64).map_err(|_| CardError::BrokenText)?;
    String::from_utf8(text).map_err(|_| CardError::BrokenText)
}

/// The picture with these cards (keyword and text) in place of those that it had.
///
/// # Errors
/// The picture is no PNG.
pub fn with_cards(png: &[u8], cards: &[(&str, &str)]) -> Result<Vec<u8>, CardError> {
    let mut out = SIGNATURE.to_vec();
    for chunk in chunks(png)? {
        if &chunk.kind == b"IEND" {
            for (keyword, text) in cards {
                append(&mut out, keyword, text);
            }
        }
        if !chunk.is_card() {
            out.extend_from_slice(chunk.whole);
        }
    }
    Ok(out)
}

fn append(out: &mut Vec<u8>, keyword: &str, text: &str) {
    let mut chunk = b"tEXt".to_vec();
    chunk.extend_from_slice(keyword.as_bytes());
    chunk.push(0);
    chunk.extend_from_slice(STANDARD.encode(text).as_bytes());
    let length = u32::try_from(chunk.len() - 4).expect("a card's text is bounded");
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&chunk);
    out.extend_from_slice(&crc32fast::hash(&chunk).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut whole = u32::try_from(data.len()).expect("small").to_be_bytes().to_vec();
        whole.extend_from_slice(kind);
        whole.extend_from_slice(data);
        let sum = crc32fast::hash(&whole[4..]);
        whole.extend_from_slice(&sum.to_be_bytes());
        whole
    }

    fn png(middle: &[Vec<u8>]) -> Vec<u8> {
        let parts = [vec![SIGNATURE.to_vec(), chunk(b"IHDR", &[0; 13])], middle.to_vec(), vec![chunk(b"IEND", b"")]];
        parts.concat().concat()
    }

    fn text(keyword: &str, text: &[u8]) -> Vec<u8> {
        chunk(b"tEXt", &[keyword.as_bytes(), b"\0", text].concat())
    }

    #[test]
    fn the_newer_card_counts_wherever_it_stands() {
        let both = png(&[text("chara", b"e30="), text("CCV3", b"W10=")]);
        assert_eq!(card(&both).as_deref(), Ok("[]"));
        assert_eq!(card(&png(&[text("Chara", b"e3\n0")])).as_deref(), Ok("{}"), "no padding, a line's end");
        let anew = with_cards(&both, &[("chara", "{\"n\":1}")]).expect("a PNG");
        assert_eq!(card(&anew).as_deref(), Ok("{\"n\":1}"));
        assert_eq!(anew.windows(4).filter(|four| four == b"tEXt").count(), 1);
    }

    #[test]
    fn a_chunk_of_another_kind_hides_no_good_card() {
        let packed = chunk(b"zTXt", b"ccv3\0\0x");
        assert_eq!(card(&png(&[text("ccv3", b"W10="), packed.clone()])).as_deref(), Ok("[]"));
        assert_eq!(card(&png(&[text("chara", b"e30="), packed])).as_deref(), Ok("{}"));
        assert_eq!(card(&png(&[text("chara", b"e30="), text("ccv3", b"%%%")])).as_deref(), Ok("{}"), "a broken newer one");
    }

    #[test]
    fn a_broken_picture_is_refused() {
        let good = png(&[text("chara", b"e30=")]);
        for cut in 0..good.len() {
            assert!(card(&good[..cut]).is_err(), "cut at {cut}");
        }
        let mut wrong = good.clone();
        wrong[60] ^= 1;
        assert_eq!(card(&wrong), Err(CardError::BrokenPng("a checksum does not fit")));
        let mut long = good.clone();
        long[8] = 0xff;
        assert_eq!(card(&long), Err(CardError::BrokenPng("it ends too early")));
        assert_eq!(card(&png(&[])), Err(CardError::NoCard));
        assert_eq!(card(&png(&[chunk(b"zTXt", b"chara\0\0x")])), Err(CardError::Compressed));
        assert_eq!(card(&png(&[text("chara", b"%%%")])), Err(CardError::BrokenText));
        assert_eq!(card(&png(&[text("chara", &vec![b'A'; MAX_BYTES * 2])])), Err(CardError::TooLong));
    }
}
