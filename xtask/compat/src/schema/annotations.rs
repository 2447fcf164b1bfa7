//! Annotations: keywords that do not decide which documents a schema accepts. These are defaults, formats that assert
//! nothing, `readOnly` and `writeOnly`, and keywords that this program does not know.
//!
//! The algebra cannot judge them. So they are taken out of the schemas and compared by value, at their place in the
//! documents.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::change::Change;
use crate::schema::edits::escaped;
use crate::schema::keywords::{Holds, asserted, is_asserted_format};
use crate::schema::role::Role;

/// The values of each keyword at each place, sorted.
type Annotations = BTreeMap<(String, String), Vec<String>>;

/// Compares the annotations of two schemas.
pub(crate) fn compare(place: &str, role: Role, old: &Value, new: &Value) -> Vec<Change> {
    let (before, after) = (annotations(old), annotations(new));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let differing = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    let change = |key: &(String, String)| {
        let (inside, keyword) = key;
        let place = format!("{place} {inside}");
        let (was, is) = (values(before.get(key)), values(after.get(key)));
        let reason = reason(keyword, role, was.as_ref(), is.as_ref());
        match reason {
            Some(reason) => Change::not_proved(place.trim_end(), keyword, was.as_ref(), is.as_ref(), reason),
            None => Change::without_effect(place.trim_end(), keyword, was.as_ref(), is.as_ref()),
        }
    };
    differing.map(change).collect()
}

/// `facts` without annotations.
pub(crate) fn removed(facts: &Value) -> Value {
    let Some(keywords) = facts.as_object() else { return facts.clone() };
    let kept = keywords.iter().filter(|(keyword, value)| !is_annotation(keyword, value));
    let mut kept: Map<_, _> = kept
        .map(|(keyword, value)| {
            let value = match (asserted(keyword), value) {
                (Some(Holds::One), value) => removed(value),
                (Some(Holds::List), Value::Array(schemas)) => schemas.iter().map(removed).collect(),
                (Some(Holds::ByName), Value::Object(schemas)) => {
                    let schemas = schemas.iter().map(|(name, schema)| (name.clone(), removed(schema)));
                    Value::Object(schemas.collect())
                }
                (_, value) => value.clone(),
            };
            (keyword.clone(), value)
        })
        .collect();
    // A schema with only annotations requires nothing and is dropped from its `allOf`.
    let is_alone = kept.len() == 1;
    if let Some(Value::Array(all)) = kept.get_mut("allOf") {
        all.retain(|schema| schema.as_object().is_none_or(|keywords| !keywords.is_empty()));
        match all.as_slice() {
            [] => drop(kept.shift_remove("allOf")),
            [alone] if is_alone => return alone.clone(),
            _ => {}
        }
    }
    kept.into()
}

fn is_annotation(keyword: &str, value: &Value) -> bool {
    asserted(keyword).is_none() || (keyword == "format" && !is_asserted_format(value))
}

fn annotations(facts: &Value) -> Annotations {
    let mut annotations = Annotations::new();
    collect(facts, "", &mut annotations);
    for values in annotations.values_mut() {
        values.sort();
    }
    annotations
}

fn collect(facts: &Value, place: &str, annotations: &mut Annotations) {
    for (keyword, value) in facts.as_object().into_iter().flatten() {
        if is_annotation(keyword, value) {
            annotations.entry((place.to_owned(), keyword.clone())).or_default().push(value.to_string());
            continue;
        }
        let inside = match keyword.as_str() {
            "items"
            | "additionalProperties"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "contains"
            | "prefixItems"
            | "patternProperties" => format!("{place}/*"),
            _ => place.to_owned(),
        };
        match (asserted(keyword), value) {
            (Some(Holds::One), schema) => collect(schema, &inside, annotations),
            (Some(Holds::List), Value::Array(schemas)) => {
                for schema in schemas {
                    collect(schema, &inside, annotations);
                }
            }
            (Some(Holds::ByName), Value::Object(schemas)) => {
                for (name, schema) in schemas {
                    let is_field = keyword == "properties";
                    let field = format!("{place}/{}", escaped(name));
                    collect(schema, if is_field { &field } else { &inside }, annotations);
                }
            }
            _ => {}
        }
    }
}

/// One value, or a list of several.
fn values(texts: Option<&Vec<String>>) -> Option<Value> {
    let values = texts?.iter().map(|text| serde_json::from_str(text).unwrap_or_default());
    let mut values: Vec<Value> = values.collect();
    if values.len() == 1 { values.pop() } else { Some(Value::Array(values)) }
}

/// Why a change may break somebody; `None` when it cannot.
fn reason(keyword: &str, role: Role, old: Option<&Value>, new: Option<&Value>) -> Option<&'static str> {
    match (keyword, role) {
        ("default", Role::Request) => Some("what an absent field means may have changed"),
        ("readOnly", Role::Request) => Some("whether the field may still be sent is not known"),
        ("writeOnly", Role::Response) => Some("whether the field still comes is not known"),
        ("default" | "writeOnly" | "readOnly", _) => None,
        ("format", _) if [old, new].into_iter().flatten().all(|format| format == "password") => None,
        // A format that a response promises narrows it; a format that a request no longer asks for widens it.
        ("format", Role::Response) if old.is_none() => None,
        ("format", Role::Request) if new.is_none() => None,
        ("format", _) => Some("programs choose types by this format, which JSON Schema does not define"),
        _ => Some("what this keyword means is not known here"),
    }
}
