//! A server that follows a test's script byte by byte, and keeps the requests.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloudlx_client::{Client, ClientBuilder, Credentials, reqwest};
use cloudlx_model::CreateCustomer;
use cloudlx_validate::Validated;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Barrier;
use tokio::task::JoinHandle;

pub(crate) const CLIENT_ID: &str = "the-client";
pub(crate) const CLIENT_SECRET: &str = "s3cr3t/of-the-client";
pub(crate) const TOKEN_PATH: &str = "/api/oauth2/access-token";

pub(crate) const CUSTOMER: &str = r#"{"id": 6918, "name": "Test Customer API 2",
    "currency": {"name": "GBP - British Pound", "iso_2": "GB", "iso_3": "GBP"},
    "country": {"iso_2": "GB", "name": "United Kingdom"},
    "realms": [{"name": "Networking", "description": "Cloud Link Exchange"}],
    "sub_realms": [{"id": 313, "name": "SD WAN", "description": null, "has_access": true}]}"#;

/// The body of a 503 of the API itself, which no gateway writes.
pub(crate) const UNAVAILABLE: &str = r#"{"message": "503 Service Unavailable", "status_code": 503}"#;

/// A request that the server got.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Head and body, as they arrived.
    pub(crate) raw: String,
    /// `METHOD /path`.
    pub(crate) call: String,
    /// How many earlier requests had the same `call`.
    pub(crate) nth: usize,
    /// The number of its connection.
    pub(crate) connection: usize,
}

impl Request {
    pub(crate) fn path(&self) -> &str {
        self.call.split_once(' ').map_or("", |(_, path)| path)
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        self.raw.lines().find_map(|line| line.strip_prefix("authorization: Bearer "))
    }
}

/// What the server does after a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Writes these bytes and keeps the connection.
    Answer(Vec<u8>),
    /// Writes these bytes and closes the connection.
    Cut(Vec<u8>),
    /// Writes these bytes and then nothing more, for as long as the client waits.
    Hang(Vec<u8>),
    /// Waits until this many requests have arrived, and then does this.
    Together(Arc<Barrier>, Box<Reply>),
    /// Advances the clock of the test's one thread by this, and then does this.
    Late(Duration, Box<Reply>),
}

/// A response with a status, headers (each with its line end) and a body.
pub(crate) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut bytes =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    Reply::Answer(bytes)
}

/// An error of the API itself, in the form of its framework.
pub(crate) fn by_api(status: &str, headers: &str) -> Reply {
    answer(status, headers, api_error(status))
}

/// The body of an error as the API's framework writes it.
pub(crate) fn api_error(status: &str) -> String {
    let code = status.split(' ').next().unwrap();
    format!(r#"{{"message": "{status}", "status_code": {code}}}"#)
}

pub(crate) fn ok(body: impl AsRef<[u8]>) -> Reply {
    answer("200 OK", "content-type: application/json\r\n", body)
}

/// A response with the token of this number, valid for this many seconds.
pub(crate) fn token(number: usize, expires_in: u64) -> Reply {
    ok(format!(
        r#"{{"access_token": "{}", "token_type": "client_credentials", "expires_in": {expires_in}, "refresh_token": "refresh-{number}"}}"#,
        token_text(number)
    ))
}

pub(crate) fn token_text(number: usize) -> String {
    format!("t0k3n-{number:034}")
}

/// An HTTP client that stays on this machine, and needs no certificates.
pub(crate) fn http() -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder().no_proxy();
    #[cfg(feature = "rustls")]
    let builder = builder.tls_certs_only([]);
    builder
}

/// An address where nobody listens. The socket keeps the port, so that nobody will.
pub(crate) fn unused_address() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let base_url = format!("http://{}", socket.local_addr().unwrap());
    (socket, base_url)
}

/// What a server does after each request. Boxed, so that the server is compiled once and not for each test.
pub(crate) type Script = Box<dyn Fn(&Request) -> Reply + Send + Sync>;

/// A listening server; it stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Scripted {
    base_url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Scripted {
    /// A server that responds to every request as `script` decides.
    pub(crate) async fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::follow(Box::new(script)).await
    }

    async fn follow(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let script = Arc::new(script);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            for connection in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                connections.spawn(serve(stream, connection, Arc::clone(&script), Arc::clone(&seen)));
            }
        });
        Self { base_url, requests, task }
    }

    /// A server that responds to token requests with tokens that are valid for an hour, and to others as `script` decides.
    pub(crate) async fn with_tokens(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let with_tokens = move |request: &Request| match request.path() {
            TOKEN_PATH => token(request.nth, 3600),
            _ => script(request),
        };
        Self::follow(Box::new(with_tokens)).await
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder(&self.base_url, Credentials::client(CLIENT_ID, CLIENT_SECRET))
    }

    /// A client that makes one attempt, so that a test sees its result.
    pub(crate) fn client(&self) -> Client {
        self.builder().no_retries().build().unwrap()
    }

    /// The same, with an access token in place of an id and a secret.
    pub(crate) fn client_with_token(&self) -> Client {
        let builder = Client::builder(&self.base_url, Credentials::access_token(token_text(0)));
        builder.no_retries().build().unwrap()
    }

    /// A client that retries, without a delay of its own.
    pub(crate) fn retrying(&self) -> ClientBuilder {
        self.builder().retry_delays(Duration::ZERO, Duration::ZERO)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// How many requests had this path.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.requests().iter().filter(|request| request.path() == path).count()
    }

    /// The result of a call that gets no response: its timeout expires as soon as this many requests have arrived.
    pub(crate) async fn out_of_time<T>(&self, requests: usize, call: impl Future<Output = T>) -> T {
        let arrived = async {
            while self.requests().len() < requests {
                tokio::task::yield_now().await;
            }
        };
        out_of_time(arrived, call).await
    }

    /// `text` without the parts that differ from run to run.
    pub(crate) fn stable(&self, text: &str) -> String {
        let address = self.base_url.trim_start_matches("http://");
        text.replace(address, "127.0.0.1:[port]")
            .replace(CLIENT_SECRET, "[client secret]")
            .replace(&token_text(0), "[token]")
            .replace(concat!("cloudlx-client/", env!("CARGO_PKG_VERSION")), "cloudlx-client/[version]")
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The result of a call whose timeout expires as soon as `hangs` is done.
pub(crate) async fn out_of_time<T>(hangs: impl Future<Output = ()>, call: impl Future<Output = T>) -> T {
    let mut call = std::pin::pin!(call);
    tokio::select! {
        ended = &mut call => ended,
        () = hangs => with_paused_clock(call).await,
    }
}

/// Runs `waiting` on a paused clock: once nothing else is to do, the clock jumps to the end of the next wait.
pub(crate) async fn with_paused_clock<T>(waiting: impl Future<Output = T>) -> T {
    tokio::time::pause();
    let waited = waiting.await;
    tokio::time::resume();
    waited
}

pub(crate) async fn serve(
    mut stream: TcpStream,
    connection: usize,
    script: Arc<Script>,
    seen: Arc<Mutex<Vec<Request>>>,
) {
    while let Some(raw) = read_request(&mut stream).await {
        let call = raw.split(" HTTP/1.1").next().unwrap_or_default().to_owned();
        let request = {
            let mut seen = seen.lock().unwrap();
            let nth = seen.iter().filter(|before| before.call == call).count();
            seen.push(Request { raw, call, nth, connection });
            seen.last().unwrap().clone()
        };
        let mut reply = script(&request);
        loop {
            match reply {
                Reply::Together(barrier, then) => {
                    barrier.wait().await;
                    reply = *then;
                }
                Reply::Late(time, then) => {
                    with_paused_clock(tokio::time::sleep(time)).await;
                    reply = *then;
                }
                Reply::Answer(bytes) => {
                    if stream.write_all(&bytes).await.is_err() {
                        return;
                    }
                    break;
                }
                Reply::Cut(bytes) => {
                    let _ = stream.write_all(&bytes).await;
                    let _ = stream.shutdown().await;
                    return;
                }
                Reply::Hang(bytes) => {
                    let _ = stream.write_all(&bytes).await;
                    let _ = stream.read_to_end(&mut Vec::new()).await;
                    return;
                }
            }
        }
    }
}

/// One request, or none when the client has closed the connection.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(text.into_owned());
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// The sample request of the documentation.
pub(crate) fn request() -> Validated<CreateCustomer> {
    cloudlx_validate::from_json(include_bytes!("../../../../examples/create-customer.json")).unwrap()
}

/// An error and all its sources, as text and as `Debug` shows them.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = format!("{error:#?}");
    let mut next = Some(error);
    while let Some(error) = next {
        text = format!("{text}\n{error}\n{error:?}");
        next = error.source();
    }
    text
}
