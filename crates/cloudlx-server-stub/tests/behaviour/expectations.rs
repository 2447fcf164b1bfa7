//! Expectations count what they are meant for, hold when they are dropped or panic, and can be waited for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cloudlx_model::{AccessTokenRequest, CreateCustomer, ListCustomers};
use cloudlx_model::{CustomerId, Endpoint, GetCustomer};
use cloudlx_server_stub::Stub;
use cloudlx_server_stub::expect::Expectation;
use cloudlx_server_stub::faults::{After, Before, RequestFault, Schedule};
use serde_json::json;
use tokio::time::timeout;

use crate::support::{Ask, PATIENCE, SAMPLE, token};

fn sample() -> CreateCustomer {
    serde_json::from_str(SAMPLE).unwrap()
}

/// What dropping it panics with, if it does.
fn dropped(expectation: Expectation) -> Option<String> {
    let panicked = catch_unwind(AssertUnwindSafe(|| drop(expectation))).err()?;
    Some(panicked.downcast_ref::<String>().expect("a text").clone())
}

#[tokio::test]
async fn what_came_as_expected_holds() {
    let stub = Stub::start().await.unwrap();
    let _tokens = stub.expect::<AccessTokenRequest>().once();
    let whole = stub.expect::<CreateCustomer>().with(&sample()).once();
    let fields = stub.expect::<CreateCustomer>().with_fields(json!({"country_iso": "GB"})).times(2);
    let refused = stub.expect::<CreateCustomer>().answered(422).once();
    let read = stub.expect::<GetCustomer>().with(&GetCustomer { customer_id: CustomerId(6918) }).never();
    let listed = stub.expect::<ListCustomers>().at_least(1);

    let token = token(&stub).await;
    Ask::create(&token, &SAMPLE.replace(r#","role_group""#, r#", "role_group""#)).to(&stub).await;
    Ask::create(&token, &SAMPLE.replace("[313]", "[]").replace("GBP", "GB")).to(&stub).await;
    Ask::get("/api/customers/1", &token).to(&stub).await;
    for _ in 0..3 {
        Ask::get(ListCustomers::PATH, &token).to(&stub).await;
    }

    assert_eq!([&whole, &fields, &refused, &read, &listed].map(Expectation::count), [1, 2, 1, 0, 3]);
    for expectation in [whole, fields, refused, read, listed] {
        expectation.verify().unwrap();
    }
}

#[tokio::test]
async fn an_unmet_one_panics_when_it_is_dropped() {
    let stub = Stub::start().await.unwrap();
    let text = dropped(stub.expect::<ListCustomers>().once()).unwrap();
    assert!(text.starts_with("expected list_customers (GET /api/customers) once, and found none"), "{text}");
    assert_eq!(dropped(stub.expect::<ListCustomers>().never()), None);
    let unmet = stub.expect::<ListCustomers>().once().verify().unwrap_err();
    assert_eq!((unmet.count, format!("{unmet:?}")), (0, unmet.to_string()));
}

#[tokio::test]
async fn it_does_not_panic_on_top_of_a_panic() {
    let stub = Stub::start().await.unwrap();
    let unmet = stub.expect::<ListCustomers>().once();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _unmet = unmet;
        panic!("the test's own");
    }));
    assert_eq!(panicked.unwrap_err().downcast_ref::<&str>(), Some(&"the test's own"));
}

#[tokio::test]
async fn the_bound_of_the_journal_hides_nothing() {
    let stub = Stub::builder().journal_size(0).start().await.unwrap();
    let token = token(&stub).await;
    let created = stub.expect::<CreateCustomer>().with(&sample()).times(2);
    for _ in 0..2 {
        Ask::create(&token, SAMPLE).to(&stub).await;
    }
    assert!(stub.requests().is_empty());
    created.verify().unwrap();
}

#[tokio::test]
async fn it_outlives_the_stub_and_sees_what_came_after_it_was_made() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let earlier = stub.expect::<AccessTokenRequest>().never();
    let listed = stub.expect::<ListCustomers>().once();
    Ask::get(ListCustomers::PATH, &token).to(&stub).await;
    stub.shutdown().await;
    earlier.verify().unwrap();
    listed.verify().unwrap();
}

#[tokio::test]
async fn requests_that_faults_hit_are_counted_by_what_came_of_them() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let lost = RequestFault::on::<CreateCustomer>(After::Close).nth(1);
    let unprocessed = RequestFault::on::<CreateCustomer>(Before::Close).nth(2);
    stub.faults().arm(Schedule { requests: vec![lost, unprocessed], ..Schedule::default() }).unwrap();
    let all = stub.expect::<CreateCustomer>().times(2);
    let made = stub.expect::<CreateCustomer>().with(&sample()).answered(200).once();
    for _ in 0..2 {
        Ask::create(&token, SAMPLE).sent_to(&stub).await.end().await;
    }
    all.verify().unwrap();
    made.verify().unwrap();
}

#[tokio::test]
async fn a_test_can_wait_for_what_it_expects() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let listed = stub.expect::<ListCustomers>().times(2);
    let asking = async {
        for _ in 0..2 {
            Ask::get(ListCustomers::PATH, &token).to(&stub).await;
        }
    };
    let (waited, ()) = tokio::join!(timeout(PATIENCE, listed.reached()), asking);
    waited.unwrap();
    assert!(timeout(Duration::ZERO, stub.expect::<ListCustomers>().at_least(0).reached()).await.is_ok());
    assert!(timeout(Duration::ZERO, stub.requested(4)).await.is_err(), "there were three");
}

#[tokio::test]
async fn a_test_can_wait_for_the_next_request() {
    let stub = Stub::start().await.unwrap();
    let next = stub.requested(stub.requests_total() + 1);
    let ask = Ask::new("GET", "/elsewhere");
    let (waited, _) = tokio::join!(timeout(PATIENCE, next), ask.to(&stub));
    waited.unwrap();
    assert_eq!(stub.requests().last().unwrap().path, "/elsewhere");
}

#[tokio::test]
async fn what_is_kept_of_misses_is_bounded() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let expected = stub.expect::<CreateCustomer>().with_fields(json!({"name": "Other"})).once();
    let many: Vec<_> = (0..2_000).map(|n| format!(r#""x{n}":"{}""#, "y".repeat(300))).collect();
    let huge = format!("{{{}}}", many.join(","));
    for _ in 0..10 {
        Ask::create(&token, &huge).to(&stub).await;
    }
    let text = expected.verify().unwrap_err().to_string();
    assert!(text.len() < 3 * 32 * 1024, "{}", text.len());
    assert!(text.contains("besides: 7 that do not fit"), "{text}");
}
