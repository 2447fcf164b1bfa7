//! Puts the stub back to its start.

use hyper::Method;
use serde::Serialize;

#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};

use crate::api::answer::Answer;
use crate::api::call::Answering;

pub(super) const RESET: Operation = Operation {
    name: "reset",
    method: Method::POST,
    path: "/__stub/reset",
    reads_body: false,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "stub",
        summary: "Puts the stub back to its start.",
        details: "Takes away customers (also those in a state file), tokens, the journal and what clients have used of \
                      their rate limit, puts the clock back, and arms the faults that the stub started with, counting anew.",
        parameters: Vec::new,
        body: None,
        answer: AnswerDescription { description: "What was taken away.", schema: Some("Reset") },
        schemas: || vec![cloudlx_model::schema::document_of::<TakenAway>("reset")],
    },
};

/// What a reset took away.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Reset"))]
struct TakenAway {
    /// How many customers there were.
    customers: usize,
    /// How many requests the journal had counted.
    requests: u64,
    /// How many access tokens were good or had expired.
    access_tokens: usize,
    /// How many refresh tokens were good or had expired.
    refresh_tokens: usize,
}

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    Box::pin(reset(request))
}

async fn reset(request: ControlRequest<'_>) -> Result<Answer, Answer> {
    let server = request.server;
    let resources = &server.api.resources;
    // Faults first: what they would do to active requests is no part of a new start.
    server.faults.disarm();
    let customers = resources.store.clear().await?;
    let (access_tokens, refresh_tokens) = resources.store.forget_tokens().await?;
    let requests = server.observers.requests.clear();
    if let Some(rate_limit) = &server.api.rate_limit {
        rate_limit.forget();
    }
    // Nothing is left that was timed by the clock.
    resources.clock.turn_back();
    server.faults.rearm();
    Ok(Answer::ok(&TakenAway { customers, requests, access_tokens, refresh_tokens }))
}
