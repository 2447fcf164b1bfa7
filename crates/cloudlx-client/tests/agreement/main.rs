//! The stub accepts what the client's check accepts, and refuses what it refuses, with the same fields.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod defects;
#[path = "../scripted/mod.rs"]
mod scripted;

use cloudlx_client::{Client, Credentials};
use cloudlx_model::{CreateCustomer, Endpoint};
use cloudlx_model::{ErrorBody, MEDIA_TYPE};
use cloudlx_server_stub::Stub;
use cloudlx_validate::{Rule, Violations, from_json_against, iso};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const PAGE: &str = include_str!("../../../cloudlx-model/samples/create-customer.request.json");

/// A running stub, a client of it, and a way to send requests that no client would send.
struct Both {
    runtime: Runtime,
    stub: Stub,
    client: Client,
    raw: reqwest::Client,
    token: String,
}

impl Both {
    fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (stub, client, raw, token) = runtime.block_on(async {
            let stub = Stub::start().await.expect("a stub");
            let client = Client::builder(stub.base_url(), Credentials::client("stub", "stub"))
                .build()
                .expect("a client");
            let raw = scripted::http().build().expect("an HTTP client");
            let credentials =
                r#"{"grant_type": "client_credentials", "client_id": "stub", "client_secret": "stub"}"#;
            let url = format!("{}{}", stub.base_url(), cloudlx_model::AccessTokenRequest::PATH);
            let answer = raw.post(url).body(credentials).send().await.expect("an answer");
            let answer: Value = serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON");
            let token = answer["access_token"].as_str().expect("a token").to_owned();
            (stub, client, raw, token)
        });
        Self { runtime, stub, client, raw, token }
    }

    /// The stub's response to `document`, sent as it is: the status, and the fields that the response names.
    fn stub_says(&self, document: &[u8]) -> (u16, Vec<String>) {
        self.runtime.block_on(async {
            let request = self
                .raw
                .post(format!("{}{}", self.stub.base_url(), CreateCustomer::PATH))
                .header("accept", MEDIA_TYPE)
                .header("content-type", "application/json")
                .bearer_auth(&self.token)
                .body(document.to_vec());
            let answer = request.send().await.expect("an answer");
            let status = answer.status().as_u16();
            let body = answer.bytes().await.expect("a body");
            if status == 200 {
                return (status, Vec::new());
            }
            let error: ErrorBody = serde_json::from_slice(&body).expect("the documented-like shape");
            assert_eq!(error.status_code, Some(status));
            let fields = error.errors.map(|errors| errors.0.into_iter().map(|(field, _)| field).collect());
            (status, fields.unwrap_or_default())
        })
    }

    /// Checks that both judge `document` alike, and returns the result.
    fn agree_on(&self, document: &[u8]) -> Result<(), Violations> {
        let check = from_json_against(document, self.stub.catalogue());
        let (status, fields) = self.stub_says(document);
        let shown = String::from_utf8_lossy(document);
        match check {
            Ok(request) => {
                assert_eq!(status, 200, "{shown}: {fields:?}");
                let customer =
                    self.runtime.block_on(self.client.create_customer(&request)).expect("it is created");
                assert_eq!(customer.name, request.name);
                Ok(())
            }
            Err(violations) if violations.iter().any(|violation| violation.rule == Rule::JsonSyntax) => {
                assert_eq!((status, fields), (400, Vec::new()), "{shown}");
                Err(violations)
            }
            Err(violations) => {
                let mut expected: Vec<_> = Vec::new();
                for field in violations.iter().map(cloudlx_validate::Violation::field) {
                    if !expected.contains(&field) {
                        expected.push(field);
                    }
                }
                assert_eq!((status, fields), (422, expected), "{shown}");
                Err(violations)
            }
        }
    }
}

#[test]
fn two_hundred_invalid_requests_with_one_defect_each() {
    let both = Both::start();
    let defects = defects::all();
    assert!(defects.len() >= 200, "{}", defects.len());
    for defect in &defects {
        let violations = both.agree_on(defect.document.as_bytes()).expect_err(&defect.document);
        let found: Vec<_> =
            violations.iter().map(|violation| (violation.pointer.as_str(), violation.rule)).collect();
        assert_eq!(found, [(defect.pointer.as_str(), defect.rule)], "{}", defect.document);
    }
    assert!(both.stub.customers().is_empty(), "nothing that is invalid makes a customer");
    for rule in Rule::ALL {
        assert!(defects.iter().any(|defect| defect.rule == *rule), "no defect breaks {rule}");
    }
}

#[test]
fn two_hundred_valid_requests() {
    let both = Both::start();
    let currencies: Vec<_> = iso::currencies().map(|currency| currency.code).collect();
    let sub_realms = [json!([]), json!([313]), json!([328, 313]), Value::Null];
    for (index, country) in iso::countries().iter().enumerate().take(200) {
        let mut document: Value = serde_json::from_str(PAGE).expect("JSON");
        document["name"] = json!(format!("Customer {index} of {}", country.name));
        document["country_iso"] = json!(country.alpha_2);
        document["currency_iso"] = json!(currencies[index % currencies.len()]);
        document["shown_sub_realms"] = json!([313, 328]);
        document["enabled_sub_realms"] = sub_realms[index % sub_realms.len()].clone();
        document["realms"] = [json!([]), json!([7]), json!([2, 1])][index % 3].clone();
        for optional in ["email", "first_name", "last_name", "role_group"].iter().take(index % 5) {
            document.as_object_mut().expect("an object").remove(*optional);
        }
        both.agree_on(document.to_string().as_bytes()).expect("it is valid");
    }
    assert_eq!(both.stub.customers().len(), 400, "each was sent as it is, and through the client");
}

/// A field's value: often a good one, often a near miss, sometimes anything.
fn value() -> impl Strategy<Value = Value> {
    let id = prop_oneof![Just(1), Just(2), Just(7), Just(313), Just(328), Just(0), any::<u64>()];
    let text =
        prop_oneof!["[A-Z]{2,3}", "GBP|EUR|HRK|GB|UK|FR", "[a-z]{1,8}@[a-z.-]{1,8}", ".{0,12}", "\\s{0,3}"];
    prop_oneof![
        3 => text.prop_map(Value::from),
        3 => prop::collection::vec(id, 0..4).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => prop::collection::vec(".{0,3}", 0..3).prop_map(Value::from),
    ]
}

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "name", "currency_iso", "country_iso", "realms", "shown_sub_realms", "enabled_sub_realms", "email",
            "first_name", "last_name", "role_group",
        ]).prop_map(str::to_owned),
        1 => "[a-z_~/]{0,14}",
    ]
}

/// The documentation's request with a few changes: fields set, removed, or written twice; now and then cut off.
fn documents() -> impl Strategy<Value = String> {
    let changes = prop::collection::vec((field(), prop::option::weighted(0.8, value())), 0..4);
    (changes, prop::option::weighted(0.1, (field(), value())), prop::option::weighted(0.1, 0_usize..200))
        .prop_map(|(changes, twice, cut)| {
            let mut document: Value = serde_json::from_str(PAGE).expect("JSON");
            let fields = document.as_object_mut().expect("an object");
            for (field, value) in changes {
                match value {
                    Some(value) => drop(fields.insert(field, value)),
                    None => drop(fields.remove(&field)),
                }
            }
            let mut text = document.to_string();
            if let Some((field, value)) = twice {
                text.truncate(text.len() - 1);
                text = format!("{text},{}:{value}}}", Value::from(field));
            }
            if let Some(cut) = cut {
                text = text.chars().take(cut).collect();
            }
            text
        })
}

#[test]
fn the_client_accepts_what_the_stub_accepts() {
    let both = Both::start();
    proptest!(ProptestConfig::with_cases(512), |(document in documents())| {
        let _ = both.agree_on(document.as_bytes());
    });
}
