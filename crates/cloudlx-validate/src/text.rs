//! What a line of text may hold.
//!
//! Blank means nothing but Unicode white space. The patterns say the same to JSON Schema with the characters listed,
//! because what `\s` means differs from one regular-expression dialect to the next.

/// For JSON Schema: at least one character that is not white space.
#[cfg(any(feature = "schema", test))]
pub(crate) const NOT_BLANK: &str =
    "[^\\u0009-\\u000d\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

/// For JSON Schema: [`NOT_BLANK`], and no control character anywhere.
#[cfg(any(feature = "schema", test))]
pub(crate) const ONE_LINE: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000][^\\u0000-\\u001f\\u007f-\\u009f]*$";

/// Whether `text` has nothing but white space.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// The first control character of `text`, with how many characters stand before it.
pub(crate) fn control_character(text: &str) -> Option<(usize, char)> {
    text.chars().enumerate().find(|(_, c)| c.is_control())
}

/// `text` with runs of control characters and the white space around them made one space, and its ends trimmed.
pub(crate) fn without_control_characters(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
