//! No false "compatible": whatever is done to a schema, documents that it loses are reported.
//!
//! These take seconds and no snapshot, so they are not among the tests named `contract`.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod edits;

use std::path::Path;

use jsonschema::Validator;
use serde_json::{Value, json};
use xtask_compat::{Accepted, Change, Contract, Verdict, compare};

use edits::{REQUEST, RESPONSE, base};

/// Documents around those that the schema accepts: each field away, or with each of these values.
fn documents(document: &Value) -> Vec<Value> {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(2),
        json!(-1),
        json!(1.5),
        json!(""),
        json!(" "),
        json!("a"),
        json!("GB"),
        json!("GBP"),
        json!("CHF"),
        json!("USD"),
        json!("active"),
        json!("closed"),
        json!("a@a"),
        json!("aaaaaaaaaaaaaaaaaaaa"),
        json!("aaaaaaaaaaaaaaaaaaaaa"),
        json!([]),
        json!([1]),
        json!([1, 1]),
        json!([1, 2, 3, 4, 5]),
        json!([1, 2, 3, 4, 5, 6]),
        json!([null]),
        json!(["a"]),
        json!({}),
        json!({"iso_3": "GBP", "name": "a"}),
        json!({"iso_3": "GBP"}),
        json!({"iso_3": null, "name": "a"}),
        json!([{"name": "a", "description": null}]),
        json!([{"name": "a", "description": "a"}]),
        json!([{}]),
        json!("2020-01-01T00:00:00Z"),
        json!(9_007_199_254_740_991_u64),
        json!(9_007_199_254_740_992_u64),
    ];
    let mut documents = vec![document.clone(), json!([]), json!(null)];
    let names: Vec<_> = document.as_object().unwrap().keys().cloned().chain(["other".to_owned()]).collect();
    for name in &names {
        let mut without = document.clone();
        without.as_object_mut().unwrap().shift_remove(name);
        documents.push(without);
        for value in &values {
            let mut with = document.clone();
            with[name] = value.clone();
            documents.push(with);
        }
    }
    documents
}

fn request() -> Value {
    json!({"name": "a", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "shown_sub_realms": [1],
        "enabled_sub_realms": null, "email": "a@a", "role_group": "Admin"})
}

fn response() -> Value {
    json!({"id": 1, "name": "a", "status": "active", "currency": {"iso_3": "GBP", "name": "a"},
        "realms": [{"id": 1, "name": "a", "description": null}], "created": "2020-01-01T00:00:00Z"})
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

/// The schema with one keyword or list element away, or with another value: everywhere, one after the other.
fn mutants(schema: &Value) -> Vec<Value> {
    fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
        let inside: Vec<_> = match value {
            Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
            Value::Array(elements) => {
                elements.iter().enumerate().map(|(it, value)| (it.to_string(), value)).collect()
            }
            _ => Vec::new(),
        };
        for (name, value) in inside {
            let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            found.push(pointer.clone());
            pointers(value, &pointer, found);
        }
    }
    let mut found = Vec::new();
    pointers(schema, "", &mut found);
    found.retain(|pointer| !pointer.starts_with("/$id") && !pointer.starts_with("/$schema"));
    let mut mutants = Vec::new();
    for pointer in &found {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut without = schema.clone();
        match without.pointer_mut(parent).unwrap() {
            Value::Object(fields) => drop(fields.shift_remove(&name.replace("~1", "/").replace("~0", "~"))),
            Value::Array(elements) => drop(elements.remove(name.parse().unwrap())),
            _ => {}
        }
        mutants.push(without);
        let others = match schema.pointer(pointer).unwrap() {
            Value::Number(number) => {
                let number = number.as_i64().unwrap();
                vec![json!(number + 1), json!(number - 1), json!(0)]
            }
            Value::Bool(value) => vec![json!(!value)],
            Value::String(_) => ["null", "string", "integer", "array", "a", "^a$"].map(|it| json!(it)).into(),
            Value::Object(_) => vec![json!({}), json!(true), json!(false), json!({"type": "null"})],
            _ => Vec::new(),
        };
        for other in others {
            let mut with = schema.clone();
            *with.pointer_mut(pointer).unwrap() = other;
            mutants.push(with);
        }
    }
    mutants.retain(|mutant| jsonschema::options().should_validate_formats(true).build(mutant).is_ok());
    mutants
}

fn no_loss_is_called_compatible(file: &str, documents: &[Value], is_request: bool) {
    let old = base();
    let before = validator(&old.files[file]);
    let mutants = mutants(&old.files[file]);
    assert!(mutants.len() > 100);
    let mut breaking = 0;
    for mutant in mutants {
        let after = validator(&mutant);
        let (sent, read) = if is_request { (&before, &after) } else { (&after, &before) };
        let lost = documents.iter().find(|document| sent.is_valid(document) && !read.is_valid(document));
        let Some(lost) = lost else { continue };
        breaking += 1;
        let mut new = old.clone();
        new.files.insert(file.to_owned(), mutant.clone());
        let report = compare(&old, &new, &Accepted::default()).unwrap();
        assert_eq!(report.verdict(), Verdict::Breaking, "{lost} is lost by {mutant}: {}", report.human());
        for change in report.changes().iter().filter(|it| it.verdict == Verdict::Breaking && it.proved) {
            assert!(change.document.is_some(), "no document shows {change:?}");
        }
    }
    assert!(breaking > 20);
}

#[test]
fn no_lost_request_is_called_compatible() {
    no_loss_is_called_compatible(REQUEST, &documents(&request()), true);
}

#[test]
fn no_lost_response_is_called_compatible() {
    no_loss_is_called_compatible(RESPONSE, &documents(&response()), false);
}

/// The documents of a report are run through the schemas as they are committed.
#[test]
fn documents_show_what_they_say() {
    let cases = [(REQUEST, "requests", true), (RESPONSE, "responses", false)];
    for (file, group, is_request) in cases {
        for (name, _, old, new) in edits::pairs(group) {
            let Some(schema) = new.files.get(file) else { continue };
            let (before, after) = (validator(&old.files[file]), validator(schema));
            let report = compare(&old, &new, &Accepted::default()).unwrap();
            let place = file.strip_suffix(".schema.json").unwrap();
            let is_body = |it: &&Change| it.place.starts_with(place) && !it.what.starts_with("$id");
            for change in report.changes().iter().filter(is_body) {
                let Some(document) = &change.document else { continue };
                let note = change.note.as_deref().unwrap_or_default();
                if note.contains("gets it no more") || note.contains("no answer meets") {
                    assert!(before.is_valid(document), "{name}: {document}");
                    continue;
                }
                let (accepting, refusing) = if is_request { (&before, &after) } else { (&after, &before) };
                assert!(accepting.is_valid(document), "{name}: {document}");
                assert!(!refusing.is_valid(document), "{name}: {document}");
            }
        }
    }
}

/// Every object's fields in the other order, and no descriptions.
fn rewritten(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept =
                fields.iter().rev().filter(|(name, value)| !(*name == "description" && value.is_string()));
            kept.map(|(name, value)| (name.clone(), rewritten(value))).collect()
        }
        Value::Array(elements) => elements.iter().map(rewritten).collect(),
        other => other.clone(),
    }
}

/// The contract as it is published, with schemas larger than those of the edits.
#[test]
fn the_committed_contract_is_compared_by_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let contract = Contract::read(root).unwrap();
    let mut same = contract.clone();
    for (path, file) in &mut same.files {
        if !path.starts_with("vectors/") {
            *file = rewritten(file);
        }
    }
    let report = compare(&contract, &same, &Accepted::default()).unwrap();
    assert_eq!(report.verdict(), Verdict::None, "{}", report.human());

    let mut tightened = contract.clone();
    let name = tightened.files.get_mut(REQUEST).unwrap().pointer_mut("/properties/name/maxLength").unwrap();
    *name = (name.as_u64().unwrap() - 1).into();
    let report = compare(&contract, &tightened, &Accepted::default()).unwrap();
    let breaks: Vec<_> = report.changes().iter().filter(|it| it.verdict == Verdict::Breaking).collect();
    assert!(matches!(breaks[..], [Change { proved: true, document: Some(_), .. }]), "{}", report.human());
}
