//! One operation of an OpenAPI document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// An operation with its path and method.
pub(super) struct Operation<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) fields: &'a Value,
    /// The path item: what all methods of the path share.
    pub(super) shared: &'a Value,
    pub(super) document: &'a Value,
}

/// Every operation by path and method, without the names of path parameters, which are not on the wire. The references of
/// `document` must have been followed.
pub(super) fn operations(document: &Value) -> BTreeMap<(String, &str), Operation<'_>> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations = paths.flat_map(|(path, shared)| {
        let fields = shared.as_object().into_iter().flatten();
        let fields = fields.filter(|(name, _)| METHODS.contains(&name.as_str()));
        fields.map(move |(method, fields)| Operation { method, path, fields, shared, document })
    });
    operations.map(|operation| ((unnamed(operation.path), operation.method), operation)).collect()
}

/// Paths that differ only in the names of their parameters, which OpenAPI forbids.
pub(super) fn alike(document: &Value) -> Vec<&str> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten().map(|(path, _)| path);
    let mut seen = BTreeSet::new();
    paths.filter(|path| !seen.insert(unnamed(path))).map(String::as_str).collect()
}

impl<'a> Operation<'a> {
    /// `POST /api/customers`.
    pub(super) fn place(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// A call of the operation, to show a break.
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

    /// A part; null when it is not there.
    pub(super) fn part(&self, name: &str) -> &'a Value {
        self.fields.get(name).unwrap_or(&Value::Null)
    }
}

/// The content of a body or response, by media types in small letters.
pub(super) fn content(part: &Value) -> BTreeMap<String, Value> {
    let content = part.get("content").and_then(Value::as_object).into_iter().flatten();
    content.map(|(media_type, body)| (media_type.to_lowercase(), body.clone())).collect()
}

/// `/api/customers/{}` for `/api/customers/{id}`.
fn unnamed(path: &str) -> String {
    let mut unnamed = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        unnamed.push_str(before);
        unnamed.push_str("{}");
        rest = after;
    }
    unnamed + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_make_no_difference() {
        assert_eq!(unnamed("/a/{b}/c"), "/a/{}/c");
        assert_eq!(unnamed("/a/{b}-{c}.json:read/"), "/a/{}-{}.json:read/");
        assert_eq!(unnamed("/a/{b"), "/a/{b");
    }
}
