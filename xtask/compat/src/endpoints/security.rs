//! Compares the ways to authenticate that an operation accepts, whatever their names are.
//!
//! Descriptions of scopes, their order, and `bearerFormat`, which OpenAPI calls a hint, are documentation.

use serde_json::{Map, Value, json};

use super::context::is_documentation;
use super::operation::Operation;
use super::references;
use crate::change::Change;

pub(super) fn compare(old: &Operation<'_>, new: &Operation<'_>) -> Option<Change> {
    if ways(old) == ways(new) {
        return None;
    }
    let (before, after) = (names(old), names(new));
    let change = if before == after {
        format!("authentication: what {before} stands for")
    } else {
        format!("authentication: {before} → {after}")
    };
    let document = old.call(&[("authentication", before.into())]);
    Some(Change::breaking(old.place(), change, document).noting("changed authentication needs v2"))
}

/// The ways, sorted.
fn ways(operation: &Operation<'_>) -> Vec<String> {
    let mut ways: Vec<_> = demanded(operation).map(|way| way_of(way, operation.document)).collect();
    ways.sort();
    ways.dedup();
    ways
}

/// The same by name, for people.
fn names(operation: &Operation<'_>) -> String {
    let name = |(name, scopes): (&String, &Value)| {
        let scopes: Vec<_> = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if scopes.is_empty() { name.clone() } else { format!("{name} ({})", scopes.join(", ")) }
    };
    let way = |way: &Value| {
        let names: Vec<_> = way.as_object().into_iter().flatten().map(name).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(" and ") }
    };
    let ways: Vec<_> = demanded(operation).map(way).collect();
    if ways.is_empty() { "none".to_owned() } else { ways.join(" or ") }
}

fn demanded<'a>(operation: &Operation<'a>) -> impl Iterator<Item = &'a Value> {
    let own = operation.fields.get("security").or_else(|| operation.document.get("security"));
    own.and_then(Value::as_array).into_iter().flatten()
}

fn way_of(way: &Value, document: &Value) -> String {
    let schemes = way.as_object().into_iter().flatten();
    let mut schemes: Vec<_> = schemes
        .map(|(name, scopes)| {
            let scheme = document.pointer("/components/securitySchemes").and_then(|all| all.get(name));
            let scheme = scheme.map(|it| scheme_of(references::followed(it, document)));
            json!([scheme, in_order(scopes)]).to_string()
        })
        .collect();
    schemes.sort();
    schemes.join(" and ")
}

fn scheme_of(scheme: &Value) -> Value {
    facts_of(scheme, |name, value| match name {
        "bearerFormat" => None,
        "flows" => Some(facts_of(value, |_, flow| {
            Some(facts_of(flow, |name, value| match (name, value) {
                ("scopes", Value::Object(scopes)) => {
                    Some(in_order(&scopes.keys().map(String::as_str).collect()))
                }
                (_, value) => Some(value.clone()),
            }))
        })),
        _ => Some(value.clone()),
    })
}

/// The fields of an object without documentation, each mapped by `with`, and sorted, since texts are compared.
fn facts_of(object: &Value, with: impl Fn(&str, &Value) -> Option<Value>) -> Value {
    let fields = object.as_object().into_iter().flatten().filter(|(name, _)| !is_documentation(name));
    let mut fields: Vec<_> =
        fields.filter_map(|(name, value)| Some((name.clone(), with(name, value)?))).collect();
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    Value::Object(fields.into_iter().collect::<Map<_, _>>())
}

fn in_order(list: &Value) -> Value {
    let mut elements = list.as_array().cloned().unwrap_or_default();
    elements.sort_by_cached_key(ToString::to_string);
    Value::Array(elements)
}
