//! The answers 404, 405 and 415, for the API, the control API and the documents.

use hyper::header::{ALLOW, HeaderValue};
use hyper::{Method, StatusCode};

use super::answer::{Answer, shortened};
use super::content_type::Content;

/// 404: there is nothing at the path. `remedy` begins with `: `, or is empty.
pub(crate) fn nothing_at(path: &str, expected: &str, remedy: &str) -> Answer {
    let message = format!("expected one of {expected}, found nothing at {}{remedy}", shortened(path));
    Answer::error(StatusCode::NOT_FOUND, message)
}

/// 405, with `Allow`: the path does not have the method.
pub(crate) fn method_not_allowed(method: &Method, allowed: &[&str], remedy: &str) -> Answer {
    let expected = allowed.join(", ");
    let message =
        format!("expected one of the methods {expected}, found {}: {remedy}", shortened(method.as_str()));
    allowing(Answer::error(StatusCode::METHOD_NOT_ALLOWED, message), allowed)
}

/// An answer with the header `Allow`.
pub(crate) fn allowing(answer: Answer, allowed: &[&str]) -> Answer {
    match HeaderValue::from_str(&allowed.join(", ")) {
        Ok(value) => answer.with(ALLOW, value),
        Err(_) => answer,
    }
}

/// 415: the body has another `Content-Type` than those that are read.
pub(crate) fn unsupported_media_type(named: Option<&str>, readable: &[Content]) -> Answer {
    let readable: Vec<_> = readable.iter().map(|content| content.media_type()).collect();
    let (readable, found) = (readable.join(" or "), shortened(named.unwrap_or_default()));
    let message = format!("expected the Content-Type {readable}, found {found:?}: send the body as such");
    Answer::error(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
}
