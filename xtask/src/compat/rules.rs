//! The rules that schemas cannot say, and the vectors: by value.
//!
//! `rules.json` lists the rules. A version without it names them in its schemas, as `x-cloudlx-rules`; then only codes
//! and places are compared. That good examples are still accepted, the schemas' comparison sees: they are its samples.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::algebra;
use super::change::Change;
use super::contract::Contract;
use super::facts;

const FILE: &str = "rules.json";
const VECTORS: &str = "vectors/";
const LABEL: &str = "x-cloudlx-rules";

#[derive(Debug, Default, PartialEq)]
struct Rule {
    places: BTreeSet<String>,
    bad: Option<Value>,
    cel: Option<String>,
}

pub(super) fn compare(old: &Contract, new: &Contract) -> Vec<Change> {
    let mut changes = match (old.file(FILE), new.file(FILE)) {
        (Some(before), Some(after)) => listed(old, before, after),
        (before, after) => {
            let mut changes = labelled(&labels(old), &labels(new));
            match (before, after) {
                (None, Some(_)) => changes.push(Change::compatible(FILE, "file added")),
                (Some(_), None) => changes.push(
                    Change::breaking(FILE, "file removed", FILE.into())
                        .noting("whoever loads this file finds nothing"),
                ),
                _ => {}
            }
            changes
        }
    };
    changes.extend(vectors(old, new));
    changes
}

/// Both versions list their rules.
fn listed(old: &Contract, before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    let (rules, new_rules) = (rules_of(before), rules_of(after));
    for (code, rule) in &new_rules {
        match rules.get(code) {
            None => changes.push(added(code, rule, old)),
            Some(was) => changed(code, was, rule, old, &mut changes),
        }
    }
    changes.extend(removed(rules.keys().filter(|code| !new_rules.contains_key(*code))));
    if changes.is_empty() && before != after {
        changes.push(Change::none(FILE, "only documentation, or the way it is written"));
    }
    changes
}

/// One of the versions does not list its rules.
fn labelled(
    old: &BTreeMap<String, BTreeSet<String>>,
    new: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for (code, places) in new {
        let Some(were) = old.get(code) else {
            let reason = "the versions do not both have examples of their rules";
            changes.push(Change::not_proved(place_of(code), "rule added", reason));
            continue;
        };
        changes.extend(more_places(code, were, places));
    }
    changes.extend(removed(old.keys().filter(|code| !new.contains_key(*code))));
    changes
}

fn added(code: &str, rule: &Rule, old: &Contract) -> Change {
    let change = "rule added";
    match &rule.bad {
        Some(bad) if accepted_by(old, bad) => Change::breaking(place_of(code), change, bad.clone())
            .noting("the old version's schemas accept it, the new rule refuses it"),
        _ => Change::not_proved(
            place_of(code),
            change,
            "the old version's schemas refuse its bad example already; whether it refuses more, an example cannot show",
        ),
    }
}

fn changed(code: &str, was: &Rule, is: &Rule, old: &Contract, changes: &mut Vec<Change>) {
    changes.extend(more_places(code, &was.places, &is.places));
    if was.cel != is.cel {
        let written = |cel: &Option<String>| cel.clone().unwrap_or_else(|| "none".to_owned());
        let change = format!("cel: {} → {}", written(&was.cel), written(&is.cel));
        let reason = "expressions are not compared; say why whatever met the old one meets the new one";
        changes.push(Change::not_proved(place_of(code), change, reason));
    }
    // The same expression is the same rule, whatever its examples are.
    if was.bad != is.bad && (was.cel.is_none() || was.cel != is.cel) {
        let same = is.bad.as_ref().is_some_and(|bad| is_document(bad) && !accepted_by(old, bad));
        if !same {
            let reason = "the old version's schemas do not refuse the new bad example";
            changes.push(Change::not_proved(place_of(code), "bad example", reason));
        }
    }
}

fn removed<'a>(codes: impl Iterator<Item = &'a String>) -> Vec<Change> {
    codes.map(|code| Change::compatible(place_of(code), "rule removed")).collect()
}

fn more_places(code: &str, were: &BTreeSet<String>, are: &BTreeSet<String>) -> Vec<Change> {
    let named =
        |places: Vec<&String>| places.into_iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    let more: Vec<_> = are.difference(were).collect();
    let less: Vec<_> = were.difference(are).collect();
    let mut changes = Vec::new();
    if !more.is_empty() {
        let reason = "whether the rule refuses anything there that was accepted, its code cannot show";
        changes.push(Change::not_proved(place_of(code), format!("looks at {} too", named(more)), reason));
    }
    if !less.is_empty() {
        changes.push(Change::compatible(place_of(code), format!("looks at {} no more", named(less))));
    }
    changes
}

/// Documents whose verdict turned.
fn vectors(old: &Contract, new: &Contract) -> Vec<Change> {
    let (before, after) = (verdicts(old), verdicts(new));
    let turned = before.iter().filter_map(|(key, (path, document, was))| {
        let (_, _, is) = after.get(key)?;
        match (was, is) {
            (true, false) => {
                let change = Change::breaking(*path, "valid → invalid", (*document).clone());
                Some(change.noting("the old version's vectors call it valid, the new one's invalid"))
            }
            (false, true) => Some(Change::compatible(*path, "invalid → valid")),
            _ => None,
        }
    });
    turned.collect()
}

/// The vectors by what they show: path, document and verdict.
fn verdicts(contract: &Contract) -> BTreeMap<String, (&str, &Value, bool)> {
    let vectors = contract.files.iter().filter(|(path, _)| path.starts_with(VECTORS));
    let vectors = vectors.flat_map(|(path, file)| match file {
        Value::Array(vectors) => vectors.iter().map(|vector| (path.as_str(), vector)).collect::<Vec<_>>(),
        vector => vec![(path.as_str(), vector)],
    });
    let known = vectors.filter_map(|(path, vector)| {
        let document = vector.get("document").or_else(|| vector.get("text"))?;
        let valid = vector.get("valid")?.as_bool()?;
        let catalogue = vector.get("catalogue").unwrap_or(&Value::Null);
        Some((format!("{document} {catalogue}"), (path, document, valid)))
    });
    known.collect()
}

fn rules_of(file: &Value) -> BTreeMap<String, Rule> {
    let rules = file.get("rules").and_then(Value::as_array).into_iter().flatten();
    let rule = |rule: &Value| {
        let code = rule.get("code")?.as_str()?.to_owned();
        let places = match rule.get("path") {
            Some(Value::String(place)) => BTreeSet::from([place.clone()]),
            Some(Value::Array(places)) => {
                places.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            _ => BTreeSet::new(),
        };
        let cel = rule.get("cel").and_then(Value::as_str).map(str::to_owned);
        Some((code, Rule { places, bad: example(rule, "bad"), cel }))
    };
    rules.filter_map(rule).collect()
}

/// An example is a document, or its text.
fn example(rule: &Value, name: &str) -> Option<Value> {
    let value = rule.get(name)?;
    let document = value.as_str().and_then(|text| serde_json::from_str(text).ok());
    Some(document.unwrap_or_else(|| value.clone()))
}

/// False for a text that is not JSON.
fn is_document(example: &Value) -> bool {
    !example.is_string()
}

/// Whether the requests that rules are about may look so, as far as their schemas say.
fn accepted_by(contract: &Contract, example: &Value) -> bool {
    let mut schemas = requests(contract).filter(|(_, schema)| !labels_in(schema).is_empty());
    is_document(example)
        && schemas.any(|(_, schema)| {
            let facts = facts::of(schema, schema).unwrap_or_else(|_| schema.clone());
            algebra::validator(&facts).is_some_and(|validator| validator.is_valid(example))
        })
}

fn requests(contract: &Contract) -> impl Iterator<Item = (&str, &Value)> {
    let files = contract.files.iter();
    files.filter_map(|(path, schema)| Some((path.strip_suffix(".request.schema.json")?, schema)))
}

/// The codes that schemas name, and where.
fn labels(contract: &Contract) -> BTreeMap<String, BTreeSet<String>> {
    let mut labels: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, schema) in requests(contract) {
        for (code, place) in labels_in(schema) {
            labels.entry(code).or_default().insert(format!("{name} {place}").trim_end().to_owned());
        }
    }
    labels
}

fn labels_in(schema: &Value) -> Vec<(String, String)> {
    let mut labels: Vec<_> = codes(schema).map(|code| (code.clone(), String::new())).collect();
    let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (name, field) in fields {
        labels.extend(codes(field).map(|code| (code.clone(), format!("/{name}"))));
    }
    labels
}

fn codes(schema: &Value) -> impl Iterator<Item = &String> {
    schema.get(LABEL).and_then(Value::as_object).into_iter().flatten().map(|(code, _)| code)
}

fn place_of(code: &str) -> String {
    format!("rule {code}")
}
