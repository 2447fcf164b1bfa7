//! `cloudlx customers list`, of lists that come in pages, are not whole, or show customers that cannot be read.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Output;

use serde_json::{Value, json};

use crate::{cloudlx, stderr};

fn customer(id: u64) -> Value {
    json!({"id": id, "name": format!("Customer {id}"),
        "currency": {"name": "GBP - British Pound", "iso_2": "GB", "iso_3": "GBP"},
        "country": {"iso_2": "GB", "name": "United Kingdom"}, "realms": [], "sub_realms": []})
}

/// What `cloudlx customers list` makes of an API that answers each path so.
fn list(format: &str, answer: impl Fn(&str) -> Value + Send + 'static) -> Output {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base_url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            serve(stream, &answer);
        }
    });
    let mut command = cloudlx(&["customers", "list", "--format", format]);
    command
        .env("CLOUDLX_BASE_URL", base_url)
        .env("CLOUDLX_ACCESS_TOKEN", "a-token")
        .output()
        .expect("it runs")
}

fn serve(mut stream: TcpStream, answer: &impl Fn(&str) -> Value) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head);
    let body = answer(head.split(' ').nth(1).expect("a path")).to_string();
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).expect("it is read");
}

#[test]
fn all_pages_of_a_list_are_printed() {
    let output = list("json", |path| match path {
        "/api/customers" => json!({"customers": [customer(1), customer(2)], "next_page_url": "?page=2"}),
        _ => json!({"customers": [customer(2), customer(3)], "next_page_url": null}),
    });
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listed, json!({"customers": [customer(1), customer(2), customer(3)]}));
}

#[test]
fn a_part_of_a_list_is_not_printed_as_the_list() {
    let output = list("human", |_| json!({"customers": [customer(1)], "total": 7}));
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    let told = stderr(&output);
    assert!(told.contains("expected the whole list") && told.contains("(total is 7)"), "{told}");
    assert!(!told.contains("Customer 1"), "{told}");
}

#[test]
fn a_customer_that_cannot_be_read_is_named_and_the_others_are_printed() {
    let nameless = json!({"id": "7", "name": null, "realms": "Jane Doe"});
    let customers = json!({"customers": [customer(1), nameless, customer(2)]});
    let human = customers.clone();
    let output = list("human", move |_| human.clone());
    assert_eq!(output.status.code(), Some(3));
    let table = String::from_utf8_lossy(&output.stdout);
    assert!(table.contains("Customer 1") && table.contains("Customer 2"), "{table}");
    assert_eq!(
        stderr(&output),
        "error: 1 of the 3 customers that the server listed could not be read; the others were printed\n  because: the customer \
         in place 2 of the list (id 7) could not be read: missing field `country`\n"
    );

    let output = list("json", move |_| customers.clone());
    assert_eq!(output.status.code(), Some(3));
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listed, json!({"customers": [customer(1), customer(2)]}));
    let failure: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((&failure["outcome"], failure["causes"].as_array().unwrap().len()), (&json!("refused"), 1));
}
