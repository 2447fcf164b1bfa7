//! Byte-order marks before a body.

/// The byte-order mark of UTF-8, which some programs write before a text.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// `body` without the byte-order marks at its beginning, as the client reads it. RFC 8259 lets a reader ignore them.
///
/// There can be several: a PHP program writes one for each of its files that begins with one, perhaps after an empty line.
#[must_use]
pub fn without_byte_order_mark(mut body: &[u8]) -> &[u8] {
    while let Some(rest) = body.trim_ascii_start().strip_prefix(BYTE_ORDER_MARK) {
        body = rest;
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_before_a_body_are_passed_over() {
        for (body, rest) in [
            ("{}", "{}"),
            (" {}", " {}"),
            ("\u{feff}{}", "{}"),
            ("\u{feff}\r\n\u{feff}\u{feff} {}", " {}"),
            ("\n\u{feff}{}", "{}"),
            ("{}\u{feff}", "{}\u{feff}"),
            ("\u{feff}", ""),
            ("", ""),
        ] {
            assert_eq!(without_byte_order_mark(body.as_bytes()), rest.as_bytes(), "{body:?}");
        }
        assert_eq!(without_byte_order_mark(b"\xef\xbb{}"), b"\xef\xbb{}");
    }
}
