//! HTTP/1.1 and HTTP/1.0 as callers speak them: kept alive or not, in pieces, one request behind the other.

use cloudlx_server_stub::Stub;

use crate::support::{Ask, SAMPLE, Wire, token};

/// The same request in HTTP/1.0.
fn in_http_1_0(ask: &Ask) -> Vec<u8> {
    String::from_utf8(ask.bytes()).unwrap().replacen("HTTP/1.1", "HTTP/1.0", 1).into_bytes()
}

#[tokio::test]
async fn http_1_0_is_answered_and_closed() {
    let stub = Stub::start().await.unwrap();
    let mut wire = Wire::open(&stub).await;
    wire.send(&in_http_1_0(&Ask::create(&token(&stub).await, SAMPLE))).await;
    let reply = wire.reply_to("POST").await;
    assert_eq!(reply.status, 200);
    // It may know no chunks.
    assert!(reply.header("content-length").is_some());
    assert_eq!(reply.header("transfer-encoding"), None);
    assert_eq!(wire.rest().await, b"");
}

#[tokio::test]
async fn http_1_0_is_kept_alive_when_it_asks_for_it() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let mut wire = Wire::open(&stub).await;
    for _ in 0..2 {
        wire.send(&in_http_1_0(&Ask::get("/api/customers", &token).with("Connection", "keep-alive"))).await;
        let reply = wire.reply_to("GET").await;
        assert_eq!((reply.status, reply.header("connection")), (200, Some("keep-alive")));
    }
    wire.send(b"GET /api/customers HTTP/1.0\r\n\r\n").await;
    assert_eq!(wire.reply_to("GET").await.status, 401);
    assert_eq!(wire.rest().await, b"");
}

#[tokio::test]
async fn a_caller_may_ask_to_close() {
    let stub = Stub::start().await.unwrap();
    let mut wire = Wire::open(&stub).await;
    wire.send(&Ask::new("GET", "/api/customers").with("Connection", "close").bytes()).await;
    let reply = wire.reply_to("GET").await;
    assert_eq!((reply.status, reply.header("connection")), (401, Some("close")));
    assert_eq!(wire.rest().await, b"");
}

#[tokio::test]
async fn a_caller_that_waits_for_leave_gets_it() {
    let stub = Stub::start().await.unwrap();
    let ask = Ask::create(&token(&stub).await, SAMPLE).with("Expect", "100-continue");
    let mut wire = Wire::open(&stub).await;
    wire.send(&ask.head_bytes()).await;
    assert_eq!(wire.reply_to("HEAD").await.status, 100);
    wire.send(SAMPLE.as_bytes()).await;
    assert_eq!(wire.reply_to("POST").await.status, 200);
}

#[tokio::test]
async fn a_body_comes_in_chunks_of_any_size() {
    let stub = Stub::start().await.unwrap();
    let ask = Ask::create(&token(&stub).await, SAMPLE).chunked();
    let mut wire = Wire::open(&stub).await;
    wire.send(&ask.head_bytes()).await;
    for byte in SAMPLE.bytes() {
        wire.send(&[b"1;extension=x\r\n", &[byte][..], b"\r\n"].concat()).await;
    }
    wire.send(b"0\r\nX-Trailer: x\r\n\r\n").await;
    assert_eq!(wire.reply_to("POST").await.status, 200);
}

#[tokio::test]
async fn requests_that_come_together_are_answered_one_after_the_other() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let create = Ask::create(&token, SAMPLE);
    let mut wire = Wire::open(&stub).await;
    let mut all = Vec::new();
    for id in 6918..7018 {
        all.extend(create.bytes());
        all.extend(Ask::get(&format!("/api/customers/{id}"), &token).bytes());
    }
    wire.send(&all).await;
    for id in 6918..7018 {
        for method in ["POST", "GET"] {
            let reply = wire.reply_to(method).await;
            assert_eq!((reply.status, &reply.json()["id"]), (200, &id.into()), "{method}");
        }
    }
}

#[tokio::test]
async fn a_target_may_be_a_whole_address() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    for target in ["http://stub/api/customers", "http://elsewhere.example:99/api/customers?x=y"] {
        let mut wire = Wire::open(&stub).await;
        wire.send(&Ask::get(target, &token).bytes()).await;
        assert_eq!(wire.reply_to("GET").await.status, 200, "{target}");
    }
    // Of a proxy, which the stub is not.
    let mut wire = Wire::open(&stub).await;
    wire.send(&Ask::new("CONNECT", "elsewhere.example:443").bytes()).await;
    assert_eq!(wire.reply_to("GET").await.status, 404);
}
