//! What the control API's document says of answers, held against every answer of it that the tests get.

#![allow(clippy::indexing_slicing, reason = "of JSON, which gives null for what is not there")]

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::Reply;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| cloudlx_server_stub::control_document().expect("the document"));

/// Fails when the request is to an operation of the control API and the answer is not as documented for it: status, media
/// type and body, fields that are not documented included. A stub without a control API has no such answers.
pub(crate) fn assert_documented(method: &str, target: &str, reply: &Reply) {
    let path = target.split('?').next().unwrap_or_default();
    let operation = &DOCUMENT["paths"][path][method.to_lowercase()];
    if operation.is_null() || reply.status == 404 {
        return;
    }
    let answer = &operation["responses"][reply.status.to_string()];
    assert!(answer.is_object(), "{method} {target} answered {}, which is not documented", reply.status);
    let media_type = reply.header("content-type").unwrap_or_default();
    let schema = &answer["content"][media_type]["schema"];
    assert!(schema.is_object(), "{method} {target} answered {media_type:?}, which is not documented");

    let mut components = DOCUMENT["components"].clone();
    close(&mut components);
    let schema = json!({ "allOf": [schema], "components": components });
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let body = reply.json();
    let wrong: Vec<_> = validator.iter_errors(&body).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{method} {target} answered {}: {wrong:?}\n{body}", reply.status);
}

/// Lets every schema refuse the fields that it does not know.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            if fields.get("properties").is_some_and(Value::is_object) {
                fields.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(close),
        _ => {}
    }
}
