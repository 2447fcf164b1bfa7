//! What `tracing` is told: a span for each call and one for each attempt.
//!
//! Their fields are words of the contract (a path with the names of its parameters) and of this crate, and numbers. They
//! never hold what a request or an answer says, an address, an id or a secret.

use cloudlx_model::Endpoint;
use reqwest::StatusCode;
use tracing::field::Empty;
use tracing::{Span, info_span};

use crate::call::answered::Answered;
use crate::error::Error;
use crate::proof::outcome::{Operation, Verdict, judge};

/// Spans and events are found under this name, whichever module they come from.
pub(crate) const TARGET: &str = "cloudlx_client";

/// The span of a call.
pub(crate) fn call<E: Endpoint>() -> Span {
    info_span!(
        target: TARGET,
        "call",
        endpoint = E::NAME,
        method = E::METHOD.as_str(),
        path = E::PATH,
        attempts = Empty,
        status = Empty,
        outcome = Empty,
    )
}

/// The span of an attempt.
pub(crate) fn attempt<E: Endpoint>(number: u32) -> Span {
    info_span!(
        target: TARGET,
        "attempt",
        endpoint = E::NAME,
        method = E::METHOD.as_str(),
        path = E::PATH,
        attempt = number,
        status = Empty,
        outcome = Empty,
    )
}

/// Says how a call ended.
pub(crate) fn call_ended<T>(span: &Span, operation: Operation, ended: &Result<Answered<T>, Error>) {
    let (attempts, outcome) = match ended {
        Ok(answered) => (answered.attempt, "done"),
        Err(error) => (error.target().map_or(1, |target| target.attempt), end(operation, error)),
    };
    span.record("attempts", attempts);
    record(span, ended, outcome);
}

/// Says how an attempt ended.
pub(crate) fn attempt_ended<T>(span: &Span, ended: &Result<Answered<T>, Error>) {
    record(span, ended, ended.as_ref().map_or_else(what, |_| "done"));
}

fn record<T>(span: &Span, ended: &Result<Answered<T>, Error>, outcome: &str) {
    let status = ended.as_ref().map_or_else(Error::status, |answered| Some(answered.status));
    span.record("status", status.as_ref().map(StatusCode::as_u16));
    span.record("outcome", outcome);
}

/// How a call ended that failed.
fn end(operation: Operation, error: &Error) -> &'static str {
    match judge(operation, error.progress()) {
        Verdict::NotDone(_) => "not_done",
        Verdict::Unknown => "unknown",
    }
}

/// What came of an attempt that failed.
fn what(error: &Error) -> &'static str {
    match error {
        Error::NoToken { .. } => "no_token",
        Error::OutOfTime { .. } => "out_of_time",
        Error::NotBuilt { .. } => "not_built",
        Error::NotSent { .. } => "not_sent",
        Error::NoAnswer { .. } => "no_answer",
        Error::Redirected { .. } => "redirected",
        Error::Unauthorized { .. } => "unauthorized",
        Error::Status { .. } => "error_status",
        Error::Unexpected { .. } | Error::Incomplete { .. } | Error::Catalogue { .. } => "unexpected",
    }
}
