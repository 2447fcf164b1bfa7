//! The control endpoint: faults seen and armed over HTTP, beside the API and no part of it.

use hyper::body::Incoming;
use hyper::header::{ALLOW, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};

use crate::answer::{Answer, shortened};
use crate::body::read;
use crate::faults::Schedule;
use crate::state::State;

/// What all paths of the stub's own begin with.
const OWN: &str = "/__stub/";

/// The faults.
const FAULTS: &str = "/__stub/faults";

/// Whether a path is the stub's own and not the API's.
pub(crate) fn is_at(path: &str) -> bool {
    path.starts_with(OWN)
}

/// `GET` says what is armed and what it did, `PUT` arms a schedule in its place, `DELETE` clears. All answer with what is
/// armed then.
pub(crate) async fn answer(state: &State, head: &Parts, mut body: Incoming) -> Answer {
    if head.uri.path() != FAULTS {
        let message = format!(
            "expected {FAULTS}, found nothing at {}: the stub has no other path of its own",
            shortened(head.uri.path())
        );
        return Answer::error(StatusCode::NOT_FOUND, message);
    }
    match head.method {
        Method::GET => {}
        Method::DELETE => state.arm(Schedule::default()),
        Method::PUT => {
            let text = match read(&mut body, state.limits).await {
                Ok(text) => text,
                Err(answer) => return answer,
            };
            match Schedule::from_json(&text) {
                Ok(schedule) => state.arm(schedule),
                Err(error) => return Answer::error(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
            }
        }
        _ => {
            let message = format!(
                "expected one of the methods GET, PUT, DELETE, found {}: use one of these",
                shortened(head.method.as_str())
            );
            return Answer::error(StatusCode::METHOD_NOT_ALLOWED, message)
                .with(ALLOW, HeaderValue::from_static("GET, PUT, DELETE"));
        }
    }
    Answer::ok(&state.faults.report())
}
