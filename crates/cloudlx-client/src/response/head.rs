//! What an error keeps of the head of a response.

use std::time::SystemTime;

use reqwest::header::{
    CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, LOCATION, WWW_AUTHENTICATE,
};

use crate::redact::Redactor;
use crate::transport::proxy::Proxy;

/// The longest header value that is kept, in characters.
const LONGEST_VALUE: usize = 1_000;

/// The headers that identify a request in the server's logs, the most usual first.
const REQUEST_IDS: [&str; 10] = [
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "correlation-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-cloud-trace-context",
    "x-ms-request-id",
    "cf-ray",
    "traceparent",
];

/// Headers of a response: those that a vendor's support asks for, and those that describe the response. Secrets in them are
/// replaced with `[redacted]`, and a value longer than 1,000 characters is cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseHead {
    /// Identifies the request in the server's logs: `X-Request-Id` or one of its usual variants.
    pub request_id: Option<String>,
    /// `Date`, where it can be read: when the server responded, by its own clock.
    pub date: Option<SystemTime>,
    /// `Content-Type`.
    pub media_type: Option<String>,
    /// `Content-Encoding`. The client does not decode such a body.
    pub content_encoding: Option<String>,
    /// `Location`: where a redirect points, or the customer that a create made.
    pub location: Option<String>,
    /// `WWW-Authenticate`: why the server refused a token.
    pub challenge: Option<String>,
    /// The proxy that the environment names for the request. The response may be the proxy's own.
    pub proxy: Option<Proxy>,
}

impl ResponseHead {
    pub(crate) fn read(headers: &HeaderMap, redactor: &Redactor) -> Self {
        let value = |name: &HeaderName| joined(headers, name.as_str(), redactor);
        Self {
            request_id: REQUEST_IDS.iter().find_map(|name| joined(headers, name, redactor)),
            date: headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok()),
            media_type: value(&CONTENT_TYPE),
            content_encoding: value(&CONTENT_ENCODING),
            location: value(&LOCATION),
            challenge: value(&WWW_AUTHENTICATE),
            proxy: None,
        }
    }

    /// Whether the body is an HTML page.
    pub(crate) fn is_html(&self) -> bool {
        self.media_type.as_deref().is_some_and(|it| it.to_ascii_lowercase().contains("html"))
    }
}

/// The values of all headers of this name. None where there is none, or only empty ones.
fn joined(headers: &HeaderMap, name: &str, redactor: &Redactor) -> Option<String> {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
        .filter(|value| !value.is_empty())
        .collect();
    let mut value = redactor.clean(&values.join(", "));
    if let Some((end, _)) = value.char_indices().nth(LONGEST_VALUE) {
        value.truncate(end);
        value.push('…');
    }
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use secrecy::SecretString;

    use super::*;

    fn read(headers: &[(&'static str, &'static str)]) -> ResponseHead {
        let headers = headers.iter().map(|(name, value)| {
            (HeaderName::from_static(name), reqwest::header::HeaderValue::from_static(value))
        });
        ResponseHead::read(&headers.collect(), &Redactor::new(&[SecretString::from("s3cret-token")]))
    }

    #[test]
    fn what_support_asks_for_is_kept() {
        let head = read(&[
            ("cf-ray", "8a1"),
            ("x-request-id", " 7f3a "),
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("content-encoding", "gzip"),
            ("location", "/api/customers/7001"),
            ("set-cookie", "session=1"),
        ]);
        assert_eq!(head.request_id.as_deref(), Some("7f3a"));
        assert_eq!(head.date, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)));
        assert_eq!(head.content_encoding.as_deref(), Some("gzip"));
        assert_eq!(head.location.as_deref(), Some("/api/customers/7001"));
        assert!(!format!("{head:?}").contains("session"));
        assert_eq!(read(&[("cf-ray", "8a1"), ("date", "yesterday")]).request_id.as_deref(), Some("8a1"));
        assert_eq!(read(&[("date", "yesterday"), ("x-request-id", " ")]), ResponseHead::default());
    }

    #[test]
    fn an_echoed_secret_is_not_kept() {
        let head = read(&[
            ("x-request-id", "s3cret-token"),
            ("location", "/login?token=s3cret-token"),
            ("www-authenticate", "Bearer error_description=\"s3cret-token has ended\""),
        ]);
        assert!(!format!("{head:?}").contains("s3cret"), "{head:?}");
    }

    #[test]
    fn a_value_is_bounded() {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, "é".repeat(LONGEST_VALUE + 1).parse().unwrap());
        let head = ResponseHead::read(&headers, &Redactor::new(&[]));
        assert_eq!(head.location.unwrap().chars().count(), LONGEST_VALUE + 1);
    }
}
