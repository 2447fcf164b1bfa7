//! Shows the request log. A caller that follows it waits for the next request.

use std::time::Duration;

use hyper::Method;
#[cfg(feature = "documents")]
use serde_json::{Value, json};
use tokio::time::timeout;

#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};
use super::query::number;
#[cfg(feature = "documents")]
use super::query::parameter;
#[cfg(feature = "documents")]
use super::requests::SeenRequests;
use super::requests::shown;
use crate::api::answer::Answer;
use crate::api::call::Answering;
use crate::observe::request_log::RequestLog;

/// How many requests are shown by default.
const DEFAULT_LIMIT: u64 = 100;

/// How many requests are shown at most.
const LARGEST_LIMIT: u64 = 200;

/// How long a caller may wait for requests, in milliseconds.
const LONGEST_WAIT: u64 = 60_000;

pub(super) const GET_REQUESTS: Operation = Operation {
    name: "get_requests",
    method: Method::GET,
    path: "/__stub/requests",
    reads_body: false,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "requests",
        summary: "Shows the requests that the stub answered, with its verdicts.",
        details: "The newest, or those after a number. To follow the journal, ask again with `after` as the number of the \
                      last request that you have, and `wait_ms`.",
        parameters,
        body: None,
        answer: AnswerDescription { description: "Requests, oldest first.", schema: Some("Requests") },
        schemas: || vec![cloudlx_model::schema::document_of::<SeenRequests<'_>>("requests")],
    },
};

#[cfg(feature = "documents")]
fn parameters() -> Vec<Value> {
    let number = |least: u64, most: u64, default: u64| json!({ "type": "integer", "minimum": least, "maximum": most, "default": default });
    vec![
        parameter("after", "The number after which to begin.", &json!({ "type": "integer", "minimum": 0 })),
        parameter("limit", "How many requests to give at most.", &number(1, LARGEST_LIMIT, DEFAULT_LIMIT)),
        parameter(
            "wait_ms",
            "How long to wait, where there is none, for the journal to change: in milliseconds.",
            &number(0, LONGEST_WAIT, 0),
        ),
    ]
}

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    Box::pin(follow(&request.server.observers.requests, request.query))
}

/// The requests after a number, or the newest. Without any it waits for as long as the caller wants, until the log changes
/// or the stub stops.
async fn follow(log: &RequestLog, query: &str) -> Result<Answer, Answer> {
    let after = number(query, "after", 0, u64::MAX)?;
    let limit = number(query, "limit", 1, LARGEST_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let wait = number(query, "wait_ms", 0, LONGEST_WAIT)?.unwrap_or_default();
    // Subscribed before the log is read: so no change is missed in between.
    let mut changes = log.changes();
    let mut excerpt = log.excerpt(after, limit);
    let has_stopped = *changes.borrow();
    if excerpt.requests.is_empty() && wait > 0 && !has_stopped {
        // Also after the timeout there is an answer.
        let _ = timeout(Duration::from_millis(wait), changes.changed()).await;
        excerpt = log.excerpt(after, limit);
    }
    Ok(shown(&excerpt))
}
