//! What the command `cargo xtask compat` says when it cannot compare.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use std::process::{Command, Output};

use serde_json::{Value, json};

fn compat(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask-compat"));
    command.args(arguments).output().unwrap()
}

#[test]
fn what_cannot_be_compared_is_neither_compatible_nor_breaking() {
    let output = compat(&["--base", "no-such-revision"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: expected a commit"));
}

#[test]
fn programs_get_one_object_for_an_error_too() {
    let output = compat(&["--base", "no-such-revision", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.is_empty());
    let error: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(error["error"].as_str().unwrap().contains("no-such-revision"));
    assert!(error["because"].is_array());
}

#[test]
fn what_the_caller_refuses_is_reported_in_the_form_that_was_asked_for() {
    let refuse = ["--refuse", "the contract is stale", "--refuse", "it was not written"];
    let output = compat(&refuse);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: the contract is stale\n  because: it was not written\n"
    );
    let output = compat(&[&refuse[..], &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(2));
    let error: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(error, json!({"error": "the contract is stale", "because": ["it was not written"]}));
}
