//! Why the document could not be made.

use cloudlx_model::{EndpointInfo, Method};

/// Why the document could not be made. Each is a bug in this workspace, and its tests tell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenApiError {
    /// Two types with one name have different schemas.
    #[error("two schemas are called {0} and differ: rename one of the types")]
    SchemasDiffer(String),
    /// An endpoint of the model has no operation.
    #[error(
        "the endpoint {method} {path} is in `cloudlx_model::ENDPOINTS` and not in the document: add its operation"
    )]
    MissingEndpoint {
        /// The endpoint's method.
        method: Method,
        /// The endpoint's path.
        path: &'static str,
    },
    /// The document has no form for the method or the authentication of an endpoint.
    #[error(
        "expected a method and an authentication that the document can describe, found {} and {:?} for {}: describe \
         them in operation.rs",
        .0.method,
        .0.auth,
        .0.name
    )]
    UnknownKind(EndpointInfo),
    /// A body has no such example.
    #[error(
        "expected the schema {name} to have example {index}, found none: add the sample to cloudlx-model"
    )]
    MissingExample {
        /// The schema's name.
        name: &'static str,
        /// Which of its examples, from 0.
        index: usize,
    },
    /// An example could not be written as JSON.
    #[error("could not print an example")]
    Json(#[from] serde_json::Error),
}
