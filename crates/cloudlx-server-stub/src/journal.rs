//! The requests that the stub saw: the last ones only, cut to length, and without what is known to be secret.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;

use cloudlx_validate::Violation;
use serde_json::Value;
use tokio::sync::watch;

use crate::auth::TOKEN_DIGITS;
use crate::state::locked;

/// How much of a body is kept, in bytes.
const BODY_KEPT: usize = 64 * 1024;

/// How much of a method, a path, a query, a header or a message is kept, in bytes.
const TEXT_KEPT: usize = 4 * 1024;

/// How many violations of one request are kept.
const VIOLATIONS_KEPT: usize = 100;

/// How much of each text of a violation is kept, in bytes.
const VIOLATION_KEPT: usize = 1024;

/// The shortest secret that is searched for: shorter ones, such as the default `stub`, stand in other words too.
const SHORTEST_SECRET: usize = 8;

/// What stands in the place of a secret.
const REDACTED: &str = "[redacted]";

/// The fields of the token endpoints that must not be kept, wherever they turn up.
const SECRET_FIELDS: [&str; 3] = ["client_secret", "access_token", "refresh_token"];

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
///
/// Queries are searched as they are and percent-decoded, JSON bodies as they are and with their escapes undone, all else
/// as it is. So shorter secrets (such as the default `stub`), secrets of other systems under other names, and secrets in
/// any other encoding are not found.
///
/// [`Display`](fmt::Display) says in words what came of the request.
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
        write!(f, "{} {}", self.method, self.path)?;
        if let Some(query) = &self.query {
            write!(f, "?{query}")?;
        }
        match (self.status, &self.fault) {
            (0, Some(fault)) => write!(f, " was hit by {fault}")?,
            (status, Some(fault)) => write!(f, " was hit by {fault}, its status being {status}")?,
            (status, None) => write!(f, " was answered {status}")?,
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        self.violations.iter().try_for_each(|violation| write!(f, "\n  {violation}"))
    }
}

impl RecordedRequest {
    /// Takes out what could be a secret, cuts to length what is too long, and adds the body. With `private`, query and
    /// body go altogether.
    fn made_safe(mut self, body: &[u8], private: bool, secrets: &Secrets<'_>) -> Self {
        if self.query.as_deref().is_some_and(|query| private || secrets.are_in_query(query)) {
            self.query = Some(REDACTED.to_owned());
        }
        self.body_length = body.len();
        if !private && !secrets.are_in_body(body) {
            self.body = body.get(..BODY_KEPT).unwrap_or(body).to_vec();
        }
        self.violations.truncate(VIOLATIONS_KEPT);
        self.violations.shrink_to_fit();
        for violation in &mut self.violations {
            let suggestion = violation.suggestion.as_mut();
            for text in [&mut violation.pointer, &mut violation.message].into_iter().chain(suggestion) {
                *text = secrets.cut_from(text, VIOLATION_KEPT);
            }
        }
        let others =
            [&mut self.query, &mut self.accept, &mut self.content_type, &mut self.message, &mut self.fault];
        for text in [&mut self.method, &mut self.path].into_iter().chain(others.into_iter().flatten()) {
            *text = secrets.cut_from(text, TEXT_KEPT);
        }
        self
    }
}

/// What is known to be secret while a request is answered.
pub(crate) struct Secrets<'a>(Vec<&'a str>);

impl<'a> Secrets<'a> {
    /// Those of `known` that are long enough to be found again.
    pub(crate) fn new(known: impl Iterator<Item = &'a str>) -> Self {
        Self(known.filter(|secret| secret.len() >= SHORTEST_SECRET).collect())
    }

    /// The first `kept` bytes of `text`, with secrets replaced.
    fn cut_from(&self, text: &str, kept: usize) -> String {
        let known = self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret, REDACTED));
        let mut safe = String::with_capacity(known.len());
        for word in known.split_inclusive(|letter: char| !letter.is_ascii_hexdigit()) {
            let after = word.trim_start_matches(|letter: char| letter.is_ascii_hexdigit());
            let could_be_token = word.len() - after.len() >= TOKEN_DIGITS;
            safe.extend(if could_be_token { [REDACTED, after] } else { [word, ""] });
        }
        safe.truncate(safe.floor_char_boundary(kept));
        safe.shrink_to_fit();
        safe
    }

    fn are_in(&self, text: &str) -> bool {
        self.0.iter().any(|secret| text.contains(secret))
            || text.split(|letter: char| !letter.is_ascii_hexdigit()).any(|word| word.len() >= TOKEN_DIGITS)
    }

    fn are_in_query(&self, query: &str) -> bool {
        let mut fields = form_urlencoded::parse(query.as_bytes());
        self.are_in(query)
            || fields.any(|(name, value)| names_a_secret(&name) || self.are_in(&name) || self.are_in(&value))
    }

    fn are_in_body(&self, body: &[u8]) -> bool {
        let could_be_in = |text: &str| names_a_secret(text) || self.are_in(text);
        let text = String::from_utf8_lossy(body);
        // JSON without a backslash says all as it is. Where it has one and cannot be read, nothing is known.
        could_be_in(&text)
            || text.contains('\\')
                && serde_json::from_slice(body).map_or(true, |value| any_text(&value, &could_be_in))
    }
}

fn names_a_secret(text: &str) -> bool {
    SECRET_FIELDS.iter().any(|field| text.contains(field))
}

fn any_text(value: &Value, fits: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => fits(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, fits)),
        Value::Object(fields) => fields.iter().any(|(name, value)| fits(name) || any_text(value, fits)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The last requests, as many as it was made for.
pub(crate) struct Journal {
    size: usize,
    seen: Mutex<Seen>,
    /// Tells those who wait of every change, and at the end that there is nothing to wait for any more.
    ended: watch::Sender<bool>,
}

#[derive(Default)]
struct Seen {
    /// The number of the newest request. Numbers go on when the journal is cleared, so that nobody who follows it misses
    /// one.
    newest: u64,
    /// The newest number when the journal was cleared.
    cleared: u64,
    last: VecDeque<RecordedRequest>,
}

/// A part of the journal.
pub(crate) struct Excerpt {
    /// How many requests there were, since the start or since the journal was cleared.
    pub(crate) total: u64,
    /// How many of them are kept.
    pub(crate) kept: usize,
    /// The number of the newest request.
    pub(crate) newest: u64,
    /// Requests with their numbers, oldest first.
    pub(crate) requests: Vec<(u64, RecordedRequest)>,
}

impl Journal {
    pub(crate) fn new(size: usize) -> Self {
        Self { size, seen: Mutex::default(), ended: watch::Sender::new(false) }
    }

    /// Keeps a request, made safe; `private` when its query and body are not to be kept at all.
    pub(crate) fn record(&self, request: RecordedRequest, body: &[u8], private: bool, secrets: &Secrets<'_>) {
        let request = request.made_safe(body, private, secrets);
        let mut seen = locked(&self.seen);
        seen.newest = seen.newest.saturating_add(1);
        seen.last.push_back(request);
        while seen.last.len() > self.size {
            seen.last.pop_front();
        }
        drop(seen);
        self.ended.send_modify(|_| {});
    }

    /// The first `limit` requests after the one with the number `after`; the newest where there is no such number.
    pub(crate) fn excerpt(&self, after: Option<u64>, limit: usize) -> Excerpt {
        let seen = locked(&self.seen);
        let kept = seen.last.len();
        let oldest = seen.newest.saturating_sub(u64::try_from(kept).unwrap_or(u64::MAX)).saturating_add(1);
        let skipped = match after {
            Some(after) => usize::try_from(after.saturating_add(1).saturating_sub(oldest)).unwrap_or(kept),
            None => kept.saturating_sub(limit),
        };
        let numbered = (oldest..).zip(&seen.last).skip(skipped).take(limit);
        Excerpt {
            total: seen.newest.saturating_sub(seen.cleared),
            kept,
            newest: seen.newest,
            requests: numbered.map(|(number, request)| (number, request.clone())).collect(),
        }
    }

    /// Forgets all requests, and says how many there were.
    pub(crate) fn clear(&self) -> u64 {
        let mut seen = locked(&self.seen);
        let total = seen.newest.saturating_sub(seen.cleared);
        seen.cleared = seen.newest;
        seen.last.clear();
        drop(seen);
        self.ended.send_modify(|_| {});
        total
    }

    /// What changes with every change of the journal from now on. It holds whether waits have ended.
    pub(crate) fn changes(&self) -> watch::Receiver<bool> {
        self.ended.subscribe()
    }

    /// Lets nobody wait any more: the stub ends.
    pub(crate) fn end_waits(&self) {
        self.ended.send_replace(true);
    }

    /// The requests that are kept, oldest first.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        locked(&self.seen).last.iter().cloned().collect()
    }

    /// How many requests there were, with those that are no longer kept, since the start or since it was cleared.
    pub(crate) fn total(&self) -> u64 {
        let seen = locked(&self.seen);
        seen.newest.saturating_sub(seen.cleared)
    }
}

#[cfg(test)]
mod tests {
    use cloudlx_validate::Rule;

    use super::*;

    fn request() -> RecordedRequest {
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
    fn it_says_in_words_what_came_of_a_request() {
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
        let kept = request.made_safe(&vec![b'x'; BODY_KEPT + 1], false, &none());
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
    fn the_oldest_goes_first_and_is_still_counted() {
        let journal = Journal::new(2);
        for path in ["/1", "/2", "/3"] {
            let request = RecordedRequest { path: path.to_owned(), ..request() };
            journal.record(request, b"", false, &none());
        }
        let paths: Vec<_> = journal.requests().into_iter().map(|request| request.path).collect();
        assert_eq!(paths, ["/2", "/3"]);
        assert_eq!(journal.total(), 3);
        Journal::new(0).record(request(), b"", false, &none());
    }

    #[test]
    fn what_names_or_holds_a_secret_is_not_kept() {
        let token = "0123456789abcdef0123456789abcdef01234567";
        let secrets = Secrets::new(["hush-hush", "quo\"ted/secret", "one+other", "stub"].into_iter());
        let in_token = format!("x={token}");
        for query in ["page=1&client%5Fsecret=x", "x=hush%2Dhush", "hush-hush", "x=one+other", &in_token] {
            assert!(secrets.are_in_query(query), "{query}");
        }
        let in_token = format!(r#"["{token}"]"#);
        for body in [
            r#"{"refresh_token": "x"}"#,
            r#"{"client\u005fsecret": "x"}"#,
            r#"{"name": "my hush-hush"}"#,
            r#"{"name": ["hush\u002dhush"]}"#,
            r#"{"quo\"ted\/secret": 1}"#,
            r#"{"name": "hush\u002dhush""#,
            &in_token,
        ] {
            assert!(secrets.are_in_body(body.as_bytes()), "{body}");
        }
        for other in [r#"{"name": "a \"stub\" \u00fc", "n": [1, null, true]}"#, "\u{fffd}", &token[1..]] {
            assert!(!secrets.are_in_body(other.as_bytes()), "{other}");
            assert!(!secrets.are_in_query(other), "{other}");
        }
    }

    #[test]
    fn a_secret_elsewhere_is_replaced() {
        let token = "0123456789abcdef0123456789abcdef01234567";
        let secrets = Secrets::new(["hush-hush", "stub"].into_iter());
        let text = format!("/a/hush-hush/{token}/{token}{token}x{}stub-é", &token[1..]);
        let expected = format!("/a/[redacted]/[redacted]/[redacted]x{}stub-é", &token[1..]);
        assert_eq!(secrets.cut_from(&text, TEXT_KEPT), expected);
    }
}
