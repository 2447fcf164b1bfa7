//! The journal over HTTP: what the stub was asked, and its verdicts. Who follows it waits for what comes next.

use std::time::Duration;

use hyper::StatusCode;
use serde::Serialize;
use tokio::time::timeout;

use super::Asked;
use super::refusal::ShownViolation;
use crate::api::answer::{Answer, shortened};
use crate::observe::requests::{Excerpt, RecordedRequest};
use crate::server::Server;

/// How many requests are given when the caller does not say.
pub(super) const GIVEN: u64 = 100;

/// How many requests are given at most.
pub(super) const GIVEN_AT_MOST: u64 = 200;

/// How long a caller may wait for requests, in milliseconds.
pub(super) const LONGEST_WAIT: u64 = 60_000;

/// The requests that the stub saw.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Requests"))]
pub(super) struct SeenRequests<'a> {
    /// How many requests there were, since the start or since the journal was cleared.
    total: u64,
    /// How many of them are kept: the last.
    kept: usize,
    /// The number of the newest request. Numbers go on when the journal is cleared.
    newest: u64,
    /// Requests, oldest first.
    requests: Vec<SeenRequest<'a>>,
}

/// A request that the stub answered, and how. Secrets are not in it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Request"))]
struct SeenRequest<'a> {
    /// Its number, counted from 1 since the start.
    number: u64,
    /// The method.
    method: &'a str,
    /// The path as it was sent.
    path: &'a str,
    /// The query without its question mark; `[redacted]` where it could hold a secret.
    query: Option<&'a str>,
    /// The header `Accept`.
    accept: Option<&'a str>,
    /// The header `Content-Type`.
    content_type: Option<&'a str>,
    /// The first 64 KiB of the body, with U+FFFD for what is no text. Empty where it could hold a secret, and where the
    /// request was refused before its body was read.
    body: String,
    /// How long the body was that the stub read, in bytes.
    body_length: usize,
    /// The status of the answer, or what it would have been but for the fault. 0 when a fault left the request
    /// unprocessed and without an answer.
    status: u16,
    /// Why the request was refused.
    message: Option<&'a str>,
    /// The rules that the body broke.
    violations: Vec<ShownViolation<'a>>,
    /// The fault that hit the request, as JSON.
    fault: Option<&'a str>,
}

impl<'a> SeenRequest<'a> {
    fn of(number: u64, request: &'a RecordedRequest) -> Self {
        Self {
            number,
            method: &request.method,
            path: &request.path,
            query: request.query.as_deref(),
            accept: request.accept.as_deref(),
            content_type: request.content_type.as_deref(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
            body_length: request.body_length,
            status: request.status,
            message: request.message.as_deref(),
            violations: request.violations.iter().map(ShownViolation::from).collect(),
            fault: request.fault.as_deref(),
        }
    }
}

/// The requests after a number, or the newest. Where there are none, it waits for as long as the caller wants, until the
/// journal changes or the stub ends.
pub(super) async fn follow(server: &Server, query: &str) -> Answer {
    let asked = (|| {
        let after = number(query, "after", 0, u64::MAX)?;
        let limit = number(query, "limit", 1, GIVEN_AT_MOST)?.unwrap_or(GIVEN);
        let wait = number(query, "wait_ms", 0, LONGEST_WAIT)?.unwrap_or_default();
        Ok((after, usize::try_from(limit).unwrap_or(usize::MAX), Duration::from_millis(wait)))
    })();
    let (after, limit, wait) = match asked {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    // Before the journal is read: so nothing comes in between.
    let mut changes = server.observers.requests.changes();
    let mut excerpt = server.observers.requests.excerpt(after, limit);
    let has_ended = *changes.borrow();
    if excerpt.requests.is_empty() && !wait.is_zero() && !has_ended {
        // Over in time or not, there is an answer.
        let _ = timeout(wait, changes.changed()).await;
        excerpt = server.observers.requests.excerpt(after, limit);
    }
    shown(&excerpt)
}

/// Forgets the requests. Their numbers go on.
pub(super) fn clear(server: &Server, _: &Asked<'_>) -> Answer {
    server.observers.requests.clear();
    shown(&server.observers.requests.excerpt(None, 0))
}

fn shown(excerpt: &Excerpt) -> Answer {
    let requests = excerpt.requests.iter().map(|(number, request)| SeenRequest::of(*number, request));
    Answer::ok(&SeenRequests {
        total: excerpt.total,
        kept: excerpt.kept,
        newest: excerpt.newest,
        requests: requests.collect(),
    })
}

/// A whole number of the query, where there is one.
pub(super) fn number(query: &str, name: &str, least: u64, most: u64) -> Result<Option<u64>, Answer> {
    let Some((_, text)) = form_urlencoded::parse(query.as_bytes()).find(|(there, _)| there == name) else {
        return Ok(None);
    };
    let number = text.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
    number.map(Some).ok_or_else(|| {
        let message = format!(
            "expected a whole number from {least} to {most} as {name} in the query, found {:?}: write one",
            shortened(&text)
        );
        Answer::error(StatusCode::UNPROCESSABLE_ENTITY, message)
    })
}
