//! Answers that do not depend on the request.

use std::time::{Duration, SystemTime};

use cloudlx_model::ErrorBody;
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::{Deserialize, Serialize};

use super::answer_headers::AnswerHeaders;
use crate::api::answer::Answer;

/// An answer that is the same to every request: the API's, or that of somebody in between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CannedAnswer {
    /// The status. With 401 comes `WWW-Authenticate: Bearer`, as ever, but for a body that is a text.
    pub status: Status,
    /// When to try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "RetryAfter"))]
    pub retry_after: Option<RetryAfter>,
    /// What the body is. Absent means an error body of the API.
    #[serde(default)]
    pub body: CannedBody,
    /// Other headers, and other values of those that the answer has, `Content-Type` and `Retry-After` included.
    #[serde(default, skip_serializing_if = "AnswerHeaders::is_empty")]
    pub headers: AnswerHeaders,
}

/// What the body of a canned answer is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CannedBody {
    /// An error body of the API.
    #[default]
    Json,
    /// A page, as gateways and proxies send it.
    Html,
    /// Nothing, called JSON.
    Empty,
    /// This text, JSON or not. There is no `Content-Type` and no `WWW-Authenticate` but what the headers have.
    Text(String),
}

/// The header `Retry-After`, in its two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u32),
    /// A date, so many seconds from the answer on.
    DateInSeconds(u32),
}

/// A status that ends an exchange: from 200 to 599.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Status(u16);

/// A number that is not such a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a status from 200 to 599, found {found}: write one of these")]
pub struct NoStatus {
    found: u16,
}

impl CannedAnswer {
    /// An error body of the API with this status.
    #[must_use]
    pub fn json(status: Status) -> Self {
        Self { status, retry_after: None, body: CannedBody::Json, headers: AnswerHeaders::none() }
    }

    /// A page with this status.
    #[must_use]
    pub fn html(status: Status) -> Self {
        Self { body: CannedBody::Html, ..Self::json(status) }
    }

    /// This text with this status, and no headers.
    #[must_use]
    pub fn text(status: Status, body: impl Into<String>) -> Self {
        Self { body: CannedBody::Text(body.into()), ..Self::json(status) }
    }

    /// The same with these headers, each in the place of the one that it would have.
    #[must_use]
    pub fn with_headers(self, headers: AnswerHeaders) -> Self {
        Self { headers, ..self }
    }

    /// 401, as to a token that is not live.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::json(Status(401))
    }

    /// 429 and when to try again.
    #[must_use]
    pub fn too_many_requests(retry_after: RetryAfter) -> Self {
        Self { retry_after: Some(retry_after), ..Self::json(Status(429)) }
    }

    /// 500 and a page.
    #[must_use]
    pub fn internal_server_error() -> Self {
        Self::html(Status(500))
    }

    /// 502 and a page.
    #[must_use]
    pub fn bad_gateway() -> Self {
        Self::html(Status(502))
    }

    /// 503 and when to try again.
    #[must_use]
    pub fn service_unavailable(retry_after: RetryAfter) -> Self {
        Self { retry_after: Some(retry_after), ..Self::json(Status(503)) }
    }

    /// 504 and a page.
    #[must_use]
    pub fn gateway_timeout() -> Self {
        Self::html(Status(504))
    }

    /// The answer, with a date in `Retry-After` counted from now.
    pub(crate) fn answer(&self) -> Answer {
        let status = self.status.code();
        let mut answer = match &self.body {
            CannedBody::Json => {
                let message = format!("the stub was told to answer {}", self.status.0);
                let body = ErrorBody::new(message).status_code(self.status.0);
                Answer::json(status, &body)
            }
            CannedBody::Html => Answer::json(status, &())
                .with_body(html_page(status).into_bytes())
                .with(CONTENT_TYPE, HeaderValue::from_static("text/html")),
            CannedBody::Empty => Answer::json(status, &()).with_body(Vec::new()),
            CannedBody::Text(text) => Answer::bare(status).with_body(text.clone().into_bytes()),
        };
        // A text is the answer of a proxy or filter, which sends no challenge: to a client, a challenge for a token proves that
        // the API processed nothing.
        if status == StatusCode::UNAUTHORIZED && !matches!(self.body, CannedBody::Text(_)) {
            answer = answer.with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(retry_after) = self.retry_after {
            answer = answer.with(RETRY_AFTER, retry_after.header(SystemTime::now()));
        }
        self.headers.apply_to(answer)
    }
}

impl RetryAfter {
    fn header(self, now: SystemTime) -> HeaderValue {
        match self {
            Self::Seconds(seconds) => seconds.into(),
            Self::DateInSeconds(seconds) => {
                let date = now.checked_add(Duration::from_secs(seconds.into())).unwrap_or(now);
                // A date is ASCII, so it fits into a header; otherwise this would say "at once".
                HeaderValue::from_str(&httpdate::fmt_http_date(date)).unwrap_or(HeaderValue::from_static("0"))
            }
        }
    }
}

impl Status {
    /// A status.
    ///
    /// # Errors
    ///
    /// When the number is not from 200 to 599.
    pub const fn new(number: u16) -> Result<Self, NoStatus> {
        if matches!(number, 200..=599) { Ok(Self(number)) } else { Err(NoStatus { found: number }) }
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    pub(super) fn code(self) -> StatusCode {
        // Every number from 200 to 599 is a status.
        StatusCode::from_u16(self.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl TryFrom<u16> for Status {
    type Error = NoStatus;

    fn try_from(number: u16) -> Result<Self, NoStatus> {
        Self::new(number)
    }
}

impl From<Status> for u16 {
    fn from(Status(number): Status) -> Self {
        number
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Status {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Status".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 200, "maximum": 599 })
    }

    fn inline_schema() -> bool {
        true
    }
}

/// An error page, as gateways and proxies send it.
pub(super) fn html_page(status: StatusCode) -> String {
    format!(
        "<html>\n<head><title>{status}</title></head>\n<body>\n<center><h1>{status}</h1></center>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_has_two_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_775);
        assert_eq!(RetryAfter::Seconds(120).header(now), "120");
        assert_eq!(RetryAfter::DateInSeconds(2).header(now), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn a_status_ends_an_exchange() {
        for number in [200, 404, 599] {
            assert_eq!(Status::new(number).unwrap().code().as_u16(), number);
        }
        for number in [0, 101, 199, 600] {
            assert_eq!(Status::new(number), Err(NoStatus { found: number }));
        }
    }
}
