//! A request as the log keeps it: cut to length, and without known secrets.

use std::fmt;

use cloudlx_validate::Violation;

use super::secrets::{REDACTED, Secrets};

/// How much of a body is kept, in bytes.
const BODY_KEPT: usize = 64 * 1024;

/// How much of a method, a path, a query, a header or a message is kept, in bytes.
const TEXT_KEPT: usize = 4 * 1024;

/// How many violations of one request are kept.
const VIOLATIONS_KEPT: usize = 100;

/// How much of each text of a violation is kept, in bytes.
const VIOLATION_KEPT: usize = 1024;

/// About how many bytes an allocation costs beyond its content.
const ALLOCATION: usize = 16;

/// A request that the stub answered, and how.
///
/// It holds 400 KiB at most, and what the stub can tell to be secret is not in it:
///
/// - `Authorization` is left out.
/// - Query and body are left out where the request is to a token endpoint, or to a path or by a method that the API does
///   not have.
/// - Three things are searched for in all the rest: the clients' secrets and what `Authorization` carries, each from 8
///   bytes up, and what could be a token of the stub, which is 40 hex digits or more on end. A query or a body that has
///   one is left out; elsewhere `[redacted]` takes its place.
/// - A query or a body that names `client_secret`, `access_token` or `refresh_token` is left out, and so is a body with
///   backslashes that cannot be read as JSON.
/// - Messages quote texts in part and with escapes, so that a secret in one may not be found. `[redacted]` takes the place of
///   each rule's message that quotes a body which is left out, and of the [`message`](Self::message) that could quote a part of
///   a secret.
///
/// Queries are searched as they are and percent-decoded, JSON bodies as they are and with their escapes undone, all else
/// as it is. So shorter secrets (such as the default `stub`), secrets of other systems under other names, and secrets in
/// any other encoding are not found.
///
/// [`Display`](fmt::Display) writes the request and its answer as text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method, such as `POST`, the first 4 KiB of it.
    pub method: String,
    /// The path as it was sent, the first 4 KiB of it.
    pub path: String,
    /// The query without its question mark, the first 4 KiB of it; `[redacted]` where it could hold a secret.
    pub query: Option<String>,
    /// The `Accept` header, the first 4 KiB of it. Several are joined by commas.
    pub accept: Option<String>,
    /// The `Content-Type` header, the first 4 KiB of it.
    pub content_type: Option<String>,
    /// The first 64 KiB of the body. Empty where it could hold a secret, and where the request was refused before its
    /// body was read.
    pub body: Vec<u8>,
    /// How long the body was that the stub read, in bytes.
    pub body_length: usize,
    /// The status that was answered, or would have been but for the fault. 0 when a fault left the request unprocessed and
    /// without an answer.
    pub status: u16,
    /// Why the request was refused: the error body's message, the first 4 KiB of it.
    pub message: Option<String>,
    /// The rules that the body broke: the first 100 of them, and the first 1 KiB of each text.
    pub violations: Vec<Violation>,
    /// The fault that hit the request, as the JSON of [`Action`](crate::faults::Action), the first 4 KiB of it.
    pub fault: Option<String>,
}

impl fmt::Display for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_a_line())?;
        self.violations.iter().try_for_each(|violation| write!(f, "\n  {violation}"))
    }
}

impl RecordedRequest {
    /// The request and its answer, without the rules that it broke.
    pub(crate) fn in_a_line(&self) -> String {
        let query = self.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let answer = match (self.status, &self.fault) {
            (0, Some(fault)) => format!("was hit by {fault}"),
            (status, Some(fault)) => format!("was hit by {fault}, its status being {status}"),
            (status, None) => format!("was answered {status}"),
        };
        let message = self.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        format!("{} {}{query} {answer}{message}", self.method, self.path)
    }

    /// Whether the body is left out because it could hold a secret.
    pub(crate) fn hides_its_body(&self) -> bool {
        self.body.is_empty() && self.body_length > 0
    }

    /// The bytes that the request takes in memory, with the cost of each allocation.
    pub(super) fn bytes_held(&self) -> usize {
        let options =
            [&self.query, &self.accept, &self.content_type, &self.message, &self.fault].into_iter().flatten();
        let texts = [&self.method, &self.path].into_iter().chain(options).map(String::capacity);
        let violations = self.violations.iter().flat_map(|violation| {
            let suggestion = violation.suggestion.as_ref().map_or(0, String::capacity);
            [size_of::<Violation>(), violation.pointer.capacity(), violation.message.capacity(), suggestion]
        });
        let held = texts.chain(violations).chain([self.body.capacity()]).filter(|bytes| *bytes > 0);
        size_of::<Self>() + held.map(|bytes| bytes + ALLOCATION).sum::<usize>()
    }

    /// Adds the body, removes all that could be a secret and cuts long texts. With `private`, query and body are left out.
    pub(crate) fn with_body(mut self, body: &[u8], private: bool, secrets: &Secrets<'_>) -> Self {
        if self.query.as_deref().is_some_and(|query| private || secrets.are_in_query(query)) {
            self.query = Some(REDACTED.to_owned());
        }
        self.body_length = body.len();
        let is_hidden = private || secrets.are_in_body(body);
        if !is_hidden {
            self.body = body.get(..BODY_KEPT).unwrap_or(body).to_vec();
        }
        self.violations.truncate(VIOLATIONS_KEPT);
        self.violations.shrink_to_fit();
        for violation in &mut self.violations {
            if is_hidden && violation.message.contains('"') {
                REDACTED.clone_into(&mut violation.message);
            }
            if secrets.are_in_pointer(&violation.pointer) {
                REDACTED.clone_into(&mut violation.pointer);
            }
            let suggestion = violation.suggestion.as_mut();
            for text in [&mut violation.pointer, &mut violation.message].into_iter().chain(suggestion) {
                *text = secrets.cut_from(std::mem::take(text), VIOLATION_KEPT);
            }
        }
        let headers = [&self.accept, &self.content_type].into_iter().flatten();
        if [&self.method, &self.path].into_iter().chain(headers).any(|text| secrets.are_quoted_in_part(text))
        {
            self.message = self.message.map(|_| REDACTED.to_owned());
        }
        let others =
            [&mut self.query, &mut self.accept, &mut self.content_type, &mut self.message, &mut self.fault];
        for text in [&mut self.method, &mut self.path].into_iter().chain(others.into_iter().flatten()) {
            *text = secrets.cut_from(std::mem::take(text), TEXT_KEPT);
        }
        self
    }
}

#[cfg(test)]
pub(super) mod tests {
    use cloudlx_validate::Rule;

    use super::*;

    pub(in crate::observe::request_log) fn request() -> RecordedRequest {
        RecordedRequest {
            method: "POST".to_owned(),
            path: "/api/customers".to_owned(),
            query: None,
            accept: None,
            content_type: None,
            body: Vec::new(),
            body_length: 0,
            status: 422,
            message: Some("no".to_owned()),
            violations: Vec::new(),
            fault: None,
        }
    }

    fn none() -> Secrets<'static> {
        Secrets::new(std::iter::empty())
    }

    fn violation() -> Violation {
        Violation {
            pointer: "/name".to_owned(),
            rule: Rule::UnknownField,
            message: "expected x, found y".to_owned(),
            suggestion: None,
        }
    }

    #[test]
    fn a_request_and_its_answer_are_written_as_text() {
        let request =
            RecordedRequest { query: Some("a=b".to_owned()), violations: vec![violation()], ..request() };
        let text = request.to_string();
        assert!(
            text.starts_with("POST /api/customers?a=b was answered 422: no\n  /name: expected x"),
            "{text}"
        );
        let hit = RecordedRequest { fault: Some("a fault".to_owned()), ..self::request() };
        assert_eq!(hit.to_string(), "POST /api/customers was hit by a fault, its status being 422: no");
        let unprocessed = RecordedRequest { status: 0, message: None, ..hit };
        assert_eq!(unprocessed.to_string(), "POST /api/customers was hit by a fault");
    }

    #[test]
    fn everything_kept_has_a_bound() {
        let long = "ü".repeat(2 * TEXT_KEPT);
        let violation = Violation {
            pointer: long.clone(),
            rule: Rule::UnknownField,
            message: long.clone(),
            suggestion: Some(long.clone()),
        };
        let request = RecordedRequest {
            method: long.clone(),
            path: long.clone(),
            query: Some(long.clone()),
            accept: Some(long.clone()),
            content_type: Some(long.clone()),
            message: Some(long.clone()),
            fault: Some(long),
            violations: vec![violation; VIOLATIONS_KEPT + 1],
            ..request()
        };
        let kept = request.with_body(&vec![b'x'; BODY_KEPT + 1], false, &none());
        assert_eq!((kept.body.len(), kept.body.capacity()), (BODY_KEPT, BODY_KEPT));
        assert_eq!(kept.body_length, BODY_KEPT + 1);
        let texts = [kept.query, kept.accept, kept.content_type, kept.message, kept.fault];
        for text in texts.into_iter().flatten().chain([kept.method, kept.path]) {
            assert_eq!((text.len(), text.capacity()), (TEXT_KEPT, TEXT_KEPT));
        }
        assert_eq!((kept.violations.len(), kept.violations.capacity()), (VIOLATIONS_KEPT, VIOLATIONS_KEPT));
        for violation in kept.violations {
            for text in [violation.pointer, violation.message, violation.suggestion.unwrap()] {
                assert_eq!((text.len(), text.capacity()), (VIOLATION_KEPT, VIOLATION_KEPT));
            }
        }
    }

    #[test]
    fn what_tests_mostly_send_is_short() {
        let sample = br#"{"name":"Example Company","currency_iso":"GB","country_iso":"GB","realms":[1,2,7],
            "shown_sub_realms":[313,328],"enabled_sub_realms":[313],"email":"j.smith@example.com"}"#;
        let media_type = Some("application/vnd.cloudlx.v1+json".to_owned());
        let read = RecordedRequest { accept: media_type.clone(), message: None, ..request() };
        let read = read.with_body(b"", false, &none());
        assert!(read.bytes_held() < 512, "{}", read.bytes_held());
        let message =
            "expected three capital letters (ISO 4217), such as GBP, found \"GB\": write GBP (British Pound)";
        let violation =
            Violation { message: message.to_owned(), suggestion: Some("GBP".to_owned()), ..violation() };
        let refused = RecordedRequest {
            accept: media_type,
            content_type: Some("application/json".to_owned()),
            message: Some("the request is invalid in 1 field, see errors".to_owned()),
            violations: vec![violation],
            ..request()
        };
        let refused = refused.with_body(sample, false, &none());
        assert!(refused.bytes_held() < 1024, "{}", refused.bytes_held());
    }
}
