//! One operation of an OpenAPI document.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::facts::undocumented;

pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// An operation, and where it stands.
pub(super) struct Operation<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) fields: &'a Value,
    /// The path item: what all methods of the path share.
    pub(super) shared: &'a Value,
    pub(super) document: &'a Value,
}

/// Every operation, by method and path; the names of a path's parameters make no difference on the wire.
pub(super) fn operations(document: &Value) -> BTreeMap<(String, &str), Operation<'_>> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations = paths.flat_map(|(path, shared)| {
        let fields = shared.as_object().into_iter().flatten();
        let fields = fields.filter(|(name, _)| METHODS.contains(&name.as_str()));
        fields.map(move |(method, fields)| Operation { method, path, fields, shared, document })
    });
    operations.map(|operation| ((unnamed(operation.path), operation.method), operation)).collect()
}

impl<'a> Operation<'a> {
    /// `POST /api/customers`.
    pub(super) fn place(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// A call of it, as a document of a break.
    pub(super) fn call(&self, with: &[(&str, Value)]) -> Value {
        let mut call = Map::new();
        call.insert("method".to_owned(), self.method.to_uppercase().into());
        call.insert("path".to_owned(), self.path.into());
        call.extend(with.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        call.into()
    }

    pub(super) fn id(&self) -> Option<&'a str> {
        self.fields.get("operationId").and_then(Value::as_str)
    }

    /// A part, with its reference followed; null when it is not there.
    pub(super) fn part(&self, name: &str) -> &'a Value {
        self.fields.get(name).map_or(&Value::Null, |part| resolved(part, self.document))
    }

    /// The ways to authenticate, in an order that says nothing: each a list of schemes, by what they are.
    pub(super) fn security(&self) -> Vec<String> {
        let mut ways: Vec<_> = self.ways().map(|way| schemes(way, self.document)).collect();
        ways.sort();
        ways.dedup();
        ways
    }

    /// The same, by name, for people.
    pub(super) fn security_names(&self) -> String {
        let names = |way: &'a Value| {
            let names = way.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
            let names: Vec<_> = names.collect();
            if names.is_empty() { "none".to_owned() } else { names.join(" and ") }
        };
        let ways: Vec<_> = self.ways().map(names).collect();
        if ways.is_empty() { "none".to_owned() } else { ways.join(" or ") }
    }

    fn ways(&self) -> impl Iterator<Item = &'a Value> {
        let own = self.fields.get("security").or_else(|| self.document.get("security"));
        own.and_then(Value::as_array).into_iter().flatten()
    }
}

/// What `value` refers to in `document`, or itself.
pub(super) fn resolved<'a>(value: &'a Value, document: &'a Value) -> &'a Value {
    let reference = value.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix('#'));
    reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

/// `/api/customers/{}` for `/api/customers/{id}`.
fn unnamed(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn schemes(way: &Value, document: &Value) -> String {
    let mut schemes: Vec<_> = way
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, scopes)| {
            let scheme = document.pointer(&format!("/components/securitySchemes/{name}"));
            json!([scheme.map(undocumented), scopes]).to_string()
        })
        .collect();
    schemes.sort();
    schemes.join(" and ")
}
