//! How a create ends, and what is said of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Output};

use tokio::net::TcpSocket;

use crate::{PAGE, cloudlx, signal, stderr};

/// An address where nobody listens, nor will for as long as the socket is there, which has the port.
pub(crate) fn nobody() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
    let address = socket.local_addr().expect("it has one");
    (socket, address)
}

/// Begins to create the page's customer at a server that has read the request.
fn creating() -> (Child, TcpStream) {
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
    (child, stream)
}

/// Creates the page's customer against a server that reads the request and then does what `answer` says.
fn create_against(answer: impl FnOnce(TcpStream, &Child)) -> Output {
    let (child, stream) = creating();
    answer(stream, &child);
    let output = child.wait_with_output().expect("it ends");
    assert!(!stderr(&output).contains("a-token-that-nobody-may-see"));
    output
}

/// An error as the API's framework writes it.
fn by_api(status: &str, headers: &str) -> String {
    let code = status.split(' ').next().expect("it begins with a number");
    let body = format!(r#"{{"message": "{status}", "status_code": {code}}}"#);
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

fn answer(text: String) -> impl FnOnce(TcpStream, &Child) {
    move |mut stream, _| stream.write_all(text.as_bytes()).expect("it reads")
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
    let (mut child, mut stream) = creating();
    let later = by_api("429 Too Many Requests", "retry-after: 60\r\n");
    stream.write_all(later.as_bytes()).expect("it reads");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let said = lines.next().unwrap().unwrap();
    assert!(said.starts_with("waiting 1m before trying again: ") && said.contains("429"), "{said}");
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
fn a_body_that_is_no_customer_is_shown() {
    let output = create_against(answer(
        "HTTP/1.1 200 OK\r\ncontent-length: 26\r\n\r\n{\"id\":6918,\"name\":\"Lost\",}".to_owned(),
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
    let (_socket, address) = nobody();
    let port = address.port();
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

#[test]
fn exit_codes_say_how_a_create_ended() {
    let by_anybody = |status: &str| format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
    // Later than the call has time for, so that they are not tried again.
    let later = "retry-after: 3600\r\n";
    let ends = [
        (by_api("422 Unprocessable Entity", ""), 3),
        (by_api("401 Unauthorized", ""), 3),
        (by_api("429 Too Many Requests", later), 4),
        (by_api("503 Service Unavailable", later), 4),
        (by_api("503 Service Unavailable", ""), 5),
        (by_api("500 Internal Server Error", ""), 5),
        (by_anybody("405 Method Not Allowed"), 3),
        (by_anybody("422 Unprocessable Entity"), 5),
        (by_anybody("401 Unauthorized"), 5),
        (by_anybody("403 Forbidden"), 5),
        (by_anybody("429 Too Many Requests"), 5),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_owned(), 5),
        (String::new(), 5),
    ];
    for (text, code) in ends {
        let output = create_against(answer(text.clone()));
        assert_eq!(output.status.code(), Some(code), "{text}: {}", stderr(&output));
    }
}

#[test]
fn a_server_that_is_not_there_is_safe_to_try_again() {
    let (_socket, address) = nobody();
    let output = cloudlx(&["customers", "create", PAGE])
        .env("CLOUDLX_BASE_URL", format!("http://{address}"))
        .env("CLOUDLX_ACCESS_TOKEN", "x")
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
}
