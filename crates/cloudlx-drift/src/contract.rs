//! What is documented: the OpenAPI document, ready to hold answers against.

use std::collections::BTreeMap;

use cloudlx_model::EndpointInfo;
use jsonschema::Validator;
use serde_json::{Value, json};

/// What the API is documented to answer.
#[derive(Debug)]
pub struct Contract {
    document: Value,
    /// By the reference to a schema: what takes the values that the schema takes, and of objects only the known fields.
    validators: BTreeMap<String, Validator>,
}

/// Why a contract cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContractError {
    /// The document of this workspace could not be made. A bug.
    #[error("could not make the OpenAPI document, which is a bug")]
    Document(#[from] cloudlx_openapi::OpenApiError),
    /// A schema is none.
    #[error("expected the schema {reference} to be a JSON Schema, found that it is none: mend the document")]
    Schema {
        /// The schema, as an answer refers to it.
        reference: String,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Contract {
    /// The contract of this workspace.
    ///
    /// # Errors
    ///
    /// Only for bugs in this workspace.
    pub fn current() -> Result<Self, ContractError> {
        Self::new(cloudlx_openapi::document()?)
    }

    /// The contract that an OpenAPI 3.1 document describes, such as an older `schemas/v1/openapi.json`.
    ///
    /// # Errors
    ///
    /// When a schema that an answer refers to is no JSON Schema.
    pub fn new(document: Value) -> Result<Self, ContractError> {
        let mut components = document.get("components").cloned().unwrap_or_default();
        close(&mut components);
        let mut validators = BTreeMap::new();
        for reference in references(&document) {
            let schema = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$ref": reference,
                "components": components,
            });
            let validator = jsonschema::validator_for(&schema).map_err(|error| ContractError::Schema {
                reference: reference.clone(),
                source: error.into(),
            })?;
            validators.insert(reference, validator);
        }
        Ok(Self { document, validators })
    }

    /// The answers of an endpoint, by status.
    fn answers(&self, endpoint: &EndpointInfo) -> Option<&serde_json::Map<String, Value>> {
        let operations = self.document.get("paths")?.get(endpoint.path)?;
        operations.get(endpoint.method.as_str().to_lowercase())?.get("responses")?.as_object()
    }

    /// The documented statuses of an endpoint.
    pub(crate) fn statuses(&self, endpoint: &EndpointInfo) -> Vec<&str> {
        self.answers(endpoint).into_iter().flat_map(|answers| answers.keys().map(String::as_str)).collect()
    }

    /// The documented media types of an answer; none when the status is not documented.
    pub(crate) fn media_types(&self, endpoint: &EndpointInfo, status: u16) -> Option<Vec<&str>> {
        let answer = self.answers(endpoint)?.get(&status.to_string())?;
        let content = answer.get("content").and_then(Value::as_object);
        Some(content.into_iter().flat_map(|content| content.keys().map(String::as_str)).collect())
    }

    /// The schema that an answer's body has, as a reference. All media types of one status have the same.
    pub(crate) fn reference(&self, endpoint: &EndpointInfo, status: u16) -> Option<&str> {
        let content = self.answers(endpoint)?.get(&status.to_string())?.get("content")?.as_object()?;
        content.values().find_map(|media| media.get("schema")?.get("$ref")?.as_str())
    }

    /// What judges the values that have this schema.
    pub(crate) fn validator(&self, reference: &str) -> Option<&Validator> {
        self.validators.get(reference)
    }

    /// What stands at a reference within the document, or at the place of a keyword that a validator names.
    pub(crate) fn at(&self, reference: &str) -> Option<&Value> {
        self.document.pointer(reference.trim_start_matches('#'))
    }
}

/// Every schema that an answer refers to.
fn references(document: &Value) -> Vec<String> {
    let operations =
        document.get("paths").and_then(Value::as_object).into_iter().flat_map(|paths| paths.values());
    let answers = operations
        .filter_map(Value::as_object)
        .flat_map(|operations| operations.values())
        .filter_map(|operation| operation.get("responses")?.as_object())
        .flat_map(|answers| answers.values());
    let bodies = answers
        .filter_map(|answer| answer.get("content")?.as_object())
        .flat_map(|content| content.values())
        .filter_map(|media| Some(media.get("schema")?.get("$ref")?.as_str()?.to_owned()));
    bodies.collect()
}

/// Makes every schema refuse the fields that it does not know, so that a validator names them.
fn close(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            if fields.get("properties").is_some_and(Value::is_object)
                && !fields.contains_key("additionalProperties")
            {
                fields.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(close),
        _ => {}
    }
}
