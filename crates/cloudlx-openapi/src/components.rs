//! The schemas of the document's components.

use std::collections::BTreeMap;

use cloudlx_model::schema::Document;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

use crate::OpenApiError;

/// What a reference to one of them begins with.
pub(crate) const SCHEMAS: &str = "#/components/schemas/";

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

/// A type's schema with all that it is made of inside.
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
