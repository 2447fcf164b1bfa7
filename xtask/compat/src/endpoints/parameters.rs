//! Compares parameters: what a caller sends besides the body.

use std::collections::BTreeMap;

use serde_json::Value;

use super::context::Context;
use super::operation::Operation;
use crate::change::Change;
use crate::schema::referred;
use crate::schema::role::Role;

pub(super) fn compare(old: &Operation<'_>, new: &Operation<'_>, context: &mut Context<'_>) -> Vec<Change> {
    let (before, after) = (parameters(old), parameters(new));
    let mut changes = Vec::new();
    for (key, parameter) in &before {
        let place = format!("{} {} {}", old.place(), key.0, name_of(parameter));
        let Some(with) = after.get(key) else {
            let reason = "whether a caller that still sends it is served as before is not known here";
            let was = referred::with_targets(parameter, old.document);
            changes.push(Change::not_proved(place, "parameter removed", Some(&was), None, reason));
            continue;
        };
        match (is_required(parameter), is_required(with)) {
            (false, true) => changes.push(
                Change::breaking(&place, "optional → required", old.call(&[]))
                    .noting("the old version answers the call without it"),
            ),
            (true, false) => changes.push(Change::compatible(&place, "required → optional")),
            _ => {}
        }
        changes.extend(context.bodies(&place, Role::Request, parameter, with));
        changes.extend(context.rest(&place, parameter, with, &["name", "in", "required", "schema"]));
    }
    for (key, parameter) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        let place = format!("{} {} {}", old.place(), key.0, name_of(parameter));
        changes.push(if is_required(parameter) {
            Change::breaking(place, "required parameter added", old.call(&[]))
                .noting("the old version answers the call without it")
        } else {
            Change::compatible(place, "optional parameter added")
        });
    }
    changes
}

/// The parameters by their location and name; those of a path by their position, since their names are not on the wire.
fn parameters<'a>(operation: &Operation<'a>) -> BTreeMap<(String, String), &'a Value> {
    let lists = [operation.shared.get("parameters"), operation.fields.get("parameters")];
    let parameters = lists.into_iter().flatten().filter_map(Value::as_array).flatten();
    parameters
        .map(|parameter| {
            let place = parameter.get("in").and_then(Value::as_str).unwrap_or_default();
            let name = name_of(parameter);
            let key = match (place, parameter.get("$ref").and_then(Value::as_str)) {
                (_, Some(left)) => left.to_owned(),
                ("path", _) => position(operation.path, name).unwrap_or_else(|| name.to_owned()),
                ("header", _) => name.to_lowercase(),
                _ => name.to_owned(),
            };
            ((place.to_owned(), key), parameter)
        })
        .collect()
}

/// Which segment of the path, and which parameter in it.
fn position(path: &str, name: &str) -> Option<String> {
    let written = format!("{{{name}}}");
    path.split('/').enumerate().find_map(|(segment, text)| {
        let before = text.get(..text.find(&written)?)?;
        Some(format!("{segment}.{}", before.matches('{').count()))
    })
}

fn name_of(parameter: &Value) -> &str {
    parameter.get("name").and_then(Value::as_str).unwrap_or_default()
}

fn is_required(parameter: &Value) -> bool {
    parameter.get("required").and_then(Value::as_bool).unwrap_or_default()
}
