//! Moves the clock forwards by some time.

use std::future::ready;
use std::time::Duration;

use hyper::Method;
use serde::Deserialize;
#[cfg(feature = "documents")]
use serde_json::{Value, json};

use super::clock::reading;
#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};
use super::refusal::misread;
use crate::Clock;
use crate::api::answer::Answer;
use crate::api::call::Answering;
use crate::wire::json_path;

pub(super) const ADVANCE_CLOCK: Operation = Operation {
    name: "advance_clock",
    method: Method::PATCH,
    path: "/__stub/clock",
    reads_body: true,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "clock",
        summary: "Moves the clock by some time.",
        details: "Forwards. Tokens expire and late customers appear as if the time had passed.",
        parameters: Vec::new,
        body: Some(body),
        answer: AnswerDescription { description: "What the clock says.", schema: Some("Clock") },
        schemas: || {
            vec![
                cloudlx_model::schema::document_of::<super::clock::Reading>("clock"),
                cloudlx_model::schema::document_of_input::<ClockAdvance>("clock-advance"),
            ]
        },
    },
};

/// How far the clock is to be moved.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct ClockAdvance {
    /// How far forwards, in milliseconds.
    advance_ms: u64,
}

#[cfg(feature = "documents")]
fn body() -> Value {
    json!({ "schema": super::document::reference("ClockAdvance"), "example": { "advance_ms": 3_600_000 } })
}

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    Box::pin(ready(advance(&request.server.api.resources.clock, request.body)))
}

fn advance(clock: &Clock, body: &[u8]) -> Result<Answer, Answer> {
    let wanted: ClockAdvance = json_path::from_json(body).map_err(|error| misread(&error))?;
    clock.advance(Duration::from_millis(wanted.advance_ms));
    Ok(reading(clock))
}
