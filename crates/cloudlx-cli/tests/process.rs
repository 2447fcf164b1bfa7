//! The program as a process: it serves, it is interrupted, and it keeps its word on exit codes.
#![cfg(unix)]
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/create-customer.json");

fn cloudlx(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1");
    for name in
        ["BASE_URL", "ACCESS_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "STUB_CLIENTS", "STUB_CONTROL_TOKEN"]
    {
        command.env_remove(format!("CLOUDLX_{name}"));
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

/// Creates the page's customer against a server that reads the request and then does what `answer` says.
fn create_against(answer: impl FnOnce(TcpStream, &Child)) -> Output {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let child = cloudlx(&["customers", "create", PAGE, "--format", "human"])
        .env("CLOUDLX_BASE_URL", format!("http://{}", listener.local_addr().unwrap()))
        .env("CLOUDLX_ACCESS_TOKEN", "a-token-that-nobody-may-see")
        .spawn()
        .expect("cloudlx starts");
    let (mut stream, _) = listener.accept().expect("it connects");
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.ends_with(b"\"Admin\"}") {
        let read = stream.read(&mut buffer).expect("it sends");
        assert!(read > 0, "the request ended early");
        request.extend(buffer.iter().take(read));
    }
    answer(stream, &child);
    let output = child.wait_with_output().expect("it ends");
    assert!(!stderr(&output).contains("a-token-that-nobody-may-see"));
    output
}

fn answer(text: &'static str) -> impl FnOnce(TcpStream, &Child) {
    move |mut stream, _| stream.write_all(text.as_bytes()).expect("it reads")
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
fn an_interrupted_create_has_an_unknown_outcome() {
    let mut kept = None;
    let output = create_against(|stream, child| {
        signal(child, "-INT");
        kept = Some(stream);
    });
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert!(stderr(&output).contains("the outcome is unknown"), "{}", stderr(&output));
}

#[test]
fn a_create_that_is_told_to_end_has_an_unknown_outcome_too() {
    let mut kept = None;
    let output = create_against(|stream, child| {
        signal(child, "-TERM");
        kept = Some(stream);
    });
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
}

#[test]
fn a_create_that_is_interrupted_while_it_waits_created_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut child = cloudlx(&["customers", "create", PAGE, "--format", "human"])
        .env("CLOUDLX_BASE_URL", format!("http://{}", listener.local_addr().unwrap()))
        .env("CLOUDLX_ACCESS_TOKEN", "a-token-that-nobody-may-see")
        .spawn()
        .expect("cloudlx starts");
    let (mut stream, _) = listener.accept().expect("it connects");
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.ends_with(b"\"Admin\"}") {
        let read = stream.read(&mut buffer).expect("it sends");
        request.extend(buffer.iter().take(read));
    }
    let later = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 100\r\ncontent-length: 0\r\n\r\n";
    stream.write_all(later.as_bytes()).expect("it reads");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let said = lines.next().unwrap().unwrap();
    assert!(said.starts_with("waiting 1m 40s before trying again: ") && said.contains("429"), "{said}");
    signal(&child, "-INT");
    let said = lines.next().unwrap().unwrap();
    assert!(said.contains("no customer was created, which is certain"), "{said}");
    assert_eq!(child.wait().expect("it ends").code(), Some(4));
}

#[test]
fn a_customer_that_cannot_be_printed_was_created_all_the_same() {
    let full = || std::fs::File::options().write(true).open("/dev/full").expect("Linux has one");
    let create = ["customers", "create", PAGE, "--stub", "--format", "human"];
    let output = cloudlx(&create).stdout(full()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert!(stderr(&output).contains("customer 6918 was created"), "{}", stderr(&output));

    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = cloudlx(&create).stdout(writer).output().expect("it runs");
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert!(stderr(&output).contains("customer 6918 was created"), "{}", stderr(&output));

    let output = cloudlx(&create).stderr(full()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "what is only said changes nothing");
}

#[test]
fn a_reader_that_has_had_enough_is_not_told() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = cloudlx(&["schema", "customer"]).stdout(writer).output().expect("it runs");
    assert_eq!(stderr(&output), "");
}

#[test]
fn a_body_that_is_no_customer_is_shown() {
    let output = create_against(answer(
        "HTTP/1.1 200 OK\r\ncontent-length: 26\r\n\r\n{\"id\":6918,\"name\":\"Lost\",}",
    ));
    assert_eq!(output.status.code(), Some(5));
    assert!(stderr(&output).contains("6918"), "{}", stderr(&output));
}

#[test]
fn a_failure_for_programs_is_one_json_object() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("it connects");
        let mut buffer = [0; 4096];
        assert!(stream.read(&mut buffer).expect("it sends") > 0);
        let body = r#"{"message":"no","errors":{"client_id":["wrong"]},"status_code":403}"#;
        write!(stream, "HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\n\r\n{body}", body.len())
            .expect("it reads");
    });
    let output = cloudlx(&["customers", "list", "--format", "json"])
        .env("CLOUDLX_BASE_URL", base_url)
        .env("CLOUDLX_CLIENT_ID", "a")
        .env("CLOUDLX_CLIENT_SECRET", "b-secret")
        .output()
        .expect("it runs");
    server.join().expect("it served");
    let failure: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap_or_default();
    assert_eq!(failure["outcome"], "refused", "{}", stderr(&output));
    assert_eq!(failure["status"], 403, "of the token's call, where it was that which failed");
    assert_eq!(failure["body"]["errors"]["client_id"][0], "wrong");
}

#[test]
fn plain_http_to_other_machines_is_sent_only_when_allowed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    // Not a loopback address, and yet nobody else's: it is this machine, where nothing listens.
    let list = |arguments: &[&str]| {
        cloudlx(&[&["customers", "list"], arguments].concat())
            .env("CLOUDLX_BASE_URL", format!("http://0.0.0.0:{port}"))
            .env("CLOUDLX_ACCESS_TOKEN", "x")
            .env("NO_PROXY", "*")
            .output()
            .expect("it runs")
            .status
            .code()
    };
    assert_eq!(list(&[]), Some(2));
    assert_eq!(list(&["--allow-plain-http"]), Some(4));
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
fn exit_codes_say_how_a_create_ended() {
    let ends = [
        ("HTTP/1.1 422 Unprocessable Entity\r\ncontent-length: 0\r\n\r\n", 3),
        ("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n", 3),
        // Later than the call has time for, so that they are not tried again.
        ("HTTP/1.1 429 Too Many Requests\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n", 4),
        (
            "HTTP/1.1 503 Service Unavailable\r\nretry-after: 3600\r\ncontent-length: 17\r\n\r\n{\"message\": \"no\"}",
            4,
        ),
        ("HTTP/1.1 503 Service Unavailable\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n", 5),
        ("HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n", 5),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", 5),
        ("", 5),
    ];
    for (text, code) in ends {
        let output = create_against(answer(text));
        assert_eq!(output.status.code(), Some(code), "{text}: {}", stderr(&output));
    }
}

#[test]
fn a_server_that_is_not_there_is_safe_to_try_again() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().unwrap();
    drop(listener);
    let output = cloudlx(&["customers", "create", PAGE])
        .env("CLOUDLX_BASE_URL", format!("http://{address}"))
        .env("CLOUDLX_ACCESS_TOKEN", "x")
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
}

/// A `cloudlx stub`, its address, and the rest of what it prints.
fn stub(arguments: &[&str], clients: Option<&str>) -> (Child, String, BufReader<std::process::ChildStdout>) {
    let mut command = cloudlx(&[&["stub"], arguments].concat());
    if let Some(clients) = clients {
        command.env("CLOUDLX_STUB_CLIENTS", clients);
    }
    let mut child = command.spawn().expect("cloudlx starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut first = String::new();
    stdout.read_line(&mut first).expect("a line");
    let base_url = first.strip_prefix("listening on ").expect(&first).trim_end().to_owned();
    assert!(base_url.starts_with("http://127.0.0.1:"), "{base_url}");
    (child, base_url, stdout)
}

#[test]
fn a_stub_serves_create_list_and_get_and_ends_when_told() {
    for end in ["-INT", "-TERM"] {
        let (child, base_url, stdout) = stub(&[], None);
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
    let (child, base_url, _stdout) = stub(&["--catalogue", &catalogue], Some("acme:a:secret,other:x"));

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

    let (child, base_url, _stdout) = stub(&["--state", &state, "--faults", &faults], None);
    assert_eq!(create_at(&base_url), Some(0));
    assert_eq!(create_at(&base_url), Some(5), "no answer, so the outcome is unknown");
    signal(&child, "-KILL");
    child.wait_with_output().expect("it ends");

    let (child, base_url, _stdout) = stub(&["--state", &state], None);
    assert_eq!(ids_at(&base_url), [6918, 6919]);
    assert_eq!(create_at(&base_url), Some(0));
    assert_eq!(ids_at(&base_url), [6918, 6919, 6920]);
    signal(&child, "-KILL");
    child.wait_with_output().expect("it ends");
}

#[test]
fn a_stub_is_told_of_faults_while_it_runs() {
    let (child, base_url, _stdout) = stub(&["--control"], None);
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
        (vec!["stub", "--ready-file", "missing/ready"], "", "could not write missing/ready"),
        (vec!["stub", "--listen", "203.0.113.1:0"], "", "could not listen at 203.0.113.1:0"),
    ] {
        let output = cloudlx(&arguments).env("CLOUDLX_STUB_CLIENTS", clients).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(word), "{}", stderr(&output));
    }
}

#[test]
fn completions_are_there_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = cloudlx(&["completions", shell]).output().expect("it runs");
        assert!(output.status.success());
        assert!(String::from_utf8_lossy(&output.stdout).contains("sub-realms"), "{shell}");
    }
}
