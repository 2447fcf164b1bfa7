//! Faults that come before a request is known.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{Before, ConnectionAction, ConnectionFault, RequestFault, Schedule};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::LONG;
use crate::support::{Ask, End, PATIENCE, Wire};

fn refuse(lasts: Duration) -> ConnectionFault {
    ConnectionFault::new(ConnectionAction::refuse_for(lasts))
}

async fn is_refused(address: SocketAddr) -> bool {
    match TcpStream::connect(address).await {
        Ok(_) => false,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::ConnectionRefused, "{error}");
            true
        }
    }
}

async fn status(stub: &Stub) -> u16 {
    Ask::new("GET", "/api/customers").to(stub).await.status
}

#[tokio::test]
async fn a_connection_is_closed_as_soon_as_it_is_there() {
    let stub = Stub::start().await.unwrap();
    stub.faults().arm(ConnectionFault::new(ConnectionAction::Close).nth(2)).unwrap();
    assert_eq!(status(&stub).await, 401);
    // Nothing needs to be sent.
    assert_eq!(Wire::open(&stub).await.end().await, (String::new(), End::Closed));
    assert_eq!(status(&stub).await, 401);
    let report = stub.faults().report();
    assert_eq!((report.connections_total, report.connections[0].hits.as_slice()), (3, &[2][..]));
    assert_eq!(stub.requests_total(), 2);
}

#[tokio::test]
async fn the_nth_connection_is_refused_until_the_time_is_over() {
    let stub = Stub::start().await.unwrap();
    let lasts = Duration::from_millis(100);
    stub.faults().arm(refuse(lasts).nth(2)).unwrap();
    let start = Instant::now();
    assert_eq!(status(&stub).await, 401);
    let over = async { while is_refused(stub.address()).await {} };
    timeout(PATIENCE, over).await.expect("the port to be listened at");
    assert!(start.elapsed() >= lasts);
    assert_eq!(status(&stub).await, 401);
    let report = stub.faults().report();
    assert_eq!(report.connections[0].hits, [2], "however many were refused meanwhile");
}

#[tokio::test]
async fn a_refusal_ends_when_the_faults_are_cleared_or_others() {
    let stub = Stub::start().await.unwrap();
    for _ in 0..3 {
        stub.faults().arm(refuse(Duration::MAX)).unwrap();
        // At once, and for everyone.
        assert!(is_refused(stub.address()).await);
        assert!(std::net::TcpStream::connect(stub.address()).is_err());
        stub.faults().clear();
        assert_eq!(status(&stub).await, 401);
    }
    stub.faults().arm(refuse(LONG)).unwrap();
    assert!(is_refused(stub.address()).await);
    stub.faults().arm(RequestFault::any(Before::Close)).unwrap();
    assert!(!is_refused(stub.address()).await);
}

#[tokio::test]
async fn who_is_connected_already_goes_on() {
    let stub = Stub::start().await.unwrap();
    let mut wire = Wire::open(&stub).await;
    let ask = Ask::new("GET", "/api/customers");
    wire.send(&ask.bytes()).await;
    assert_eq!(wire.reply_to("GET").await.status, 401);
    stub.faults().arm(refuse(LONG)).unwrap();
    wire.send(&ask.bytes()).await;
    assert_eq!(wire.reply_to("GET").await.status, 401);
    assert!(is_refused(stub.address()).await);
}

#[tokio::test]
async fn a_stub_that_refuses_from_the_start() {
    let stub = Stub::builder().faults(refuse(LONG)).start().await.unwrap();
    let address = stub.address();
    assert!(is_refused(address).await);
    stub.shutdown().await;
    assert!(is_refused(address).await);
}

#[tokio::test]
async fn refusals_follow_one_another() {
    let stub = Stub::start().await.unwrap();
    let lasts = Duration::from_millis(20);
    let schedule = Schedule::from(refuse(lasts).times(3));
    let start = Instant::now();
    stub.faults().arm(schedule).unwrap();
    let over = async { while is_refused(stub.address()).await {} };
    timeout(PATIENCE, over).await.expect("the port to be listened at");
    assert!(start.elapsed() >= 3 * lasts);
    assert_eq!(stub.faults().report().connections[0].hits, [1, 2, 3]);
}

#[tokio::test]
async fn a_dropped_stub_refuses_nobody_any_more() {
    let stub = Stub::start().await.unwrap();
    let address = stub.address();
    stub.faults().arm(refuse(LONG)).unwrap();
    let faults = stub.faults();
    drop(stub);
    std::net::TcpListener::bind(address).unwrap();
    // A handle that is left over opens nothing.
    faults.clear();
    assert!(is_refused(address).await);
}

#[test]
fn faults_may_outlive_the_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stub = runtime.block_on(Stub::start()).unwrap();
    let faults = stub.faults();
    // Outside the runtime, and while it does not run.
    faults.arm(refuse(LONG)).unwrap();
    assert!(std::net::TcpStream::connect(stub.address()).is_err());
    faults.clear();
    assert!(std::net::TcpStream::connect(stub.address()).is_ok());
    faults.arm(refuse(LONG)).unwrap();
    drop(runtime);
    faults.clear();
    assert!(std::net::TcpStream::connect(stub.address()).is_err());
}
