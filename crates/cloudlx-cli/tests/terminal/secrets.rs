//! Secrets out of files, and which credentials are used when there are several.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::server::{reply, serve, token};
use crate::{cloudlx, run, stderr, stdout};

/// An API that says with which call it was asked for a token, and that refuses those that it is given otherwise.
fn api(refuses: bool) -> (String, Arc<Mutex<usize>>) {
    let fetched = Arc::new(Mutex::new(0));
    let count = Arc::clone(&fetched);
    let base_url = serve(move |call| match call {
        "POST /api/oauth2/access-token" => {
            *count.lock().unwrap() += 1;
            token()
        }
        _ if refuses => reply("401 Unauthorized", r#"{"message": "Unauthenticated.", "status_code": 401}"#),
        _ => reply("200 OK", r#"{"customers": []}"#),
    });
    (base_url, fetched)
}

fn list(folder: &Path, base_url: &str, format: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = cloudlx(folder, ["customers", "list", "--format", format]);
    command.env("CLOUDLX_BASE_URL", base_url).envs(variables.iter().copied());
    command
}

#[test]
fn a_secret_and_a_token_are_read_out_of_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret"), "s3cr3t-of-the-client\r\n").unwrap();
    fs::write(folder.path().join("token"), "t0k3n-of-a-file\n").unwrap();
    let (base_url, fetched) = api(false);
    for (variables, fetches) in [
        (&[("CLOUDLX_CLIENT_ID", "id"), ("CLOUDLX_CLIENT_SECRET_FILE", "secret")][..], 1),
        (&[("CLOUDLX_ACCESS_TOKEN_FILE", "token")], 1),
        (&[("CLOUDLX_ACCESS_TOKEN_FILE", "token"), ("CLOUDLX_ACCESS_TOKEN", "")], 1),
    ] {
        let output = run(list(folder.path(), &base_url, "human", variables));
        assert!(output.status.success(), "{variables:?}: {}", stderr(&output));
        assert_eq!((stderr(&output), *fetched.lock().unwrap()), ("", fetches), "{variables:?}");
    }
}

#[test]
fn a_file_that_holds_no_secret_is_named_with_its_variable_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("empty", &b"\n"[..]),
        ("bytes", b"s3cr3t\xff"),
        ("long", &vec![b'q'; 70_000]),
        ("two", b"s3cr3t\nsecond-line\n"),
        ("marked", "\u{feff}s3cr3t".as_bytes()),
        ("spaced", b"s3cr3t \n"),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let (base_url, fetched) = api(false);
    for name in ["empty", "bytes", "long", "two", "marked", "spaced", "missing", "."] {
        for (variable, more) in [
            ("CLOUDLX_CLIENT_SECRET_FILE", ("CLOUDLX_CLIENT_ID", "id")),
            ("CLOUDLX_ACCESS_TOKEN_FILE", ("X", "")),
        ] {
            for format in ["human", "json"] {
                let output = run(list(folder.path(), &base_url, format, &[(variable, name), more]));
                let said = stderr(&output);
                assert_eq!(output.status.code(), Some(2), "{variable} {name}: {said}");
                assert!(said.contains(variable), "{variable} {name}: {said}");
                let is_read = ["two", "marked", "spaced"].contains(&name);
                assert!(is_read || said.contains(name), "{variable} {name}: {said}");
                assert!(
                    !said.contains("s3cr3t") && !said.contains("qqq") && !said.contains("second-line"),
                    "{said}"
                );
            }
        }
    }
    assert_eq!(*fetched.lock().unwrap(), 0);
}

#[test]
fn a_variable_and_the_one_of_its_file_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret"), "s3cr3t").unwrap();
    for name in ["CLOUDLX_CLIENT_SECRET", "CLOUDLX_ACCESS_TOKEN"] {
        let of_file = format!("{name}_FILE");
        let variables = [(name, "s3cr3t"), (&of_file, "secret"), ("CLOUDLX_CLIENT_ID", "id")];
        let output = run(list(folder.path(), "http://127.0.0.1:9", "human", &variables));
        assert_eq!(output.status.code(), Some(2));
        let expected = format!("error: expected either {name} or {of_file}, found both: unset one of them\n");
        assert_eq!(stderr(&output), expected);
    }
}

const ALL: [(&str, &str); 3] = [
    ("CLOUDLX_ACCESS_TOKEN", "t0k3n-from-earlier"),
    ("CLOUDLX_CLIENT_ID", "id"),
    ("CLOUDLX_CLIENT_SECRET", "s3cr3t-of-the-client"),
];

#[test]
fn which_credentials_are_used_is_said_when_there_are_several() {
    let folder = tempfile::tempdir().unwrap();
    let (base_url, fetched) = api(false);
    let output = run(list(folder.path(), &base_url, "human", &ALL));
    assert!(output.status.success());
    assert_eq!(
        stderr(&output),
        "using the access token of CLOUDLX_ACCESS_TOKEN, and not CLOUDLX_CLIENT_ID and CLOUDLX_CLIENT_SECRET, which are set \
         too: unset CLOUDLX_ACCESS_TOKEN to use them\n"
    );
    // For programs stderr is for a failure alone.
    let output = run(list(folder.path(), &base_url, "json", &ALL));
    assert_eq!((stderr(&output), stdout(&output)), ("", "{\n  \"customers\": []\n}\n"));
    for fewer in [&ALL[..1], &ALL[1..], &[ALL[0], ALL[1]]] {
        assert_eq!(stderr(&run(list(folder.path(), &base_url, "human", fewer))), "", "{fewer:?}");
    }
    assert_eq!(*fetched.lock().unwrap(), 1);
}

#[test]
fn a_refused_token_may_be_left_over_from_earlier_which_is_said_with_its_variable() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("token"), "t0k3n-from-earlier\n").unwrap();
    let rows = "name,currency_iso,country_iso,realms\nA,GBP,GB,1\n";
    fs::write(folder.path().join("rows.csv"), rows).unwrap();
    fs::write(
        folder.path().join("request.json"),
        r#"{"name":"A","currency_iso":"GBP","country_iso":"GB","realms":[1]}"#,
    )
    .unwrap();
    let (base_url, _) = api(true);
    let of_file = [("CLOUDLX_ACCESS_TOKEN_FILE", "token"), ALL[1], ALL[2]];
    for variables in [ALL, of_file] {
        let variable = variables[0].0;
        for arguments in [
            &["customers", "list"][..],
            &["customers", "create", "request.json"],
            &["import", "rows.csv", "--journal", variable],
            &["drift"],
        ] {
            for format in ["human", "json"] {
                let mut command =
                    cloudlx(folder.path(), arguments.iter().copied().chain(["--format", format]));
                command.env("CLOUDLX_BASE_URL", &base_url).envs(variables);
                let output = run(command);
                let (said, is_report) = (stderr(&output), ["import", "drift"].contains(&arguments[0]));
                let advice = format!(
                    "the access token came from {variable}, which may be left over from earlier: unset it"
                );
                assert_eq!(
                    said.contains(&advice),
                    format == "human" || !is_report,
                    "{variable} {arguments:?} {format}: {said}"
                );
                assert!(!said.contains("t0k3n"), "{said}");
            }
        }
    }
    // Where there is nothing else to use, there is nothing to say of it.
    let output = run(list(folder.path(), &base_url, "human", &ALL[..1]));
    assert!(!stderr(&output).contains("left over"), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("the access token of CLOUDLX_ACCESS_TOKEN has ended"),
        "{}",
        stderr(&output)
    );
}
