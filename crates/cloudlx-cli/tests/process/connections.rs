//! What keeps the program from connecting is named: the proxy and its variable, the store of certificate authorities.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::create::nobody;
use crate::{PAGE, cloudlx, stderr};

/// The program on its way to an API that is behind a proxy, with no settings of this machine.
fn to(base_url: &str, arguments: &[&str]) -> Command {
    let mut command = cloudlx(arguments);
    for name in ["HTTPS", "HTTP", "ALL", "NO"] {
        command.env_remove(format!("{name}_PROXY")).env_remove(format!("{name}_PROXY").to_lowercase());
    }
    for name in ["REQUEST_METHOD", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
        command.env_remove(name);
    }
    command.env("CLOUDLX_BASE_URL", base_url).env("CLOUDLX_ACCESS_TOKEN", "x");
    command
}

/// A proxy that answers every connection so, and counts them.
fn proxy(answer: &'static str) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("it has one");
    let connections = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&connections);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            seen.fetch_add(1, Ordering::SeqCst);
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (address, connections)
}

fn said(mut command: Command, code: i32) -> String {
    let output: Output = command.output().expect("it runs");
    assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    let said = stderr(&output).to_owned();
    assert!(!said.contains("passw0rd"), "{said}");
    said
}

/// A file of certificate authorities, so that no store of this machine is needed.
fn authority(folder: &tempfile::TempDir) -> std::path::PathBuf {
    let path = folder.path().join("authority.pem");
    let key = rcgen::KeyPair::generate().expect("a key");
    let authority = rcgen::CertificateParams::default().self_signed(&key).expect("a certificate");
    std::fs::write(&path, authority.pem()).expect("a file");
    path
}

#[test]
fn a_proxy_that_refuses_is_named_with_its_variable_and_asked_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let authority = authority(&folder);
    for (variable, answer, words) in [
        (
            "HTTPS_PROXY",
            "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "asks for a user name and a password",
        ),
        ("https_proxy", "HTTP/1.1 403 Forbidden\r\n\r\n", "refused to connect to api.example"),
        ("ALL_PROXY", "HTTP/1.1 502 Bad Gateway\r\n\r\n", "refused to connect to api.example"),
        ("all_proxy", "HTTP/1.1 407 No\r\n\r\n", "asks for a user name and a password"),
    ] {
        let (address, connections) = proxy(answer);
        let mut create = to("https://api.example", &["customers", "create", PAGE]);
        create.env(variable, format!("http://user:passw0rd@{address}")).env("SSL_CERT_FILE", &authority);
        let said = said(create, 3);
        assert!(
            said.contains(&format!("the proxy http://{address} that {variable} names {words}")),
            "{said}"
        );
        assert!(said.contains(&format!("correct {variable}, or name api.example in NO_PROXY")), "{said}");
        assert_eq!(connections.load(Ordering::SeqCst), 1, "{said}");
    }
}

#[test]
fn a_proxy_of_plain_http_is_named_with_its_variable_too() {
    for variable in ["HTTP_PROXY", "http_proxy"] {
        let (address, connections) = proxy("HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n");
        let mut list = to("http://api.example", &["customers", "list", "--allow-plain-http"]);
        list.env(variable, format!("http://user:passw0rd@{address}"));
        let said = said(list, 3);
        assert!(
            said.contains(&format!("the proxy http://{address} that {variable} names asks for")),
            "{said}"
        );
        assert_eq!(connections.load(Ordering::SeqCst), 1, "{said}");
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let (_socket, gone) = nobody();
    let mut list = to("http://api.example", &["customers", "list", "--allow-plain-http"]);
    list.env("HTTP_PROXY", format!("http://user:passw0rd@{gone}"));
    let said = said(list, 4);
    assert!(
        said.contains(&format!(
            "no connection could be made through the proxy http://{gone} that HTTP_PROXY names"
        )),
        "{said}"
    );
}

#[test]
fn a_proxy_of_another_kind_is_named_and_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    for (base_url, variable) in [("https://api.example", "ALL_PROXY"), ("http://api.example", "HTTP_PROXY")] {
        let mut list = to(base_url, &["customers", "list", "--allow-plain-http"]);
        list.env(variable, "socks5://user:passw0rd@127.0.0.1:9").env("SSL_CERT_FILE", authority(&folder));
        let said = said(list, 3);
        let words = format!(
            "the proxy socks5://127.0.0.1:9 that {variable} names is of a kind that this client does not"
        );
        assert!(said.contains(&words), "{said}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_store_without_authorities_is_named_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().to_str().expect("text");
    for (variable, value, words) in [
        ("SSL_CERT_FILE", "/no/such/file", "SSL_CERT_FILE names /no/such/file, which cannot be read ("),
        ("SSL_CERT_FILE", PAGE, "create-customer.json, which has no certificate in PEM form"),
        ("SSL_CERT_DIR", "/no/such/folder", "SSL_CERT_DIR names /no/such/folder, which cannot be read ("),
        ("SSL_CERT_DIR", empty, "where no file has a certificate in PEM form"),
    ] {
        let mut list = to("https://127.0.0.1:9", &["customers", "list"]);
        list.env(variable, value);
        let said = said(list, 2);
        assert!(
            said.contains(
                "expected certificate authorities to check the server's certificate with, found none"
            ),
            "{said}"
        );
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn an_import_stops_at_a_proxy_that_asks_for_a_password_and_refuses_no_row() {
    let folder = tempfile::tempdir().expect("a folder");
    let (rows, journal) = (folder.path().join("rows.ndjson"), folder.path().join("journal"));
    let row = |name| format!(r#"{{"name":"{name}","currency_iso":"GBP","country_iso":"GB","realms":[1]}}"#);
    std::fs::write(&rows, format!("{}\n{}\n", row("A"), row("B"))).expect("a file");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("it has one");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            let is_create = loop {
                let read = stream.read(&mut buffer).unwrap_or(0);
                request.extend(buffer.iter().take(read));
                if read == 0 {
                    break false;
                }
                match request.starts_with(b"POST") {
                    true if request.ends_with(b"[1]}") => break true,
                    false if request.ends_with(b"\r\n\r\n") => break false,
                    _ => {}
                }
            };
            let answer = if is_create {
                "HTTP/1.1 407 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            } else {
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 16\r\n\r\n{\"customers\":[]}"
            };
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    let paths = [&rows, &journal].map(|path| path.to_str().expect("text"));
    let mut import = to(
        "http://api.example",
        &["import", paths[0], "--journal", paths[1], "--allow-plain-http", "--format", "json"],
    );
    let output = import.env("HTTP_PROXY", format!("http://{address}")).output().expect("it runs");
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&summary["refused"], &summary["pending"]), (&0.into(), &2.into()), "{summary}");
    assert!(summary["ended_early"]["reason"].as_str().expect("it did").contains("HTTP_PROXY"), "{summary}");
}
