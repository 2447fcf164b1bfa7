//! The control API as an OpenAPI 3.1 document: `schemas/v1/stub.openapi.json`, and `/__stub/openapi.json` of a stub.

use cloudlx_model::schema::{Document, document_of, document_of_input};
use cloudlx_openapi::{OpenApiError, components};
use hyper::{Method, StatusCode};
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::customers::{HeldCustomers, LARGEST_SEEDED};
use super::refusal::Refusal;
use super::requests::{GIVEN, GIVEN_AT_MOST, LONGEST_WAIT, SeenRequests};
use super::reset::TakenAway;
use super::tokens::RevokedTokens;
use super::{Asked, OPERATIONS, Operation, clock};
use crate::api::answer::Answer;
use crate::faults::{self, Report};
use crate::server::Server;
use crate::side::documents::Published;

/// What an operation is for, what it reads and what it answers.
struct Words {
    tag: &'static str,
    summary: &'static str,
    description: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    /// The name of the answer's schema, and what the answer is.
    answer: (String, &'static str),
}

/// The OpenAPI 3.1 document of the control API, with a server on this machine.
///
/// # Errors
///
/// Only for bugs in this workspace.
pub fn document() -> Result<Value, OpenApiError> {
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            let described = written(operation, described(operation.name));
            path.insert(operation.method.as_str().to_lowercase(), described);
        }
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
            "schemas": components(schemas())?,
        },
    }))
}

/// The document of a running stub, with its address.
pub(super) fn get(server: &Server, asked: &Asked<'_>) -> Answer {
    let document = document().and_then(|mut document| {
        let servers = json!([{ "url": server.base_url, "description": "This stub" }]);
        insert(&mut document, "servers", servers);
        Published::json(&document)
    });
    match document {
        Ok(published) => published.answer(asked.head),
        Err(error) => Answer::error(StatusCode::INTERNAL_SERVER_ERROR, format!("{error}: please report it")),
    }
}

/// The schemas of all bodies.
fn schemas() -> Vec<Document> {
    let create = cloudlx_validate::schema::document("create-customer.request");
    let mut schemas = vec![
        document_of::<TakenAway>("reset"),
        document_of::<HeldCustomers>("held-customers"),
        document_of::<Report>("report"),
        faults::schema(),
        document_of::<SeenRequests<'_>>("requests"),
        document_of::<clock::Reading>("clock"),
        document_of_input::<clock::ClockSetting>("clock-setting"),
        document_of_input::<clock::ClockAdvance>("clock-advance"),
        document_of::<RevokedTokens>("revoked-tokens"),
        document_of::<Refusal<'_>>("control-error"),
    ];
    schemas.extend(create);
    schemas
}

fn written(operation: &Operation, described: Words) -> Value {
    let mut written = json!({
        "operationId": operation.name,
        "tags": [described.tag],
        "summary": described.summary,
        "description": described.description,
        "security": [{}, { "token": [] }],
    });
    let (schema, what) = described.answer;
    let mut responses =
        json!({ "200": { "description": what, "content": json_content(&reference(&schema)) } });
    let has_query = !described.parameters.is_empty();
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
        insert(&mut written, "parameters", described.parameters.into());
    }
    if let Some(body) = described.body {
        insert(
            &mut written,
            "requestBody",
            json!({ "required": true, "content": { "application/json": body } }),
        );
    }
    insert(&mut written, "responses", responses);
    written
}

/// An operation without a description would be found by the linters, and by the test below.
fn described(name: &str) -> Words {
    match name {
        "reset" => stub(),
        "get_customers" | "add_customers" | "replace_customers" => customers(name),
        "get_faults" | "arm_faults" | "clear_faults" => faults(name),
        "get_requests" | "clear_requests" => requests(name),
        "get_clock" | "set_clock" | "advance_clock" => clock(name),
        "revoke_tokens" => tokens(),
        _ => Words {
            tag: "stub",
            summary: "Describes the control API.",
            description: "This document, with the stub's own address as its server.",
            parameters: Vec::new(),
            body: None,
            answer: (String::new(), "An OpenAPI 3.1 document."),
        },
    }
}

fn stub() -> Words {
    Words {
        tag: "stub",
        summary: "Puts the stub back to its start.",
        description: "Takes away customers (also those in a state file), tokens, the journal and what clients have used of \
                      their rate limit, puts the clock back, and arms the faults that the stub started with, counting anew.",
        parameters: Vec::new(),
        body: None,
        answer: (TakenAway::schema_name().into(), "What was taken away."),
    }
}

fn customers(name: &str) -> Words {
    let seed = json!({
        "schema": {
            "type": "object",
            "additionalProperties": false,
            "required": ["customers"],
            "properties": { "customers": { "type": "array", "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["create"],
                "properties": {
                    "id": {
                        "description": "The id that the customer is to have. Absent: one after all others.",
                        "type": ["integer", "null"],
                        "minimum": 1,
                        "maximum": LARGEST_SEEDED,
                    },
                    "create": reference("CreateCustomer"),
                },
            } } },
        },
        "example": { "customers": [{
            "id": 7001,
            "create": { "name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 7] },
        }] },
    });
    let held = HeldCustomers::schema_name().into();
    let (summary, description, body, what) = match name {
        "add_customers" => (
            "Adds customers.",
            "Each is given as the request that would create it, and checked as that is. All are added, or none. Customers \
             created later have ids after the largest that is there.",
            Some(seed),
            "The customers that were added.",
        ),
        "replace_customers" => (
            "Puts customers in the place of those that are there.",
            "As adding them does, to a stub that holds none; with no customers it takes all away.",
            Some(seed),
            "The customers that are there now.",
        ),
        _ => (
            "Shows customers.",
            "The last of them by id, and how many there are. Needs no access token.",
            None,
            "Customers.",
        ),
    };
    let parameters = if body.is_none() {
        vec![query(
            "limit",
            "How many customers to show.",
            &json!({ "type": "integer", "minimum": 0, "default": 100 }),
        )]
    } else {
        Vec::new()
    };
    Words { tag: "customers", summary, description, parameters, body, answer: (held, what) }
}

fn faults(name: &str) -> Words {
    let (summary, description, body) = match name {
        "arm_faults" => (
            "Arms faults.",
            "They take the place of those that were armed, and counting begins anew. The body is a faults file.",
            Some(json!({
                "schema": reference("Schedule"),
                "example": { "requests": [{ "endpoint": "create_customer", "times": 1, "do": { "before": "reset" } }] },
            })),
        ),
        "clear_faults" => ("Disarms all faults.", "Requests that one has hit already end as it says.", None),
        _ => ("Shows the faults that are armed.", "And how often each has acted.", None),
    };
    let answer = (Report::schema_name().into(), "What is armed, and what it did.");
    Words { tag: "faults", summary, description, parameters: Vec::new(), body, answer }
}

fn requests(name: &str) -> Words {
    let answer = |what| (SeenRequests::schema_name().into(), what);
    if name == "clear_requests" {
        return Words {
            tag: "requests",
            summary: "Clears the journal.",
            description: "Numbers of requests go on from where they were.",
            parameters: Vec::new(),
            body: None,
            answer: answer("The journal without requests."),
        };
    }
    let number = |least: u64, most: u64| json!({ "type": "integer", "minimum": least, "maximum": most });
    let mut limit = number(1, GIVEN_AT_MOST);
    insert(&mut limit, "default", GIVEN.into());
    let mut wait = number(0, LONGEST_WAIT);
    insert(&mut wait, "default", 0.into());
    Words {
        tag: "requests",
        summary: "Shows the requests that the stub answered, with its verdicts.",
        description: "The newest, or those after a number. To follow the journal, ask again with `after` as the number of the \
                      last request that you have, and `wait_ms`.",
        parameters: vec![
            query("after", "The number after which to begin.", &json!({ "type": "integer", "minimum": 0 })),
            query("limit", "How many requests to give at most.", &limit),
            query(
                "wait_ms",
                "How long to wait, where there is none, for the journal to change: in milliseconds.",
                &wait,
            ),
        ],
        body: None,
        answer: answer("Requests, oldest first."),
    }
}

fn clock(name: &str) -> Words {
    let (summary, description, body) = match name {
        "set_clock" => (
            "Moves the clock to a time.",
            "Forwards only. Tokens expire and late customers appear as if the time had passed.",
            Some(json!({ "schema": reference("ClockSetting"), "example": { "now_ms": 86_400_000 } })),
        ),
        "advance_clock" => (
            "Moves the clock by some time.",
            "Forwards. Tokens expire and late customers appear as if the time had passed.",
            Some(json!({ "schema": reference("ClockAdvance"), "example": { "advance_ms": 3_600_000 } })),
        ),
        _ => ("Reads the clock.", "It stood at zero when the stub was started.", None),
    };
    let answer = (clock::Reading::schema_name().into(), "What the clock says.");
    Words { tag: "clock", summary, description, parameters: Vec::new(), body, answer }
}

fn tokens() -> Words {
    Words {
        tag: "tokens",
        summary: "Revokes all tokens.",
        description: "Requests with them are answered 401 from now on, and refreshes too.",
        parameters: Vec::new(),
        body: None,
        answer: (RevokedTokens::schema_name().into(), "How many were revoked."),
    }
}

fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

fn json_content(schema: &Value) -> Value {
    json!({ "application/json": { "schema": schema } })
}

/// A reference to a schema of the document; any object where there is no name.
fn reference(name: &str) -> Value {
    if name.is_empty() {
        return json!({ "type": "object" });
    }
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn insert(object: &mut Value, key: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_operation_has_a_description_of_its_own() {
        let summaries: BTreeSet<_> =
            OPERATIONS.iter().map(|operation| described(operation.name).summary).collect();
        assert_eq!(summaries.len(), OPERATIONS.len());
        for operation in OPERATIONS {
            assert_eq!(described(operation.name).body.is_some(), operation.reads_body, "{}", operation.name);
        }
    }
}
