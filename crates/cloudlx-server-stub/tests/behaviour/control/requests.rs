//! The journal over HTTP.

use std::time::Duration;

use cloudlx_server_stub::Stub;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::stub;
use crate::support::{Ask, PATIENCE, SAMPLE, token};

const REQUESTS: &str = "/__stub/requests";

/// For a question that waits a minute.
const LESS_THAN_IT_WAITS: Duration = Duration::from_secs(45);

async fn seen(stub: &Stub, query: &str) -> Value {
    let reply = Ask::new("GET", &format!("{REQUESTS}{query}")).to(stub).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

fn numbers(seen: &Value) -> Vec<u64> {
    seen["requests"].as_array().unwrap().iter().map(|request| request["number"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn verdicts_say_rule_place_and_remedy() {
    let stub = stub().await;
    let token = token(&stub).await;
    let ask = Ask::create(&token, SAMPLE).replaced("\"GBP\"", "\"GB\"");
    ask.to(&stub).await;
    let seen = seen(&stub, "").await;
    assert_eq!((&seen["total"], &seen["newest"], &seen["kept"]), (&json!(2), &json!(2), &json!(2)));
    let refused = &seen["requests"][1];
    assert_eq!((&refused["method"], &refused["path"]), (&json!("POST"), &json!("/api/customers")));
    assert_eq!(refused["status"], 422);
    assert_eq!(
        refused["violations"],
        json!([{
            "pointer": "/currency_iso",
            "rule": "currency-format",
            "message": "expected three capital letters (ISO 4217), such as GBP, found \"GB\": write GBP (British Pound)",
            "suggestion": "GBP",
        }])
    );
    assert!(refused["body"].as_str().unwrap().contains("Example Company"));
    assert_eq!(seen["requests"][0]["body"], "", "credentials are not kept");
}

#[tokio::test]
async fn it_is_read_in_parts() {
    let stub = Stub::builder().control(true).journal_size(4).start().await.unwrap();
    for _ in 0..6 {
        Ask::new("GET", "/api/realms").to(&stub).await;
    }
    for (query, expected) in [
        ("", vec![3, 4, 5, 6]),
        ("?limit=2", vec![5, 6]),
        ("?after=0", vec![3, 4, 5, 6]),
        ("?after=0&limit=2", vec![3, 4]),
        ("?after=4", vec![5, 6]),
        ("?after=6", vec![]),
        ("?after=99", vec![]),
    ] {
        assert_eq!(numbers(&seen(&stub, query).await), expected, "{query}");
    }
    for query in ["?after=x", "?after=-1", "?limit=0", "?limit=201", "?wait_ms=60001", "?wait_ms="] {
        let reply = Ask::new("GET", &format!("{REQUESTS}{query}")).to(&stub).await;
        assert_eq!(reply.status, 422, "{query}");
    }
}

#[tokio::test]
async fn numbers_go_on_when_it_is_cleared() {
    let stub = stub().await;
    Ask::new("GET", "/api/realms").to(&stub).await;
    let cleared = Ask::new("DELETE", REQUESTS).to(&stub).await.json();
    assert_eq!(cleared, json!({ "total": 0, "kept": 0, "newest": 1, "requests": [] }));
    assert_eq!((stub.requests_total(), stub.requests().len()), (0, 0));
    Ask::new("GET", "/api/realms").to(&stub).await;
    let seen = seen(&stub, "?after=1").await;
    assert_eq!((numbers(&seen), &seen["total"]), (vec![2], &json!(1)));
}

#[tokio::test]
async fn who_follows_it_is_answered_when_something_comes() {
    let stub = stub().await;
    let follower = Ask::new("GET", &format!("{REQUESTS}?after=0&wait_ms=60000"));
    let mut wire = follower.sent_to(&stub).await;
    // Whichever of the two is first, the follower learns of the request.
    Ask::new("GET", "/api/realms").to(&stub).await;
    let reply =
        timeout(LESS_THAN_IT_WAITS, wire.reply_to("GET")).await.expect("an answer before the wait is over");
    assert_eq!(numbers(&reply.json()), [1]);
}

#[tokio::test]
async fn who_waits_in_vain_is_answered_in_the_end() {
    let stub = stub().await;
    assert_eq!(numbers(&seen(&stub, "?after=0&wait_ms=1").await), [0; 0]);
}

#[tokio::test]
async fn nobody_waits_for_a_stub_that_ends() {
    let stub = Stub::builder().control(true).shutdown_time(2 * PATIENCE).start().await.unwrap();
    let mut wire = Ask::new("GET", &format!("{REQUESTS}?after=0&wait_ms=60000")).sent_to(&stub).await;
    // Its answer says that the one before, on the same connection or not, is under way or done.
    Ask::new("GET", "/__stub/clock").to(&stub).await;
    timeout(LESS_THAN_IT_WAITS, stub.shutdown()).await.expect("an end of the wait");
    let rest = wire.rest().await;
    assert!(rest.starts_with(b"HTTP/1.1 200") || rest.is_empty(), "{}", rest.escape_ascii());
}
