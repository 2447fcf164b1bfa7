//! A server between a program and a stub that passes requests on, and answers as a test alters them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::Value;

/// An answer of the stub, to be altered.
pub(crate) struct Answer {
    pub(crate) status: String,
    pub(crate) media_type: String,
    pub(crate) body: String,
}

impl Answer {
    /// Alters the body as JSON.
    pub(crate) fn json(&mut self, alter: impl FnOnce(&mut Value)) {
        let mut value = serde_json::from_str(&self.body).expect("the stub answers with JSON");
        alter(&mut value);
        self.body = value.to_string();
    }
}

/// Listens, and passes what comes on to `stub`; the answer to a call (`GET /api/realms`) is what `alter` makes of it. It
/// ends with the process.
pub(crate) fn serve(stub: SocketAddr, alter: impl Fn(&str, &mut Answer) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base_url = format!("http://{}", listener.local_addr().expect("an address"));
    let alter = Arc::new(alter);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let alter = Arc::clone(&alter);
            std::thread::spawn(move || pass_on(stream, stub, &*alter));
        }
    });
    base_url
}

fn pass_on(mut caller: TcpStream, stub: SocketAddr, alter: &dyn Fn(&str, &mut Answer)) {
    let Some((head, body)) = message(&mut caller) else { return };
    let mut server = TcpStream::connect(stub).expect("the stub listens");
    server.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).expect("the stub reads");
    let (answer_head, body) = message(&mut server).expect("the stub answers");
    let call = head.split(" HTTP/").next().expect("a first line");
    let status = answer_head.split_once(' ').and_then(|(_, rest)| rest.lines().next()).expect("a status");
    let mut answer = Answer { status: status.to_owned(), media_type: "application/json".to_owned(), body };
    alter(call, &mut answer);
    let Answer { status, media_type, body } = answer;
    // A caller that has had enough is no matter.
    let _ = write!(
        caller,
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// A head, and the body that it says is behind it.
fn message(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.to_lowercase();
            let length = length.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().expect("a length")) {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => bytes.extend(buffer.iter().take(read)),
            _ => return None,
        }
    }
}
