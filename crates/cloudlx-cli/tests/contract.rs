//! Snapshots of what the program prints, and its exit codes.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod drift;

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use cloudlx_server_stub::Stub;

/// `cloudlx` with `arguments`, in the folder of the examples, with nothing of the caller's environment that it reads.
fn cloudlx(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
    command
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files"))
        .stdin(Stdio::null());
    command.env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1");
    for name in ["BASE_URL", "ACCESS_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "STUB_CLIENTS"] {
        command.env_remove(format!("CLOUDLX_{name}")).env_remove(format!("CLOUDLX_{name}_FILE"));
    }
    command
}

/// What came of a run: exit code, stdout, stderr.
fn run(arguments: &[&str]) -> String {
    run_with_input(arguments, "")
}

fn run_with_input(arguments: &[&str], input: &str) -> String {
    let mut child = cloudlx(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cloudlx starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    shown(arguments, child.wait_with_output().expect("it ends"))
}

fn shown(arguments: &[&str], output: Output) -> String {
    let mut shown = format!("$ cloudlx {}\n", arguments.join(" "));
    writeln!(shown, "exit {}", output.status.code().expect("a code")).unwrap();
    for (name, bytes) in [("stdout", output.stdout), ("stderr", output.stderr)] {
        if !bytes.is_empty() {
            write!(shown, "── {name}\n{}", String::from_utf8(bytes).expect("text")).unwrap();
        }
    }
    without_ports(&shown)
}

/// The stub's port is another one in every run.
fn without_ports(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        write!(shown, "127.0.0.1:PORT{}", part.trim_start_matches(|c: char| c.is_ascii_digit())).unwrap();
    }
    shown
}

const PAGE: &str = "../../../../examples/create-customer.json";

#[test]
fn the_readmes_first_command() {
    insta::assert_snapshot!(run(&["customers", "create", PAGE, "--stub"]));
    insta::assert_snapshot!(
        "the_readmes_first_command_for_people",
        run(&["customers", "create", PAGE, "--stub", "--format", "human"])
    );
}

#[test]
fn the_stub_lists() {
    for (name, arguments) in [
        ("customers", ["customers", "list", "--stub", "--format", "json"]),
        ("realms", ["realms", "list", "--stub", "--format", "json"]),
        ("realms_for_people", ["realms", "list", "--stub", "--format", "human"]),
        ("sub_realms", ["sub-realms", "list", "--stub", "--format", "json"]),
        ("sub_realms_for_people", ["sub-realms", "list", "--stub", "--format", "human"]),
    ] {
        insta::assert_snapshot!(format!("list_{name}"), run(&arguments));
    }
}

#[test]
fn an_invalid_file_is_shown_as_compilers_do() {
    insta::assert_snapshot!(run(&["customers", "create", "mistakes.json", "--stub", "--format", "human"]));
    insta::assert_snapshot!(
        "an_invalid_file_for_programs",
        run(&["customers", "create", "mistakes.json", "--stub", "--format", "json"])
    );
}

#[test]
fn validate() {
    for (name, arguments) in [
        ("one_valid", vec![PAGE]),
        ("one_valid_for_people", vec![PAGE, "--format", "human"]),
        ("several", vec![PAGE, "mistakes.json", "syntax.json", "array.json", "lines.ndjson"]),
        ("several_for_people", vec!["syntax.json", "array.json", "lines.ndjson", "--format", "human"]),
        ("missing_file", vec!["missing.json", PAGE]),
        ("nothing", vec!["empty.ndjson", "--format", "human"]),
        ("standard_input_twice", vec!["-", "-", "--format", "human"]),
    ] {
        let arguments: Vec<_> = ["validate"].into_iter().chain(arguments).collect();
        insta::assert_snapshot!(format!("validate_{name}"), run(&arguments));
    }
}

#[test]
fn validate_reads_standard_input() {
    let lines = "{\"name\": 1}\n\n[]\n";
    insta::assert_snapshot!(run_with_input(
        &["validate", "-", "--input", "ndjson", "--format", "human"],
        lines
    ));
}

#[test]
fn many_requests_are_not_created() {
    insta::assert_snapshot!(run(&["customers", "create", "array.json", "--stub"]));
}

#[test]
fn what_is_missing_is_named() {
    for (name, arguments) in [
        ("settings", vec!["customers", "list", "--format", "human"]),
        ("settings_for_programs", vec!["customers", "list"]),
        ("file", vec!["customers", "create", "missing.json", "--format", "human"]),
        ("schema", vec!["schema", "custommer", "--format", "human"]),
        ("customer", vec!["customers", "get", "6918", "--stub", "--format", "human"]),
        ("customer_for_programs", vec!["customers", "get", "6918", "--stub"]),
        ("id", vec!["customers", "get", "0", "--stub"]),
        ("command", vec![]),
    ] {
        insta::assert_snapshot!(format!("missing_{name}"), run(&arguments));
    }
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let mut command = cloudlx(&["customers", "list", "--format", "human"]);
    command.env("CLOUDLX_BASE_URL", "http://api.example").env("CLOUDLX_ACCESS_TOKEN", "secret-token");
    let output = command.output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(String::from_utf8(output.stderr).expect("text"));
}

#[test]
fn rows_with_mistakes_are_not_imported() {
    for (name, file) in
        [("cells", "../../../../examples/customers.csv"), ("header", "header.csv"), ("lines", "lines.ndjson")]
    {
        for (audience, format) in [("people", "human"), ("programs", "json")] {
            let shown = run(&["import", file, "--dry-run", "--format", format]);
            insta::assert_snapshot!(format!("import_{name}_for_{audience}"), shown);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_import_says_what_became_of_its_rows() {
    let (stub, elsewhere) = (Stub::start().await.expect("a stub"), Stub::start().await.expect("another"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let (journal, report) = (path("journal"), path("report.csv"));
    let import = |stub: &Stub, more: &[&str]| {
        let file = "../../../../examples/customers-mended.csv";
        // One at a time, so that ids come in order.
        let import = ["import", file, "--journal", &journal, "--concurrency", "1", "--rate", "1000/s"];
        let arguments = [&import, more].concat();
        let mut command = cloudlx(&arguments);
        command.env("CLOUDLX_BASE_URL", stub.base_url());
        command.env("CLOUDLX_CLIENT_ID", "stub").env("CLOUDLX_CLIENT_SECRET", "stub");
        let shown = shown(&arguments, command.output().expect("it runs"));
        shown.replace(&journal, "JOURNAL").replace(&report, "REPORT")
    };
    insta::assert_snapshot!("import_for_people", import(&stub, &["--format", "human"]));
    insta::assert_snapshot!("import_again", import(&stub, &["--report", &report]));
    insta::assert_snapshot!("import_elsewhere", import(&elsewhere, &["--format", "human"]));
    assert_eq!((stub.customers().len(), elsewhere.requests_total()), (6, 0));
    insta::assert_snapshot!("import_report", std::fs::read_to_string(&report).expect("a report"));
    for (audience, format) in [("people", "human"), ("programs", "json")] {
        let status = run(&["import", "status", "--journal", &journal, "--format", format]);
        insta::assert_snapshot!(format!("import_status_for_{audience}"), status.replace(&journal, "JOURNAL"));
    }
    let other = run(&["import", "lines.ndjson", "--journal", &journal, "--format", "human"]);
    insta::assert_snapshot!("import_of_another_file", other.replace(&journal, "JOURNAL"));
}

#[test]
fn schemas() {
    insta::assert_snapshot!(run(&["schema", "--format", "human"]));
    insta::assert_snapshot!("one_schema", run(&["schema", "sub-realm-list"]));
}

#[test]
fn help() {
    insta::assert_snapshot!(run(&["--help"]));
    insta::assert_snapshot!("help_validate", run(&["validate", "--help"]));
    insta::assert_snapshot!("help_drift", run(&["drift", "--help"]));
    insta::assert_snapshot!("help_customers_create", run(&["customers", "create", "--help"]));
    insta::assert_snapshot!("help_import", run(&["import", "--help"]));
    insta::assert_snapshot!("help_import_status", run(&["import", "status", "--help"]));
    insta::assert_snapshot!("help_stub", run(&["stub", "--help"]));
}
