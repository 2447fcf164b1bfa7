//! The contract: the OpenAPI document, with a validator for each schema of a response.

use std::collections::BTreeMap;

use cloudlx_model::EndpointInfo;
use jsonschema::Validator;
use serde_json::{Value, json};

/// The documented responses of the API.
#[derive(Debug)]
pub struct Contract {
    document: Value,
    /// By the reference to a schema: a validator of it that also refuses unknown fields of objects.
    validators: BTreeMap<String, Validator>,
}

/// Why a contract cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContractError {
    /// The document of this workspace could not be generated. This is a bug.
    #[error("could not make the OpenAPI document, which is a bug")]
    Document(#[from] cloudlx_openapi::OpenApiError),
    /// A schema in the document is not valid.
    #[error("expected the schema {reference} to be a JSON Schema, found that it is none: mend the document")]
    Schema {
        /// The reference to the schema, as a response has it.
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
    /// Only where this workspace has a bug.
    pub fn current() -> Result<Self, ContractError> {
        Self::new(cloudlx_openapi::document()?)
    }

    /// The contract that an OpenAPI 3.1 document describes, such as an older `schemas/v1/openapi.json`.
    ///
    /// # Errors
    ///
    /// When a schema that a response refers to is no valid JSON Schema.
    pub fn new(document: Value) -> Result<Self, ContractError> {
        let mut components = document.get("components").cloned().unwrap_or_default();
        refuse_unknown_fields(&mut components);
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

    /// The documented responses of an endpoint, by status.
    fn responses(&self, endpoint: &EndpointInfo) -> Option<&serde_json::Map<String, Value>> {
        let operations = self.document.get("paths")?.get(endpoint.path)?;
        operations.get(endpoint.method.as_str().to_lowercase())?.get("responses")?.as_object()
    }

    /// The documented statuses of an endpoint.
    pub(crate) fn statuses(&self, endpoint: &EndpointInfo) -> Vec<&str> {
        self.responses(endpoint)
            .into_iter()
            .flat_map(|responses| responses.keys().map(String::as_str))
            .collect()
    }

    /// The documented media types of a response. None when the status is not documented.
    pub(crate) fn media_types(&self, endpoint: &EndpointInfo, status: u16) -> Option<Vec<&str>> {
        let response = self.responses(endpoint)?.get(&status.to_string())?;
        let content = response.get("content").and_then(Value::as_object);
        Some(content.into_iter().flat_map(|content| content.keys().map(String::as_str)).collect())
    }

    /// The reference to the schema of a response's body. All media types of one status have the same schema.
    pub(crate) fn reference(&self, endpoint: &EndpointInfo, status: u16) -> Option<&str> {
        let content = self.responses(endpoint)?.get(&status.to_string())?.get("content")?.as_object()?;
        content.values().find_map(|media| media.get("schema")?.get("$ref")?.as_str())
    }

    /// The field that holds the list, where an endpoint answers with one: the only array in the response.
    pub(crate) fn list_field(&self, endpoint: &EndpointInfo) -> Option<&str> {
        let schema = self.resolve(self.reference(endpoint, 200)?)?;
        let is_array = |property: &Value| property.get("type").is_some_and(|kind| kind == "array");
        let mut arrays = schema.get("properties")?.as_object()?.iter().filter(|(_, it)| is_array(it));
        let (name, _) = arrays.next()?;
        arrays.next().is_none().then_some(name.as_str())
    }

    /// The validator of this schema.
    pub(crate) fn validator(&self, reference: &str) -> Option<&Validator> {
        self.validators.get(reference)
    }

    /// The value at a reference within the document, or at the position of a keyword that a validator reports.
    pub(crate) fn resolve(&self, reference: &str) -> Option<&Value> {
        self.document.pointer(reference.trim_start_matches('#'))
    }
}

/// The references to all schemas of responses.
fn references(document: &Value) -> Vec<String> {
    let operations =
        document.get("paths").and_then(Value::as_object).into_iter().flat_map(|paths| paths.values());
    let responses = operations
        .filter_map(Value::as_object)
        .flat_map(|operations| operations.values())
        .filter_map(|operation| operation.get("responses")?.as_object())
        .flat_map(|responses| responses.values());
    let schemas = responses
        .filter_map(|response| response.get("content")?.as_object())
        .flat_map(|content| content.values())
        .filter_map(|media| Some(media.get("schema")?.get("$ref")?.as_str()?.to_owned()));
    schemas.collect()
}

/// Makes every schema refuse unknown fields, so that a validator reports them.
fn refuse_unknown_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(refuse_unknown_fields);
            if fields.get("properties").is_some_and(Value::is_object)
                && !fields.contains_key("additionalProperties")
            {
                fields.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(refuse_unknown_fields),
        _ => {}
    }
}
