//! The rules that request schemas name, as `x-cloudlx-rules`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::places::{more_places, place_of};
use crate::change::Change;
use crate::contract::Contract;

const LABEL: &str = "x-cloudlx-rules";

/// Compares codes and places, without the codes whose change `rules.json` already shows.
pub(super) fn compare(old: &Contract, new: &Contract, is_reported: impl Fn(&str) -> bool) -> Vec<Change> {
    let (before, after) = (places_by_code(old), places_by_code(new));
    let mut changes = Vec::new();
    for (code, places) in after.iter().filter(|(code, _)| !is_reported(code)) {
        if let Some(were) = before.get(code) {
            changes.extend(more_places(code, were, places));
        } else {
            let reason = "what the rule refuses, its name cannot show";
            let places = json!(places);
            changes.push(Change::not_proved(place_of(code), "rule added", None, Some(&places), reason));
        }
    }
    let removed = before.keys().filter(|code| !after.contains_key(*code) && !is_reported(code));
    changes.extend(removed.map(|code| Change::compatible(place_of(code), "rule removed")));
    changes
}

/// Name and schema of every request.
pub(crate) fn requests(contract: &Contract) -> impl Iterator<Item = (&str, &Value)> {
    let files = contract.files.iter();
    files.filter_map(|(path, schema)| Some((path.strip_suffix(".request.schema.json")?, schema)))
}

/// The codes that a schema names, each with its place.
pub(crate) fn in_schema(schema: &Value) -> Vec<(String, String)> {
    let mut labels: Vec<_> = codes(schema).map(|code| (code.clone(), String::new())).collect();
    let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (name, field) in fields {
        labels.extend(codes(field).map(|code| (code.clone(), format!("/{name}"))));
    }
    labels
}

fn places_by_code(contract: &Contract) -> BTreeMap<String, BTreeSet<String>> {
    let mut labels: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, schema) in requests(contract) {
        for (code, place) in in_schema(schema) {
            labels.entry(code).or_default().insert(format!("{name} {place}").trim_end().to_owned());
        }
    }
    labels
}

fn codes(schema: &Value) -> impl Iterator<Item = &String> {
    schema.get(LABEL).and_then(Value::as_object).into_iter().flatten().map(|(code, _)| code)
}
