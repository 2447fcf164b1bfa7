//! HTTP/2 with prior knowledge, at the same port.

use std::time::Duration;

use cloudlx_model::{Customer, CustomerList};
use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{
    After, Before, CannedAnswer, ConnectionAction, ConnectionFault, RequestFault,
};
use cloudlx_validate::from_json;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http2::{self, SendRequest};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::{Ask, PATIENCE, SAMPLE, Wire, token};

type Sender = SendRequest<Full<Bytes>>;

/// A connection, and what ends when it does.
async fn connected(stub: &Stub) -> (Sender, JoinHandle<()>) {
    let stream = TcpStream::connect(stub.address()).await.unwrap();
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let ended = tokio::spawn(async move {
        let _ = connection.await;
    });
    (sender, ended)
}

fn ask(stub: &Stub, method: Method, path: &str, token: &str, body: &'static str) -> Request<Full<Bytes>> {
    Request::builder()
        .method(method)
        .uri(format!("{}{path}", stub.base_url()))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Full::from(body))
        .unwrap()
}

async fn answer(sender: &mut Sender, ask: Request<Full<Bytes>>) -> hyper::Result<(StatusCode, Bytes)> {
    let response = timeout(PATIENCE, sender.send_request(ask)).await.expect("an answer")?;
    let status = response.status();
    Ok((status, timeout(PATIENCE, response.into_body().collect()).await.expect("a body")?.to_bytes()))
}

#[tokio::test]
async fn it_says_the_same_as_http_1() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let (mut sender, _ended) = connected(&stub).await;
    let create = ask(&stub, Method::POST, "/api/customers", &token, SAMPLE);
    let (status, body) = answer(&mut sender, create).await.unwrap();
    assert_eq!(status, StatusCode::OK);
    assert_eq!(serde_json::from_slice::<Customer>(&body).unwrap().id.0, 6918);
    for (method, path) in [
        (Method::GET, "/api/customers"),
        (Method::GET, "/api/customers/6918"),
        (Method::GET, "/api/customers/1"),
        (Method::GET, "/nothing"),
        (Method::DELETE, "/api/realms"),
    ] {
        let (status, body) = answer(&mut sender, ask(&stub, method.clone(), path, &token, "")).await.unwrap();
        let reply = Ask::new(method.as_str(), path).bearer(&token).to(&stub).await;
        assert_eq!((status.as_u16(), body.as_ref()), (reply.status, reply.body.as_slice()), "{path}");
    }
    for path in ["/api/customers", "/healthz"] {
        let (status, body) = answer(&mut sender, ask(&stub, Method::HEAD, path, &token, "")).await.unwrap();
        assert_eq!((status, body.len()), (StatusCode::OK, 0), "{path}");
    }
}

#[tokio::test]
async fn many_requests_are_on_one_connection() {
    let stub = Stub::builder().max_connections(2).start().await.unwrap();
    let token = token(&stub).await;
    let (sender, _ended) = connected(&stub).await;
    let all: Vec<_> = (0..300)
        .map(|_| {
            let create = ask(&stub, Method::POST, "/api/customers", &token, SAMPLE);
            let mut sender = sender.clone();
            tokio::spawn(async move { answer(&mut sender, create).await.unwrap().0 })
        })
        .collect();
    for one in all {
        assert_eq!(one.await.unwrap(), StatusCode::OK);
    }
    let (_, list) =
        answer(&mut sender.clone(), ask(&stub, Method::GET, "/api/customers", &token, "")).await.unwrap();
    assert_eq!(serde_json::from_slice::<CustomerList>(&list).unwrap().customers.len(), 300);
}

#[tokio::test]
async fn a_preface_that_comes_in_pieces_is_one() {
    let stub = Stub::start().await.unwrap();
    let mut wire = Wire::open(&stub).await;
    for byte in b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" {
        wire.send(&[*byte]).await;
    }
    // The server's settings: a frame of type 4.
    assert_eq!(wire.bytes(9).await.get(3), Some(&4));
    // And what only begins like one is HTTP/1.
    for target in ["PR", "PRI", "PRIORITY"] {
        let mut wire = Wire::open(&stub).await;
        wire.send(&Ask::new(target, "/api/customers").bytes()).await;
        assert_eq!(wire.reply_to("GET").await.status, 405, "{target}");
    }
}

#[tokio::test]
async fn a_fault_of_an_answer_is_the_same() {
    let stub = Stub::start().await.unwrap();
    stub.faults().arm(RequestFault::any(Before::Answer(CannedAnswer::unauthorized())).nth(1)).unwrap();
    let (mut sender, _ended) = connected(&stub).await;
    let (status, _) = answer(&mut sender, ask(&stub, Method::GET, "/api/realms", "x", "")).await.unwrap();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_fault_of_a_connection_ends_all_of_it() {
    for fault in [
        RequestFault::any(Before::Close),
        RequestFault::any(Before::Reset),
        RequestFault::any(After::Close),
        RequestFault::any(After::drip_every(Duration::from_millis(1))),
    ] {
        let stub = Stub::start().await.unwrap();
        stub.faults().arm(fault.clone()).unwrap();
        let (mut sender, ended) = connected(&stub).await;
        let lost = answer(&mut sender, ask(&stub, Method::GET, "/api/realms", "x", "")).await;
        assert!(lost.is_err(), "{fault:?}: {lost:?}");
        timeout(PATIENCE, ended).await.expect("the connection to end").unwrap();
    }
    let stub = Stub::builder().faults(ConnectionFault::new(ConnectionAction::Close)).start().await.unwrap();
    let (mut sender, ended) = connected(&stub).await;
    assert!(answer(&mut sender, ask(&stub, Method::GET, "/api/realms", "x", "")).await.is_err());
    timeout(PATIENCE, ended).await.expect("the connection to end").unwrap();
}

#[tokio::test]
async fn a_request_that_is_never_answered_leaves_the_others_alone() {
    let stub = Stub::start().await.unwrap();
    stub.faults().arm(RequestFault::any(Before::NeverAnswer).nth(1)).unwrap();
    let (mut sender, ended) = connected(&stub).await;
    let silent = tokio::spawn(sender.send_request(ask(&stub, Method::GET, "/api/realms", "x", "")));
    // It has come when it is in the journal.
    while stub.requests_total() == 0 {
        tokio::task::yield_now().await;
    }
    let (status, _) = answer(&mut sender, ask(&stub, Method::GET, "/api/realms", "x", "")).await.unwrap();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(!silent.is_finished());
    // The end of the stub ends it, and is not held up by it.
    timeout(PATIENCE, stub.shutdown()).await.expect("the shutdown to end");
    assert!(silent.await.unwrap().is_err());
    timeout(PATIENCE, ended).await.expect("the connection to end").unwrap();
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let stub = Stub::start().await.unwrap();
    let (mut sender, _ended) = connected(&stub).await;
    let mut long = ask(&stub, Method::GET, "/api/realms", "x", "");
    long.headers_mut().insert("x-long", "x".repeat(100_000).parse().unwrap());
    let (status, _) = answer(&mut sender, long).await.unwrap();
    assert_eq!(status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert_eq!(stub.requests_total(), 0);
}

#[tokio::test]
async fn one_that_idles_is_closed() {
    let stub = Stub::builder().header_timeout(Duration::from_millis(50)).start().await.unwrap();
    let (sender, ended) = connected(&stub).await;
    timeout(PATIENCE, ended).await.expect("the connection to end").unwrap();
    drop(sender);
}

#[tokio::test]
async fn one_that_makes_room_ends_what_it_has_begun_to_send() {
    let stub =
        Stub::builder().max_connections(1).header_timeout(Duration::from_hours(1)).start().await.unwrap();
    let token = token(&stub).await;
    let customers = vec![from_json(SAMPLE.as_bytes()).unwrap(); 200];
    stub.seed_customers(&customers);
    // All of the answer is given, and goes out as its caller makes room for it.
    let stream = TcpStream::connect(stub.address()).await.unwrap();
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(1024).initial_connection_window_size(1024);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.unwrap();
    let ended = tokio::spawn(connection);
    let list = sender.send_request(ask(&stub, Method::GET, "/api/customers", &token, ""));
    let response = timeout(PATIENCE, list).await.expect("an answer").unwrap();

    let mut waiting = Ask::new("GET", "/api/realms").sent_to(&stub).await;
    // It may ask for something else until it is told to end.
    let again = || ask(&stub, Method::HEAD, "/api/realms", &token, "");
    while timeout(PATIENCE, sender.send_request(again())).await.expect("an answer").is_ok() {}
    let body = timeout(PATIENCE, response.into_body().collect()).await.expect("a body").unwrap();
    let list: CustomerList = serde_json::from_slice(&body.to_bytes()).unwrap();
    assert_eq!(list.customers.len(), 200);
    timeout(PATIENCE, ended).await.expect("the connection to end").unwrap().unwrap();
    assert_eq!(waiting.reply_to("GET").await.status, 401);
}

#[tokio::test]
async fn a_shutdown_ends_what_idles_at_once() {
    let stub = Stub::start().await.unwrap();
    let (mut sender, ended) = connected(&stub).await;
    answer(&mut sender, ask(&stub, Method::GET, "/api/realms", "x", "")).await.unwrap();
    timeout(PATIENCE, stub.shutdown()).await.expect("the shutdown to end");
    timeout(PATIENCE, ended).await.expect("the connection to end").unwrap();
}
