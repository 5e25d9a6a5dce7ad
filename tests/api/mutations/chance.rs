//! What goes wrong: small, fast and the same everywhere, so that a seed tells it all.

/// What breaks parsers.
const SPICE: &[&str] = &[
    "\0",
    "\r\n",
    "\r\n\r\n",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]]",
    ":",
    ",",
    "null",
    "true",
    "-1",
    "1e999",
    "99999999999999999999",
    "9223372036854775807",
    "-9223372036854775808",
    "💡",
    "\u{202e}",
    "%00",
    "%2e%2e%2f",
    "%zz",
    "../",
    "'",
    "\"--",
    "<script>",
    "Content-Length: 9999999\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Content-Length: -1\r\n",
    "HTTP/9.9",
    "type",
    "id",
    "?",
    "&",
    "=",
    ";",
    "\u{feff}",
];

pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        // Zero would stay zero.
        Self(seed.max(1))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 11).unwrap() % end.max(1)
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// One to four things go wrong.
    pub fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let (at, length) = (self.below(bytes.len() + 1), self.below(16));
            let end = (at + length).min(bytes.len());
            match self.below(6) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 => drop(bytes.drain(at..end)),
                2 => drop(bytes.splice(at..at, self.pick(SPICE).bytes())),
                3 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
                4 => bytes.truncate(at),
                _ => {
                    let noise: Vec<u8> = (0..length).map(|_| self.next().to_le_bytes()[0]).collect();
                    bytes.splice(at..end, noise);
                }
            }
        }
    }
}
