//! Connections: kept alive, cut off when slow, ended in order and at once.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use cloudlx_server_stub::{StartError, Stub};
use cloudlx_validate::from_json;
use tokio::time::timeout;

use crate::support::{Ask, PATIENCE, SAMPLE, Wire, token};

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let mut wire = Wire::open(&stub).await;
    for (ask, method, status) in [
        (Ask::create(&token, SAMPLE), "POST", 200),
        (Ask::new("HEAD", "/api/customers").bearer(&token), "HEAD", 200),
        (Ask::create(&token, "{"), "POST", 400),
        (Ask::create("unknown", SAMPLE), "POST", 401),
        (Ask::get("/api/customers/6918", &token), "GET", 200),
    ] {
        wire.send(&ask.bytes()).await;
        assert_eq!(wire.reply_to(method).await.status, status);
    }
}

#[tokio::test]
async fn a_caller_that_is_refused_gets_to_send_its_body() {
    let stub = Stub::start().await.unwrap();
    let mut wire = Wire::open(&stub).await;
    // More than sockets hold, written in full before the answer is read.
    let ask = Ask::post("/api/customers", &"x".repeat(12 * 1024 * 1024));
    wire.send(&ask.bytes()).await;
    assert_eq!(wire.reply_to("POST").await.status, 401);
    // And the connection is good for another.
    wire.send(&Ask::new("GET", "/nothing").bytes()).await;
    assert_eq!(wire.reply_to("GET").await.status, 404);
}

#[tokio::test]
async fn a_caller_that_waits_for_leave_is_refused_without_sending() {
    let stub = Stub::start().await.unwrap();
    let mut wire = Wire::open(&stub).await;
    let ask = Ask::post("/api/customers", SAMPLE).with("Expect", "100-continue");
    wire.send(&ask.head_bytes()).await;
    assert_eq!(wire.reply_to("POST").await.status, 401);
    assert_eq!(wire.rest().await, b"");
}

#[tokio::test]
async fn slow_heads_are_cut_off() {
    let stub = Stub::builder().header_timeout(Duration::from_millis(50)).start().await.unwrap();
    let mut wire = Wire::open(&stub).await;
    wire.send(b"GET /api/customers HTTP/1.1\r\nHost: st").await;
    wire.rest().await;
    assert_eq!(stub.requests_total(), 0);
}

#[tokio::test]
async fn slow_bodies_are_cut_off() {
    let stub = Stub::builder()
        .body_timeout(Duration::from_millis(300))
        .header_timeout(Duration::from_millis(30))
        .start()
        .await
        .unwrap();
    let token = token(&stub).await;
    let mut wire = Wire::open(&stub).await;
    wire.send(&Ask::create(&token, SAMPLE).head_bytes()).await;
    wire.send(b"{").await;
    let reply = wire.reply_to("POST").await;
    assert_eq!((reply.status, reply.header("connection")), (408, Some("close")));
    // The caller has no second such time to go on: its connection ends before one that idles from now.
    let mut idle = Wire::open(&stub).await;
    tokio::select! {
        biased;
        _ = wire.rest() => {}
        _ = idle.rest() => panic!("expected the slow connection to end first"),
    }
    assert!(stub.customers().is_empty());
}

#[tokio::test]
async fn a_body_that_pauses_is_cut_off() {
    let stub = Stub::builder()
        .body_timeout(Duration::from_hours(1))
        .body_pause(Duration::from_millis(30))
        .start()
        .await
        .unwrap();
    let mut wire = Wire::open(&stub).await;
    wire.send(&Ask::create(&token(&stub).await, SAMPLE).head_bytes()).await;
    wire.send(b"{").await;
    let reply = wire.reply_to("POST").await;
    assert_eq!((reply.status, reply.header("connection")), (408, Some("close")));
    assert!(reply.text().contains("without pauses of 30ms"), "{}", reply.text());
}

#[tokio::test]
async fn the_connection_that_has_idled_longest_makes_room() {
    let stub = Stub::builder().max_connections(2).start().await.unwrap();
    let get = Ask::new("GET", "/api/realms");
    let mut wires = Vec::new();
    for _ in 0..2 {
        let mut wire = Wire::open(&stub).await;
        wire.send(&get.bytes()).await;
        assert_eq!(wire.reply_to("GET").await.status, 401);
        wires.push(wire);
    }
    // The first is used again, so it is the second that has idled longest.
    wires[0].send(&get.bytes()).await;
    assert_eq!(wires[0].reply_to("GET").await.status, 401);
    let mut third = Wire::open(&stub).await;
    third.send(&get.bytes()).await;
    assert_eq!(third.reply_to("GET").await.status, 401);
    assert_eq!(wires[1].rest().await, b"");
    wires[0].send(&get.bytes()).await;
    assert_eq!(wires[0].reply_to("GET").await.status, 401);
}

#[tokio::test]
async fn a_request_under_way_keeps_its_connection_and_a_new_one_waits() {
    let stub = Stub::builder().max_connections(1).start().await.unwrap();
    let ask = Ask::create(&token(&stub).await, SAMPLE).with("Expect", "100-continue");
    let mut busy = Wire::open(&stub).await;
    busy.send(&ask.head_bytes()).await;
    assert_eq!(busy.reply_to("HEAD").await.status, 100);

    let mut waiting = Wire::open(&stub).await;
    waiting.send(&Ask::new("GET", "/api/realms").bytes()).await;
    let mut answered = Box::pin(waiting.reply_to("GET"));
    tokio::select! {
        biased;
        reply = &mut answered => panic!("expected it to wait, found {reply:?}"),
        () = busy.send(SAMPLE.as_bytes()) => {}
    }
    assert_eq!(busy.reply_to("POST").await.status, 200);
    assert_eq!(answered.await.status, 401);
    assert_eq!(busy.rest().await, b"", "it made room once it was done");
}

#[tokio::test]
async fn an_answer_that_is_being_read_is_read_to_its_end_and_a_new_connection_waits() {
    // Long enough for a pause of this test, wherever it runs.
    let stub =
        Stub::builder().max_connections(1).header_timeout(Duration::from_hours(1)).start().await.unwrap();
    let token = token(&stub).await;
    // More than sockets hold.
    let customers = vec![from_json(SAMPLE.as_bytes()).unwrap(); 50_000];
    stub.seed_customers(&customers);
    let mut reading = Ask::get("/api/customers", &token).sent_to(&stub).await;
    assert_eq!(reading.line().await, "HTTP/1.1 200 OK");
    // Its request is over as far as the stub is concerned, and another caller wants the seat.
    let mut waiting = Ask::new("GET", "/api/realms").sent_to(&stub).await;
    let rest = reading.rest().await;
    assert!(rest.ends_with(b"]}\r\n0\r\n\r\n"), "{} bytes came of it", rest.len());
    assert_eq!(waiting.reply_to("GET").await.status, 401);
}

#[tokio::test]
async fn who_does_not_read_keeps_nobody_out_for_ever() {
    let stub =
        Stub::builder().max_connections(1).header_timeout(Duration::from_millis(100)).start().await.unwrap();
    let token = token(&stub).await;
    stub.seed_customers(&vec![from_json(SAMPLE.as_bytes()).unwrap(); 50_000]);
    let mut sits_there = Ask::get("/api/customers", &token).sent_to(&stub).await;
    assert_eq!(sits_there.line().await, "HTTP/1.1 200 OK");
    assert_eq!(Ask::new("GET", "/api/realms").to(&stub).await.status, 401);
    assert!(!sits_there.rest().await.ends_with(b"]}\r\n0\r\n\r\n"));
}

#[tokio::test]
async fn a_head_that_is_too_long_is_not_read_on() {
    let stub = Stub::start().await.unwrap();
    let mut wire = Wire::open(&stub).await;
    let ask = Ask::new("GET", "/api/customers").with("X-Long", &"x".repeat(150 * 1024));
    wire.send_some(&ask.head_bytes()).await;
    assert_eq!(wire.reply_to("GET").await.status, 431);
}

#[tokio::test]
async fn what_is_no_http_ends_its_own_connection_only() {
    let stub = Stub::start().await.unwrap();
    for noise in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"GET\r\n\r\n", b"\r\n\r\n\0\0\0\0"] {
        let mut wire = Wire::open(&stub).await;
        wire.send(noise).await;
        wire.rest().await;
    }
    // A body that breaks off.
    let mut wire = Wire::open(&stub).await;
    wire.send(&Ask::post("/api/oauth2/access-token", "{}").head_bytes()).await;
    drop(wire);
    assert_eq!(Ask::new("GET", "/api/customers").to(&stub).await.status, 401);
}

#[tokio::test]
async fn shutdown_waits_for_a_request_under_way() {
    let stub = Stub::start().await.unwrap();
    let address = stub.address();
    let ask = Ask::create(&token(&stub).await, SAMPLE).with("Expect", "100-continue");
    let mut idle = Wire::open(&stub).await;
    let mut wire = Wire::open(&stub).await;
    wire.send(&ask.head_bytes()).await;
    // The stub asks for the body: the request is under way.
    assert_eq!(wire.line().await, "HTTP/1.1 100 Continue");
    assert_eq!(wire.line().await, "");

    let shutdown = tokio::spawn(stub.shutdown());
    // A connection on which nothing is under way ends first, so the shutdown has begun.
    idle.rest().await;
    assert!(!shutdown.is_finished());
    assert!(TcpStream::connect(address).is_err());

    wire.send(SAMPLE.as_bytes()).await;
    assert_eq!(wire.reply_to("POST").await.status, 200);
    shutdown.await.unwrap();
    assert_eq!(wire.rest().await, b"");
}

#[tokio::test]
async fn shutdown_does_not_wait_for_ever() {
    // Nothing else ends the request within the test's patience.
    let stub = Stub::builder()
        .shutdown_time(Duration::from_millis(50))
        .body_timeout(Duration::from_hours(1))
        .start()
        .await
        .unwrap();
    let ask = Ask::create(&token(&stub).await, SAMPLE).with("Expect", "100-continue");
    let mut wire = Wire::open(&stub).await;
    wire.send(&ask.head_bytes()).await;
    assert_eq!(wire.line().await, "HTTP/1.1 100 Continue");
    timeout(PATIENCE, stub.shutdown()).await.expect("the shutdown to end");
    wire.rest().await;
}

#[tokio::test]
async fn a_dropped_stub_is_gone() {
    let stub = Stub::start().await.unwrap();
    let address = stub.address();
    let ask = Ask::create(&token(&stub).await, SAMPLE).with("Expect", "100-continue");
    let mut wire = Wire::open(&stub).await;
    wire.send(&ask.head_bytes()).await;
    assert_eq!(wire.line().await, "HTTP/1.1 100 Continue");

    // Before the runtime runs again, the port is free.
    drop(stub);
    assert!(TcpStream::connect(address).is_err());
    TcpListener::bind(address).unwrap();
    wire.rest().await;
}

#[test]
fn a_stub_may_outlive_its_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stub = runtime.block_on(Stub::start()).unwrap();
    let address = stub.address();
    drop(runtime);
    drop(stub);
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn two_stubs_share_nothing() {
    let (one, other) = (Stub::start().await.unwrap(), Stub::start().await.unwrap());
    let of_one = token(&one).await;
    assert_eq!(Ask::get("/api/customers", &of_one).to(&other).await.status, 401);
    assert_eq!(Ask::create(&of_one, SAMPLE).to(&one).await.status, 200);
    assert!(other.customers().is_empty());
}

#[tokio::test]
async fn the_address_is_a_setting() {
    let stub = Stub::start().await.unwrap();
    assert_eq!(stub.base_url(), format!("http://{}", stub.address()));
    let error = Stub::builder().listen(stub.address()).start().await.unwrap_err();
    assert!(matches!(error, StartError::Listen { address, .. } if address == stub.address()), "{error}");

    // "Any address" is one to listen at; callers are sent to one that they can reach.
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let stub = Stub::builder().listen(any).start().await.unwrap();
    assert!(stub.base_url().starts_with("http://127.0.0.1:"), "{}", stub.base_url());
}
