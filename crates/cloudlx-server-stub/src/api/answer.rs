//! An answer: a status, a few headers, and JSON.

use cloudlx_model::{ErrorBody, FieldErrors};
use cloudlx_validate::{Rule, Violation, Violations};
use http_body_util::channel::{Channel, Sender};
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Frame};
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use hyper::{HeaderMap, Response, StatusCode};
use serde::Serialize;

use super::customer_stream::{Interrupted, Remainder};
use crate::StateError;
use crate::auth::TokenError;
use crate::wire::body::BodyError;

/// How many fields an error body names, and how many messages it has for each: a small body can be wrong in very many.
const ERRORS_SAID: usize = 100;

/// Room for the answer to a create, so that it does not grow while it is written.
const BODY_ROOM: usize = 1024;

/// A body on its way out: whole, or as it is read.
pub(crate) type Body = Either<Full<Bytes>, Channel<Bytes, Interrupted>>;

/// An answer on its way out, with what the journal keeps of it.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The error body's message; none on success.
    pub(crate) message: Option<String>,
    /// What was wrong with the body, when the rules of the contract say so.
    pub(crate) violations: Vec<Violation>,
    headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Vec<u8>,
    /// What comes after the body, when that is the beginning of a long list.
    pub(crate) rest: Option<Box<Remainder>>,
}

impl Answer {
    /// Status 200 and the value as JSON: the API's success, also for a create (page).
    pub(crate) fn ok(value: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, value)
    }

    /// Status 204, and nothing else.
    pub(crate) fn no_content() -> Self {
        Self::bare(StatusCode::NO_CONTENT)
    }

    /// A status, and nothing else.
    pub(crate) fn bare(status: StatusCode) -> Self {
        Self {
            status,
            message: None,
            violations: Vec::new(),
            headers: Vec::new(),
            body: Vec::new(),
            rest: None,
        }
    }

    /// A body of another kind.
    #[cfg(feature = "documents")]
    pub(crate) fn with_media_type(status: StatusCode, media_type: &'static str, body: Vec<u8>) -> Self {
        let (violations, headers) = (Vec::new(), Vec::new());
        let answer = Self { status, message: None, violations, headers, body, rest: None };
        answer.with(CONTENT_TYPE, HeaderValue::from_static(media_type))
    }

    /// An error body in the API's shape (inferred).
    pub(crate) fn error(status: StatusCode, message: impl Into<String>) -> Self {
        Self::with_errors(status, message.into(), None)
    }

    /// A request whose fields are wrong: status 422, and messages by field, the first 100 of both.
    pub(crate) fn invalid_fields(errors: Vec<(String, Vec<String>)>) -> Self {
        let message = match errors.len() {
            1 => "the request is invalid in 1 field, see errors".to_owned(),
            fields if fields <= ERRORS_SAID => {
                format!("the request is invalid in {fields} fields, see errors")
            }
            fields => {
                format!("the request is invalid in {fields} fields, the first {ERRORS_SAID} are in errors")
            }
        };
        Self::with_fields(message, errors)
    }

    fn with_fields(message: String, mut errors: Vec<(String, Vec<String>)>) -> Self {
        errors.truncate(ERRORS_SAID);
        for (_, messages) in &mut errors {
            messages.truncate(ERRORS_SAID);
        }
        Self::with_errors(StatusCode::UNPROCESSABLE_ENTITY, message, Some(FieldErrors(errors)))
    }

    /// The same answer with one more header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same answer with this header, unless it has it already.
    pub(crate) fn with_default(self, name: HeaderName, value: HeaderValue) -> Self {
        if self.headers.iter().any(|(there, _)| *there == name) { self } else { self.with(name, value) }
    }

    /// The same answer with another body.
    pub(crate) fn with_body(self, body: Vec<u8>) -> Self {
        Self { body, rest: None, ..self }
    }

    /// The answer as bytes of HTTP/1.1, with this `Content-Length` and the first bytes of its body.
    pub(crate) fn on_the_wire(&self, content_length: usize, sent: usize) -> Vec<u8> {
        let mut headers = self.header_map();
        headers.insert(CONTENT_LENGTH, content_length.into());
        let mut bytes = format!("HTTP/1.1 {}\r\n", self.status).into_bytes();
        for (name, value) in &headers {
            bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        bytes.extend(b"\r\n");
        bytes.extend(self.body.iter().take(sent));
        bytes
    }

    /// The answer over HTTP. `send` sends what comes after its body.
    pub(crate) fn into_response(
        self,
        send: impl FnOnce(Remainder, Sender<Bytes, Interrupted>),
    ) -> Response<Body> {
        let headers = self.header_map();
        let body = match self.rest {
            None => Either::Left(Full::new(Bytes::from(self.body))),
            Some(rest) => {
                // A page waits to be read, and another one to be sent.
                let (mut sender, channel) = Channel::new(1);
                // There is room for one.
                let _ = sender.try_send(Frame::data(self.body.into()));
                send(*rest, sender);
                Either::Right(channel)
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }

    fn header_map(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        headers
    }

    fn with_errors(status: StatusCode, message: String, errors: Option<FieldErrors>) -> Self {
        let mut body = ErrorBody::new(message).status_code(status.as_u16());
        body.errors = errors;
        Self { message: Some(body.message.clone()), ..Self::json(status, &body) }
    }

    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        let mut body = Vec::with_capacity(BODY_ROOM);
        let (status, body) = match serde_json::to_writer(&mut body, value) {
            Ok(()) => (status, body),
            // Nothing that the stub sends fails to be written; were it so, the caller is told rather than cut off.
            Err(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, br#"{"message":"no answer","status_code":500}"#.to_vec())
            }
        };
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        Self { status, message: None, violations: Vec::new(), headers, body, rest: None }
    }
}

impl From<StateError> for Answer {
    /// 500: customers or tokens cannot be kept or read.
    fn from(error: StateError) -> Self {
        Self::error(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl From<TokenError> for Answer {
    /// 401: the token does not identify a caller.
    fn from(refused: TokenError) -> Self {
        Self::error(StatusCode::UNAUTHORIZED, refused.to_string())
            .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }
}

impl From<BodyError> for Answer {
    /// 413, 408 or 400. After a timeout the connection ends.
    fn from(error: BodyError) -> Self {
        let (status, closes) = match error {
            BodyError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, false),
            BodyError::TooSlow { .. } | BodyError::Paused { .. } => (StatusCode::REQUEST_TIMEOUT, true),
            BodyError::Incomplete => (StatusCode::BAD_REQUEST, false),
        };
        let answer = Self::error(status, error.to_string());
        if closes { answer.with(CONNECTION, HeaderValue::from_static("close")) } else { answer }
    }
}

impl From<Violations> for Answer {
    /// A body that breaks the contract: 400 when it is not JSON, 422 when it is (inferred).
    fn from(violations: Violations) -> Self {
        let total = violations.total();
        let violations: Vec<_> = violations.into_iter().collect();
        let mut answer = match violations.iter().find(|violation| violation.rule == Rule::JsonSyntax) {
            Some(syntax) => Self::error(StatusCode::BAD_REQUEST, syntax.message.clone()),
            // In how many fields is not known when some are only counted.
            None if violations.len() < total => {
                let message = format!("the request is invalid in {total} places, the first are in errors");
                Self::with_fields(message, by_field(&violations))
            }
            None => Self::invalid_fields(by_field(&violations)),
        };
        answer.violations = violations;
        answer
    }
}

/// As much of a received text as goes into a message.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

/// Messages by field: fields in the order in which they first come, messages of one field together.
fn by_field(violations: &[Violation]) -> Vec<(String, Vec<String>)> {
    let mut errors: Vec<(String, Vec<String>)> = Vec::new();
    for violation in violations {
        let (field, message) = (violation.field(), violation.message.clone());
        // Violations come in document order, so those of one field stand next to each other.
        match errors.last_mut().filter(|(last, _)| *last == field) {
            Some((_, messages)) => messages.push(message),
            None => errors.push((field, vec![message])),
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_one_field_stand_together() {
        let at = |pointer: &str, message: &str| Violation {
            pointer: pointer.to_owned(),
            rule: Rule::UnknownField,
            message: message.to_owned(),
            suggestion: None,
        };
        let errors = by_field(&[at("/b", "1"), at("/b", "2"), at("/a/0", "3")]);
        let expected = [
            ("b".to_owned(), vec!["1".to_owned(), "2".to_owned()]),
            ("a.0".to_owned(), vec!["3".to_owned()]),
        ];
        assert_eq!(errors, expected);
    }
}
