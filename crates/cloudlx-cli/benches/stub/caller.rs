//! Callers that cost little beside what they call: whole requests in one write, over connections that are kept.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

/// The bytes of a request.
pub(crate) fn request(method: &str, target: &str, token: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {target} HTTP/1.1\r\nhost: stub\r\nauthorization: Bearer {token}\r\naccept: application/json\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A connection that is kept.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) fn to(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request, and gives status and body of the answer.
    pub(crate) fn ask(&mut self, request: &[u8]) -> (u16, Vec<u8>) {
        self.send(request);
        self.receive()
    }

    pub(crate) fn send(&mut self, request: &[u8]) {
        self.0.get_mut().write_all(request).expect("it reads");
    }

    /// Status and body of the next answer, which has a `Content-Length`.
    pub(crate) fn receive(&mut self) -> (u16, Vec<u8>) {
        let (mut status, mut length, mut line) = (0, None, String::new());
        while line != "\r\n" {
            line.clear();
            assert_ne!(self.0.read_line(&mut line).expect("it answers"), 0, "it closed the connection");
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                status = rest.split(' ').next().unwrap_or_default().parse().expect("a status");
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = Some(value.trim().parse().expect("a length"));
            }
        }
        let mut body = vec![0; length.expect("a length")];
        self.0.read_exact(&mut body).expect("a body");
        (status, body)
    }
}

/// Sends a request so many times, or a few less, in waves: over all of these connections at once, and then all answers are
/// read, beginning with the last. So a server that is slower than this has work until the end of a wave, and does not have
/// to wake anybody but once.
pub(crate) fn keep_busy(connections: &mut [Connection], request: &[u8], times: usize) -> usize {
    let waves = times / connections.len();
    for _ in 0..waves {
        for connection in connections.iter_mut() {
            connection.send(request);
        }
        for connection in connections.iter_mut().rev() {
            assert_eq!(connection.receive().0, 200);
        }
    }
    waves * connections.len()
}
