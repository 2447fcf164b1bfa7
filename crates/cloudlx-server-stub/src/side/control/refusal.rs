//! Why the control API did not do what it was asked, where there is more to say than a message.

use cloudlx_validate::Violation;
use hyper::StatusCode;
use serde::Serialize;

use crate::api::answer::Answer;
use crate::wire::json_path::Misread;

/// Why the control API did not do what it was asked.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ControlError"))]
pub(super) struct Refusal<'a> {
    /// What was expected, what came and what to do.
    message: &'a str,
    /// The status of the answer.
    status_code: u16,
    /// What is wrong in the body, and where.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    violations: &'a [ShownViolation<'a>],
}

/// One place that breaks one rule.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Violation"))]
pub(super) struct ShownViolation<'a> {
    /// Where, as an RFC 6901 pointer; empty for the whole body.
    pointer: &'a str,
    /// Which rule, by its code in `rules.json`.
    rule: &'static str,
    /// What was expected and what came.
    message: &'a str,
    /// What to write instead, where that is known.
    suggestion: Option<&'a str>,
}

impl<'a> From<&'a Violation> for ShownViolation<'a> {
    fn from(violation: &'a Violation) -> Self {
        Self {
            pointer: &violation.pointer,
            rule: violation.rule.code(),
            message: &violation.message,
            suggestion: violation.suggestion.as_deref(),
        }
    }
}

/// A body with these mistakes: 422.
pub(super) fn violated(violations: &[Violation]) -> Answer {
    let places =
        if violations.len() == 1 { "1 place".to_owned() } else { format!("{} places", violations.len()) };
    let message = format!("the body is wrong in {places}, see violations: nothing was changed");
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let violations: Vec<_> = violations.iter().map(ShownViolation::from).collect();
    Answer::json(
        status,
        &Refusal { message: &message, status_code: status.as_u16(), violations: &violations },
    )
}

/// A body that cannot be read: 400 when it is not JSON, 422 when it is something else than was asked for.
pub(super) fn misread(misread: &Misread) -> Answer {
    let status = match misread.source.classify() {
        serde_json::error::Category::Data => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::BAD_REQUEST,
    };
    let place = if misread.pointer.is_empty() { "in the body" } else { &format!("at {}", misread.pointer) };
    Answer::error(status, format!("{place}: {}", misread.source))
}
