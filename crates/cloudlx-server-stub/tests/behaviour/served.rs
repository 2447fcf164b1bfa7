//! What a log is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloudlx_server_stub::faults::{After, Before, RequestFault, Schedule};
use cloudlx_server_stub::{Served, Stub};
use cloudlx_validate::Rule;

use crate::support::{Ask, CREDENTIALS, token};

/// A stub, and what it tells whoever watches it.
async fn watched() -> (Stub, Arc<Mutex<Vec<Served>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let stub = Stub::builder()
        .watch(move |served: &Served| tell.lock().unwrap().push(served.clone()))
        .start()
        .await
        .unwrap();
    (stub, told)
}

#[tokio::test]
async fn each_request_is_told_in_the_stubs_own_words() {
    let (stub, told) = watched().await;
    let token = token(&stub).await;
    for ask in [
        Ask::create(&token, r#"{"name": "", "shown_sub_realms": [1, 1], "Jane Doe": 1}"#),
        Ask::get("/api/customers/12345", &token),
        Ask::new("GET", "/Jane/Doe?token=x"),
        Ask::new("JANE", "/api/customers"),
        Ask::post("/api/oauth2/access-token", CREDENTIALS),
    ] {
        ask.to(&stub).await;
    }
    let told = std::mem::take(&mut *told.lock().unwrap());
    let shown: Vec<_> =
        told.iter().skip(1).map(|it| (it.method, it.path, it.status, it.rules.len())).collect();
    assert_eq!(
        shown,
        [
            (Some("POST"), Some("/api/customers"), Some(422), 5),
            (Some("GET"), Some("/api/customers/{customer_id}"), Some(404), 0),
            (Some("GET"), None, Some(404), 0),
            (None, None, Some(405), 0),
            (Some("POST"), Some("/api/oauth2/access-token"), Some(200), 0),
        ]
    );
    assert!(told[1].rules.contains(&Rule::RepeatedId), "{:?}", told[1].rules);
    let all = format!("{told:?}");
    assert!(!all.contains("Jane") && !all.contains(&token) && !all.contains("12345"), "{all}");
}

#[tokio::test]
async fn what_a_fault_made_of_it_is_told() {
    let (stub, told) = watched().await;
    let late = Duration::from_millis(20);
    stub.faults()
        .arm(
            Schedule::from(RequestFault::any(Before::Close).nth(1))
                .and_request(RequestFault::any(After::delay_by(late)).nth(2)),
        )
        .unwrap();
    let ask = Ask::new("GET", "/api/realms");
    ask.sent_to(&stub).await.rest().await;
    assert_eq!(ask.to(&stub).await.status, 401);
    let told = told.lock().unwrap();
    assert_eq!(told.iter().map(|it| it.status).collect::<Vec<_>>(), [None, Some(401)]);
    assert!(told[1].duration >= late);
}
