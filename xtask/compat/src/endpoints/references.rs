//! Replaces the references of an OpenAPI document by their targets, so that the place of a part makes no difference.
//!
//! This is about references of OpenAPI's own objects; those inside schemas are followed where schemas are compared.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::context::is_documentation;
use super::operation::METHODS;

/// A document, and the references that were left in it because they lead nowhere in this file, contain themselves, or have
/// siblings that they would replace.
pub(super) struct Inlined {
    pub(super) document: Value,
    pub(super) left: BTreeSet<String>,
}

/// The objects that a reference may stand for.
#[derive(Debug, Clone, Copy)]
enum Kind {
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    MediaType,
    Encoding,
    Header,
    Link,
    Callback,
}

/// How a field contains them.
#[derive(Debug, Clone, Copy)]
enum Holds {
    One,
    List,
    ByName,
}

/// Follows the references below `paths`.
pub(super) fn inlined(document: &Value) -> Inlined {
    let mut walk = Walk { document, left: BTreeSet::new() };
    let mut inlined = document.clone();
    for item in inlined.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        *item.1 = walk.object(item.1, Kind::PathItem, &[]);
    }
    Inlined { document: inlined, left: walk.left }
}

/// What `value` stands for in the end, as far as its references lead somewhere.
pub(super) fn followed<'a>(mut value: &'a Value, document: &'a Value) -> &'a Value {
    let mut trail = BTreeSet::new();
    while let Some(reference) = reference_of(value) {
        match target(reference, document) {
            Some(target) if trail.insert(reference) => value = target,
            _ => break,
        }
    }
    value
}

/// The part of OpenAPI's grammar that references need: the kind of object in a field.
fn field_of(kind: Kind, name: &str) -> Option<(Kind, Holds)> {
    Some(match (kind, name) {
        (Kind::PathItem, method) if METHODS.contains(&method) => (Kind::Operation, Holds::One),
        (Kind::PathItem | Kind::Operation, "parameters") => (Kind::Parameter, Holds::List),
        (Kind::Operation, "requestBody") => (Kind::RequestBody, Holds::One),
        (Kind::Operation, "responses") => (Kind::Response, Holds::ByName),
        (Kind::Operation, "callbacks") => (Kind::Callback, Holds::ByName),
        (Kind::Callback, _) => (Kind::PathItem, Holds::One),
        (Kind::Parameter | Kind::RequestBody | Kind::Response | Kind::Header, "content") => {
            (Kind::MediaType, Holds::ByName)
        }
        (Kind::Response | Kind::Encoding, "headers") => (Kind::Header, Holds::ByName),
        (Kind::Response, "links") => (Kind::Link, Holds::ByName),
        (Kind::MediaType, "encoding") => (Kind::Encoding, Holds::ByName),
        _ => return None,
    })
}

struct Walk<'a> {
    document: &'a Value,
    left: BTreeSet<String>,
}

impl Walk<'_> {
    /// `trail` has the references that lead here.
    fn object(&mut self, value: &Value, kind: Kind, trail: &[&str]) -> Value {
        if let Some(reference) = reference_of(value) {
            let is_alone = value
                .as_object()
                .is_some_and(|it| it.keys().all(|name| name == "$ref" || is_documentation(name)));
            return match target(reference, self.document) {
                Some(target) if is_alone && !trail.contains(&reference) => {
                    let trail: Vec<_> = trail.iter().copied().chain([reference]).collect();
                    self.object(target, kind, &trail)
                }
                _ => {
                    self.left.insert(reference.to_owned());
                    value.clone()
                }
            };
        }
        let Some(fields) = value.as_object() else { return value.clone() };
        let fields = fields.iter().map(|(name, value)| {
            let value = match (field_of(kind, name), value) {
                (Some((kind, Holds::One)), value) => self.object(value, kind, trail),
                (Some((kind, Holds::List)), Value::Array(list)) => {
                    list.iter().map(|value| self.object(value, kind, trail)).collect()
                }
                (Some((kind, Holds::ByName)), Value::Object(named)) => {
                    let named =
                        named.iter().map(|(name, value)| (name.clone(), self.object(value, kind, trail)));
                    Value::Object(named.collect())
                }
                _ => value.clone(),
            };
            (name.clone(), value)
        });
        Value::Object(fields.collect::<Map<_, _>>())
    }
}

fn reference_of(value: &Value) -> Option<&str> {
    value.get("$ref").and_then(Value::as_str)
}

fn target<'a>(reference: &str, document: &'a Value) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}
