//! Quotes a value of the request in a message: on one line, and cut after [`MAX_CHARS`].

use std::fmt;

use crate::plain::Plain;

const MAX_CHARS: usize = 40;

/// A text from outside, for a message.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shown, rest) = match self.0.char_indices().nth(MAX_CHARS) {
            None => (self.0, ""),
            Some((end, _)) => (self.0.get(..end).unwrap_or_default(), "…"),
        };
        // `Debug` escapes quotes, and spaces that do not look like what they are; it leaves some of what cannot be seen.
        write!(f, "{}{rest}", Plain(&format!("{shown:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_and_control_characters_escaped() {
        assert_eq!(Quoted("GB\n").to_string(), r#""GB\n""#);
        assert_eq!(Quoted("G\u{a0}\u{fe0f}\u{3164}").to_string(), r#""G\u{a0}\u{fe0f}\u{3164}""#);
        assert_eq!(Quoted(&"é".repeat(41)).to_string(), format!("\"{}\"…", "é".repeat(40)));
    }
}
