//! A stub that the program's other commands talk to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use crate::running::Running;
use crate::{PAGE, cloudlx, signal, stderr};

#[test]
fn a_stub_serves_create_list_and_get_and_ends_when_told() {
    for end in ["-INT", "-TERM"] {
        let Running { child, base_url, stdout } = Running::start(&[], None);
        let call = |arguments: &[&str]| {
            let output = cloudlx(arguments)
                .env("CLOUDLX_BASE_URL", &base_url)
                .env("CLOUDLX_CLIENT_ID", "stub")
                .env("CLOUDLX_CLIENT_SECRET", "stub")
                .output()
                .expect("it runs");
            assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
            String::from_utf8(output.stdout).expect("text")
        };
        assert!(call(&["customers", "create", PAGE]).contains("\"id\": 6918"));
        assert!(call(&["customers", "create", PAGE]).contains("\"id\": 6919"));
        assert!(call(&["customers", "get", "6919"]).contains("\"id\": 6919"));
        let list = call(&["customers", "list", "--format", "human"]);
        assert_eq!(list.lines().count(), 3, "{list}");

        signal(&child, end);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        drop(stdout);
    }
}

#[test]
fn a_stub_knows_the_clients_and_the_catalogue_that_it_is_given() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let catalogue = format!("{folder}/catalogue.json");
    std::fs::write(
        &catalogue,
        r#"{"realms": [{"id": 5, "name": "Five", "description": null}], "sub_realms": []}"#,
    )
    .expect("a file");
    let Running { child, base_url, stdout: _stdout } =
        Running::start(&["--catalogue", &catalogue], Some("acme:a:secret,other:x"));

    let list = |id: &str, secret: &str| {
        cloudlx(&["realms", "list"])
            .env("CLOUDLX_BASE_URL", &base_url)
            .env("CLOUDLX_CLIENT_ID", id)
            .env("CLOUDLX_CLIENT_SECRET", secret)
            .output()
            .expect("it runs")
    };
    let output = list("acme", "a:secret");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Five"), "{}", stderr(&output));
    let refused = list("acme", "wrong");
    assert_eq!(refused.status.code(), Some(3), "{}", stderr(&refused));
    assert!(!stderr(&refused).contains("wrong"), "{}", stderr(&refused));
    signal(&child, "-TERM");
    let output = child.wait_with_output().expect("it ends");
    assert!(stderr(&output).contains("the client id acme"), "{}", stderr(&output));
    assert!(!stderr(&output).contains("a:secret"), "{}", stderr(&output));
}

/// Creates the page's customer, and says with which exit code that ended.
fn create_at(base_url: &str) -> Option<i32> {
    let create = cloudlx(&["customers", "create", PAGE])
        .env("CLOUDLX_BASE_URL", base_url)
        .env("CLOUDLX_CLIENT_ID", "stub")
        .env("CLOUDLX_CLIENT_SECRET", "stub")
        .output();
    create.expect("it runs").status.code()
}

fn ids_at(base_url: &str) -> Vec<u64> {
    let list = cloudlx(&["customers", "list", "--format", "json"])
        .env("CLOUDLX_BASE_URL", base_url)
        .env("CLOUDLX_CLIENT_ID", "stub")
        .env("CLOUDLX_CLIENT_SECRET", "stub")
        .output()
        .expect("it runs");
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).expect("JSON");
    let customers = list.as_array().or(list["customers"].as_array()).expect("customers");
    customers.iter().filter_map(|customer| customer["id"].as_u64()).collect()
}

#[test]
fn a_stub_that_is_killed_goes_on_where_it_was() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let state = format!("{folder}/killed.state");
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{state}{end}"));
    }
    let faults = format!("{folder}/closes.json");
    let closes = r#"{"requests": [{"endpoint": "create_customer", "from": 2, "do": {"after": "close"}}]}"#;
    std::fs::write(&faults, closes).expect("a file");

    let Running { child, base_url, stdout: _stdout } =
        Running::start(&["--state", &state, "--faults", &faults], None);
    assert_eq!(create_at(&base_url), Some(0));
    assert_eq!(create_at(&base_url), Some(5), "no answer, so the outcome is unknown");
    signal(&child, "-KILL");
    child.wait_with_output().expect("it ends");

    let Running { child, base_url, stdout: _stdout } = Running::start(&["--state", &state], None);
    assert_eq!(ids_at(&base_url), [6918, 6919]);
    assert_eq!(create_at(&base_url), Some(0));
    assert_eq!(ids_at(&base_url), [6918, 6919, 6920]);

    let second = cloudlx(&["stub", "--state", &state]).output().expect("it runs");
    assert_eq!(second.status.code(), Some(2), "the file is the first one's");
    assert!(stderr(&second).contains(&format!("one uses {state}")), "{}", stderr(&second));
    assert!(stderr(&second).contains("--state postgres://USER@HOST/DATABASE"), "{}", stderr(&second));
    assert_eq!(create_at(&base_url), Some(0));
    signal(&child, "-KILL");
    child.wait_with_output().expect("it ends");
}

#[test]
fn a_stub_is_told_of_faults_while_it_runs() {
    let Running { child, base_url, stdout: _stdout } = Running::start(&["--control"], None);
    let address = base_url.strip_prefix("http://").expect("http");
    let ask = |method: &str, body: &str| {
        let mut stream = TcpStream::connect(address).expect("it listens");
        let length = body.len();
        write!(stream, "{method} /__stub/faults HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
            .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    };
    let refuses = r#"{"requests": [{"endpoint": "create_customer", "times": 1, "do": {"before": {"answer": {"status": 403}}}}]}"#;
    let armed = ask("PUT", refuses);
    assert!(armed.starts_with("HTTP/1.1 200 OK\r\n"), "{armed}");
    assert_eq!(create_at(&base_url), Some(3), "it was refused");
    assert!(ask("GET", "").contains(r#""hit":1"#));
    assert_eq!(create_at(&base_url), Some(0));
    signal(&child, "-TERM");
    child.wait_with_output().expect("it ends");
}

#[test]
fn a_control_api_for_other_machines_takes_its_token_from_the_environment() {
    let token = "a-token-that-nobody-may-see-in-print";
    let start = |token: &str| {
        cloudlx(&["stub", "--listen", "0.0.0.0:0", "--control"])
            .env("CLOUDLX_STUB_CONTROL_TOKEN", token)
            .spawn()
            .expect("cloudlx starts")
    };
    let mut child = start(token);
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    stdout.read_line(&mut line).expect("it prints");
    let address = line.trim_end().strip_prefix("listening on http://").expect("an address");
    let ask = |authorization: &str| {
        let mut stream = TcpStream::connect(address).expect("it listens");
        write!(stream, "GET /__stub/clock HTTP/1.1\r\nhost: stub.example\r\nconnection: close\r\nauthorization: {authorization}\r\n\r\n")
            .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    };
    assert!(ask("Bearer another").starts_with("HTTP/1.1 401 "));
    assert!(ask(&format!("Bearer {token}")).starts_with("HTTP/1.1 200 "));
    signal(&child, "-TERM");
    let output = child.wait_with_output().expect("it ends");
    stdout.read_to_string(&mut line).expect("the rest of its output");
    assert!(!line.contains(token) && !stderr(&output).contains(token));

    let output = start("too short").wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("32 visible ASCII characters"), "{}", stderr(&output));
}

#[test]
fn a_stub_that_cannot_start_says_why() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let catalogue = format!("{folder}/broken-catalogue.json");
    std::fs::write(&catalogue, r#"{"realms": [{"name": "Five", "description": null}], "sub_realms": []}"#)
        .expect("a file");
    for (arguments, clients, word) in [
        (vec!["stub", "--catalogue", &catalogue], "", "expected an id for every realm"),
        (vec!["stub", "--catalogue", "missing.json"], "", "could not read the catalogue missing.json"),
        (vec!["stub", "--faults", PAGE], "", "unknown field `name`"),
        (vec!["stub", "--faults", "missing.json"], "", "could not read the faults missing.json"),
        (vec!["stub", "--state", PAGE], "", "is a state of the stub"),
        (vec!["stub", "--control", "--listen", "0.0.0.0:0"], "", "CLOUDLX_STUB_CONTROL_TOKEN"),
        (vec!["stub"], "acme", "ID:SECRET"),
        (vec!["stub", "--read-only-client", "other"], "acme:x", "found other"),
        (vec!["stub", "--read-only-client", "acme"], "", "found acme"),
        (vec!["stub", "--rate-limit", "0"], "", "--rate-limit"),
        (vec!["stub", "--page-size", "0"], "", "--page-size"),
        (vec!["stub", "--max-connections", "0"], "", "--max-connections"),
        (vec!["stub", "--listen", "8080"], "", "expected an IP address and a port, such as 127.0.0.1:8080"),
        (vec!["stub", "--ready-file", "missing/ready"], "", "could not write missing/ready"),
        (vec!["stub", "--listen", "203.0.113.1:0"], "", "could not listen at 203.0.113.1:0"),
    ] {
        let output = cloudlx(&arguments).env("CLOUDLX_STUB_CLIENTS", clients).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(word), "{}", stderr(&output));
        assert!(output.stdout.is_empty(), "it says that it listens: {arguments:?}");
        // Advice is for the command line, not for Rust.
        assert!(!stderr(&output).contains("Builder"), "{}", stderr(&output));
    }
}
