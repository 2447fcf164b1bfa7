//! The control API as an OpenAPI 3.1 document: `schemas/v1/stub.openapi.json`, and `/__stub/openapi.json` of a stub.

use cloudlx_model::schema::document_of;
use cloudlx_openapi::{OpenApiError, components};
use hyper::Method;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::refusal::Refusal;

/// The document of these operations.
pub(super) fn describing(operations: &[Operation]) -> Result<Value, OpenApiError> {
    let mut paths = Map::new();
    let mut schemas = vec![document_of::<Refusal<'_>>("control-error")];
    for operation in operations {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        insert(path, &operation.method.as_str().to_lowercase(), written(operation));
        schemas.extend((operation.description.schemas)());
    }
    Ok(json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Control API of the CloudLX stub",
            "version": "1",
            "summary": "Tell a stub of the CloudLX customers API what to be, over HTTP.",
            "description": "It is there when the stub was started with `--control` (in Rust: `Builder::control`). No fault \
                hits its requests, and the journal does not have them. Where the stub was given a token \
                (`CLOUDLX_STUB_CONTROL_TOKEN`), every request needs it; where it was not, `Host` must be localhost or a \
                loopback address. Requests of web pages of other origins are refused. Bodies must be sent as \
                `application/json`.",
            "contact": { "name": "The contributors of cloudlx" },
            "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
        },
        "servers": [{ "url": "http://127.0.0.1:8080", "description": "A stub on this machine" }],
        "tags": [
            { "name": "stub", "description": "The stub as a whole." },
            { "name": "customers", "description": "Customers that are there without a create." },
            { "name": "faults", "description": "What the stub does wrong." },
            { "name": "requests", "description": "What the stub was asked, and its verdicts." },
            { "name": "clock", "description": "The clock that tokens expire by." },
            { "name": "tokens", "description": "The tokens that the stub gave out." },
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token that the stub was started with, if it was.",
                },
            },
            "schemas": components(schemas)?,
        },
    }))
}

fn written(operation: &Operation) -> Value {
    let described = &operation.description;
    let mut written = json!({
        "operationId": operation.name,
        "tags": [described.tag],
        "summary": described.summary,
        "description": described.details,
        "security": [{}, { "token": [] }],
    });
    let mut responses = json!({ "200": {
            "description": described.answer.description,
            "content": json_content(&answered(described.answer.schema)),
        } });
    let parameters = (described.parameters)();
    let has_query = !parameters.is_empty();
    let reads = operation.method != Method::DELETE && described.body.is_some();
    for (possible, status, why) in [
        (reads, "400", "The body is not JSON."),
        (true, "401", "The stub has a token, and the request has not."),
        (true, "403", "`Host` is not this machine, or a web page of another origin asks."),
        (reads, "408", "The body did not come in time."),
        (reads, "413", "The body is too large."),
        (reads, "415", "The body is not sent as `application/json`."),
        (reads || has_query, "422", "The body, or the query, is not as described. Nothing was changed."),
    ] {
        if possible {
            let content = json_content(&reference(&Refusal::schema_name()));
            insert(&mut responses, status, json!({ "description": why, "content": content }));
        }
    }
    if has_query {
        insert(&mut written, "parameters", parameters.into());
    }
    if let Some(body) = described.body {
        insert(
            &mut written,
            "requestBody",
            json!({ "required": true, "content": { "application/json": body() } }),
        );
    }
    insert(&mut written, "responses", responses);
    written
}

fn json_content(schema: &Value) -> Value {
    json!({ "application/json": { "schema": schema } })
}

/// The schema of this name in the document.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The schema of an answer: any object where it has no name.
fn answered(schema: Option<&str>) -> Value {
    schema.map_or_else(|| json!({ "type": "object" }), reference)
}

fn insert(object: &mut Value, key: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}
