//! The program as a process: it serves, it is interrupted, and it keeps its word on exit codes.
#![cfg(unix)]
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod connections;
mod create;
mod ending;
mod lists;
mod running;
mod schema;
mod served;
mod stub;
mod usage;

use std::process::{Child, Command, Output, Stdio};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/create-customer.json");

fn cloudlx(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1");
    for name in
        ["BASE_URL", "ACCESS_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "STUB_CLIENTS", "STUB_CONTROL_TOKEN"]
    {
        command.env_remove(format!("CLOUDLX_{name}")).env_remove(format!("CLOUDLX_{name}_FILE"));
    }
    command
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill runs");
    assert!(status.success());
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("text")
}

/// More than one batch, which several threads share.
#[test]
fn thousands_of_requests_are_told_in_their_order() {
    const INVALID: [usize; 5] = [1, 8_192, 8_193, 16_385, 20_000];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.ndjson");
    let request = |line| {
        let currency = if INVALID.contains(&line) { "GB" } else { "GBP" };
        format!(r#"{{"name":"{line}","currency_iso":"{currency}","country_iso":"GB","realms":[1]}}"#)
    };
    std::fs::write(&path, (1..=20_000).map(request).collect::<Vec<_>>().join("\n")).unwrap();
    let path = path.to_str().unwrap();

    let output = cloudlx(&["validate", path, "--format", "human"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let places = stderr(&output).lines().filter_map(|line| line.trim().strip_prefix("--> "));
    let lines: Vec<usize> = places.map(|place| place.rsplit(':').nth(1).unwrap().parse().unwrap()).collect();
    assert_eq!(lines, INVALID);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "20000 requests: 19995 valid, 5 invalid\n");

    let output = cloudlx(&["validate", path, "--format", "json"]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for (index, document) in report["documents"].as_array().unwrap().iter().enumerate() {
        let line = index + 1;
        assert_eq!(document["source"], format!("{path}:{line}"));
        assert_eq!(document["valid"], !INVALID.contains(&line), "{line}");
    }
}

#[test]
fn a_reader_that_has_had_enough_is_not_told() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = cloudlx(&["schema", "customer"]).stdout(writer).output().expect("it runs");
    assert_eq!(stderr(&output), "");
}

/// Many mistakes take no longer than they are many, and people are shown the first of them.
#[test]
fn thousands_of_invalid_requests() {
    let file = format!("{}/thousands.ndjson", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&file, "{\"name\": \"A\"}\n".repeat(20_000)).expect("a file");
    let output = cloudlx(&["validate", &file, "--format", "human"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output).matches("error[").count(), 100);
    let summary = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        summary.trim(),
        "20000 requests: 0 valid, 20000 invalid; 59900 more mistakes: --format json shows all"
    );
}

#[test]
fn completions_are_there_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = cloudlx(&["completions", shell]).output().expect("it runs");
        assert!(output.status.success());
        assert!(String::from_utf8_lossy(&output.stdout).contains("sub-realms"), "{shell}");
    }
}
