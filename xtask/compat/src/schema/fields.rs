//! Lists the fields that documents of a schema can have.
//!
//! A union has the fields of all its branches. A field that accepts no value does not count.

use std::collections::BTreeSet;

use jsonschema::canonical::Satisfiability;
use serde_json::{Map, Value, json};

use crate::schema::algebra;
use crate::schema::edits::escaped;

/// The places of all fields: JSON pointers, with `*` for any index or name.
pub(crate) fn places_in(facts: &Value) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    walk(std::slice::from_ref(facts), "", &mut fields);
    fields
}

/// True when no document meets the schema: proved.
pub(crate) fn is_empty(schema: &Value) -> bool {
    algebra::canonicalized(schema).is_ok_and(|schema| schema.satisfiability() == Satisfiability::No)
}

/// A schema that accepts the documents with a value at `place`.
pub(crate) fn having(place: &str) -> Value {
    match place.strip_prefix('/').map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
        None => Value::Bool(true),
        Some((step, rest)) => {
            let rest = if rest.is_empty() { Value::Bool(true) } else { having(&format!("/{rest}")) };
            let name = step.replace("~1", "/").replace("~0", "~");
            let object = json!({ "type": "object", "required": [name], "properties": { (name): rest } });
            let element = json!({ "type": "array", "contains": rest });
            let value = json!({ "type": "object", "not": { "additionalProperties": { "not": rest } } });
            if step == "*" { json!({ "anyOf": [element, value] }) } else { object }
        }
    }
}

/// Collects the fields of documents that meet all of `all`, which describe `place`.
fn walk(all: &[Value], place: &str, fields: &mut BTreeSet<String>) {
    if !all.iter().any(says_fields) || is_empty(&json!({ "allOf": all })) {
        return;
    }
    for (index, schema) in all.iter().enumerate() {
        if let Some((rest, branches)) = split(schema) {
            for branch in branches {
                let mut with = all.to_vec();
                if let Some(schema) = with.get_mut(index) {
                    *schema = rest.clone();
                }
                with.extend(branch);
                walk(&with, place, fields);
            }
            return;
        }
    }
    let objects: Vec<_> = all.iter().filter_map(Value::as_object).collect();
    let names: BTreeSet<_> =
        objects.iter().flat_map(|it| named(it, "properties")).map(|(name, _)| name).collect();
    for name in names {
        let inside: Vec<_> = objects.iter().filter_map(|it| field(it, name)).cloned().collect();
        if !is_empty(&json!({ "allOf": inside })) {
            let place = format!("{place}/{}", escaped(name));
            walk(&inside, &place, fields);
            fields.insert(place);
        }
    }
    let any = format!("{place}/*");
    for keyword in ["items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties", "contains"]
    {
        let inside: Vec<_> = objects.iter().filter_map(|it| it.get(keyword)).cloned().collect();
        walk(&inside, &any, fields);
    }
    let elements =
        objects.iter().filter_map(|it| it.get("prefixItems")).filter_map(Value::as_array).flatten();
    let values = objects.iter().flat_map(|it| named(it, "patternProperties")).map(|(_, schema)| schema);
    elements.chain(values).for_each(|inside| walk(std::slice::from_ref(inside), &any, fields));
}

/// Splits off one union that names fields: the schema without it, and its branches.
fn split(schema: &Value) -> Option<(Value, Vec<Vec<Value>>)> {
    let keywords = schema.as_object()?;
    let without = |names: &[&str]| -> Value {
        let kept = keywords.iter().filter(|(keyword, _)| !names.contains(&keyword.as_str()));
        Value::Object(kept.map(|(keyword, value)| (keyword.clone(), value.clone())).collect::<Map<_, _>>())
    };
    if let Some(all) = keywords.get("allOf").and_then(Value::as_array) {
        return Some((without(&["allOf"]), vec![all.clone()]));
    }
    for union in ["anyOf", "oneOf"] {
        let branches = keywords.get(union).and_then(Value::as_array);
        if let Some(branches) = branches.filter(|it| it.iter().any(says_fields)) {
            return Some((without(&[union]), branches.iter().map(|branch| vec![branch.clone()]).collect()));
        }
    }
    let either = |name: &str| keywords.get(name).cloned().into_iter().collect::<Vec<_>>();
    if ["if", "then", "else"].iter().any(|name| keywords.get(*name).is_some_and(says_fields)) {
        let met = [either("if"), either("then")].concat();
        return Some((without(&["if", "then", "else"]), vec![met, either("else")]));
    }
    let dependent = keywords.get("dependentSchemas").and_then(Value::as_object)?;
    let branches = dependent.values().map(|schema| vec![schema.clone()]).chain([Vec::new()]).collect();
    Some((without(&["dependentSchemas"]), branches))
}

/// What a schema says of the field `name`.
fn field<'a>(schema: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let own = schema.get("properties").and_then(|fields| fields.get(name));
    let has_patterns = schema.contains_key("patternProperties");
    own.or_else(|| schema.get("additionalProperties").filter(|_| !has_patterns))
}

fn named<'a>(schema: &'a Map<String, Value>, keyword: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema.get(keyword).and_then(Value::as_object).into_iter().flatten()
}

/// Whether a schema names a field anywhere inside.
fn says_fields(schema: &Value) -> bool {
    match schema {
        Value::Object(keywords) => keywords.iter().any(|(keyword, value)| match keyword.as_str() {
            "enum" | "const" | "required" | "not" => false,
            "properties" => true,
            _ => says_fields(value),
        }),
        Value::Array(schemas) => schemas.iter().any(says_fields),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(schema: &Value) -> Vec<String> {
        places_in(schema).into_iter().collect()
    }

    #[test]
    fn fields_are_found_in_unions_and_lists() {
        let object = json!({"type": "object", "properties": {"a/b": {"items": {"properties": {"c": {}}}}}});
        assert_eq!(places(&json!({"anyOf": [object, {"type": "null"}]})), ["/a~1b", "/a~1b/*/c"]);
        assert_eq!(places(&json!({"if": true, "then": object})), ["/a~1b", "/a~1b/*/c"]);
        assert_eq!(places(&json!({"additionalProperties": object})), ["/*/a~1b", "/*/a~1b/*/c"]);
    }

    #[test]
    fn a_field_that_nothing_can_stand_in_is_none() {
        for nothing in [json!(false), json!({"not": {}}), json!({"type": "string", "enum": [1]})] {
            assert!(places(&json!({"properties": {"a": nothing}})).is_empty(), "{nothing}");
        }
        let apart = json!({"allOf": [{"properties": {"a": {"properties": {"b": {}}}}}, {"properties": {"a": false}}]});
        assert!(places(&apart).is_empty());
        let closed = json!({"allOf": [{"properties": {"a": {}}}, {"additionalProperties": false}]});
        assert!(places(&closed).is_empty());
    }
}
