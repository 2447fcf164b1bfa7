//! Bodies with their examples, and where they come from.

use cloudlx_validate::Source;
use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::components::SCHEMAS;

pub(crate) fn media<T: JsonSchema>(example: &Value) -> Value {
    json!({ "schema": { "$ref": format!("{SCHEMAS}{}", T::schema_name()) }, "example": example })
}

pub(crate) fn labelled(mut value: Value, source: Source) -> Value {
    insert(&mut value, "x-cloudlx-source", json!(source));
    value
}

pub(crate) fn insert(object: &mut Value, key: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}
