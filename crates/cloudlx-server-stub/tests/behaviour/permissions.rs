//! What a client may do, and how often.

use std::num::NonZeroU32;
use std::time::{Duration, SystemTime};

use cloudlx_model::ErrorBody;
use cloudlx_server_stub::Stub;

use crate::support::{Ask, Reply, SAMPLE, token, token_of};

#[tokio::test]
async fn a_client_that_may_read_does_not_create() {
    let stub =
        Stub::builder().client("stub", "stub").read_only_client("reader", "stub").start().await.unwrap();
    let reader = token_of(&stub, "reader").await;
    assert_eq!(Ask::create(&token(&stub).await, SAMPLE).to(&stub).await.status, 200);
    for path in ["/api/customers", "/api/customers/6918", "/api/realms", "/api/sub-realms"] {
        assert_eq!(Ask::get(path, &reader).to(&stub).await.status, 200, "{path}");
        assert_eq!(Ask::new("HEAD", path).bearer(&reader).to(&stub).await.status, 200, "{path}");
    }
    let reply = Ask::create(&reader, SAMPLE).to(&stub).await;
    assert_eq!(reply.status, 403);
    let body: ErrorBody = reply.read();
    assert_eq!(body.status_code, Some(403));
    assert!(body.message.contains("reader, which may only read"), "{}", body.message);
    assert_eq!(stub.customers().len(), 1);
}

#[tokio::test]
async fn one_client_may_have_two_secrets_and_two_rights() {
    let stub =
        Stub::builder().client("stub", "other").read_only_client("stub", "stub").start().await.unwrap();
    assert_eq!(Ask::create(&token(&stub).await, SAMPLE).to(&stub).await.status, 403);
}

fn limits(reply: &Reply) -> [Option<&str>; 2] {
    ["x-ratelimit-limit", "x-ratelimit-remaining"].map(|name| reply.header(name))
}

#[tokio::test]
async fn a_client_calls_as_often_as_it_may() {
    let stub = Stub::builder()
        .client("stub", "stub")
        .client("other", "stub")
        .rate_limit(NonZeroU32::new(3).unwrap())
        .start()
        .await
        .unwrap();
    let (mine, other) = (token(&stub).await, token_of(&stub, "other").await);
    let get = Ask::get("/api/customers", &mine);
    // Refused ones count too, and all tokens of a client together.
    let again = token(&stub).await;
    let asks = [(get.clone(), 200, "2"), (Ask::create(&again, "{}"), 422, "1"), (get.clone(), 200, "0")];
    for (ask, status, left) in asks {
        let reply = ask.to(&stub).await;
        assert_eq!((reply.status, limits(&reply)), (status, [Some("3"), Some(left)]));
        assert_eq!(reply.header("retry-after"), None);
    }
    let reply = get.to(&stub).await;
    assert_eq!((reply.status, limits(&reply)), (429, [Some("3"), Some("0")]));
    assert_eq!(reply.read::<ErrorBody>().status_code, Some(429));
    let number = |name| reply.header(name).unwrap().parse::<u64>().unwrap();
    let wait = number("retry-after");
    assert!((1..=60).contains(&wait), "{wait}");
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let reset = number("x-ratelimit-reset");
    assert!((reset.saturating_sub(5)..=reset + 60).contains(&(now + wait)), "{reset}, and now it is {now}");

    assert_eq!(Ask::get("/api/customers", &other).to(&stub).await.status, 200);
    stub.clock().advance(Duration::from_secs(wait));
    assert_eq!(get.to(&stub).await.status, 200);
}

#[tokio::test]
async fn there_is_no_limit_unless_one_is_set() {
    let stub = Stub::start().await.unwrap();
    let reply = Ask::get("/api/customers", &token(&stub).await).to(&stub).await;
    assert_eq!(limits(&reply), [None, None]);
}
