//! Splits the difference between two schemas into edits.
//!
//! It walks both schemas, as normalized by [`super::facts`], side by side as far as they have the same shape. Each edit
//! contains the old schema with only this edit applied, so that the algebra can judge it alone.

use serde_json::{Map, Value, json};

use crate::written::{from_to, shortened};

/// How many of a list's values are named.
const NAMED: usize = 5;

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Edit {
    /// The place in the documents: a JSON pointer, with `*` for any index or field.
    pub(crate) place: String,
    /// What is different, in short.
    pub(crate) what: String,
    /// The same with both values.
    pub(crate) whole: String,
    pub(crate) kind: Kind,
    /// Where in the schema.
    pub(crate) pointer: String,
    /// The old schema with this edit.
    pub(crate) edited: Value,
}

/// Kinds that need their own words: the algebra treats an added or removed field like any other edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    FieldAdded,
    FieldRemoved,
    Other,
}

/// The edits that lead from `old` to `new`, in the order of the schemas.
pub(crate) fn between(old: &Value, new: &Value) -> Vec<Edit> {
    let mut walk = Walk { root: old, edits: Vec::new() };
    walk.schemas(old, new, "", "");
    walk.edits
}

struct Walk<'a> {
    root: &'a Value,
    edits: Vec<Edit>,
}

impl Walk<'_> {
    /// `pointer` leads to `old` in the schema, `place` to what it describes in a document.
    fn schemas(&mut self, old: &Value, new: &Value, pointer: &str, place: &str) {
        if old == new {
            return;
        }
        let (Some(before), Some(after)) = (old.as_object(), new.as_object()) else {
            let mut edited = self.root.clone();
            if let Some(schema) = edited.pointer_mut(pointer) {
                *schema = new.clone();
            }
            let what = format!("schema: {}", from_to(Some(old), Some(new)));
            self.edits.push(Edit {
                place: place.to_owned(),
                whole: what.clone(),
                what,
                kind: Kind::Other,
                pointer: pointer.to_owned(),
                edited,
            });
            return;
        };
        self.fields(before, after, pointer, place);
        let keywords = before.keys().chain(after.keys().filter(|keyword| !before.contains_key(*keyword)));
        for keyword in keywords.filter(|keyword| !matches!(keyword.as_str(), "properties" | "required")) {
            self.keyword(keyword, before.get(keyword), after.get(keyword), pointer, place);
        }
    }

    fn keyword(
        &mut self,
        keyword: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        pointer: &str,
        place: &str,
    ) {
        if old == new {
            return;
        }
        let inside = format!("{pointer}/{keyword}");
        match (keyword, old, new) {
            (
                "items" | "additionalProperties",
                Some(old @ Value::Object(_)),
                Some(new @ Value::Object(_)),
            ) => {
                self.schemas(old, new, &inside, &format!("{place}/*"));
            }
            ("allOf" | "anyOf" | "oneOf", Some(Value::Array(old)), Some(Value::Array(new)))
                if old.len() == new.len() =>
            {
                for (index, (old, new)) in old.iter().zip(new).enumerate() {
                    self.schemas(old, new, &format!("{inside}/{index}"), place);
                }
            }
            _ => {
                let whole = format!("{keyword}: {}", from_to(old, new));
                let what = match (keyword, old, new) {
                    ("enum" | "type", Some(old), Some(new)) => values(keyword, old, new),
                    _ => whole.clone(),
                };
                self.push(pointer, place, (what, whole), Kind::Other, vec![(keyword, new.cloned())]);
            }
        }
    }

    /// Fields that were added or removed, or became required or optional.
    fn fields(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, pointer: &str, place: &str) {
        let (old_fields, new_fields) = (fields_of(old), fields_of(new));
        let (old_required, new_required) = (required_of(old), required_of(new));
        let mut names: Vec<&str> = old_fields.keys().map(String::as_str).collect();
        names.extend(new_fields.keys().map(String::as_str).filter(|name| !old_fields.contains_key(*name)));
        let only_required = old_required.iter().chain(&new_required).copied();
        let only_required: Vec<_> = only_required.filter(|name| !names.contains(name)).collect();
        names.extend(only_required);
        names.dedup();

        for name in names {
            let place = format!("{place}/{}", escaped(name));
            let required = (old_required.contains(&name), new_required.contains(&name));
            let mut with = old_fields.clone();
            let (change, kind) = match (old_fields.get(name), new_fields.get(name)) {
                (None, Some(field)) => {
                    with.insert(name.to_owned(), field.clone());
                    (format!("{} field added", need(required.1)), Kind::FieldAdded)
                }
                (Some(_), None) => {
                    with.shift_remove(name);
                    (format!("{} field removed", need(required.0)), Kind::FieldRemoved)
                }
                (old_field, new_field) => {
                    if let (Some(old), Some(new)) = (old_field, new_field) {
                        let inside = format!("{pointer}/properties/{}", escaped(name));
                        self.schemas(old, new, &inside, &place);
                    }
                    if required.0 == required.1 {
                        continue;
                    }
                    (format!("{} → {}", need(required.0), need(required.1)), Kind::Other)
                }
            };
            let mut needed = old_required.clone();
            needed.retain(|it| *it != name);
            if required.1 {
                needed.push(name);
            }
            let set = vec![("properties", Some(with.into())), ("required", Some(json!(needed)))];
            let whole = format!("{change}: {}", from_to(old_fields.get(name), new_fields.get(name)));
            self.push(pointer, &place, (change, whole), kind, set);
        }
    }

    fn push(
        &mut self,
        pointer: &str,
        place: &str,
        (what, whole): (String, String),
        kind: Kind,
        set: Vec<(&str, Option<Value>)>,
    ) {
        let mut edited = self.root.clone();
        if let Some(schema) = edited.pointer_mut(pointer).and_then(Value::as_object_mut) {
            for (keyword, value) in set {
                match value {
                    Some(value) => drop(schema.insert(keyword.to_owned(), value)),
                    None => drop(schema.shift_remove(keyword)),
                }
            }
        }
        let (place, pointer) = (place.to_owned(), pointer.to_owned());
        self.edits.push(Edit { place, what, whole, kind, pointer, edited });
    }
}

fn fields_of(schema: &Map<String, Value>) -> Map<String, Value> {
    schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default()
}

fn required_of(schema: &Map<String, Value>) -> Vec<&str> {
    let names = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}

fn need(required: bool) -> &'static str {
    if required { "required" } else { "optional" }
}

/// A name as a JSON pointer has it.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// `enum: without "A"; with "B"`.
fn values(keyword: &str, old: &Value, new: &Value) -> String {
    let as_list = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let (old, new) = (as_list(old), as_list(new));
    let gone: Vec<_> = old.iter().filter(|value| !new.contains(value)).collect();
    let come: Vec<_> = new.iter().filter(|value| !old.contains(value)).collect();
    let named = |word: &str, values: &[&Value]| {
        let more = values.len().saturating_sub(NAMED);
        let names: Vec<_> = values.iter().take(NAMED).map(|value| shortened(value)).collect();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        (!values.is_empty()).then(|| format!("{word} {}{more}", names.join(", ")))
    };
    let parts = [named("without", &gone), named("with", &come)];
    format!("{keyword}: {}", parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
}
