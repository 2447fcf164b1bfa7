//! A server that answers whatever a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// An answer: the status with its reason, more headers, the body.
pub(crate) struct Reply {
    pub(crate) status: &'static str,
    /// Each with its line end.
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
    /// What the answer says of its body's length, where that is not so.
    pub(crate) length: Option<u64>,
}

pub(crate) fn reply(status: &'static str, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status, headers: String::new(), body: body.into(), length: None }
}

/// What a token request is answered.
pub(crate) fn token() -> Reply {
    reply(
        "200 OK",
        r#"{"token_type": "Bearer", "access_token": "t0k3n", "expires_in": 3600, "refresh_token": "b"}"#,
    )
}

/// Serves for as long as the process runs, a thread a connection. Returns the base URL.
pub(crate) fn serve(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base_url = format!("http://{}", listener.local_addr().expect("an address"));
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = Arc::clone(&answer);
            thread::spawn(move || serve_one(stream, &*answer));
        }
    });
    base_url
}

fn serve_one(stream: TcpStream, answer: &dyn Fn(&str) -> Reply) {
    let mut reader = BufReader::new(stream);
    let (mut call, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        if call.is_empty() {
            line.trim_end().trim_end_matches(" HTTP/1.1").clone_into(&mut call);
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().expect("a number");
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0_u8; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let Reply { status, headers, body, length } = answer(&call);
    let length = length.unwrap_or(body.len() as u64);
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n");
    let _ = reader.get_mut().write_all(&[head.as_bytes(), &body].concat());
}
