//! The examples of the model's schemas.

use serde_json::Value;

use crate::OpenApiError;

/// One of the examples of the schema called `name`: the first is what a create answers, the second what a get does.
pub(crate) fn example(name: &'static str, index: usize) -> Result<Value, OpenApiError> {
    let schema = cloudlx_model::schema::document(name).map(|document| document.schema);
    let example = schema.as_ref().and_then(|schema| schema.get("examples")?.get(index));
    example.cloned().ok_or(OpenApiError::MissingExample { name, index })
}
