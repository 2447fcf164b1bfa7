//! What operations and answers are written with.

use cloudlx_validate::Source;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use crate::components::SCHEMAS;

pub(crate) fn inlined<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>()
}

/// The first paragraph of a type's docs, and the rest; without the line breaks of the source.
pub(crate) fn docs(schema: &Schema) -> (String, String) {
    let docs = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let (summary, description) = docs.split_once("\n\n").unwrap_or((docs, ""));
    (summary.replace('\n', " "), description.replace('\n', " "))
}

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
