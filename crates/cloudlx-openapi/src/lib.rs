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
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use cloudlx_model::schema::Document;
use cloudlx_model::{
    AccessTokenRequest, Auth, CreateCustomer, ENDPOINTS, Endpoint, EndpointInfo, ErrorBody, FieldErrors,
    GetCustomer, ListCustomers, ListRealms, ListSubRealms, MEDIA_TYPE, Method, RefreshTokenRequest,
};
use cloudlx_validate::Source;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

/// What a 429 says besides its body, as the framework does that the vendor's API is built on as far as its errors tell.
const RATE_LIMIT: [(&str, &str); 4] = [
    ("Retry-After", "After how many seconds the client may call again."),
    ("X-RateLimit-Limit", "How many calls a client may make in a minute."),
    ("X-RateLimit-Remaining", "How many of them are left."),
    ("X-RateLimit-Reset", "When the client may call again, in seconds of Unix time."),
];

const SCHEMAS: &str = "#/components/schemas/";

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

/// One of the examples of the schema called `name`: the first is what a create answers, the second what a get does.
fn example(name: &'static str, index: usize) -> Result<Value, OpenApiError> {
    let schema = cloudlx_model::schema::document(name).map(|document| document.schema);
    let example = schema.as_ref().and_then(|schema| schema.get("examples")?.get(index));
    example.cloned().ok_or(OpenApiError::MissingExample { name, index })
}

/// The operation of `E`. A GET's fields are the parameters of its path; a POST's are its body.
fn operation<E>(tag: &str, body: Option<Value>, answer: &Value) -> Result<(EndpointInfo, Value), OpenApiError>
where
    E: Endpoint<Response: JsonSchema> + JsonSchema,
{
    let endpoint = EndpointInfo::of::<E>();
    let schema = inlined::<E>();
    let (summary, description) = docs(&schema);

    let mut operation = Map::new();
    operation.insert("operationId".to_owned(), endpoint.name.into());
    operation.insert("tags".to_owned(), json!([tag]));
    // Linters want both, also where one sentence says all.
    let description = if description.is_empty() { summary.clone() } else { description };
    operation.insert("summary".to_owned(), summary.into());
    operation.insert("description".to_owned(), description.into());
    operation.insert(
        "security".to_owned(),
        match endpoint.auth {
            Auth::None => json!([]),
            Auth::Bearer => json!([{ "bearer": [] }, { "clientCredentials": [] }]),
        },
    );
    match endpoint.method {
        Method::Get => {
            let parameters = parameters(&schema);
            if !parameters.is_empty() {
                operation.insert("parameters".to_owned(), parameters.into());
            }
        }
        Method::Post => {
            let body = media::<E>(&body.unwrap_or_default());
            let content = match endpoint.auth {
                Auth::Bearer => json!({ "application/json": labelled(body, Source::Page) }),
                Auth::None => {
                    let body = labelled(body, Source::Sdk);
                    json!({ "application/json": body, "application/x-www-form-urlencoded": body })
                }
            };
            operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
    }
    operation.insert("responses".to_owned(), responses::<E>(&endpoint, answer)?);
    if let Some(source) = schema.get("x-cloudlx-source") {
        operation.insert("x-cloudlx-source".to_owned(), source.clone());
    }
    Ok((endpoint, operation.into()))
}

fn parameters(schema: &Schema) -> Vec<Value> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let description = schema.as_object_mut().and_then(|schema| {
            schema.shift_remove("format");
            schema.shift_remove("description")
        });
        json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
    };
    properties.into_iter().flatten().map(parameter).collect()
}

/// The answers that a caller must be ready for. All but the first are inferred: the page documents no errors. A server that
/// fails answers 5xx; no contract says so.
fn responses<E: Endpoint<Response: JsonSchema>>(
    endpoint: &EndpointInfo,
    answer: &Value,
) -> Result<Value, OpenApiError> {
    let (has_body, has_token) = (endpoint.method == Method::Post, endpoint.auth == Auth::Bearer);
    let possible = [
        (has_body, 400, "The body is not JSON.", None),
        (true, 401, "The access token, or the client's secret, is missing, wrong or expired.", None),
        (has_body && has_token, 403, "The client may read, and not create.", None),
        (endpoint.path.contains('{'), 404, "There is nothing with this id.", None),
        (true, 406, "`Accept` names another version or rules JSON out.", None),
        (has_body, 408, "The body did not come in time.", None),
        (has_body, 413, "The body is too large.", None),
        (has_body, 415, "The body is of a type that the endpoint does not read.", None),
        (
            has_body,
            422,
            "The body breaks a rule; `errors` says which fields and why.",
            Some(field_errors(endpoint)),
        ),
        (has_token, 429, "The client has made too many calls; `Retry-After` says when it may go on.", None),
    ];
    // Which of the two a server names is documented nowhere; a client that asks for both is right with either.
    let body = labelled(media::<E::Response>(answer), Source::Inferred);
    let content = json!({ MEDIA_TYPE: body, "application/json": body });
    let mut responses = Map::new();
    let answered = inlined::<E::Response>();
    let mut success = json!({ "description": docs(&answered).0, "content": content });
    if endpoint.auth == Auth::None {
        insert(
            &mut success,
            "headers",
            headers([("Cache-Control", "`no-store`: a token is not for caches.")]),
        );
    }
    let links = links(endpoint);
    if !links.is_empty() {
        insert(&mut success, "links", links.into());
    }
    responses.insert("200".to_owned(), success);
    for (_, status, description, errors) in possible.into_iter().filter(|(possible, ..)| *possible) {
        let body =
            ErrorBody { message: description.to_owned(), errors, code: None, status_code: Some(status) };
        let content = json!({ "application/json": media::<ErrorBody>(&serde_json::to_value(body)?) });
        let mut response = json!({ "description": description, "content": content });
        match status {
            401 => insert(
                &mut response,
                "headers",
                headers([("WWW-Authenticate", "`Bearer`: how to be let in.")]),
            ),
            429 => insert(&mut response, "headers", headers(RATE_LIMIT)),
            _ => {}
        }
        insert(&mut response, "x-cloudlx-source", json!(Source::Inferred));
        responses.insert(status.to_string(), response);
    }
    Ok(responses.into())
}

/// Where an answer leads: whoever was told a customer's id can ask for that customer.
fn links(endpoint: &EndpointInfo) -> Map<String, Value> {
    let id = match endpoint.name {
        CreateCustomer::NAME => "$response.body#/id",
        ListCustomers::NAME => "$response.body#/customers/0/id",
        _ => return Map::new(),
    };
    let parameters = json!({ "customer_id": id });
    let link = json!({
        "operationId": GetCustomer::NAME,
        "parameters": parameters,
        "description": "The customer with this id.",
        "x-cloudlx-source": Source::Sibling,
    });
    Map::from_iter([(GetCustomer::NAME.to_owned(), link)])
}

/// An example for a field that the endpoint has.
fn field_errors(endpoint: &EndpointInfo) -> FieldErrors {
    let (field, message) = if *endpoint == EndpointInfo::of::<CreateCustomer>() {
        ("enabled_sub_realms.0", "expected a sub-realm that is shown, found 328, which is not")
    } else {
        ("client_id", "expected the field client_id, found none")
    };
    FieldErrors(vec![(field.to_owned(), vec![message.to_owned()])])
}

fn media<T: JsonSchema>(example: &Value) -> Value {
    json!({ "schema": { "$ref": format!("{SCHEMAS}{}", T::schema_name()) }, "example": example })
}

fn headers<const N: usize>(headers: [(&str, &str); N]) -> Value {
    let header = |(name, description): (&str, &str)| {
        let header = json!({ "description": description, "schema": { "type": "string" }, "x-cloudlx-source": Source::Inferred });
        (name.to_owned(), header)
    };
    Value::Object(headers.into_iter().map(header).collect())
}

fn labelled(mut value: Value, source: Source) -> Value {
    insert(&mut value, "x-cloudlx-source", json!(source));
    value
}

fn insert(object: &mut Value, key: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}

fn inlined<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>()
}

/// The first paragraph of a type's docs, and the rest; without the line breaks of the source.
fn docs(schema: &Schema) -> (String, String) {
    let docs = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let (summary, description) = docs.split_once("\n\n").unwrap_or((docs, ""));
    (summary.replace('\n', " "), description.replace('\n', " "))
}

/// Every schema under its type's name, as an OpenAPI document has them in `components`: the documents, and what they
/// define inside. For documents of other things than the API, too.
///
/// # Errors
///
/// When two different schemas have one name.
pub fn components(documents: impl IntoIterator<Item = Document>) -> Result<Map<String, Value>, OpenApiError> {
    let mut components = BTreeMap::new();
    for Document { schema, .. } in documents {
        let mut schema = serde_json::to_value(schema)?;
        let Some(root) = schema.as_object_mut() else { continue };
        // The operations show the examples.
        for keyword in ["$schema", "$id", "examples"] {
            root.shift_remove(keyword);
        }
        let definitions = root.shift_remove("$defs");
        let title = root.shift_remove("title");
        let name = title.and_then(|title| title.as_str().map(str::to_owned)).unwrap_or_default();
        let inside = definitions.as_ref().and_then(Value::as_object).into_iter().flatten();
        for (name, schema) in
            inside.map(|(name, schema)| (name.clone(), schema.clone())).chain([(name, schema)])
        {
            let schema = with_component_references(schema);
            if components.insert(name.clone(), schema.clone()).is_some_and(|other| other != schema) {
                return Err(OpenApiError::SchemasDiffer(name));
            }
        }
    }
    Ok(components.into_iter().collect())
}

fn with_component_references(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| match (key.as_str(), &value) {
                ("$ref", Value::String(reference)) => {
                    let reference = reference.replace("#/$defs/", SCHEMAS);
                    (key, Value::String(reference))
                }
                _ => (key, with_component_references(value)),
            })
            .collect(),
        Value::Array(elements) => elements.into_iter().map(with_component_references).collect(),
        other => other,
    }
}
