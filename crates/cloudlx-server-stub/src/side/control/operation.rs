//! What an operation of the control API is made of.

#[cfg(feature = "documents")]
use cloudlx_model::schema::Document;
#[cfg(feature = "documents")]
use cloudlx_openapi::OpenApiError;
use hyper::Method;
use hyper::http::request::Parts;
#[cfg(feature = "documents")]
use serde_json::Value;

use crate::api::call::Answering;
use crate::api::router::Route;
use crate::server::Server;

/// One operation: where it is, what it does, and its description.
pub(super) struct Operation {
    /// The `operationId` of the document.
    #[cfg_attr(not(feature = "documents"), expect(dead_code, reason = "only the document has it"))]
    pub(super) name: &'static str,
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) reads_body: bool,
    pub(super) handle: fn(ControlRequest<'_>) -> Answering<'_>,
    #[cfg(feature = "documents")]
    pub(super) description: Description,
}

/// A request to the control API, and the stub that it is for.
#[derive(Clone, Copy)]
pub(super) struct ControlRequest<'a> {
    pub(super) server: &'a Server,
    #[cfg_attr(not(feature = "documents"), expect(dead_code, reason = "only documents look at it"))]
    pub(super) head: &'a Parts,
    /// Makes the document of the control API, for the operation that shows it.
    #[cfg(feature = "documents")]
    pub(super) document: fn() -> Result<Value, OpenApiError>,
    pub(super) query: &'a str,
    pub(super) body: &'a [u8],
}

/// What an operation is for, what it reads and what it answers.
#[cfg(feature = "documents")]
pub(super) struct Description {
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    pub(super) details: &'static str,
    /// The parameters of the query.
    pub(super) parameters: fn() -> Vec<Value>,
    /// The media type object of the body.
    pub(super) body: Option<fn() -> Value>,
    pub(super) answer: AnswerDescription,
    /// The schemas that body and answer refer to.
    pub(super) schemas: fn() -> Vec<Document>,
}

/// What an operation answers.
#[cfg(feature = "documents")]
pub(super) struct AnswerDescription {
    pub(super) description: &'static str,
    /// The name of its schema; any object without one.
    pub(super) schema: Option<&'static str>,
}

impl Route for &Operation {
    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn path(&self) -> &str {
        self.path
    }
}
