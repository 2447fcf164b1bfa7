//! The stub's clock as the control API shows it.

use std::time::Duration;

use serde::Serialize;

use crate::Clock;
use crate::api::answer::Answer;

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

/// The answer of every operation on the clock.
pub(super) fn reading(clock: &Clock) -> Answer {
    Answer::ok(&Reading { now_ms: milliseconds(clock.now()), ahead_ms: milliseconds(clock.ahead()) })
}

pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
