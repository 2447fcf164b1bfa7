//! Wrong usage, and help.

use serde_json::Value;

use crate::{cloudlx, stderr};

/// Commands that are wrong, and what the message must say.
const WRONG: [(&[&str], &str); 6] = [
    (&["customer", "list"], "unrecognized subcommand 'customer'"),
    (&["customers", "list", "--tiemout", "5s"], "unexpected argument '--tiemout' found"),
    (&["customers", "create"], "the following required arguments were not provided"),
    (&["customers", "get", "abc"], "invalid value 'abc' for '<ID>'"),
    (&["customers"], "expected a command, found none"),
    (&["schema", "rules", "--out", "somewhere"], "cannot be used with"),
];

#[test]
fn wrong_usage_is_one_json_object_for_programs() {
    for (arguments, words) in WRONG {
        for form in [&["--format", "json"][..], &["--format=json"], &[]] {
            let output = cloudlx(&[arguments, form].concat()).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{arguments:?}");
            assert!(output.stdout.is_empty(), "{arguments:?}");
            let said: Value = serde_json::from_slice(&output.stderr).unwrap();
            assert_eq!(said["outcome"], "not-run", "{said}");
            assert!(said["message"].as_str().unwrap().contains(words), "{said}");
            assert!(said["advice"].as_str().unwrap().contains("--help"), "{said}");
        }
    }
}

#[test]
fn wrong_usage_is_told_to_people_in_lines() {
    for (arguments, words) in WRONG {
        let output = cloudlx(&[arguments, &["--format", "human"]].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        // People are shown the help where a subcommand is missing.
        if arguments != ["customers"] {
            assert!(stderr(&output).starts_with("error: "), "{}", stderr(&output));
            assert!(stderr(&output).contains(words), "{}", stderr(&output));
        }
    }
}

#[test]
fn every_command_has_an_example_in_its_help() {
    for command in [
        &["customers", "create"][..],
        &["customers", "list"],
        &["customers", "get"],
        &["realms", "list"],
        &["sub-realms", "list"],
        &["import"],
        &["import", "status"],
        &["validate"],
        &["stub"],
        &["drift"],
        &["schema"],
        &["completions"],
    ] {
        let output = cloudlx(&[command, &["--help"]].concat()).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{command:?}");
        let example = help.split_once("Example:\n").unwrap().1;
        assert!(example.trim_start().starts_with(&format!("cloudlx {}", command.join(" "))), "{help}");
        // A command lists the variables that it reads, and no others.
        let calls = help.contains("--allow-plain-http");
        assert_eq!(help.contains("CLOUDLX_BASE_URL  "), calls, "{command:?}");
    }
}

#[test]
fn a_file_that_is_not_there_is_the_only_thing_told() {
    let folder = tempfile::tempdir().unwrap();
    for form in ["human", "json"] {
        let arguments = ["validate", "nope.json", "nope.ndjson", "--format", form];
        let output = cloudlx(&arguments).current_dir(folder.path()).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{form}");
        let told = stderr(&output).matches("check the path").count();
        assert_eq!(told, 2, "{}", stderr(&output));
    }
}

#[test]
fn notes_have_the_form_of_stderr() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("empty.ndjson"), "").unwrap();
    let validate = |form: &[&str]| {
        let arguments = [&["validate", "empty.ndjson"], form].concat();
        let output = cloudlx(&arguments).current_dir(folder.path()).output().unwrap();
        stderr(&output).to_owned()
    };
    assert_eq!(validate(&["--format", "human"]), "warning: there is no request in empty.ndjson\n");
    for form in [&["--format", "json"][..], &[]] {
        let note: Value = serde_json::from_str(&validate(form)).unwrap();
        assert_eq!(note["note"], "warning: there is no request in empty.ndjson");
    }
}
