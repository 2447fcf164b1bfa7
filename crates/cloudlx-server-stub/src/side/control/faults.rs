//! Faults, seen and armed.

use hyper::StatusCode;

use super::Asked;
use crate::api::answer::Answer;
use crate::faults::Schedule;
use crate::server::State;

/// What is armed, and what it did.
pub(super) fn get(state: &State, _: &Asked<'_>) -> Answer {
    Answer::ok(&state.faults.report())
}

/// Arms a schedule in the place of the one that is armed.
pub(super) fn arm(state: &State, asked: &Asked<'_>) -> Answer {
    match Schedule::from_json(asked.body) {
        Ok(schedule) => state.arm(schedule),
        Err(error) => return Answer::error(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
    }
    get(state, asked)
}

/// Disarms all.
pub(super) fn clear(state: &State, asked: &Asked<'_>) -> Answer {
    state.arm(Schedule::default());
    get(state, asked)
}
