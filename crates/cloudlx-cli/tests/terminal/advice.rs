//! What the program advises are its own options, commands and variables, never a function of the Rust library.

use std::fs;

use crate::server::{Reply, reply, serve, token};
use crate::{at, cloudlx, run, stderr, stdout};

/// Names of the library, of which none means anything on the command line.
const RUST: [&str; 14] = [
    "_customer",
    "http_client",
    "allow_plain_http",
    "_timeout",
    "the builder",
    "feature",
    "Credentials",
    "Client::",
    "ClientBuilder",
    "give it more time",
    "give the client id",
    "list_customers",
    "max_concurrent",
    "on_wait",
];

#[test]
fn no_failure_names_a_function_of_the_library() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("request.json"),
        r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#,
    )
    .unwrap();
    let answering = |reply: fn() -> Reply| {
        serve(move |call| match call {
            "POST /api/oauth2/access-token" => token(),
            _ => reply(),
        })
    };
    let (list, create) = (&["customers", "list"][..], &["customers", "create", "request.json"][..]);
    let ok = answering(|| reply("200 OK", "{}"));
    let too_long = answering(|| Reply { length: Some(100 << 20), ..reply("200 OK", " ".repeat(1 << 17)) });
    let refusing =
        answering(|| reply("401 Unauthorized", r#"{"message": "Unauthenticated.", "status_code": 401}"#));
    let moved = answering(|| Reply { headers: "location: /\r\n".to_owned(), ..reply("302 Found", "") });
    for (arguments, variables, says) in [
        (list, &[("CLOUDLX_BASE_URL", "http://api.example")][..], "--allow-plain-http"),
        (list, &[("CLOUDLX_BASE_URL", "https://u:p@api.example")], "CLOUDLX_CLIENT_SECRET"),
        (list, &[("CLOUDLX_BASE_URL", "api.example")], "CLOUDLX_BASE_URL"),
        (list, &[("CLOUDLX_BASE_URL", "https://api.example/?x")], "CLOUDLX_BASE_URL"),
        (list, &[("CLOUDLX_CLIENT_SECRET", "s ")], "(CLOUDLX_CLIENT_SECRET)"),
        (list, &[("CLOUDLX_ACCESS_TOKEN", "t t")], "(CLOUDLX_ACCESS_TOKEN)"),
        (list, &[("CLOUDLX_BASE_URL", &ok)], "line 1"),
        (list, &[("CLOUDLX_BASE_URL", &too_long)], "a body of more than"),
        (list, &[("CLOUDLX_BASE_URL", &refusing)], "401"),
        (
            list,
            &[("CLOUDLX_BASE_URL", &refusing), ("CLOUDLX_ACCESS_TOKEN", "t")],
            "CLOUDLX_ACCESS_TOKEN has ended",
        ),
        (list, &[("CLOUDLX_BASE_URL", &moved)], "redirects are not followed"),
        (create, &[("CLOUDLX_BASE_URL", &ok)], "cloudlx customers list"),
        (create, &[("CLOUDLX_BASE_URL", &moved)], "cloudlx customers list"),
        (
            create,
            &[("CLOUDLX_BASE_URL", &refusing), ("CLOUDLX_ACCESS_TOKEN", "t")],
            "CLOUDLX_ACCESS_TOKEN has ended",
        ),
    ] {
        for format in ["human", "json"] {
            let arguments = arguments.iter().copied().chain(["--format", format]);
            let mut command = at("http://127.0.0.1:9", cloudlx(folder.path(), arguments));
            command.envs(variables.iter().copied());
            let output = run(command);
            let said = stderr(&output);
            assert!(!output.status.success() && said.contains(says), "{variables:?}: {said}");
            let rust = RUST.iter().find(|name| said.contains(**name));
            assert!(rust.is_none(), "{variables:?} says {rust:?}: {said}");
        }
    }
}

#[test]
fn an_import_advises_what_the_command_line_can_do() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rows.csv"), "name,currency_iso,country_iso,realms\nA,GBP,GB,1\n").unwrap();
    let base_url = serve(|call| match call {
        "GET /api/customers" => reply("200 OK", r#"{"customers": []}"#),
        _ => reply("401 Unauthorized", r#"{"message": "Unauthenticated.", "status_code": 401}"#),
    });
    let import = ["import", "rows.csv", "--journal", "journal", "--settle", "0s", "--report", "report.csv"];
    let mut command = at(&base_url, cloudlx(folder.path(), import));
    command.env("CLOUDLX_ACCESS_TOKEN", "t");
    let output = run(command);
    let report = fs::read_to_string(folder.path().join("report.csv")).unwrap();
    for said in [stdout(&output), report.as_str()] {
        assert!(said.contains("CLOUDLX_ACCESS_TOKEN has ended"), "{said}");
        assert!(RUST.iter().all(|name| !said.contains(name)), "{said}");
    }
}
