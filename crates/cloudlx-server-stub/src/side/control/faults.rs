//! Faults, seen and armed.

use hyper::StatusCode;

use super::Asked;
use crate::api::answer::Answer;
use crate::faults::Schedule;
use crate::server::Server;

/// What is armed, and what it did.
pub(super) fn get(server: &Server, _: &Asked<'_>) -> Answer {
    Answer::ok(&server.faults.report())
}

/// Arms a schedule in the place of the one that is armed.
pub(super) fn arm(server: &Server, asked: &Asked<'_>) -> Answer {
    match Schedule::from_json(asked.body) {
        Ok(schedule) => server.faults.arm(schedule),
        Err(error) => return Answer::error(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
    }
    get(server, asked)
}

/// Disarms all.
pub(super) fn clear(server: &Server, asked: &Asked<'_>) -> Answer {
    server.faults.disarm();
    get(server, asked)
}
