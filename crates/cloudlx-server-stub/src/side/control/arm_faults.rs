//! Arms faults in the place of those that are armed.

use std::future::ready;

use hyper::Method;
use hyper::StatusCode;
#[cfg(feature = "documents")]
use serde_json::{Value, json};

#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};

use crate::api::answer::Answer;
use crate::api::call::Answering;
use crate::faults::Schedule;

pub(super) const ARM_FAULTS: Operation = Operation {
    name: "arm_faults",
    method: Method::PUT,
    path: "/__stub/faults",
    reads_body: true,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "faults",
        summary: "Arms faults.",
        details: "They take the place of those that were armed, and counting begins anew. The body is a faults file.",
        parameters: Vec::new,
        body: Some(faults_file),
        answer: AnswerDescription {
            description: "What is armed, and what it did.",
            schema: Some("FaultReport"),
        },
        schemas: || {
            vec![
                cloudlx_model::schema::document_of::<crate::faults::Report>("report"),
                crate::faults::schema(),
            ]
        },
    },
};

#[cfg(feature = "documents")]
fn faults_file() -> Value {
    json!({
        "schema": super::document::reference("Schedule"),
        "example": { "requests": [{ "endpoint": "create_customer", "times": 1, "do": { "before": "reset" } }] },
    })
}

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    let schedule = Schedule::from_json(request.body);
    Box::pin(ready(match schedule {
        Ok(schedule) => {
            request.server.faults.arm(schedule);
            Ok(Answer::ok(&request.server.faults.report()))
        }
        Err(error) => Err(Answer::error(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())),
    }))
}
