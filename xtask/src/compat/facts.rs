//! A schema without what is only documentation: the facts that a program could notice.
//!
//! References are followed, so that a definition's name and place make no difference, and unions of constants are
//! written as the `enum` that they are.

use serde_json::{Map, Value};

/// The formats that JSON Schema 2020-12 defines (section 7.3 of its validation vocabulary). Others assert nothing.
const FORMATS: [&str; 19] = [
    "date-time",
    "date",
    "time",
    "duration",
    "email",
    "idn-email",
    "hostname",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uuid",
    "uri-template",
    "json-pointer",
    "relative-json-pointer",
    "regex",
];

const DOCUMENTATION: [&str; 14] = [
    "title",
    "description",
    "$comment",
    "$schema",
    "$id",
    "$defs",
    "definitions",
    "examples",
    "example",
    "readOnly",
    "writeOnly",
    "deprecated",
    "externalDocs",
    "discriminator",
];

/// Why a schema could not be written without references.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum FactsError {
    #[error("`{0}` leads nowhere in this file")]
    Dangling(String),
    #[error("`{0}` contains itself")]
    Recursive(String),
}

/// True for what changes nothing for a program: descriptions, examples, labels of our own.
pub(super) fn is_documentation(keyword: &str) -> bool {
    keyword.starts_with("x-") || DOCUMENTATION.contains(&keyword)
}

/// The facts of `schema`, whose references point into `document`.
pub(super) fn of(schema: &Value, document: &Value) -> Result<Value, FactsError> {
    facts(schema, document, &[])
}

/// `value` without documentation, for parts of a document that are no schemas.
pub(super) fn undocumented(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| !is_documentation(key))
            .map(|(key, value)| (key.clone(), undocumented(value)))
            .collect(),
        Value::Array(elements) => elements.iter().map(undocumented).collect(),
        other => other.clone(),
    }
}

/// `schema` as a reader sees it who ignores fields that it does not know.
pub(super) fn opened(schema: &Value) -> Value {
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
    let mut own = Map::new();
    for (keyword, value) in keywords.iter().filter(|(keyword, _)| !is_documentation(keyword)) {
        let value = match keyword.as_str() {
            "$ref" => continue,
            "format" if !value.as_str().is_some_and(|format| FORMATS.contains(&format)) => continue,
            "enum" | "required" | "type" if value.is_array() => sorted(value),
            "enum" | "const" | "default" | "required" | "type" | "dependentRequired" => value.clone(),
            "properties" | "patternProperties" | "dependentSchemas" => {
                let schemas = value.as_object().into_iter().flatten();
                let schemas = schemas
                    .map(|(name, schema)| Ok((name.clone(), facts(schema, document, trail)?)))
                    .collect::<Result<Map<_, _>, _>>()?;
                Value::Object(schemas)
            }
            _ => match value {
                Value::Array(schemas) => {
                    let schemas = schemas.iter().map(|schema| facts(schema, document, trail));
                    Value::Array(schemas.collect::<Result<_, _>>()?)
                }
                other => facts(other, document, trail)?,
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
    Ok(both(facts(target, document, &trail)?, own))
}

/// A schema that demands `target` and `own`; one map where no keyword stands in both.
fn both(target: Value, own: Map<String, Value>) -> Value {
    match target {
        target if own.is_empty() => target,
        Value::Object(mut target)
            if own.keys().all(|keyword| !target.contains_key(keyword)) && apart(&target, &own) =>
        {
            target.extend(own);
            target.into()
        }
        target => serde_json::json!({ "allOf": [target, own] }),
    }
}

/// Keywords whose meaning depends on others beside them are not mixed.
fn apart(target: &Map<String, Value>, own: &Map<String, Value>) -> bool {
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

/// `oneOf` or `anyOf` of different constants, which is how a code list with titles is written, is an `enum`.
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
            .all(|(index, value)| constants.iter().skip(index + 1).all(|other| other != value));
        if different && !keywords.contains_key("enum") {
            keywords.shift_remove(union);
            keywords.insert("enum".to_owned(), sorted(&Value::Array(constants)));
        }
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

/// Lists whose order says nothing.
fn sorted(list: &Value) -> Value {
    let mut elements = list.as_array().cloned().unwrap_or_default();
    elements.sort_by_cached_key(ToString::to_string);
    Value::Array(elements)
}
