//! A client that writes requests byte by byte, so that a test can send what no library would.
#![allow(dead_code, reason = "each test binary uses a part of it")]

#[cfg(feature = "documents")]
pub(crate) mod control;
pub(crate) mod openapi;

use std::fmt::Write;
use std::time::Duration;

use cloudlx_model::{AccessToken, AccessTokenRequest, CreateCustomer, Endpoint};
use cloudlx_server_stub::Stub;
use secrecy::ExposeSecret;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Nothing is silent for this long unless something is wrong: an answer begins before, and goes on. How long all of it takes is
/// the machine's affair.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The request of the vendor's page.
pub(crate) const SAMPLE: &str = r#"{"name":"Example Company","currency_iso":"GBP","country_iso":"GB","realms":[1,2,7],"shown_sub_realms":[313,328],"enabled_sub_realms":[313],"email":"j.smith@example.com","first_name":"John","last_name":"Smith","role_group":"Admin"}"#;

/// The credentials that every stub knows, as a JSON token request.
pub(crate) const CREDENTIALS: &str =
    r#"{"grant_type":"client_credentials","client_id":"stub","client_secret":"stub"}"#;

/// A request to be written, with the headers of a well-behaved client until told otherwise.
#[derive(Clone)]
pub(crate) struct Ask {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() }
            .with("Host", "localhost")
    }

    pub(crate) fn get(target: &str, token: &str) -> Self {
        Self::new("GET", target).bearer(token)
    }

    /// A JSON body for the control API.
    pub(crate) fn put(target: &str, body: &str) -> Self {
        Self { method: "PUT".to_owned(), ..Self::post(target, body) }
    }

    /// A JSON body for a path that needs no token.
    pub(crate) fn post(target: &str, body: &str) -> Self {
        Self::new("POST", target).with("Content-Type", "application/json").body(body)
    }

    pub(crate) fn create(token: &str, body: &str) -> Self {
        Self::post(CreateCustomer::PATH, body).bearer(token)
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.with("Authorization", &format!("Bearer {token}"))
    }

    /// Sets a header in the place of the one that there may be.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(there, _)| !there.eq_ignore_ascii_case(name));
        self
    }

    /// The body and its length.
    pub(crate) fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        let length = self.body.len().to_string();
        self.with("Content-Length", &length)
    }

    /// The same request for another path.
    pub(crate) fn at(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    /// The same request with another text in its body.
    pub(crate) fn replaced(self, text: &str, with: &str) -> Self {
        let body = String::from_utf8_lossy(&self.body).replace(text, with);
        self.body(body)
    }

    /// The same body in one chunk and without a length.
    pub(crate) fn chunked(mut self) -> Self {
        let mut chunks = format!("{:x}\r\n", self.body.len()).into_bytes();
        chunks.extend_from_slice(&self.body);
        chunks.extend_from_slice(b"\r\n0\r\n\r\n");
        self.body = chunks;
        self.without("Content-Length").with("Transfer-Encoding", "chunked")
    }

    pub(crate) fn head_bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head_bytes(), self.body.clone()].concat()
    }

    /// Sends it over a connection of its own, which is what comes back.
    pub(crate) async fn sent_to(&self, stub: &Stub) -> Wire {
        let mut wire = Wire::open(stub).await;
        wire.send(&self.bytes()).await;
        wire
    }

    /// Sends it over a connection of its own.
    pub(crate) async fn to(&self, stub: &Stub) -> Reply {
        let mut wire = Wire::open(stub).await;
        wire.send(&self.bytes()).await;
        let reply = wire.reply_to(&self.method).await;
        openapi::assert_documented(&self.method, &self.target, &reply);
        #[cfg(feature = "documents")]
        control::assert_documented(&self.method, &self.target, &reply);
        reply
    }
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(there, _)| there.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {:?}", self.text()))
    }

    pub(crate) fn read<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {:?}", self.text()))
    }
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Reset,
}

/// One connection.
pub(crate) struct Wire(BufReader<TcpStream>);

impl Wire {
    pub(crate) async fn open(stub: &Stub) -> Self {
        Self(BufReader::new(TcpStream::connect(stub.address()).await.unwrap()))
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).await.unwrap();
    }

    /// Says that nothing more will be sent.
    pub(crate) async fn close_sending(&mut self) {
        self.0.get_mut().shutdown().await.unwrap();
    }

    /// Sends as much as the other side takes: it may close before the end.
    pub(crate) async fn send_some(&mut self, bytes: &[u8]) {
        let _ = self.0.get_mut().write_all(bytes).await;
    }

    pub(crate) async fn line(&mut self) -> String {
        let mut line = String::new();
        timeout(PATIENCE, self.0.read_line(&mut line)).await.unwrap().unwrap();
        line.trim_end().to_owned()
    }

    /// The next bytes, so many.
    pub(crate) async fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count);
        while bytes.len() < count {
            let mut left = (&mut self.0).take((count - bytes.len()) as u64);
            let came = timeout(PATIENCE, left.read_buf(&mut bytes)).await.unwrap().unwrap();
            assert_ne!(came, 0, "expected {count} bytes, found {} and the end", bytes.len());
        }
        bytes
    }

    /// The next answer, as one to a request with this method: one to `HEAD` has no body.
    pub(crate) async fn reply_to(&mut self, method: &str) -> Reply {
        let status = self.line().await.split(' ').nth(1).expect("a status line").parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line().await;
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.push((name.to_owned(), value.to_owned()));
        }
        let mut reply = Reply { status, headers, body: Vec::new() };
        if method != "HEAD" {
            reply.body = if reply.header("transfer-encoding") == Some("chunked") {
                self.chunks().await
            } else {
                let length = reply.header("content-length").map_or(0, |length| length.parse().unwrap());
                self.bytes(length).await
            };
        }
        reply
    }

    async fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line().await, 16).unwrap();
            body.extend(self.bytes(length).await);
            assert_eq!(self.line().await, "");
            if length == 0 {
                return body;
            }
        }
    }

    /// Waits for the other side to end the connection, and gives what came until then and how it ended.
    pub(crate) async fn end(&mut self) -> (String, End) {
        let mut rest = Vec::new();
        let end = match self.read_on(&mut rest).await {
            Ok(()) => End::Closed,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => End::Reset,
            Err(error) => panic!("{error}"),
        };
        (String::from_utf8(rest).unwrap(), end)
    }

    /// Waits for the other side to close, and gives what came until then. A reset is a close too.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let _ = self.read_on(&mut rest).await;
        rest
    }

    /// Reads until the other side ends the connection.
    async fn read_on(&mut self, rest: &mut Vec<u8>) -> std::io::Result<()> {
        while timeout(PATIENCE, self.0.read_buf(rest)).await.expect("the connection to end")? > 0 {}
        Ok(())
    }
}

/// A pair of tokens for the default client.
pub(crate) async fn tokens(stub: &Stub) -> AccessToken {
    let reply = Ask::post(AccessTokenRequest::PATH, CREDENTIALS).to(stub).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.read()
}

/// A live access token.
pub(crate) async fn token(stub: &Stub) -> String {
    tokens(stub).await.access_token.expose_secret().to_owned()
}

/// A live access token of this client, whose secret is `stub`.
pub(crate) async fn token_of(stub: &Stub, id: &str) -> String {
    let body = CREDENTIALS.replace(r#""client_id":"stub""#, &format!(r#""client_id":"{id}""#));
    let reply = Ask::post(AccessTokenRequest::PATH, &body).to(stub).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.read::<AccessToken>().access_token.expose_secret().to_owned()
}
