//! The law: no printer of the program gives a terminal a character that moves its cursor, begins a line that is not the
//! program's, turns directions around or hides what is there, whatever came from outside and wherever it came from.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use cloudlx_validate::plain::is_plain;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::server::{Reply, reply, serve, token};
use crate::{at, cloudlx, run, stderr, stdout};

/// What no output may have. Written down once more, so that the law does not rest on the program's own list.
fn is_forbidden(character: char) -> bool {
    let listed = matches!(character,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{61c}' | '\u{ad}' | '\u{115f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}');
    listed || !is_plain(character)
}

/// Texts that do harm in all the ways that there are, and none that a person would take for the program's own words.
const HOSTILE: [&str; 4] = [
    "a\x1b[2J\x1b]0;owned\x07\x1b[1A\u{9b}31m\u{9d}0;x\u{9c}\x7f\x08\x08b",
    "a\r\nFORGED\tcell\nFORGED\r\u{85}FORGED\u{2028}FORGED\u{2029}FORGED\x0bFORGED\x0cb",
    "a\u{202e}txe\u{202c}\u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{61c}\u{202a}\u{202b}\u{202d}b",
    "a\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{3164}\u{e0041}\u{e007f}\u{fe0f}\u{e0100}\u{fff9}\u{180e}b",
];

/// Says which run printed what it must not.
fn check(what: &str, command: Command) -> String {
    let output = run(command);
    for (name, text) in [("stdout", stdout(&output)), ("stderr", stderr(&output))] {
        let forbidden = text.chars().find(|it| *it != '\n' && is_forbidden(*it));
        assert!(forbidden.is_none(), "{what}: {forbidden:?} on {name}: {text:?}");
        let forged = text.lines().find(|line| line.trim_start().starts_with("FORGED"));
        assert!(forged.is_none(), "{what}: a forged line on {name}: {text}");
    }
    format!("{}{}", stdout(&output), stderr(&output))
}

/// Runs what prints, for people and for programs.
fn check_both(what: &str, folder: &Path, base_url: &str, arguments: &[&str]) -> [String; 2] {
    ["human", "json"].map(|format| {
        let arguments = arguments.iter().copied().chain(["--format", format]);
        check(&format!("{what}, {format}"), at(base_url, cloudlx(folder, arguments)))
    })
}

fn customer(text: &str) -> Value {
    json!({
        "id": 6918,
        "name": text,
        "currency": {"name": text, "iso_2": text, "iso_3": text},
        "country": {"iso_2": text, "name": text},
        "realms": [{"id": 1, "name": text, "description": text}],
        "sub_realms": [{"id": 2, "name": text, "description": text, "has_access": true}],
        text: text,
    })
}

/// What a server says that says `text` wherever it can.
fn answer(call: &str, text: &str) -> Reply {
    let realms = json!([{"id": 1, "name": text, "description": text}]);
    let body = match call {
        "POST /api/oauth2/access-token" => return token(),
        "GET /api/realms" => json!({"realms": realms}),
        "GET /api/sub-realms" => json!({"sub_realms": realms, text: text}),
        "GET /api/customers" => json!({"customers": [customer(text)], text: text}),
        _ => customer(text),
    };
    reply("200 OK", body.to_string())
}

const REQUEST: &str = r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#;

fn what_a_server_names(folder: &Path, text: &str) {
    let owned = text.to_owned();
    let base_url = serve(move |call| answer(call, &owned));
    fs::write(folder.join("request.json"), REQUEST).unwrap();
    for arguments in [
        &["customers", "list"][..],
        &["customers", "get", "6918"],
        &["customers", "create", "request.json"],
        &["realms", "list"],
        &["sub-realms", "list"],
        &["drift"],
    ] {
        let [people, programs] = check_both("what a server names", folder, &base_url, arguments);
        assert!(people.contains('a') && programs.contains('a'), "{people} {programs}");
        if arguments == ["customers", "list"] {
            let list: Value = serde_json::from_str(&programs).unwrap();
            assert_eq!(list["customers"][0]["name"], text, "programs are given what there is");
            assert_eq!(people.lines().count(), 2, "a head and a row: {people}");
        }
    }
}

fn what_a_server_refuses_with(folder: &Path, text: &str) {
    let quoted = json!(text);
    // What of it a header may hold.
    let header: String = text.chars().filter(|it| *it == '\t' || !it.is_ascii_control()).collect();
    let headers = format!(
        "x-request-id: {header}\r\nlocation: /{header}\r\nwww-authenticate: Bearer error_description=\"{header}\"\r\n"
    );
    let statuses =
        ["302 Found", "401 Unauthorized", "403 Forbidden", "422 Unprocessable Content", "501 Oh", "200 OK"];
    let bodies = [
        format!(r#"{{"message": {quoted}, "errors": {{{quoted}: [{quoted}]}}, "status_code": 422}}"#),
        format!(r#"{{"customers": [{{"id": {quoted}, {quoted}: {quoted}}}], "realms": {quoted}}}"#),
        format!("<html>{text}"),
    ];
    let headers = format!("{headers}content-type: text/{header}\r\n");
    let refused_with = |status: &'static str, body: &str| {
        let (headers, body) = (headers.clone(), body.to_owned());
        let base_url = serve(move |call| match call {
            "POST /api/oauth2/access-token" => token(),
            _ => Reply { headers: headers.clone(), ..reply(status, body.clone()) },
        });
        let what = format!("what a server refuses with, {status}");
        check_both(&what, folder, &base_url, &["customers", "create", "request.json"]);
        for arguments in [["customers", "list"].as_slice(), &["drift"]] {
            let arguments = arguments.iter().copied().chain(["--format", "human"]);
            check(&what, at(&base_url, cloudlx(folder, arguments)));
        }
    };
    // All together, because the client waits a second before it shows a refused token again.
    std::thread::scope(|scope| {
        for status in statuses {
            for body in &bodies {
                scope.spawn(|| refused_with(status, body));
            }
        }
    });
    let body = format!(r#"{{"error": {quoted}, "error_description": {quoted}, "access_token": {quoted}}}"#);
    for status in ["400 Bad Request", "200 OK"] {
        let body = body.clone();
        let base_url = serve(move |_| reply(status, body.clone()));
        check_both("what a token is refused with", folder, &base_url, &["customers", "list"]);
    }
}

fn what_files_hold(folder: &Path, text: &str) {
    let quoted = json!(text);
    let name = text.replace('/', "");
    let (json_file, lines_file) = (format!("{name}.json"), format!("{name}.ndjson"));
    let (csv_file, faults_file) = (format!("{name}.csv"), format!("{name}-faults.json"));
    let request = format!(
        r#"{{"name": {quoted}, {quoted}: {quoted}, "currency_iso": {quoted}, "country_iso": {quoted}, "realms": [{quoted}],
            "email": {quoted}, "role_group": 1, {quoted}: 2}}"#
    );
    fs::write(folder.join(&json_file), &request).unwrap();
    fs::write(folder.join(&lines_file), request.replace('\n', " ")).unwrap();
    // As it is, which is no JSON.
    fs::write(folder.join("raw.json"), format!("{{\n  \"name\": \"{text}\",\t\"{text}\": {text}\n}}"))
        .unwrap();
    fs::write(
        folder.join(&csv_file),
        format!("name;currency_iso;country_iso;realms\n\"{text}\";\"{text}\";\"{text}\";1;x\n"),
    )
    .unwrap();
    fs::write(folder.join("header.csv"), format!("name;currency_iso;\"{text}\";\"{text}\"\nA;GBP;GB;1\n"))
        .unwrap();
    fs::write(
        folder.join("cells.csv"),
        format!("name,currency_iso,country_iso,realms\n\"{text}\",\"{text}\",GB,\"{text}\"\n"),
    )
    .unwrap();
    fs::write(folder.join(&faults_file), format!("{{{quoted}: {quoted}}}")).unwrap();
    for arguments in [
        &["validate", &json_file, &lines_file, "raw.json"][..],
        &["customers", "create", &json_file, "--stub"],
        &["customers", "create", "raw.json", "--stub"],
        &["import", "--dry-run", &json_file],
        &["import", "--dry-run", &lines_file],
        &["import", "--dry-run", "raw.json"],
        &["import", "--dry-run", &csv_file],
        &["import", "--dry-run", "header.csv"],
        &["import", "--dry-run", "cells.csv"],
        &[
            "import",
            "cells.csv",
            "--journal",
            &format!("{name}.journal"),
            "--skip-invalid",
            "--report",
            "/dev/stderr",
            "--stub",
        ],
        &["import", "status", "--journal", &format!("{name}.journal")],
        &["import", &json_file, "--journal", &csv_file],
        &["stub", "--faults", &faults_file],
        &["stub", "--catalogue", &faults_file],
        &["stub", "--state", &faults_file],
    ] {
        check_both("what files hold", folder, "http://127.0.0.1:9", arguments);
    }
}

fn what_an_import_is_refused_with(folder: &Path, text: &str) {
    let quoted = json!(text);
    let body = format!(r#"{{"message": {quoted}, "errors": {{{quoted}: [{quoted}]}}, "status_code": 422}}"#);
    let base_url = serve(move |call| match call {
        "POST /api/oauth2/access-token" => token(),
        "GET /api/customers" => reply("200 OK", r#"{"customers": []}"#),
        _ => reply("422 Unprocessable Content", body.clone()),
    });
    fs::write(folder.join("rows.csv"), "name,currency_iso,country_iso,realms\nA,GBP,GB,1\n").unwrap();
    let _ = fs::remove_file(folder.join("refused"));
    for arguments in [
        &["import", "rows.csv", "--journal", "refused", "--report", "/dev/stdout", "--settle", "0s"][..],
        &["import", "status", "--journal", "refused", "--report", "/dev/stdout"],
    ] {
        let shown = check_both("what an import is refused with", folder, &base_url, arguments);
        assert!(shown[0].contains("refused"), "{shown:?}");
    }
}

fn what_is_written_on_the_command_line(folder: &Path, text: &str) {
    let missing = format!("{text}/missing");
    for arguments in [
        &[text][..],
        &["customers", text],
        &["customers", "get", text],
        &["customers", "list", &format!("--{text}")],
        &["customers", "list", "--timeout", text],
        &["customers", "create", &missing],
        &["customers", "list", text],
        &["validate", &missing, &missing],
        &["validate", "--input", text, "x"],
        &["schema", text],
        &["completions", text],
        &["import", &missing, "--dry-run"],
        &["import", text, "--dry-run", "--input", "csv"],
        &["import", text, "--journal", text, "--rate", text],
        &["import", "rows.csv", "--journal", &missing],
        &["import", "status", "--journal", &missing],
        &["import", "status", "--journal", &format!("postgres://{text}@127.0.0.1:9/x")],
        &["stub", "--listen", text],
        &["stub", "--ready-file", &missing],
        &["stub", "--read-only-client", text],
        &["stub", "--faults", &missing],
        &["stub", "--catalogue", &missing],
        &["stub", "--state", &missing],
        &["drift", "--stub", "--record", "/dev/null/x", "--customers", text],
        &["drift", "--stub", "--record", &format!("/dev/null/{text}")],
    ] {
        check_both("what is written on the command line", folder, "http://127.0.0.1:9", arguments);
    }
}

fn what_the_environment_holds(folder: &Path, text: &str) {
    let base_url = serve(|call| answer(call, "a"));
    let set = |variables: &[(&str, &str)]| {
        for format in ["human", "json"] {
            let mut command = at(&base_url, cloudlx(folder, ["customers", "list", "--format", format]));
            command.envs(variables.iter().copied());
            check(&format!("what the environment holds: {variables:?}"), command);
        }
    };
    let scheme = format!("{text}://host");
    let host = format!("http://{text}.example/");
    for variables in [
        [("CLOUDLX_BASE_URL", text)],
        [("CLOUDLX_BASE_URL", scheme.as_str())],
        [("CLOUDLX_BASE_URL", host.as_str())],
        [("CLOUDLX_ACCESS_TOKEN", text)],
        [("CLOUDLX_ACCESS_TOKEN_FILE", text)],
        [("CLOUDLX_CLIENT_ID", text)],
        [("CLOUDLX_CLIENT_SECRET", text)],
        [("HTTPS_PROXY", text)],
    ] {
        set(&variables);
    }
    set(&[("CLOUDLX_CLIENT_SECRET", ""), ("CLOUDLX_CLIENT_SECRET_FILE", text)]);
    set(&[("CLOUDLX_CLIENT_SECRET", text), ("CLOUDLX_CLIENT_SECRET_FILE", text)]);
}

/// A stub that runs prints how to get a token, and a line a request.
fn what_a_stub_prints(folder: &Path, text: &str) {
    let id = text.replace([',', ':'], "");
    let mut command = cloudlx(folder, ["stub", "--log", "human"]);
    command.env("CLOUDLX_STUB_CLIENTS", format!("{id}:s3cr3t")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut stub = command.spawn().expect("it starts");
    let mut lines = BufReader::new(stub.stderr.take().expect("a pipe")).lines();
    let said: Vec<_> = lines.by_ref().take(2).map(|line| line.expect("text")).collect();
    stub.kill().expect("it runs");
    stub.wait().expect("it ends");
    assert!(said[0].starts_with("get a token") && said[1].starts_with("  curl "), "{said:?}");
    assert!(!said.concat().contains(is_forbidden), "{said:?}");
}

fn all_printers(text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    what_a_server_names(folder, text);
    what_a_server_refuses_with(folder, text);
    what_files_hold(folder, text);
    what_an_import_is_refused_with(folder, text);
    what_is_written_on_the_command_line(folder, text);
    what_the_environment_holds(folder, text);
    what_a_stub_prints(folder, text);
}

#[test]
fn escape_sequences_move_no_cursor() {
    all_printers(HOSTILE[0]);
}

#[test]
fn line_ends_and_tabs_forge_no_line_and_no_cell() {
    all_printers(HOSTILE[1]);
}

#[test]
fn marks_of_direction_turn_nothing_around() {
    all_printers(HOSTILE[2]);
}

#[test]
fn what_cannot_be_seen_hides_nothing() {
    all_printers(HOSTILE[3]);
}

fn hostile_text() -> impl Strategy<Value = String> {
    let forbidden: Vec<_> = ('\x01'..=char::MAX).filter(|it| is_forbidden(*it)).collect();
    let character = prop_oneof![
        3 => prop::sample::select(forbidden),
        1 => prop::char::range('\x01', '\x1f'),
        1 => prop::char::range('\x7f', '\u{9f}'),
        1 => prop::char::range('\u{2028}', '\u{202e}'),
        2 => prop::char::range('!', '~'),
    ];
    // Not so long that a name of a file cannot hold it.
    prop::collection::vec(character, 1..20).prop_map(|text| format!("a{}b", String::from_iter(text)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_printer_shows_what_may_not_be_shown_whatever_comes_from_outside(text in hostile_text()) {
        all_printers(&text);
    }
}
