//! The client against the stub. Both are derived from the same contract, and neither uses the other.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without, it fails without")]

use std::time::Duration;

use cloudlx_client::{Client, CreateError, Credentials, Error, ErrorPayload, Retry};
use cloudlx_model::{CustomerId, SubRealmId};
use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::Schedule;
use cloudlx_validate::{from_json, from_json_against};
use serde_json::json;

const REQUEST: &[u8] = include_bytes!("../../../examples/create-customer.json");

fn client(stub: &Stub) -> Client {
    let credentials = Credentials::client(stub.client_id(), stub.client_secret().clone());
    Client::builder(stub.base_url(), credentials).build().unwrap()
}

#[tokio::test]
async fn a_customer_is_created_and_found() {
    let stub = Stub::start().await.unwrap();
    let client = client(&stub);
    let catalogue = client.catalogue().await.unwrap();
    let request = from_json_against(REQUEST, &catalogue).unwrap();

    let created = client.create_customer(&request).await.unwrap();
    assert_eq!(created.name, request.name);
    assert_eq!(created.currency.iso_3, "GBP");
    assert!(created.realms.iter().all(|realm| realm.id.is_none()));
    let enabled = created.sub_realms.iter().filter(|sub_realm| sub_realm.has_access);
    assert_eq!(enabled.map(|sub_realm| sub_realm.id).collect::<Vec<_>>(), [SubRealmId(313)]);

    let found = client.get_customer(created.id).await.unwrap();
    assert!(found.realms.iter().all(|realm| realm.id.is_some()));
    assert_eq!(client.list_customers().await.unwrap().all().unwrap(), [found]);
    assert_eq!(stub.customers().len(), 1);
}

#[tokio::test]
async fn a_request_that_may_no_longer_leave_is_not_processed() {
    let stub = Stub::start().await.unwrap();
    let client =
        Client::builder(stub.base_url(), Credentials::client(stub.client_id(), stub.client_secret().clone()))
            .no_retries()
            .build()
            .unwrap();
    let request = from_json(REQUEST).unwrap();
    let error = client.create_customer_while(&request, || false).await.unwrap_err();
    assert!(
        matches!(&error, CreateError::NotCreated { source: Error::NotSent { no_connection: false, .. }, .. }),
        "{error:?}"
    );
    assert!(stub.customers().is_empty());
    client.create_customer_while(&request, || true).await.unwrap();
    assert_eq!(stub.customers().len(), 1);
}

#[tokio::test]
async fn wrong_credentials_create_nothing() {
    let stub = Stub::start().await.unwrap();
    let client =
        Client::builder(stub.base_url(), Credentials::client("stub", "wr0ng-s3cret")).build().unwrap();
    let error = client.create_customer(&from_json(REQUEST).unwrap()).await.unwrap_err();
    let CreateError::NotCreated { retry: Retry::Useless, source: Error::NoToken { source, .. } } = error
    else {
        panic!("{error:?}");
    };
    assert!(matches!(source.payload(), Some(ErrorPayload::Api(_))), "{source:?}");
    assert!(stub.customers().is_empty());
}

#[tokio::test]
async fn a_customer_that_is_not_there_is_not_found() {
    let stub = Stub::start().await.unwrap();
    let error = client(&stub).get_customer(CustomerId(404)).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
}

#[tokio::test]
async fn a_token_that_the_server_no_longer_takes_is_renewed() {
    let stub = Stub::start().await.unwrap();
    let client = client(&stub);
    client.list_customers().await.unwrap();
    // The token has expired by the stub's clock, and not by the client's.
    stub.clock().advance(Duration::from_secs(3601));
    client.create_customer(&from_json(REQUEST).unwrap()).await.unwrap();
    assert_eq!(stub.customers().len(), 1);
    let answered: Vec<_> =
        stub.requests().iter().map(|request| format!("{} {}", request.path, request.status)).collect();
    assert_eq!(
        answered,
        [
            "/api/oauth2/access-token 200",
            "/api/customers 200",
            "/api/customers 401",
            "/api/oauth2/access-token 200",
            "/api/customers 200",
        ]
    );
}

#[tokio::test]
async fn a_list_in_pages_is_read_to_its_end() {
    let size = std::num::NonZeroU16::new(5).unwrap();
    let stub = Stub::builder().page_size(size).start().await.unwrap();
    let client = client(&stub);
    for number in 0..12 {
        let request = format!(
            r#"{{"name": "Customer {number}", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}}"#
        );
        client.create_customer(&from_json(request.as_bytes()).unwrap()).await.unwrap();
    }
    let listed = client.list_customers().await.unwrap().all().unwrap();
    let mut ids: Vec<_> = listed.iter().map(|customer| customer.id).collect();
    assert_eq!(ids.len(), 12);
    let step =
        |ids: &mut Vec<_>, customer: Result<cloudlx_model::Customer, _>| ids.push(customer.unwrap().id);
    assert_eq!(client.fold_customers(Vec::new, step).await.unwrap(), ids);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 12, "each once");
    assert!(client.catalogue().await.is_ok(), "the realms and sub-realms too");
}

/// The responses that the stub's own tests arm. Those tests show whether the request was processed before each.
#[derive(serde::Deserialize)]
struct Cases {
    creates: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    made: bool,
    status: u16,
    headers: serde_json::Map<String, serde_json::Value>,
    body: String,
}

impl Case {
    fn schedule(&self) -> Schedule {
        let answer = json!({"status": self.status, "body": {"text": self.body}, "headers": self.headers});
        let when = if self.made { "after" } else { "before" };
        let fault = json!({"endpoint": "create_customer", "do": {when: {"answer": answer}}});
        Schedule::from_json(json!({"requests": [fault]}).to_string().as_bytes()).unwrap()
    }
}

#[tokio::test]
async fn no_answer_of_somebody_in_between_hides_a_customer_that_was_made() {
    let cases = include_str!("../../cloudlx-server-stub/tests/behaviour/faults/between.json");
    let cases: Cases = serde_json::from_str(cases).unwrap();
    assert!(cases.creates.iter().any(|case| case.made) && cases.creates.iter().any(|case| !case.made));
    for case in cases.creates {
        let stub = Stub::start().await.unwrap();
        stub.faults().arm(case.schedule()).unwrap();
        let credentials = Credentials::client(stub.client_id(), stub.client_secret().clone());
        let builder = Client::builder(stub.base_url(), credentials);
        let client = builder.retry_delays(Duration::ZERO, Duration::ZERO).build().unwrap();
        let created = client.create_customer(&from_json(REQUEST).unwrap()).await;
        let is_not_created = matches!(created, Err(CreateError::NotCreated { .. }));
        assert_eq!(is_not_created, !case.made, "{}: {created:?}", case.name);
        assert_eq!(stub.customers().len(), usize::from(case.made), "{}: sent again", case.name);
    }
}
