//! Faults that keep a request from being processed.

use std::time::{Duration, Instant};

use cloudlx_model::{CreateCustomer, ErrorBody};
use cloudlx_server_stub::faults::{Action, Before, CannedAnswer, RequestFault, RetryAfter, Status};

use super::{LONG, recorded, stub_and_create};
use crate::support::{Ask, End, SAMPLE, Wire};

fn on_creates(action: impl Into<Action>) -> RequestFault {
    RequestFault::on::<CreateCustomer>(action)
}

#[tokio::test]
async fn close_and_reset_once_the_headers_are_read() {
    let (stub, create) = stub_and_create().await;
    for (action, end) in [(Before::Close, End::Closed), (Before::Reset, End::Reset)] {
        stub.faults().arm(on_creates(action)).unwrap();
        let mut wire = Wire::open(&stub).await;
        // The body is not waited for.
        wire.send(&create.head_bytes()).await;
        assert_eq!(wire.end().await, (String::new(), end));
        // Nor does it matter when it is there.
        let mut wire = create.sent_to(&stub).await;
        assert_eq!(wire.end().await, (String::new(), end));
    }
    assert!(stub.customers().is_empty());
    let last = stub.requests().pop().unwrap();
    assert_eq!(last.to_string(), r#"POST /api/customers was hit by {"before":"reset"}"#);
}

#[tokio::test]
async fn never_answer() {
    let (stub, create) = stub_and_create().await;
    stub.faults().arm(on_creates(Before::NeverAnswer)).unwrap();
    let mut wire = create.sent_to(&stub).await;
    recorded(&stub, 2).await;
    assert!(stub.customers().is_empty());
    // The end of the stub does not wait for what never ends, and it is no answer.
    stub.shutdown().await;
    assert_eq!(wire.end().await, (String::new(), End::Closed));
}

#[tokio::test]
async fn a_delay_and_then_all_as_ever() {
    let (stub, create) = stub_and_create().await;
    let delay = Duration::from_millis(30);
    stub.faults().arm(on_creates(Before::delay_by(delay))).unwrap();
    let start = Instant::now();
    assert_eq!(create.to(&stub).await.status, 200);
    assert!(start.elapsed() >= delay);
    // Who gives up before that is not served.
    stub.faults().arm(on_creates(Before::delay_by(LONG))).unwrap();
    let wire = create.sent_to(&stub).await;
    drop(wire);
    stub.shutdown().await;
}

#[tokio::test]
async fn try_again_later_in_seconds_and_by_date() {
    let (stub, create) = stub_and_create().await;
    for (canned, status) in [
        (CannedAnswer::too_many_requests(RetryAfter::Seconds(7)), 429),
        (CannedAnswer::service_unavailable(RetryAfter::Seconds(7)), 503),
    ] {
        stub.faults().arm(on_creates(Before::Answer(canned)).times(1)).unwrap();
        let mut wire = create.sent_to(&stub).await;
        let reply = wire.reply_to("POST").await;
        assert_eq!((reply.status, reply.header("retry-after")), (status, Some("7")));
        assert_eq!(reply.read::<ErrorBody>().status_code, Some(status));
        // The connection is good for the next try.
        wire.send(&create.bytes()).await;
        assert_eq!(wire.reply_to("POST").await.status, 200);
    }
    let canned = CannedAnswer::service_unavailable(RetryAfter::DateInSeconds(60));
    stub.faults().arm(on_creates(Before::Answer(canned))).unwrap();
    let reply = create.sent_to(&stub).await.reply_to("POST").await;
    let date = httpdate::parse_http_date(reply.header("retry-after").unwrap()).unwrap();
    let ahead = date.duration_since(std::time::SystemTime::now()).unwrap();
    assert!(ahead <= Duration::from_mins(1) && ahead > Duration::from_secs(20), "{ahead:?}");
}

#[tokio::test]
async fn a_good_token_is_refused() {
    let (stub, create) = stub_and_create().await;
    let fault = on_creates(Before::Answer(CannedAnswer::unauthorized())).times(1);
    stub.faults().arm(fault).unwrap();
    let reply = create.to(&stub).await;
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer")));
    assert!(stub.customers().is_empty());
    assert_eq!(create.to(&stub).await.status, 200);
}

#[tokio::test]
async fn pages_of_gateways() {
    let (stub, create) = stub_and_create().await;
    for (canned, status) in [
        (CannedAnswer::internal_server_error(), "500 Internal Server Error"),
        (CannedAnswer::bad_gateway(), "502 Bad Gateway"),
        (CannedAnswer::html(Status::new(200).unwrap()), "200 OK"),
    ] {
        stub.faults().arm(on_creates(Before::Answer(canned))).unwrap();
        let reply = create.sent_to(&stub).await.reply_to("POST").await;
        assert_eq!(reply.status.to_string(), status[..3]);
        assert_eq!(reply.header("content-type"), Some("text/html"));
        assert!(reply.text().contains(&format!("<title>{status}</title>")), "{}", reply.text());
    }
    assert!(stub.customers().is_empty());
}

#[tokio::test]
async fn other_endpoints_go_on() {
    let (stub, create) = stub_and_create().await;
    stub.faults().arm(on_creates(Before::Reset)).unwrap();
    assert_eq!(Ask::new("GET", "/api/customers").to(&stub).await.status, 401);
    assert_eq!(Ask::new("GET", "/nothing").to(&stub).await.status, 404);
    // A request that would be refused is hit all the same: what is not read is not judged.
    let refused = Ask::create("unknown", SAMPLE);
    assert_eq!(refused.sent_to(&stub).await.end().await.1, End::Reset);
    stub.faults().arm(RequestFault::any(Before::Reset)).unwrap();
    assert_eq!(Ask::new("GET", "/nothing").sent_to(&stub).await.end().await.1, End::Reset);
    stub.faults().clear();
    assert_eq!(create.to(&stub).await.status, 200);
}
