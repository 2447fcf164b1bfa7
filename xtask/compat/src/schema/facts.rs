//! Normalizes a schema to its facts: what a program could notice.
//!
//! Documentation is left out and references are replaced by their targets, so that the name and place of a definition
//! make no difference. A union of constants becomes an `enum`.

use serde_json::{Map, Value, json};

use crate::schema::keywords::{Holds, asserted, is_documentation};
use crate::schema::referred;

/// Why a schema could not be written without references.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FactsError {
    #[error("`{0}` leads nowhere in this file")]
    Dangling(String),
    #[error("`{0}` contains itself")]
    Recursive(String),
    #[error("`{0}` leads where only a validator knows")]
    Dynamic(String),
    #[error("`{0}` names a schema inside of another, where references mean something else")]
    Embedded(String),
}

/// The facts of `schema`, whose references point into `document`.
pub(crate) fn from_schema(schema: &Value, document: &Value) -> Result<Value, FactsError> {
    // A file's own `$id` is the base that its references are resolved against.
    let named = schema.as_object().filter(|_| std::ptr::eq(schema, document) || schema == document);
    match named {
        Some(keywords) if keywords.contains_key("$id") => {
            let mut keywords = keywords.clone();
            keywords.shift_remove("$id");
            facts(&keywords.into(), document, &[])
        }
        _ => facts(schema, document, &[]),
    }
}

/// The facts of `schema`; if it cannot be normalized, its text with the targets of its references.
pub(crate) fn from_schema_or_text(schema: &Value, document: &Value) -> Value {
    from_schema(schema, document)
        .unwrap_or_else(|_| json!({ "schema": referred::with_targets(schema, document) }))
}

/// `schema` for a reader that ignores unknown fields.
pub(crate) fn opened(schema: &Value) -> Value {
    match schema {
        Value::Object(keywords) => {
            let closed = |keyword: &str, value: &Value| {
                matches!(keyword, "additionalProperties" | "unevaluatedProperties")
                    && *value == Value::Bool(false)
            };
            let kept = keywords.iter().filter(|(keyword, value)| !closed(keyword, value));
            kept.map(|(keyword, value)| {
                let value = match keyword.as_str() {
                    // Where a schema is a condition, opening it may accept more or less.
                    "enum" | "const" | "default" | "required" | "if" | "not" => value.clone(),
                    "properties" | "patternProperties" => by_name(value, opened),
                    _ => opened(value),
                };
                (keyword.clone(), value)
            })
            .collect()
        }
        Value::Array(schemas) => schemas.iter().map(opened).collect(),
        other => other.clone(),
    }
}

fn by_name(value: &Value, each: impl Fn(&Value) -> Value) -> Value {
    let Some(fields) = value.as_object() else { return value.clone() };
    fields.iter().map(|(name, schema)| (name.clone(), each(schema))).collect()
}

fn facts(schema: &Value, document: &Value, trail: &[&str]) -> Result<Value, FactsError> {
    let Some(keywords) = schema.as_object() else { return Ok(schema.clone()) };
    if let Some(name) = keywords.get("$id") {
        return Err(FactsError::Embedded(name.to_string()));
    }
    let mut own = Map::new();
    for (keyword, value) in keywords.iter().filter(|(keyword, _)| !is_documentation(keyword)) {
        let value = match (keyword.as_str(), value) {
            ("$ref", Value::String(_)) => continue,
            ("$dynamicRef" | "$recursiveRef", value) => return Err(FactsError::Dynamic(value.to_string())),
            ("enum" | "required" | "type", Value::Array(_)) => sorted(value),
            (keyword, value) => match (asserted(keyword), value) {
                (Some(Holds::One), value) => facts(value, document, trail)?,
                (Some(Holds::List), Value::Array(schemas)) => {
                    let schemas = schemas.iter().map(|schema| facts(schema, document, trail));
                    Value::Array(schemas.collect::<Result<_, _>>()?)
                }
                (Some(Holds::ByName), Value::Object(schemas)) => {
                    let schemas = schemas
                        .iter()
                        .map(|(name, schema)| Ok((name.clone(), facts(schema, document, trail)?)));
                    Value::Object(schemas.collect::<Result<Map<_, _>, _>>()?)
                }
                (_, value) => value.clone(),
            },
        };
        own.insert(keyword.clone(), value);
    }
    constants_as_enum(&mut own);
    let Some(reference) = keywords.get("$ref").and_then(Value::as_str) else { return Ok(own.into()) };
    if trail.contains(&reference) {
        return Err(FactsError::Recursive(reference.to_owned()));
    }
    let trail: Vec<_> = trail.iter().copied().chain([reference]).collect();
    let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
    let target = target.ok_or_else(|| FactsError::Dangling(reference.to_owned()))?;
    Ok(all_of(facts(target, document, &trail)?, own))
}

/// A schema that requires `target` and `own`: one object if no keyword is in both, else an `allOf`.
fn all_of(target: Value, own: Map<String, Value>) -> Value {
    match target {
        target if own.is_empty() => target,
        Value::Object(mut target)
            if own.keys().all(|keyword| !target.contains_key(keyword)) && is_mixable(&target, &own) =>
        {
            target.extend(own);
            target.into()
        }
        target => json!({ "allOf": [target, own] }),
    }
}

/// Whether the keywords of both may be put into one object: none whose meaning depends on its neighbours.
fn is_mixable(target: &Map<String, Value>, own: &Map<String, Value>) -> bool {
    const DEPENDENT: [&str; 9] = [
        "additionalProperties",
        "unevaluatedProperties",
        "unevaluatedItems",
        "items",
        "contains",
        "if",
        "then",
        "else",
        "properties",
    ];
    ![target, own].iter().any(|keywords| keywords.keys().any(|it| DEPENDENT.contains(&it.as_str())))
}

/// Replaces `oneOf` or `anyOf` of different constants, the usual form of a code list with titles, by an `enum`.
fn constants_as_enum(keywords: &mut Map<String, Value>) {
    for union in ["oneOf", "anyOf"] {
        let Some(branches) = keywords.get(union).and_then(Value::as_array) else { continue };
        let constants: Option<Vec<_>> = branches
            .iter()
            .map(|branch| {
                let branch = branch.as_object()?;
                if branch.keys().all(|keyword| matches!(keyword.as_str(), "const" | "type")) {
                    branch.get("const").filter(|value| type_is_of(branch.get("type"), value)).cloned()
                } else {
                    None
                }
            })
            .collect();
        let Some(constants) = constants else { continue };
        let different = constants
            .iter()
            .enumerate()
            .all(|(index, value)| constants.iter().skip(index + 1).all(|other| !is_same(other, value)));
        if different && !keywords.contains_key("enum") {
            keywords.shift_remove(union);
            keywords.insert("enum".to_owned(), sorted(&Value::Array(constants)));
        }
    }
}

/// Equality as JSON Schema defines it: 1 equals 1.0.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| is_same(a, b)))
        }
        _ => a == b,
    }
}

/// Whether a constant's own `type`, where it has one, says nothing more than the constant.
fn type_is_of(kind: Option<&Value>, value: &Value) -> bool {
    match kind.map(Value::as_str) {
        None => true,
        Some(Some("string")) => value.is_string(),
        Some(Some("boolean")) => value.is_boolean(),
        Some(Some("null")) => value.is_null(),
        Some(Some("integer")) => value.is_u64() || value.is_i64(),
        Some(Some("number")) => value.is_number(),
        Some(_) => false,
    }
}

/// A list in canonical order, for lists whose order has no meaning.
fn sorted(list: &Value) -> Value {
    let mut elements = list.as_array().cloned().unwrap_or_default();
    elements.sort_by_cached_key(ToString::to_string);
    Value::Array(elements)
}
