//! Sample documents of both versions: vectors, and the examples of rules and of the OpenAPI document.

use serde_json::Value;

use crate::contract::Contract;

/// Documents to try, the shortest first.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    pub(crate) documents: Vec<Value>,
}

impl Samples {
    /// Every document in the two versions, without their schemas.
    pub(crate) fn from_contracts(contracts: [&Contract; 2]) -> Self {
        let mut documents = Vec::new();
        for (path, file) in contracts.into_iter().flat_map(|contract| &contract.files) {
            if !path.ends_with(".schema.json") {
                collect(file, &mut documents);
            }
        }
        documents.sort_by_cached_key(|document| {
            let text = document.to_string();
            (text.len(), text)
        });
        documents.dedup();
        Self { documents }
    }
}

fn collect(value: &Value, documents: &mut Vec<Value>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("text" | "good" | "bad", Value::String(text)) => {
                        documents.extend(serde_json::from_str::<Value>(text).ok());
                    }
                    ("document" | "example" | "good" | "bad", value) => documents.push(value.clone()),
                    _ => collect(value, documents),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, documents)),
        _ => {}
    }
}
