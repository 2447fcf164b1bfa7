//! What a line of text may hold.
//!
//! Blank means nothing but Unicode white space. The patterns say the same to JSON Schema, in the little that all dialects
//! of regular expressions share: no `\s`, which each reads its own way, no `$`, which some match before a last line
//! break, and characters themselves where only some know an escape.

/// Matches texts with a character that is not white space.
#[cfg(feature = "schema")]
pub(crate) const NOT_BLANK: &str =
    "[^\\x09-\\x0d\\x20\\x85\\xa0\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}]";

/// Matches texts with a control character.
#[cfg(feature = "schema")]
pub(crate) const CONTROL_CHARACTER: &str = "[\\x00-\\x1f\\x7f-\\x9f]";

/// Whether `text` has nothing but white space.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Whether `text` has a control character.
pub(crate) fn has_control_characters(text: &str) -> bool {
    text.contains(char::is_control)
}

/// The first control character of `text`, with how many characters stand before it.
pub(crate) fn control_character(text: &str) -> Option<(usize, char)> {
    text.chars().enumerate().find(|(_, c)| c.is_control())
}

/// `text` with runs of control characters and the white space around them made one space, and its ends trimmed.
pub(crate) fn without_control_characters(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
