//! The requests that the stub saw, the last ones only, and none of their secrets.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use cloudlx_validate::Violation;

/// How much of a body is kept, in bytes.
const BODY_KEPT: usize = 64 * 1024;

/// How much of a path, a query or a header is kept, in bytes.
const TEXT_KEPT: usize = 4 * 1024;

/// How many violations of one request are kept.
const VIOLATIONS_KEPT: usize = 100;

/// What stands in the place of something that could be a secret.
const REDACTED: &str = "[redacted]";

/// The fields of the token endpoints that must not be kept, wherever they turn up.
const SECRET_FIELDS: [&str; 3] = ["client_secret", "access_token", "refresh_token"];

/// A request that the stub answered, and how.
///
/// It never holds a secret: `Authorization` is left out, and so are queries and bodies of the token endpoints, of paths
/// that the API does not have, and of any request that names `client_secret`, `access_token` or `refresh_token` in
/// them. [`Display`](fmt::Display) says in words what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method, such as `POST`.
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
    /// The status that was answered.
    pub status: u16,
    /// Why the request was refused: the error body's message.
    pub message: Option<String>,
    /// The rules that the body broke, the first 100 of them. Empty for the token endpoints: what is wrong there can be a
    /// secret in the wrong place.
    pub violations: Vec<Violation>,
}

impl fmt::Display for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if let Some(query) = &self.query {
            write!(f, "?{query}")?;
        }
        write!(f, " was answered {}", self.status)?;
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        self.violations.iter().try_for_each(|violation| write!(f, "\n  {violation}"))
    }
}

impl RecordedRequest {
    /// Takes out what could be a secret and cuts to length what is too long. With `private`, query, body and
    /// violations go altogether.
    fn made_safe(mut self, private: bool) -> Self {
        if self.query.as_deref().is_some_and(|query| private || query_names_a_secret(query)) {
            self.query = Some(REDACTED.to_owned());
        }
        if private {
            self.violations.clear();
        }
        // Cut first: a secret comes after its name, so one that the kept part does not name is not in it.
        self.body.truncate(BODY_KEPT);
        if private || body_names_a_secret(&self.body) {
            self.body.clear();
        }
        self.body.shrink_to_fit();
        self.violations.truncate(VIOLATIONS_KEPT);
        self.violations.shrink_to_fit();
        shorten(&mut self.path);
        for text in [&mut self.query, &mut self.accept, &mut self.content_type, &mut self.message] {
            text.as_mut().map(shorten).unwrap_or_default();
        }
        self
    }
}

/// The last requests, as many as it was made for.
pub(crate) struct Journal {
    size: usize,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    total: u64,
    last: VecDeque<RecordedRequest>,
}

impl Journal {
    pub(crate) fn new(size: usize) -> Self {
        Self { size, seen: Mutex::default() }
    }

    /// Keeps a request, made safe; `private` when its query and body are not to be kept at all.
    pub(crate) fn record(&self, request: RecordedRequest, private: bool) {
        let request = request.made_safe(private);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.total = seen.total.saturating_add(1);
        seen.last.push_back(request);
        while seen.last.len() > self.size {
            seen.last.pop_front();
        }
    }

    /// The requests that are kept, oldest first.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).last.iter().cloned().collect()
    }

    /// How many requests there were, with those that are no longer kept.
    pub(crate) fn total(&self) -> u64 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).total
    }
}

fn query_names_a_secret(query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| SECRET_FIELDS.contains(&name.as_ref()))
}

fn body_names_a_secret(body: &[u8]) -> bool {
    SECRET_FIELDS.iter().any(|field| body.windows(field.len()).any(|window| window == field.as_bytes()))
}

/// Cuts `text` to what is kept, at the end of a character.
fn shorten(text: &mut String) {
    if text.len() > TEXT_KEPT {
        text.truncate(text.floor_char_boundary(TEXT_KEPT));
        text.shrink_to_fit();
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
        }
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
    }

    #[test]
    fn everything_kept_has_a_bound() {
        let long = RecordedRequest {
            path: "ü".repeat(TEXT_KEPT),
            accept: Some("a".repeat(TEXT_KEPT + 1)),
            body: vec![b'x'; BODY_KEPT + 1],
            violations: vec![violation(); VIOLATIONS_KEPT + 1],
            ..request()
        };
        let kept = long.made_safe(false);
        assert_eq!(kept.path.len(), TEXT_KEPT);
        assert_eq!(kept.accept.unwrap().len(), TEXT_KEPT);
        assert_eq!(kept.body.len(), BODY_KEPT);
        assert_eq!(kept.violations.len(), VIOLATIONS_KEPT);
    }

    #[test]
    fn the_oldest_goes_first_and_is_still_counted() {
        let journal = Journal::new(2);
        for path in ["/1", "/2", "/3"] {
            journal.record(RecordedRequest { path: path.to_owned(), ..request() }, false);
        }
        let paths: Vec<_> = journal.requests().into_iter().map(|request| request.path).collect();
        assert_eq!(paths, ["/2", "/3"]);
        assert_eq!(journal.total(), 3);
        Journal::new(0).record(request(), false);
    }

    #[test]
    fn what_names_a_secret_is_not_kept_anywhere() {
        let named = RecordedRequest {
            query: Some("page=1&client%5Fsecret=hush".to_owned()),
            body: br#"{"refresh_token": "hush"}"#.to_vec(),
            ..request()
        };
        let kept = named.made_safe(false);
        assert_eq!(kept.query.as_deref(), Some(REDACTED));
        assert!(kept.body.is_empty());
    }
}
