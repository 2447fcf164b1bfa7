//! Faults over HTTP, where that was asked for.

use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{Before, RequestFault};
use serde_json::json;

use crate::support::{Ask, End, Reply};

const FAULTS: &str = "/__stub/faults";

async fn stub() -> Stub {
    Stub::builder().control(true).start().await.unwrap()
}

async fn put(stub: &Stub, body: &str) -> Reply {
    Ask::put(FAULTS, body).to(stub).await
}

#[tokio::test]
async fn faults_are_armed_seen_and_cleared() {
    let stub = stub().await;
    let nothing = json!({
        "seed": 0, "connections_total": 1, "requests_total": 0, "connections": [], "requests": [],
    });
    assert_eq!(Ask::new("GET", FAULTS).to(&stub).await.json(), nothing);

    let fault = json!({"from": 2, "times": 1, "probability": 1.0, "do": {"before": "reset"}});
    let reply = put(&stub, &json!({"seed": 3, "requests": [fault]}).to_string()).await;
    assert_eq!(reply.status, 200);
    let list = Ask::new("GET", "/api/customers");
    assert_eq!(list.to(&stub).await.status, 401);
    assert_eq!(list.sent_to(&stub).await.end().await.1, End::Reset);

    let seen = Ask::new("GET", FAULTS).to(&stub).await.json();
    assert_eq!(seen["seed"], 3);
    assert_eq!(seen["requests"], json!([{"fault": fault, "matched": 2, "hit": 1, "hits": [2]}]));
    assert_eq!(seen["requests_total"], 2, "its own requests do not count");
    assert_eq!(stub.requests_total(), 2);

    let reply = Ask::new("DELETE", FAULTS).to(&stub).await;
    assert_eq!((reply.status, reply.json()["requests"].clone()), (200, json!([])));
    assert_eq!(list.to(&stub).await.status, 401);
}

#[tokio::test]
async fn no_fault_hits_it() {
    let stub = stub().await;
    stub.faults().arm(RequestFault::any(Before::Reset)).unwrap();
    assert_eq!(Ask::new("GET", FAULTS).to(&stub).await.status, 200);
}

#[tokio::test]
async fn a_schedule_with_a_mistake_changes_nothing() {
    let stub = stub().await;
    stub.faults().arm(RequestFault::any(Before::Reset)).unwrap();
    let reply = put(&stub, r#"{"requests": [{"do": {"before": "rest"}}]}"#).await;
    assert_eq!(reply.status, 422);
    let message = reply.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("/requests/0/do/before") && message.contains("`reset`"), "{message}");
    assert_eq!(stub.faults().report().requests.len(), 1);
}
