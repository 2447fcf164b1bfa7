//! What is said of expectations that were not met.

use cloudlx_model::{AccessTokenRequest, CreateCustomer, CustomerId, Endpoint, GetCustomer, ListCustomers};
use cloudlx_server_stub::Stub;
use cloudlx_server_stub::expect::Expectation;
use cloudlx_server_stub::faults::{Before, CannedAnswer, RequestFault, RetryAfter};
use serde_json::json;

use crate::support::{Ask, SAMPLE, token};

fn sample() -> CreateCustomer {
    serde_json::from_str(SAMPLE).unwrap()
}

/// The explanation, but for the line in which it says where it was expected: that moves.
fn explained(expectation: Expectation) -> String {
    let text = expectation.verify().unwrap_err().to_string();
    let (text, place) = text.rsplit_once("\n\nexpected at ").unwrap();
    let (file, line) = place.rsplit_once(':').unwrap();
    assert!(file.ends_with("expectations.rs") && line.parse::<u32>().is_ok(), "{place}");
    text.to_owned()
}

#[tokio::test]
async fn a_create_with_another_field() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let expected = stub.expect::<CreateCustomer>().with(&sample()).once();
    let create = Ask::create(&token, SAMPLE);
    create.clone().replaced(r#""GBP""#, r#""EUR""#).to(&stub).await;
    create.clone().replaced(r#""name":"Example Company","#, "").replaced("[1,2,7]", "[1]").to(&stub).await;
    create.replaced(r#""GBP""#, r#""GB""#).replaced(r#""GB","realms""#, r#""UK","realms""#).to(&stub).await;
    Ask::get(ListCustomers::PATH, &token).to(&stub).await;
    insta::assert_snapshot!(explained(expected));
}

#[tokio::test]
async fn a_create_that_the_stub_refused() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let expected =
        stub.expect::<CreateCustomer>().with_fields(json!({"country_iso": "GB"})).answered(200).once();
    let hidden = r#""enabled_sub_realms":[7]"#;
    Ask::create(&token, SAMPLE).replaced(r#""enabled_sub_realms":[313]"#, hidden).to(&stub).await;
    insta::assert_snapshot!(explained(expected));
}

#[tokio::test]
async fn requests_whose_bodies_say_nothing() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let unavailable = CannedAnswer::service_unavailable(RetryAfter::Seconds(1));
    stub.faults().arm(RequestFault::on::<CreateCustomer>(Before::Answer(unavailable)).nth(1)).unwrap();
    let expected = stub.expect::<CreateCustomer>().with(&sample()).once();
    // The API documents no 503, which is what a fault is for.
    Ask::create(&token, SAMPLE).sent_to(&stub).await.reply_to("POST").await;
    Ask::create("no-such-token", SAMPLE).to(&stub).await;
    Ask::create(&token, "name=Example").to(&stub).await;
    insta::assert_snapshot!(explained(expected));
}

#[tokio::test]
async fn a_body_that_could_hold_a_secret() {
    let stub = Stub::builder().client("stub", "stub").client("acme", "hush-hush").start().await.unwrap();
    let token = token(&stub).await;
    let expected = stub.expect::<CreateCustomer>().with(&sample()).once();
    Ask::create(&token, SAMPLE).replaced("Example Company", "my hush-hush").to(&stub).await;
    insta::assert_snapshot!(explained(expected));
}

#[tokio::test]
async fn requests_that_went_astray() {
    let stub = Stub::start().await.unwrap();
    let expected = stub.expect::<CreateCustomer>().at_least(1);
    Ask::post("/api/customer", SAMPLE).to(&stub).await;
    Ask::new("PUT", CreateCustomer::PATH).body(SAMPLE).to(&stub).await;
    insta::assert_snapshot!(explained(expected));
}

#[tokio::test]
async fn another_customer_was_read() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let read = GetCustomer { customer_id: CustomerId(7) };
    let expected = stub.expect::<GetCustomer>().with(&read).times(2);
    for path in [read.path().as_ref(), "/api/customers/8"] {
        Ask::get(path, &token).to(&stub).await;
    }
    insta::assert_snapshot!(explained(expected));
}

#[tokio::test]
async fn too_many() {
    let stub = Stub::start().await.unwrap();
    let (once, never) = (stub.expect::<AccessTokenRequest>().once(), stub.expect::<ListCustomers>().never());
    let token = token(&stub).await;
    self::token(&stub).await;
    for _ in 0..5 {
        Ask::get(ListCustomers::PATH, &token).to(&stub).await;
    }
    insta::assert_snapshot!("too_many_tokens", explained(once));
    insta::assert_snapshot!("too_many_lists", explained(never));
}

#[tokio::test]
async fn nothing_came() {
    let stub = Stub::start().await.unwrap();
    insta::assert_snapshot!(explained(stub.expect::<ListCustomers>().at_least(2)));
}
