//! Request headers as text.

use std::borrow::Cow;

use hyper::HeaderMap;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};

/// The headers that the API's checks read.
pub(crate) struct Headers<'a> {
    pub(crate) authorization: Option<Cow<'a, str>>,
    pub(crate) accept: Option<Cow<'a, str>>,
    pub(crate) content_type: Option<Cow<'a, str>>,
}

impl<'a> Headers<'a> {
    pub(crate) fn new(headers: &'a HeaderMap) -> Self {
        Self {
            authorization: text(headers, &AUTHORIZATION),
            accept: text(headers, &ACCEPT),
            content_type: text(headers, &CONTENT_TYPE),
        }
    }
}

/// The values of a header, joined by commas as RFC 9110 (5.3) allows. Bytes that are not UTF-8 become U+FFFD.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Cow<'a, str>> {
    let mut values = headers.get_all(name).iter().map(HeaderValue::as_bytes).map(|value| {
        // `from_utf8` checks many bytes at once; `from_utf8_lossy` does not.
        str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed)
    });
    let first = values.next()?;
    Some(values.fold(first, |joined, value| joined + ", " + value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_header_are_joined() {
        let mut headers = HeaderMap::new();
        assert_eq!(text(&headers, &ACCEPT), None);
        headers.append(ACCEPT, HeaderValue::from_static("a/b"));
        headers.append(ACCEPT, HeaderValue::from_bytes(b"c/\xff").unwrap());
        assert_eq!(text(&headers, &ACCEPT).as_deref(), Some("a/b, c/\u{fffd}"));
    }
}
