//! The control API: what a test tells the stub over HTTP, beside the API and no part of it.
//!
//! Each operation stands in a file of its own, called as the operation is, with its description.

mod add_customers;
mod advance_clock;
mod arm_faults;
mod clear_faults;
mod clear_requests;
mod clock;
mod customers;
#[cfg(feature = "documents")]
mod document;
mod get_clock;
mod get_customers;
mod get_faults;
#[cfg(feature = "documents")]
mod get_openapi;
mod get_requests;
mod guard;
mod operation;
mod query;
mod refusal;
mod replace_customers;
mod requests;
mod reset;
mod revoke_tokens;
mod set_clock;

#[cfg(feature = "documents")]
use cloudlx_openapi::OpenApiError;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;

use self::operation::{ControlRequest, Operation};
use crate::api::answer::Answer;
use crate::api::content_type::Content;
use crate::api::refusals::{method_not_allowed, nothing_at, unsupported_media_type};
use crate::api::router::Router;
use crate::auth::control_access::ControlAccess;
use crate::server::Server;
use crate::wire::body::read;
use crate::wire::headers::text;

/// The beginning of every path of the control API.
const PREFIX: &str = "/__stub/";

/// Everything that the control API does, in the document's order. `HEAD` goes where `GET` goes.
static OPERATIONS: &[Operation] = &[
    reset::RESET,
    get_customers::GET_CUSTOMERS,
    add_customers::ADD_CUSTOMERS,
    replace_customers::REPLACE_CUSTOMERS,
    get_faults::GET_FAULTS,
    arm_faults::ARM_FAULTS,
    clear_faults::CLEAR_FAULTS,
    get_requests::GET_REQUESTS,
    clear_requests::CLEAR_REQUESTS,
    get_clock::GET_CLOCK,
    set_clock::SET_CLOCK,
    advance_clock::ADVANCE_CLOCK,
    revoke_tokens::REVOKE_TOKENS,
    #[cfg(feature = "documents")]
    get_openapi::GET_OPENAPI,
];

/// Whether a path is the control API's and not the API's.
pub(crate) fn is_at(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// The OpenAPI 3.1 document of the control API, with a server on this machine.
///
/// # Errors
///
/// Only for bugs in this workspace.
#[cfg(feature = "documents")]
pub fn document() -> Result<serde_json::Value, OpenApiError> {
    document::describing(OPERATIONS)
}

/// The routes of the control API.
pub(crate) struct Control(Router<&'static Operation>);

impl Control {
    /// # Errors
    ///
    /// When two paths cannot stand side by side; the tests would show it.
    pub(crate) fn new() -> Result<Self, matchit::InsertError> {
        let operations: Vec<_> = OPERATIONS.iter().collect();
        Ok(Self(Router::new(&operations)?))
    }

    /// Answers a request to the control API: 401 or 403, 404, 405, 415, 413 or 408, and what the operation answers.
    pub(crate) async fn answer(
        &self,
        server: &Server,
        access: &ControlAccess,
        head: &Parts,
        body: &mut Incoming,
    ) -> Answer {
        let answer = self.checked(server, access, head, body).await;
        let answer = answer.unwrap_or_else(|refusal| refusal);
        answer.with_default(CACHE_CONTROL, HeaderValue::from_static("no-store"))
    }

    async fn checked(
        &self,
        server: &Server,
        access: &ControlAccess,
        head: &Parts,
        body: &mut Incoming,
    ) -> Result<Answer, Answer> {
        guard::authorize(access, head)?;
        let operation = self.find(head)?;
        let body = if operation.reads_body {
            require_json(head)?;
            read(body, server.limits).await?
        } else {
            Bytes::new()
        };
        let query = head.uri.query().unwrap_or_default();
        let request = ControlRequest {
            server,
            head,
            #[cfg(feature = "documents")]
            document,
            query,
            body: &body,
        };
        (operation.handle)(request).await
    }

    fn find(&self, head: &Parts) -> Result<&'static Operation, Answer> {
        let path = head.uri.path();
        let matched = self.0.at(path).ok_or_else(|| {
            let mut paths: Vec<_> = OPERATIONS.iter().map(|operation| operation.path).collect();
            paths.dedup();
            nothing_at(path, &paths.join(", "), "")
        })?;
        let operation = matched.route(&head.method).copied();
        operation.ok_or_else(|| method_not_allowed(&head.method, &matched.methods(), "use one of these"))
    }
}

/// A body without the header is refused as well: a form on a web page can send one without asking first.
fn require_json(head: &Parts) -> Result<(), Answer> {
    let named = text(&head.headers, &CONTENT_TYPE).unwrap_or_default();
    if !named.is_empty() && Content::named_by(Some(&named)) == Some(Content::Json) {
        return Ok(());
    }
    Err(unsupported_media_type(Some(&named), &[Content::Json]))
}

#[cfg(all(test, feature = "documents"))]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_operation_has_a_description_of_its_own() {
        let summaries: BTreeSet<_> =
            OPERATIONS.iter().map(|operation| operation.description.summary).collect();
        assert_eq!(summaries.len(), OPERATIONS.len());
        for operation in OPERATIONS {
            assert_eq!(operation.description.body.is_some(), operation.reads_body, "{}", operation.name);
        }
    }
}
