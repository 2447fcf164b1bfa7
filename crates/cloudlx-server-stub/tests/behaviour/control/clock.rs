//! The clock over HTTP.

use std::time::Duration;

use serde_json::json;

use super::stub;
use crate::support::{Ask, token};

const CLOCK: &str = "/__stub/clock";

fn patch(body: &str) -> Ask {
    Ask::new("PATCH", CLOCK).with("Content-Type", "application/json").body(body)
}

#[tokio::test]
async fn tokens_expire_as_if_time_had_passed() {
    let stub = stub().await;
    let token = token(&stub).await;
    assert_eq!(Ask::get("/api/realms", &token).to(&stub).await.status, 200);
    let reply = patch(r#"{"advance_ms": 3600000}"#).to(&stub).await;
    assert_eq!(reply.json()["ahead_ms"], 3_600_000);
    assert_eq!(Ask::get("/api/realms", &token).to(&stub).await.status, 401);
}

#[tokio::test]
async fn it_is_set_forwards_only() {
    let stub = stub().await;
    let reply = Ask::put(CLOCK, r#"{"now_ms": 86400000}"#).to(&stub).await;
    assert_eq!(reply.status, 200);
    assert!(reply.json()["now_ms"].as_u64().unwrap() >= 86_400_000);
    assert!(stub.clock().now() >= Duration::from_hours(24));

    let reply = Ask::put(CLOCK, r#"{"now_ms": 86399999}"#).to(&stub).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text().contains("POST /__stub/reset"), "{}", reply.text());
    assert!(stub.clock().now() >= Duration::from_hours(24));
}

#[tokio::test]
async fn no_number_turns_it_over() {
    let stub = stub().await;
    for body in [json!({ "advance_ms": u64::MAX }), json!({ "advance_ms": u64::MAX })] {
        assert_eq!(patch(&body.to_string()).to(&stub).await.status, 200);
    }
    assert!(stub.clock().now() >= Duration::from_nanos(u64::MAX));
}
