//! A stub that runs as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Output};

use crate::{cloudlx, signal};

/// A stub under test.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) base_url: String,
    pub(crate) stdout: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(arguments: &[&str], clients: Option<&str>) -> Self {
        let mut command = cloudlx(&[&["stub"], arguments].concat());
        if let Some(clients) = clients {
            command.env("CLOUDLX_STUB_CLIENTS", clients);
        }
        let mut child = command.spawn().expect("cloudlx starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut first = String::new();
        stdout.read_line(&mut first).expect("a line");
        let base_url = first.strip_prefix("listening on ").expect(&first).trim_end().to_owned();
        Self { child, base_url, stdout }
    }

    /// Sends a request, and gives the whole answer.
    pub(crate) fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> String {
        let address = self.base_url.strip_prefix("http://").expect("http");
        let mut stream = TcpStream::connect(address).expect("it listens");
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: stub\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    pub(crate) fn token(&self, id: &str, secret: &str) -> String {
        let body =
            format!(r#"{{"grant_type":"client_credentials","client_id":"{id}","client_secret":"{secret}"}}"#);
        let answer = self.ask("POST", "/api/oauth2/access-token", "", &body);
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        let token: serde_json::Value = serde_json::from_str(body).expect("JSON");
        token["access_token"].as_str().expect("a token").to_owned()
    }

    pub(crate) fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Ends it, and gives what it printed after its first line.
    pub(crate) fn end(mut self) -> (Output, String) {
        self.signal("-TERM");
        let output = self.child.wait_with_output().expect("it ends");
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("text");
        (output, rest)
    }
}
