//! The OpenAPI 3.1 document of the CloudLX (today: Infiny) customers API, made of the model's endpoints and the schemas.
//!
//! It is what `schemas/v1/openapi.json` holds, for programs that need it while they run: a server that shows its own
//! description, a check of a live server against it.
//!
//! ```
//! use cloudlx_model::{Endpoint, ListCustomers};
//!
//! let document = cloudlx_openapi::document()?;
//! let operation = &document["paths"][ListCustomers::PATH]["get"];
//! assert_eq!(operation["operationId"], ListCustomers::NAME);
//! assert_eq!(operation["x-cloudlx-source"], "sibling");
//! # Ok::<(), cloudlx_openapi::OpenApiError>(())
//! ```
//!
//! Every schema, property, operation and answer carries the label `x-cloudlx-source`, which says where it comes from:
//! page, sibling, sdk or inferred.
//!
//! [`files`] has this document and everything else that is published for other languages: JSON Schemas, the rules, and vectors.
#![forbid(unsafe_code)]

mod components;
mod error;
mod example;
pub mod files;
mod media;
mod operation;
mod responses;
mod rules;
mod vectors;

use cloudlx_model::{
    AccessTokenRequest, CreateCustomer, ENDPOINTS, Endpoint, EndpointInfo, GetCustomer, ListCustomers,
    ListRealms, ListSubRealms, MEDIA_TYPE, RefreshTokenRequest,
};
use serde_json::{Map, Value, json};

pub use self::components::components;
pub use self::error::OpenApiError;
use self::example::example;
use self::operation::operation;
pub use self::vectors::VectorError;

/// The document.
///
/// # Errors
///
/// Only for bugs in this workspace; [`OpenApiError`] says which.
pub fn document() -> Result<Value, OpenApiError> {
    document_of(&json!([
        { "url": "https://www.infiny.io", "description": "Production", "x-cloudlx-source": "sdk" },
        { "url": "https://demo.infiny.cloud", "description": "Demo", "x-cloudlx-source": "sdk" },
    ]))
}

/// The document of a server at `base_url`, which is described in a word or two, and of no other server.
///
/// # Errors
///
/// Only for bugs in this workspace; [`OpenApiError`] says which.
pub fn document_of_server(base_url: &str, description: &str) -> Result<Value, OpenApiError> {
    document_of(&json!([{ "url": base_url, "description": description }]))
}

fn document_of(servers: &Value) -> Result<Value, OpenApiError> {
    let operations = operations()?;
    if let Some(missing) =
        ENDPOINTS.iter().find(|endpoint| !operations.iter().any(|(made, _)| made == *endpoint))
    {
        return Err(OpenApiError::MissingEndpoint { method: missing.method, path: missing.path });
    }
    let mut paths = Map::new();
    for (endpoint, operation) in operations {
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(endpoint.method.as_str().to_lowercase(), operation);
        }
    }
    Ok(json!({
        "openapi": "3.1.1",
        "info": {
            "title": "CloudLX customers API",
            "version": "1",
            "summary": "Create, list and read the customers of a CloudLX (today: Infiny) reseller.",
            "description": format!(
                "Send `Accept: {MEDIA_TYPE}`: it chooses version 1. Success is 200, also for a create. Readers must \
                 ignore fields that they do not know. `x-cloudlx-source` says where a fact comes from: page (the \
                 vendor's page for `POST /api/customers`), sibling (another page of the same documentation), sdk (the \
                 vendor's PHP SDK or programs that call the API), inferred (nobody documents it)."
            ),
            "contact": { "name": "The contributors of cloudlx" },
            "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
        },
        "servers": servers,
        "tags": [
            { "name": "oauth2", "description": "Access tokens." },
            { "name": "customers", "description": "The customers of a reseller." },
            { "name": "realms", "description": "The realms that a customer can be given." },
            { "name": "sub-realms", "description": "The sub-realms that a customer can be shown and given." },
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The access token, in the Authorization header.",
                    "x-cloudlx-source": "page",
                },
                "clientCredentials": {
                    "type": "oauth2",
                    "description": "The same access token, asked for with the client's id and secret.",
                    "flows": { "clientCredentials": { "tokenUrl": AccessTokenRequest::PATH, "scopes": {} } },
                    "x-cloudlx-source": "sibling",
                },
            },
            "schemas": components(cloudlx_validate::schema::documents())?,
        },
    }))
}

fn operations() -> Result<Vec<(EndpointInfo, Value)>, OpenApiError> {
    let (token, customer) = (example("access-token", 0)?, "customer");
    Ok(vec![
        operation::<AccessTokenRequest>("oauth2", Some(example("access-token.request", 0)?), &token)?,
        operation::<RefreshTokenRequest>("oauth2", Some(example("refresh-token.request", 0)?), &token)?,
        operation::<CreateCustomer>(
            "customers",
            Some(example("create-customer.request", 0)?),
            &example(customer, 0)?,
        )?,
        operation::<ListCustomers>("customers", None, &example("customer-list", 0)?)?,
        operation::<GetCustomer>("customers", None, &example(customer, 1)?)?,
        operation::<ListRealms>("realms", None, &example("realm-list", 0)?)?,
        operation::<ListSubRealms>("sub-realms", None, &example("sub-realm-list", 0)?)?,
    ])
}

/// The README's Rust, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
