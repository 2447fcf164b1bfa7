//! `cloudlx import` as a process that is killed, interrupted and started again.
#![cfg(unix)]
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod api;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, mpsc};

use serde_json::{Value, json};
use tempfile::TempDir;

use self::api::Api;

const NAMES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

/// A folder with rows for all names.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = NAMES.map(|name| format!("{name},GBP,GB,1\n")).concat();
    std::fs::write(folder.path().join("rows.csv"), format!("name,currency_iso,country_iso,realms\n{rows}"))
        .expect("a file");
    folder
}

fn import(folder: &TempDir, base_url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
    command
        .current_dir(folder.path())
        .args(["import", "rows.csv", "--journal", "journal", "--settle", "0s", "--concurrency", "1"])
        .env("CLOUDLX_BASE_URL", base_url)
        .env("CLOUDLX_ACCESS_TOKEN", "a-token-that-nobody-may-see")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill runs");
    assert!(status.success());
}

/// Whether the row has to be stopped at, and where in it: so that a test can kill the importer there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum At {
    BeforeItIsProcessed,
    AfterItIsProcessed,
}

/// Says when a row has come for the first time, and then waits until the test lets go.
fn stopping_at(name: &'static str, at: At) -> (Api, mpsc::Receiver<()>, mpsc::Sender<bool>) {
    let (came, has_come) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let stop = Arc::new(Mutex::new((came, may_go_on)));
    let hook = |hook: At| {
        let stop = Arc::clone(&stop);
        move |create: &str, nth: usize| {
            if create != name || nth > 0 || hook != at {
                return true;
            }
            let stop = stop.lock().unwrap();
            stop.0.send(()).unwrap();
            stop.1.recv().unwrap_or(false)
        }
    };
    let api = Api::start(hook(At::BeforeItIsProcessed), hook(At::AfterItIsProcessed));
    (api, has_come, go_on)
}

#[test]
fn killed_in_the_middle_of_a_row_it_goes_on() {
    for name in NAMES {
        for at in [At::BeforeItIsProcessed, At::AfterItIsProcessed] {
            let folder = folder();
            let (api, has_come, go_on) = stopping_at(name, at);
            let mut child = import(&folder, &api.base_url).spawn().expect("it starts");
            has_come.recv().expect("the row comes");
            child.kill().expect("it can be killed");
            child.wait().expect("it ends");
            // What was on the way when it died is not processed, or not answered.
            go_on.send(false).unwrap();

            let output = import(&folder, &api.base_url).output().expect("it runs");
            assert_eq!(output.status.code(), Some(0), "{name} {at:?}: {}", stderr(&output));
            assert_eq!(api.names(), NAMES, "{name} {at:?}");
            assert!(!stderr(&output).contains("a-token-that-nobody-may-see"));
        }
    }
}

#[test]
fn interrupted_once_it_ends_what_is_under_way() {
    let folder = folder();
    let (api, has_come, go_on) = stopping_at("C", At::BeforeItIsProcessed);
    let mut child = import(&folder, &api.base_url).spawn().expect("it starts");
    has_come.recv().expect("the row comes");
    // Rows after it may have been sent before it, and no other is from now on.
    let mut expected = api.names();
    expected.push("C".to_owned());
    expected.sort_unstable();
    signal(&child, "-INT");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let said = lines.next().unwrap().unwrap();
    assert!(said.starts_with("{\"note\": \"with an access token nobody knows whose it is"), "{said}");
    let said = lines.next().unwrap().unwrap();
    assert!(said.starts_with("{\"note\": \"stopping when the requests under way have ended"), "{said}");
    go_on.send(true).unwrap();
    let output = child.wait_with_output().expect("it ends");
    let is_done = expected.len() == NAMES.len();
    assert_eq!(output.status.code(), Some(if is_done { 0 } else { 4 }));
    let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let made = api.names();
    assert_eq!(made, expected);
    assert_eq!((&summary["created"], &summary["unknown"]), (&json!(made.len()), &json!(0)), "{summary}");

    let output = import(&folder, &api.base_url).output().expect("it runs");
    assert_eq!((output.status.code(), api.names()), (Some(0), NAMES.map(str::to_owned).to_vec()));
}

#[test]
fn interrupted_twice_it_stops_at_once() {
    let folder = folder();
    let (api, has_come, go_on) = stopping_at("C", At::AfterItIsProcessed);
    let mut child = import(&folder, &api.base_url).spawn().expect("it starts");
    has_come.recv().expect("the row comes");
    signal(&child, "-INT");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.nth(1).unwrap().unwrap().contains("interrupt again"));
    signal(&child, "-TERM");
    let output = child.wait_with_output().expect("it ends, though nobody answers");
    assert_eq!(output.status.code(), Some(4));
    drop(go_on);

    let output = import(&folder, &api.base_url).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(api.names(), NAMES);
    let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(summary["settled"], 1, "{summary}");
}

#[test]
fn two_imports_cannot_use_one_journal() {
    let folder = folder();
    let (api, has_come, go_on) = stopping_at("A", At::BeforeItIsProcessed);
    let first = import(&folder, &api.base_url).spawn().expect("it starts");
    has_come.recv().expect("the row comes");
    let second = import(&folder, &api.base_url).output().expect("it runs");
    assert_eq!(second.status.code(), Some(2));
    assert!(stderr(&second).contains("is in use by another import"), "{}", stderr(&second));
    let status = Command::new(env!("CARGO_BIN_EXE_cloudlx"))
        .args(["import", "status", "--journal", "journal"])
        .current_dir(folder.path())
        .output()
        .expect("it runs");
    let status: Value = serde_json::from_slice(&status.stdout).expect("JSON");
    assert_eq!(status["rows"], 6, "{status}");
    assert!(status["sending"].as_u64() >= Some(1), "{status}");
    go_on.send(true).unwrap();
    assert_eq!(first.wait_with_output().expect("it ends").status.code(), Some(0));
}

#[test]
fn exit_codes_say_how_an_import_ended() {
    // Lost, and made by somebody else as well: nobody can tell.
    let folder = folder();
    let (api, has_come, go_on) = stopping_at("B", At::AfterItIsProcessed);
    let child = import(&folder, &api.base_url).spawn().expect("it starts");
    has_come.recv().expect("the row comes");
    let twin = api.state.customers.lock().unwrap().iter().find(|it| it["name"] == "B").cloned().unwrap();
    api.state.customers.lock().unwrap().push(json!({
        "id": 999, "name": twin["name"], "currency": twin["currency"], "country": twin["country"],
        "realms": [], "sub_realms": [],
    }));
    go_on.send(false).unwrap();
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let named = &summary["to_look_at"];
    assert_eq!((&named[0]["line"], &named[0]["outcome"]), (&json!(3), &json!("uncertain")), "{summary}");
    assert!(named[0]["reason"].as_str().unwrap().contains("customers"), "{summary}");
    assert_eq!(
        (named.as_array().unwrap().len(), &summary["to_look_at_left_out"]),
        (1, &json!(0)),
        "{summary}"
    );
    let report =
        import(&folder, &api.base_url).args(["--report", "report.ndjson"]).output().expect("it runs");
    assert_eq!(report.status.code(), Some(5));
    let report = std::fs::read_to_string(folder.path().join("report.ndjson")).expect("a report");
    let line: Value = serde_json::from_str(report.lines().nth(1).unwrap()).unwrap();
    assert_eq!(
        (&line["line"], &line["outcome"], &line["customer_id"]),
        (&json!(3), &json!("uncertain"), &Value::Null)
    );

    // Nobody is there.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port, where nobody listens");
    let address = format!("http://{}", socket.local_addr().unwrap());
    let folder = self::folder();
    let output = import(&folder, &address).output().expect("it runs");
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
}

#[test]
fn a_file_that_is_not_there_is_named_and_leaves_nothing_behind() {
    let folder = folder();
    std::fs::remove_file(folder.path().join("rows.csv")).unwrap();
    let output = import(&folder, "http://127.0.0.1:9").output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("could not read rows.csv: check the path"), "{}", stderr(&output));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_import_that_did_not_begin_leaves_nothing_behind() {
    let header = "name,currency_iso,country_iso,realms";
    for (rows, code, said) in [
        (format!("{header}\nA,GB,GB,1\n"), 1, "GBP"),
        (format!("{header}\nA,GBP,GB,1\nA,GBP,GB,1\n"), 1, "the row equals the one on line 2"),
        (format!("{header},nothing\nA,GBP,GB,1,\n"), 1, "nothing"),
        (format!("{header}\n"), 1, ""),
        (String::new(), 1, ""),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("rows.csv"), &rows).expect("a file");
        let import = || {
            let arguments = ["--format", "human", "--report", "report.csv"];
            import(&folder, "http://127.0.0.1:9").args(arguments).output().expect("it runs")
        };
        let output = import();
        assert_eq!(output.status.code(), Some(code), "{rows}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{rows}: {}", stderr(&output));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "{rows}");

        // What was there before is not touched.
        std::fs::write(folder.path().join("journal"), "").expect("a file");
        std::fs::write(folder.path().join("report.csv"), "of an earlier run").expect("a file");
        assert_eq!(import().status.code(), Some(code));
        assert!(folder.path().join("journal").exists(), "{rows}");
        let report = std::fs::read_to_string(folder.path().join("report.csv")).expect("it is there");
        assert_eq!(report, "of an earlier run", "{rows}");
    }

    // The same where it is the report that cannot be written.
    let folder = folder();
    let output = import(&folder, "http://127.0.0.1:9").args(["--report", "no/report.csv"]).output();
    assert_eq!(output.expect("it runs").status.code(), Some(2));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn rows_that_were_left_out_are_mended_in_a_file_of_their_own() {
    let folder = folder();
    let rows = folder.path().join("rows.csv");
    let text = std::fs::read_to_string(&rows).unwrap();
    std::fs::write(&rows, text.replace("C,GBP", "C,GB")).unwrap();
    let api = Api::start(|_, _| true, |_, _| true);
    let output = import(&folder, &api.base_url)
        .args(["--skip-invalid", "--report", "report.ndjson"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("mend them in a file of their own"), "{}", stderr(&output));
    let report = std::fs::read_to_string(folder.path().join("report.ndjson")).expect("a report");
    let line: Value = serde_json::from_str(report.lines().nth(2).unwrap()).unwrap();
    assert_eq!((&line["line"], &line["outcome"]), (&json!(4), &json!("skipped")));
    assert!(line["reason"].as_str().unwrap().starts_with("column 2 (currency_iso): "), "{line}");

    // The mended file is refused, with the way out.
    std::fs::write(&rows, &text).unwrap();
    let refused = import(&folder, &api.base_url).output().expect("it runs");
    assert_eq!(refused.status.code(), Some(2));
    let said = stderr(&refused);
    assert!(
        said.contains("One row of it was left out as invalid") && said.contains("a file of their own"),
        "{said}"
    );
    let mut lines = text.lines();
    let of_their_own = [lines.next().unwrap(), lines.nth(2).unwrap()].join("\n");
    std::fs::write(&rows, of_their_own).unwrap();
    std::fs::rename(folder.path().join("journal"), folder.path().join("first")).unwrap();
    let output = import(&folder, &api.base_url).output().expect("it runs");
    assert_eq!((output.status.code(), api.names()), (Some(0), NAMES.map(str::to_owned).to_vec()));
}

#[test]
fn a_time_of_nothing_is_no_timeout() {
    let folder = folder();
    let output = import(&folder, "http://127.0.0.1:1").args(["--timeout", "0s"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("expected a time of more than nothing"), "{}", stderr(&output));
}

#[test]
fn an_import_goes_on_for_the_account_that_it_was_begun_for() {
    let folder = folder();
    let (api, has_come, go_on) = stopping_at("C", At::AfterItIsProcessed);
    let with_id = |base_url: &str, id: &str| {
        let mut command = import(&folder, base_url);
        command.env_remove("CLOUDLX_ACCESS_TOKEN");
        command.env("CLOUDLX_CLIENT_ID", id).env("CLOUDLX_CLIENT_SECRET", "a-s3cret");
        command
    };
    let mut child = with_id(&api.base_url, "client-of-ours").spawn().expect("it starts");
    has_come.recv().expect("the row comes");
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    go_on.send(true).unwrap();

    let made = api.names();
    for (refused, expected) in [
        (with_id(&api.base_url, "client-of-theirs").output(), "the journal belongs to another client id"),
        (with_id("http://127.0.0.1:1", "client-of-ours").output(), "the journal belongs to the API at"),
    ] {
        let refused = refused.expect("it runs");
        assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
        assert!(stderr(&refused).contains(expected), "{}", stderr(&refused));
        assert!(
            !stderr(&refused).contains("client-of-") && !stderr(&refused).contains("ended in the middle")
        );
    }
    assert_eq!(api.names(), made);
    let journal = std::fs::read(folder.path().join("journal")).expect("a journal");
    assert!(!String::from_utf8_lossy(&journal).contains("client-of-ours"));

    // With a token alone nobody can tell.
    let output = import(&folder, &api.base_url).output().expect("it runs");
    assert_eq!((output.status.code(), api.names()), (Some(0), NAMES.map(str::to_owned).to_vec()));
    assert!(stderr(&output).contains("nobody knows whose it is"), "{}", stderr(&output));
}
