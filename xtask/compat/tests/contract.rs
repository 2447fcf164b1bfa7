//! Snapshots of what `cargo xtask compat` says of small edits, each with the verdict that the policy gives.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod edits;

use std::fmt::Write as _;

use serde_json::json;
use xtask_compat::{Accepted, Contract, Verdict, compare};

use edits::base;

/// Checks the verdict of each edit, and gives both reports of all of them.
fn reports(group: &str) -> (String, String) {
    let (mut human, mut json) = (String::new(), String::new());
    for (name, verdict, old, new) in edits::pairs(group) {
        let report = compare(&old, &new, &Accepted::default()).unwrap();
        assert_eq!(report.verdict(), verdict, "{name}: {}", report.human());
        for change in report.changes() {
            let is_shown = change.verdict < Verdict::Breaking || !change.proved || change.document.is_some();
            assert!(is_shown, "{name}: no document shows {change:?}");
        }
        write!(human, "## {name}\n\n{}\n", report.human()).unwrap();
        write!(json, "// {name}\n{}\n", report.json().unwrap()).unwrap();
    }
    (human, json)
}

fn check(group: &str) {
    let (human, json) = reports(group);
    insta::assert_snapshot!(format!("{group}.human"), human);
    insta::assert_snapshot!(format!("{group}.json"), json);
}

#[test]
fn requests() {
    check("requests");
}

#[test]
fn responses() {
    check("responses");
}

#[test]
fn endpoints() {
    check("endpoints");
}

#[test]
fn rules() {
    check("rules");
}

#[test]
fn references() {
    check("references");
}

#[test]
fn vectors() {
    check("vectors");
}

#[test]
fn files() {
    check("files");
}

#[test]
fn documentation() {
    check("documentation");
}

#[test]
fn what_is_not_proved_can_be_accepted() {
    let (old, mut new) = (base(), base());
    new.files.get_mut("rules.json").unwrap()["rules"][2]["cel"] = "true".into();
    let accepted = Accepted::parse(
        r#"
        [[accepted]]
        where = "rule sub-realm-not-shown"
        what = "cel: !has(this.enabled_sub_realms) || this.enabled_sub_realms.all(id, id in this.shown_sub_realms) → true"
        reason = "true accepts everything"

        [[accepted]]
        where = "rule blank"
        what = "rule added"
        reason = "it was there"
        "#,
    )
    .unwrap();
    assert_eq!(compare(&old, &new, &Accepted::default()).unwrap().verdict(), Verdict::Breaking);
    let report = compare(&old, &new, &accepted).unwrap();
    assert_eq!(report.verdict(), Verdict::Compatible);
    insta::assert_snapshot!(format!("{}\n{}", report.human(), report.json().unwrap()));
}

/// A name, and what makes a contract none.
type Spoilt = (&'static str, fn(&mut Contract));

const SPOILT: &[Spoilt] = &[
    ("no list", |it| *it.files.get_mut("rules.json").unwrap() = json!({})),
    ("no code", |it| {
        drop(it.files.get_mut("rules.json").unwrap()["rules"][0].as_object_mut().unwrap().remove("code"));
    }),
    ("path as a text", |it| it.files.get_mut("rules.json").unwrap()["rules"][0]["path"] = json!("/name")),
    ("a code twice", |it| it.files.get_mut("rules.json").unwrap()["rules"][1]["code"] = json!("blank")),
    ("no list, and no schema that says so", |it| {
        it.files.remove("rules.schema.json").unwrap();
        *it.files.get_mut("rules.json").unwrap() = json!({"rule": []});
    }),
    ("document named otherwise", |it| {
        let vector = it.files.get_mut("vectors/valid/minimal.json").unwrap().as_object_mut().unwrap();
        let document = vector.remove("document").unwrap();
        vector.insert("doc".to_owned(), document);
    }),
    ("valid as a text", |it| it.files.get_mut("vectors/valid/minimal.json").unwrap()["valid"] = json!("yes")),
    ("two vectors for a document", |it| {
        let vector = it.files["vectors/valid/minimal.json"].clone();
        it.files.insert("vectors/valid/again.json".to_owned(), vector);
    }),
];

#[test]
fn what_is_no_contract_is_refused() {
    let mut errors = String::new();
    for (name, spoil) in SPOILT {
        let mut new = base();
        spoil(&mut new);
        let error = compare(&base(), &new, &Accepted::default()).expect_err(name);
        writeln!(errors, "{name}: {error}").unwrap();
    }
    insta::assert_snapshot!(errors);
}
