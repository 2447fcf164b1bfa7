//! The servers whose creates are counted, each with one thread, in a process of its own: this program once more.

use std::convert::Infallible;
use std::env;
use std::future::pending;
use std::process::Command;

use cloudlx_model::{CreateCustomer, Endpoint as _};
use cloudlx_server_stub::Stub;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::running::Running;

/// Says to this program that it is to be a server, and which.
const VARIABLE: &str = "BENCH_SERVER";

/// What a create is answered by those who do not make one.
const CREATED: &str = include_str!("../../../cloudlx-model/samples/customer.created.json");

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    /// Ours, as it is without options: it keeps customers and a journal.
    Stub,
    /// What ours is made of: reads the body and answers a constant.
    Hyper,
    /// The same, which also checks the request, and does nothing with what it found.
    Checked,
    /// Another stub for Rust, as it is without options: it keeps the requests, and answers a constant.
    Wiremock,
}

impl Server {
    /// The server that this process is to be, if it is to be one.
    pub(crate) fn asked_for() -> Option<Self> {
        let named = env::var(VARIABLE).ok()?;
        [Self::Stub, Self::Hyper, Self::Checked, Self::Wiremock]
            .into_iter()
            .find(|server| format!("{server:?}") == named)
    }

    /// Starts one.
    pub(crate) fn start(self) -> Running {
        let mut this = Command::new(env::current_exe().expect("this program has a path"));
        Running::that_says_where(this.env(VARIABLE, format!("{self:?}")))
    }

    /// Serves until the process is killed.
    pub(crate) fn serve(self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        match self {
            Self::Stub => runtime.block_on(stub()),
            Self::Hyper => runtime.block_on(bare(|_| ())),
            Self::Checked => runtime.block_on(bare(|body| drop(cloudlx_validate::from_json(body)))),
            Self::Wiremock => runtime.block_on(wiremock()),
        }
    }
}

async fn stub() {
    let stub = Stub::start().await.unwrap();
    println!("listening on {}", stub.base_url());
    pending::<Infallible>().await;
}

async fn bare(look_at: fn(&[u8])) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("listening on http://{}", listener.local_addr().unwrap());
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let service = service_fn(move |request: Request<Incoming>| async move {
            look_at(&request.into_body().collect().await?.to_bytes());
            let mut answer = Response::new(Full::new(Bytes::from_static(CREATED.as_bytes())));
            answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok::<_, hyper::Error>(answer)
        });
        tokio::spawn(
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
        );
    }
}

/// It serves with a thread of its own, which has a runtime of one thread.
async fn wiremock() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_raw(CREATED, "application/json");
    Mock::given(method("POST")).and(path(CreateCustomer::PATH)).respond_with(answer).mount(&server).await;
    println!("listening on {}", server.uri());
    pending::<Infallible>().await;
}
