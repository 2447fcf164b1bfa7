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
use std::path::Path;

use xtask::compat::{Accepted, Contract, Verdict, compare};

use edits::{Edit, REQUEST, base};

/// Makes each edit, checks its verdict, and gives both reports of all of them.
fn reports(edits: &[Edit]) -> (String, String) {
    let (mut human, mut json) = (String::new(), String::new());
    for (name, verdict, edit) in edits {
        let (old, mut new) = (base(), base());
        edit(&mut new);
        let report = compare(&old, &new, &Accepted::default()).unwrap();
        assert_eq!(report.verdict(), *verdict, "{name}: {}", report.human());
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
    let (human, json) = reports(edits::group(group));
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
    insta::assert_snapshot!(report.human());
}

#[test]
fn what_is_proved_to_break_cannot_be_accepted() {
    let (old, mut new) = (base(), base());
    new.files.get_mut(REQUEST).unwrap()["properties"]["name"]["maxLength"] = 10.into();
    let accepted = Accepted::parse(
        "[[accepted]]\nwhere = \"create-customer.request /name\"\nwhat = \"maxLength: 20 → 10\"\nreason = \"no\"",
    );
    assert_eq!(compare(&old, &new, &accepted.unwrap()).unwrap().verdict(), Verdict::Breaking);
}

#[test]
fn an_entry_says_why() {
    assert!(Accepted::parse("[[accepted]]\nwhere = \"a\"\nwhat = \"b\"\nreason = \" \"").is_err());
    assert!(Accepted::parse("[[accepted]]\nwhere = \"a\"\nwhat = \"b\"").is_err());
}

#[test]
fn the_committed_contract_is_compatible_with_itself() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let contract = Contract::read(root).unwrap();
    let report = compare(&contract, &contract, &Accepted::read(root).unwrap()).unwrap();
    assert_eq!(report.verdict(), Verdict::None);
    assert!(report.changes().is_empty());
}
