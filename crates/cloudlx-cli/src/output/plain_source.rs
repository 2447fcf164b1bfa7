//! The lines of a file as people may be shown them, and where a place of the file is in what is shown.

use std::fmt::Write as _;

use cloudlx_validate::plain::is_plain;

/// Lines in which every character that is not plain is an escape, but for tabs, which the renderer makes spaces of, and for
/// line ends.
pub(crate) struct PlainSource {
    pub(crate) text: String,
    /// Behind which byte of the lines as they were, how many bytes more there are as they are shown.
    growth: Vec<(usize, usize)>,
}

impl PlainSource {
    pub(crate) fn new(lines: &str) -> Self {
        let mut source = Self { text: String::with_capacity(lines.len()), growth: Vec::new() };
        for (start, character) in lines.char_indices() {
            let end = start + character.len_utf8();
            let ends_line = character == '\n'
                || character == '\r' && lines.get(end..).is_some_and(|rest| rest.starts_with('\n'));
            if ends_line || character == '\t' || is_plain(character) {
                source.text.push(character);
            } else {
                // A string takes all that is written to it.
                let _ = write!(source.text, "{}", character.escape_default());
                source.growth.push((end, source.text.len() - end));
            }
        }
        source
    }

    /// Where the byte at `place` of the lines is in what is shown.
    pub(crate) fn at(&self, place: usize) -> usize {
        let behind = self.growth.partition_point(|(end, _)| *end <= place);
        let growth = behind.checked_sub(1).and_then(|last| self.growth.get(last));
        place + growth.map_or(0, |(_, more)| *more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_before_within_and_behind_escapes() {
        let lines = "{\"a\u{202e}b\": 1,\r\n\t\"\u{9b}\": \"x\ry\u{e0041}z\"}";
        let source = PlainSource::new(lines);
        assert_eq!(source.text, "{\"a\\u{202e}b\": 1,\r\n\t\"\\u{9b}\": \"x\\ry\\u{e0041}z\"}");
        for (part, shown) in [
            ("\"a\u{202e}b\"", r#""a\u{202e}b""#),
            ("1", "1"),
            ("\"\u{9b}\"", r#""\u{9b}""#),
            ("\"x\ry\u{e0041}z\"", r#""x\ry\u{e0041}z""#),
        ] {
            let start = lines.find(part).unwrap();
            assert_eq!(&source.text[source.at(start)..source.at(start + part.len())], shown);
        }
        assert_eq!(source.at(lines.len()), source.text.len());
    }
}
