//! The stub as it was, and tokens taken back.

use std::num::NonZeroU32;
use std::time::Duration;

use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{Before, RequestFault};
use serde_json::json;

use super::stub;
use crate::support::{Ask, End, SAMPLE, token, tokens};

#[tokio::test]
async fn all_is_as_at_the_start() {
    let first = RequestFault::on::<cloudlx_model::ListRealms>(Before::Reset).nth(1);
    let stub = Stub::builder().control(true).faults(first).start().await.unwrap();
    let old = token(&stub).await;
    let realms = Ask::new("GET", "/api/realms");
    assert_eq!(realms.sent_to(&stub).await.end().await.1, End::Reset);
    assert_eq!(realms.to(&stub).await.status, 401, "the fault is used up");
    Ask::create(&old, SAMPLE).to(&stub).await;
    stub.clock().advance(Duration::from_mins(30));
    stub.faults().arm(RequestFault::on::<cloudlx_model::ListCustomers>(Before::Reset)).unwrap();

    let reply = Ask::new("POST", "/__stub/reset").to(&stub).await;
    let taken = json!({ "customers": 1, "requests": 4, "access_tokens": 1, "refresh_tokens": 1 });
    assert_eq!((reply.status, reply.json()), (200, taken));

    assert_eq!((stub.customers().len(), stub.requests_total()), (0, 0));
    assert!(stub.clock().now() < Duration::from_mins(30));
    assert_eq!(Ask::get("/api/customers", &old).to(&stub).await.status, 401);
    assert_eq!(realms.sent_to(&stub).await.end().await.1, End::Reset, "the first fault counts anew");
    let new = token(&stub).await;
    assert_eq!(Ask::create(&new, SAMPLE).to(&stub).await.json()["id"], 6918);
}

#[tokio::test]
async fn each_client_may_call_as_often_as_at_the_start() {
    let stub = Stub::builder().control(true).rate_limit(NonZeroU32::MIN).start().await.unwrap();
    // A minute that begins an hour from now, by a clock that is put back.
    stub.clock().advance(Duration::from_hours(1));
    let old = token(&stub).await;
    assert_eq!(Ask::get("/api/realms", &old).to(&stub).await.status, 200);
    assert_eq!(Ask::get("/api/realms", &old).to(&stub).await.status, 429);

    Ask::new("POST", "/__stub/reset").to(&stub).await;

    let new = token(&stub).await;
    assert_eq!(Ask::get("/api/realms", &new).to(&stub).await.status, 200);
    assert_eq!(Ask::get("/api/realms", &new).to(&stub).await.status, 429);
    stub.clock().advance(Duration::from_mins(1));
    assert_eq!(Ask::get("/api/realms", &new).to(&stub).await.status, 200);
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_state_file_forgets_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stub.db");
    let builder = Stub::builder().control(true).state_file(&file);
    let stub = builder.clone().start().await.unwrap();
    let seed =
        format!(r#"{{"customers": [{{"id": 9, "create": {SAMPLE}}}, {{"id": 4, "create": {SAMPLE}}}]}}"#);
    Ask::post("/__stub/customers", &seed).to(&stub).await;
    stub.shutdown().await;

    let stub = builder.clone().start().await.unwrap();
    let ids: Vec<_> = stub.customers().iter().map(|customer| customer.id.0).collect();
    assert_eq!(ids, [4, 9], "seeded customers are kept");
    Ask::new("POST", "/__stub/reset").to(&stub).await;
    stub.shutdown().await;
    assert!(builder.start().await.unwrap().customers().is_empty());
}

#[tokio::test]
async fn revoked_tokens_let_nobody_in() {
    let stub = stub().await;
    let pair = tokens(&stub).await;
    let access = secrecy::ExposeSecret::expose_secret(&pair.access_token).to_owned();
    assert_eq!(Ask::get("/api/realms", &access).to(&stub).await.status, 200);
    let reply = Ask::new("DELETE", "/__stub/tokens").to(&stub).await;
    assert_eq!(reply.json(), json!({ "access_tokens": 1, "refresh_tokens": 1 }));
    assert_eq!(Ask::get("/api/realms", &access).to(&stub).await.status, 401);
    let refresh = format!(
        r#"{{"grant_type":"refresh_token","refresh_token":"{}","client_id":"stub","client_secret":"stub"}}"#,
        secrecy::ExposeSecret::expose_secret(&pair.refresh_token)
    );
    assert_eq!(Ask::post("/api/oauth2/refresh-token", &refresh).to(&stub).await.status, 401);
    assert_eq!(Ask::get("/api/realms", &token(&stub).await).to(&stub).await.status, 200);
}
