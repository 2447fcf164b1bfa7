//! What `tracing` sees: a span for each call and one for each attempt.
//!
//! The fields hold words of the contract (a path with the names of its parameters), words of this crate, and numbers. They
//! never hold text of a request or a response, an address, an id or a secret.

use cloudlx_model::EndpointInfo;
use reqwest::StatusCode;
use tracing::field::Empty;
use tracing::{Span, info_span};

use crate::call::answered::Answered;
use crate::error::call::Error;
use crate::proof::outcome::{Operation, Outcome, judge};

/// The target of all spans and events, whichever module they come from.
pub(crate) const TARGET: &str = "cloudlx_client";

/// The span of a call.
pub(crate) fn call(endpoint: &EndpointInfo) -> Span {
    info_span!(
        target: TARGET,
        "call",
        endpoint = endpoint.name,
        method = endpoint.method.as_str(),
        path = endpoint.path,
        attempts = Empty,
        status = Empty,
        outcome = Empty,
    )
}

/// The span of an attempt.
pub(crate) fn attempt(endpoint: &EndpointInfo, number: u32) -> Span {
    info_span!(
        target: TARGET,
        "attempt",
        endpoint = endpoint.name,
        method = endpoint.method.as_str(),
        path = endpoint.path,
        attempt = number,
        status = Empty,
        outcome = Empty,
    )
}

/// Records how a call ended.
pub(crate) fn call_ended<T>(span: &Span, operation: Operation, ended: &Result<Answered<T>, Error>) {
    let (attempts, outcome) = match ended {
        Ok(answered) => (answered.attempt, "done"),
        Err(error) => (error.target().map_or(1, |target| target.attempt), call_outcome(operation, error)),
    };
    span.record("attempts", attempts);
    record(span, ended, outcome);
}

/// Records how an attempt ended.
pub(crate) fn attempt_ended<T>(span: &Span, ended: &Result<Answered<T>, Error>) {
    record(span, ended, ended.as_ref().map_or_else(attempt_outcome, |_| "done"));
}

fn record<T>(span: &Span, ended: &Result<Answered<T>, Error>, outcome: &str) {
    let status = ended.as_ref().map_or_else(Error::status, |answered| Some(answered.status));
    span.record("status", status.as_ref().map(StatusCode::as_u16));
    span.record("outcome", outcome);
}

/// The outcome of a call that failed.
fn call_outcome(operation: Operation, error: &Error) -> &'static str {
    match judge(operation, error.progress()) {
        Outcome::NotDone(_) => "not_done",
        Outcome::Unknown => "unknown",
    }
}

/// The outcome of an attempt that failed.
fn attempt_outcome(error: &Error) -> &'static str {
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
