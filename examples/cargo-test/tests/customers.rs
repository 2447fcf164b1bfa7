//! Each test has a stub of its own, so that none sees what another created.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use cloudlx_client::{Client, CreateError, Credentials};
use cloudlx_example_cargo_test::{OnboardError, onboard};
use cloudlx_model::{AccessTokenRequest, CreateCustomer};
use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{Before, CannedAnswer, RequestFault, RetryAfter};
use serde_json::json;

fn client(stub: &Stub) -> Client {
    Client::builder(stub.base_url(), Credentials::client("stub", "stub")).build().unwrap()
}

/// The stub has no time for creates, and says so.
fn unavailable() -> RequestFault {
    let answer = CannedAnswer::service_unavailable(RetryAfter::Seconds(0));
    RequestFault::on::<CreateCustomer>(Before::Answer(answer))
}

#[tokio::test]
async fn a_created_customer_is_in_the_list() {
    let stub = Stub::start().await.unwrap();
    let fields = json!({"name": "Example Company", "currency_iso": "GBP", "enabled_sub_realms": [313]});
    // Both are verified when they are dropped, at the end of the test.
    let _created = stub.expect::<CreateCustomer>().with_fields(fields).once();
    let _one_token = stub.expect::<AccessTokenRequest>().once();

    let client = client(&stub);
    let created = onboard(&client, "Example Company", &[313, 328], &[313]).await.unwrap();

    let listed = client.list_customers().await.unwrap().all().unwrap();
    assert_eq!(listed.iter().map(|customer| customer.id).collect::<Vec<_>>(), [created.id]);
}

#[tokio::test]
async fn a_sub_realm_cannot_be_enabled_unless_it_is_shown() {
    let stub = Stub::start().await.unwrap();
    let _nothing_sent = stub.expect::<CreateCustomer>().never();

    match onboard(&client(&stub), "Example Company", &[328], &[313]).await {
        Err(OnboardError::Invalid(violations)) => {
            let places: Vec<_> = violations.iter().map(|violation| violation.pointer.as_str()).collect();
            assert_eq!(places, ["/enabled_sub_realms/0"]);
        }
        other => panic!("expected it to be refused, found {other:?}"),
    }
}

#[tokio::test]
async fn a_create_that_was_not_processed_is_tried_again() {
    let stub = Stub::start().await.unwrap();
    stub.faults().arm(unavailable().times(1)).unwrap();
    let _refused = stub.expect::<CreateCustomer>().answered(503).once();
    let _created = stub.expect::<CreateCustomer>().answered(200).once();

    onboard(&client(&stub), "Example Company", &[313], &[313]).await.unwrap();

    assert_eq!(stub.customers().len(), 1);
}

#[tokio::test]
async fn it_gives_up_when_it_never_gets_through() {
    let stub = Stub::start().await.unwrap();
    stub.faults().arm(unavailable()).unwrap();
    let _tries = stub.expect::<CreateCustomer>().times(2);

    let client = Client::builder(stub.base_url(), Credentials::client("stub", "stub"));
    let client = client.max_attempts(2).build().unwrap();
    let failed = onboard(&client, "Example Company", &[313], &[313]).await;

    assert!(matches!(failed, Err(OnboardError::Create(CreateError::NotCreated { .. }))), "{failed:?}");
    assert!(stub.customers().is_empty());
}
