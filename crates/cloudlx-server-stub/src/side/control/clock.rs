//! The stub's clock, read and moved: tokens expire by it, and customers that a fault commits late appear.

use std::time::Duration;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::Asked;
use super::refusal::misread;
use crate::api::answer::Answer;
use crate::server::Server;
use crate::wire::json_path;

/// What the stub's clock says.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Clock"))]
pub(super) struct Reading {
    /// How long it has run, in milliseconds, with all that was added to it.
    now_ms: u64,
    /// How much was added to it, in milliseconds.
    ahead_ms: u64,
}

/// What the clock is to say.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct ClockSetting {
    /// How long the clock is to have run, in milliseconds. No less than it has: it runs forwards only.
    now_ms: u64,
}

/// How far the clock is to be moved.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct ClockAdvance {
    /// How far forwards, in milliseconds.
    advance_ms: u64,
}

/// What the clock says.
pub(super) fn get(server: &Server, _: &Asked<'_>) -> Answer {
    Answer::ok(&Reading {
        now_ms: milliseconds(server.api.resources.clock.now()),
        ahead_ms: milliseconds(server.api.resources.clock.ahead()),
    })
}

/// Moves the clock forwards to a time.
pub(super) fn set(server: &Server, asked: &Asked<'_>) -> Answer {
    let wanted: ClockSetting = match json_path::from_json(asked.body) {
        Ok(wanted) => wanted,
        Err(error) => return misread(&error),
    };
    let now = server.api.resources.clock.now();
    let Some(ahead) = Duration::from_millis(wanted.now_ms).checked_sub(now) else {
        let message = format!(
            "expected a time from {} ms on, found {} ms, which has passed: the clock runs forwards only, and \
             POST /__stub/reset puts it back",
            milliseconds(now).saturating_add(1),
            wanted.now_ms
        );
        return Answer::error(StatusCode::UNPROCESSABLE_ENTITY, message);
    };
    server.api.resources.clock.advance(ahead);
    get(server, asked)
}

/// Moves the clock forwards by some time.
pub(super) fn advance(server: &Server, asked: &Asked<'_>) -> Answer {
    match json_path::from_json::<ClockAdvance>(asked.body) {
        Ok(wanted) => server.api.resources.clock.advance(Duration::from_millis(wanted.advance_ms)),
        Err(error) => return misread(&error),
    }
    get(server, asked)
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
