//! Describes the control API.

use std::future::ready;

use hyper::Method;
use hyper::StatusCode;
use serde_json::json;

#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};

use crate::api::answer::Answer;
use crate::api::call::Answering;
use crate::side::documents::Published;

pub(super) const GET_OPENAPI: Operation = Operation {
    name: "get_openapi",
    method: Method::GET,
    path: "/__stub/openapi.json",
    reads_body: false,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "stub",
        summary: "Describes the control API.",
        details: "This document, with the stub's own address as its server.",
        parameters: Vec::new,
        body: None,
        answer: AnswerDescription { description: "An OpenAPI 3.1 document.", schema: None },
        schemas: || Vec::new(),
    },
};

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    let document = (request.document)().and_then(|mut document| {
        if let Some(document) = document.as_object_mut() {
            let servers = json!([{ "url": request.server.base_url, "description": "This stub" }]);
            document.insert("servers".to_owned(), servers);
        }
        Published::json(&document)
    });
    Box::pin(ready(match document {
        Ok(published) => Ok(published.answer(request.head)),
        Err(error) => {
            let message = format!("{error}: please report it");
            Err(Answer::error(StatusCode::INTERNAL_SERVER_ERROR, message))
        }
    }))
}
