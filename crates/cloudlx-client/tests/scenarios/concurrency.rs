//! How many requests are in progress at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::scripted::{Reply, Scripted, TOKEN_PATH, answer, ok, with_paused_clock};

const CUSTOMERS: &str = "/api/customers";

#[tokio::test]
async fn no_more_requests_are_under_way_than_may_be() {
    // The first three get their responses when this test says so.
    let go = Arc::new(Barrier::new(4));
    let server = Scripted::with_tokens({
        let go = Arc::clone(&go);
        move |request| match (ok(r#"{"customers": []}"#), request.nth) {
            (list, 0..3) => Reply::Together(Arc::clone(&go), Box::new(list)),
            (list, _) => list,
        }
    })
    .await;
    let client = server.builder().max_concurrent_requests(3).build().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..10 {
        let client = client.clone();
        calls.spawn(async move { client.list_customers().await });
    }
    while server.count(CUSTOMERS) < 3 {
        tokio::task::yield_now().await;
    }
    // Ends once nothing else is to do.
    with_paused_clock(tokio::time::sleep(Duration::from_secs(1))).await;
    assert_eq!(server.count(CUSTOMERS), 3);
    go.wait().await;
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    assert_eq!(server.count(CUSTOMERS), 10);
}

#[tokio::test]
async fn a_request_at_a_time_is_enough_for_tokens_renewals_and_retries() {
    let server = Scripted::with_tokens(|request| match request.nth {
        1 => answer("401 Unauthorized", "", ""),
        2 => answer("503 Service Unavailable", "", ""),
        3 => Reply::Cut(Vec::new()),
        _ => ok(r#"{"customers": []}"#),
    })
    .await;
    let client = server.retrying().max_concurrent_requests(1).build().unwrap();
    client.list_customers().await.unwrap();
    client.list_customers().await.unwrap();
    assert_eq!((server.count(TOKEN_PATH), server.count(CUSTOMERS)), (2, 5));
}
