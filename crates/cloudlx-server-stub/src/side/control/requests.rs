//! The request log as the control API shows it.

use serde::Serialize;

use super::refusal::ShownViolation;
use crate::api::answer::Answer;
use crate::observe::request_log::{Excerpt, RecordedRequest};

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
    fn new(number: u64, request: &'a RecordedRequest) -> Self {
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

pub(super) fn shown(excerpt: &Excerpt) -> Answer {
    let requests = excerpt.requests.iter().map(|(number, request)| SeenRequest::new(*number, request));
    Answer::ok(&SeenRequests {
        total: excerpt.total,
        kept: excerpt.kept,
        newest: excerpt.newest,
        requests: requests.collect(),
    })
}
