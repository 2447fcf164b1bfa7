//! Compares the headers of responses by value, and their schemas by their facts.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::context::is_documentation;
use crate::change::Change;
use crate::schema::{facts, referred};

pub(super) fn compare(place: &str, old: (&Value, &Value), new: (&Value, &Value)) -> Vec<Change> {
    let (before, after) = (headers(old.0, old.1), headers(new.0, new.1));
    let mut changes = Vec::new();
    for (name, header) in &before {
        let with = after.get(name);
        if with != Some(header) {
            let reason = "headers are compared by value only";
            changes.push(Change::not_proved(place, &format!("header {name}"), Some(header), with, reason));
        }
    }
    let added = after.keys().filter(|name| !before.contains_key(*name));
    changes.extend(added.map(|name| Change::compatible(place, format!("header {name} added"))));
    changes
}

/// The headers by their names in small letters, without documentation.
fn headers(response: &Value, document: &Value) -> BTreeMap<String, Value> {
    let headers = response.get("headers").and_then(Value::as_object).into_iter().flatten();
    headers.map(|(name, header)| (name.to_lowercase(), facts_of(header, document))).collect()
}

fn facts_of(header: &Value, document: &Value) -> Value {
    let fields = header.as_object().into_iter().flatten().filter(|(name, _)| !is_documentation(name));
    let fields = fields.map(|(name, value)| {
        let value = match name.as_str() {
            "schema" => facts::from_schema_or_text(value, document),
            _ => referred::with_targets(value, document),
        };
        (name.clone(), value)
    });
    Value::Object(fields.collect::<Map<_, _>>())
}
