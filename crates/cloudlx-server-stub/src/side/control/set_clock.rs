//! Moves the clock forwards to a time.

use std::future::ready;
use std::time::Duration;

use hyper::Method;
use hyper::StatusCode;
use serde::Deserialize;
#[cfg(feature = "documents")]
use serde_json::{Value, json};

use super::clock::{milliseconds, reading};
#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};
use super::refusal::misread;
use crate::Clock;
use crate::api::answer::Answer;
use crate::api::call::Answering;
use crate::wire::json_path;

pub(super) const SET_CLOCK: Operation = Operation {
    name: "set_clock",
    method: Method::PUT,
    path: "/__stub/clock",
    reads_body: true,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "clock",
        summary: "Moves the clock to a time.",
        details: "Forwards only. Tokens expire and late customers appear as if the time had passed.",
        parameters: Vec::new,
        body: Some(body),
        answer: AnswerDescription { description: "What the clock says.", schema: Some("Clock") },
        schemas: || {
            vec![
                cloudlx_model::schema::document_of::<super::clock::Reading>("clock"),
                cloudlx_model::schema::document_of_input::<ClockSetting>("clock-setting"),
            ]
        },
    },
};

/// What the clock is to say.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct ClockSetting {
    /// How long the clock is to have run, in milliseconds. No less than it has: it runs forwards only.
    now_ms: u64,
}

#[cfg(feature = "documents")]
fn body() -> Value {
    json!({ "schema": super::document::reference("ClockSetting"), "example": { "now_ms": 86_400_000 } })
}

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    Box::pin(ready(set(&request.server.api.resources.clock, request.body)))
}

fn set(clock: &Clock, body: &[u8]) -> Result<Answer, Answer> {
    let wanted: ClockSetting = json_path::from_json(body).map_err(|error| misread(&error))?;
    let now = clock.now();
    let ahead = Duration::from_millis(wanted.now_ms).checked_sub(now).ok_or_else(|| {
        let message = format!(
            "expected a time from {} ms on, found {} ms, which has passed: the clock runs forwards only, and \
             POST /__stub/reset puts it back",
            milliseconds(now).saturating_add(1),
            wanted.now_ms
        );
        Answer::error(StatusCode::UNPROCESSABLE_ENTITY, message)
    })?;
    clock.advance(ahead);
    Ok(reading(clock))
}
