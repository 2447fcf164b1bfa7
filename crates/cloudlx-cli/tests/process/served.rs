//! What a stub says, to whom, and what it leaves when it ends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use crate::running::Running;
use crate::stderr;

const PAGE: &str = include_str!("../../../../examples/create-customer.json");

fn status(answer: &str) -> &str {
    answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).expect(answer)
}

#[test]
fn the_ready_file_is_there_while_the_stub_takes_requests() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ready");
    std::fs::write(&path, "http://127.0.0.1:1").expect("one that a killed stub has left");
    let named = path.to_str().expect("text");
    let stub = Running::start(&["--ready-file", named], None);
    let ready = std::fs::read_to_string(&path).expect("it is there before the line on stdout");
    assert_eq!(ready, format!("{}\n", stub.base_url));
    assert_eq!(status(&stub.ask("GET", "/api/realms", "x", "")), "401");
    let (output, _) = stub.end();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is left");
}

#[test]
fn a_log_for_programs_is_one_object_a_request() {
    let stub = Running::start(&["--log", "json"], Some("acme:my-secret"));
    let token = stub.token("acme", "my-secret");
    assert_eq!(status(&stub.ask("POST", "/api/customers", &token, PAGE)), "200");
    assert_eq!(status(&stub.ask("POST", "/api/customers", &token, r#"{"name": "", "Jane Doe": 1}"#)), "422");
    assert_eq!(status(&stub.ask("GET", "/api/customers/6918", &token, "")), "200");
    assert_eq!(status(&stub.ask("GET", "/Jane/Doe", &token, "")), "404");
    let (output, rest) = stub.end();
    assert_eq!(rest, "", "stdout is for the address");

    let lines: Vec<serde_json::Value> = stderr(&output)
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let shown: Vec<_> = lines
        .iter()
        .map(|line| format!("{} {} {} {}", line["method"], line["path"], line["status"], line["rules"]))
        .collect();
    assert_eq!(
        shown,
        [
            r#""POST" "/api/oauth2/access-token" 200 []"#,
            r#""POST" "/api/customers" 200 []"#,
            r#""POST" "/api/customers" 422 ["missing-field","unknown-field","blank"]"#,
            r#""GET" "/api/customers/{customer_id}" 200 []"#,
            r#""GET" null 404 []"#,
        ]
    );
    for line in &lines {
        assert!(line["duration_ms"].as_f64().expect("a number") > 0.0, "{line}");
        let time = line["time"].as_str().expect("a time");
        assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
        assert_eq!(line.as_object().expect("an object").len(), 6, "{line}");
    }
    for private in [token.as_str(), "my-secret", "Jane", "Example", "example.com", "6918"] {
        assert!(!stderr(&output).contains(private), "{private}: {}", stderr(&output));
    }
}

#[test]
fn a_log_for_people_is_one_line_a_request_and_there_is_none_by_default() {
    for (arguments, lines) in [(&["--log", "human"][..], 1), (&["--log", "off"], 0), (&[], 0)] {
        let stub = Running::start(arguments, None);
        stub.ask("GET", "/api/realms", "x", "");
        let (output, _) = stub.end();
        let found = stderr(&output).lines().filter(|line| line.contains(" GET /api/realms 401 ")).count();
        assert_eq!(found, lines, "{}", stderr(&output));
    }
}

#[test]
fn a_stub_that_others_can_reach_says_so() {
    let stub = Running::start(&["--listen", "0.0.0.0:0"], None);
    let (output, _) = stub.end();
    assert!(stderr(&output).contains("WARNING: other machines can reach the stub"), "{}", stderr(&output));
    assert!(stderr(&output).contains("the secret stub, which everybody knows"), "{}", stderr(&output));
    for loopback in ["127.0.0.1:0", "[::1]:0"] {
        if loopback.starts_with('[') && std::net::TcpListener::bind(loopback).is_err() {
            continue; // This machine has no IPv6.
        }
        let (output, _) = Running::start(&["--listen", loopback], None).end();
        assert!(!stderr(&output).contains("WARNING"), "{}", stderr(&output));
    }
}

#[test]
fn rights_and_a_rate_limit_are_settings() {
    let stub =
        Running::start(&["--read-only-client", "reader", "--rate-limit", "1"], Some("acme:x,reader:y"));
    let (acme, reader) = (stub.token("acme", "x"), stub.token("reader", "y"));
    assert_eq!(status(&stub.ask("POST", "/api/customers", &reader, PAGE)), "403");
    assert_eq!(status(&stub.ask("POST", "/api/customers", &acme, PAGE)), "200");
    let refused = stub.ask("POST", "/api/customers", &acme, PAGE);
    assert_eq!(status(&refused), "429");
    assert!(refused.to_lowercase().contains("\r\nretry-after: "), "{refused}");
    stub.end();

    let stub = Running::start(&["--read-only-client", "stub"], None);
    assert_eq!(status(&stub.ask("POST", "/api/customers", &stub.token("stub", "stub"), PAGE)), "403");
    stub.end();
}

#[test]
fn the_size_of_pages_is_a_setting() {
    let stub = Running::start(&["--page-size", "2"], None);
    let token = stub.token("stub", "stub");
    let first = stub.ask("GET", "/api/realms", &token, "");
    assert!(
        first.contains(r#""total":3,"count":2,"per_page":2,"current_page":1,"total_pages":2"#),
        "{first}"
    );
    let second = stub.ask("GET", "/api/realms?page=2", &token, "");
    assert!(second.contains(r#""count":1,"per_page":2,"current_page":2"#), "{second}");
    stub.end();
}

#[test]
fn the_state_is_whole_in_its_file_when_the_stub_has_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    let stub = Running::start(&["--state", state.to_str().expect("text")], None);
    let token = stub.token("stub", "stub");
    assert_eq!(status(&stub.ask("POST", "/api/customers", &token, PAGE)), "200");
    let log = |name: &str| Path::new(&format!("{}{name}", state.display())).exists();
    assert!(log("-wal"), "what was written last stands in a file of its own");
    let (output, _) = stub.end();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(state.exists() && !log("-wal") && !log("-shm"));
}

#[test]
fn a_request_under_way_ends_before_the_stub_does() {
    for end in ["-INT", "-TERM"] {
        let stub = Running::start(&[], None);
        let token = stub.token("stub", "stub");
        let address = stub.base_url.strip_prefix("http://").expect("http").to_owned();
        let mut stream = TcpStream::connect(&address).expect("it listens");
        let length = PAGE.len();
        write!(
            stream,
            "POST /api/customers HTTP/1.1\r\nhost: stub\r\nauthorization: Bearer {token}\r\nexpect: 100-continue\r\n\
             content-length: {length}\r\n\r\n"
        )
        .expect("it reads");
        let mut leave = [0; 25];
        stream.read_exact(&mut leave).expect("it asks for the body");
        stub.signal(end);
        // Nobody else is let in once it has begun to stop.
        while TcpStream::connect(&address).is_ok() {}
        stream.write_all(PAGE.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert_eq!(status(&answer), "200");
        let output = stub.child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{end}: {}", stderr(&output));
    }
}

#[test]
fn told_twice_it_ends_at_once() {
    let stub = Running::start(&[], None);
    let token = stub.token("stub", "stub");
    let address = stub.base_url.strip_prefix("http://").expect("http");
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "POST /api/customers HTTP/1.1\r\nhost: stub\r\nauthorization: Bearer {token}\r\nexpect: 100-continue\r\n\
         content-length: 9\r\n\r\n"
    )
    .expect("it reads");
    let mut leave = [0; 25];
    stream.read_exact(&mut leave).expect("it asks for the body");
    stub.signal("-TERM");
    while TcpStream::connect(address).is_ok() {}
    let (output, _) = stub.end();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("stopping at once"), "{}", stderr(&output));
}
