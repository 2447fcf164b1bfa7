//! What is read and written again is the same text.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use cloudlx_model::{
    AccessToken, AccessTokenRequest, CreateCustomer, Customer, CustomerList, ErrorBody, RealmList,
    RefreshTokenRequest, SubRealmList,
};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

fn same_again<T: DeserializeOwned + Serialize>(text: &str) {
    let value: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"));
    assert_eq!(serde_json::to_string_pretty(&value).expect("it serializes"), text.trim_end());
}

#[test]
fn the_pages_request() {
    same_again::<CreateCustomer>(include_str!("../samples/create-customer.request.json"));
}

#[test]
fn the_pages_response() {
    same_again::<Customer>(include_str!("../samples/customer.created.json"));
}

#[test]
fn every_sibling_shape() {
    same_again::<Customer>(include_str!("../samples/customer.details.json"));
    same_again::<CustomerList>(include_str!("../samples/customer-list.json"));
    same_again::<RealmList>(include_str!("../samples/realm-list.json"));
    same_again::<SubRealmList>(include_str!("../samples/sub-realm-list.json"));
    same_again::<AccessTokenRequest>(include_str!("../samples/access-token.request.json"));
    same_again::<AccessToken>(include_str!("../samples/access-token.json"));
    same_again::<RefreshTokenRequest>(include_str!("../samples/refresh-token.request.json"));
    same_again::<ErrorBody>(include_str!("../samples/error.json"));
    same_again::<ErrorBody>(include_str!("../samples/error.plain.json"));
}

#[test]
fn a_request_without_optional_fields() {
    same_again::<CreateCustomer>(
        "{\n  \"name\": \"A\",\n  \"currency_iso\": \"GBP\",\n  \"country_iso\": \"GB\",\n  \"realms\": []\n}",
    );
}

#[test]
fn unknown_fields_are_refused_in_requests_and_ignored_in_responses() {
    let with_extra = |text: &str| text.replacen('{', r#"{"extra": {"deep": [1]},"#, 1);
    let request = with_extra(include_str!("../samples/create-customer.request.json"));
    assert!(serde_json::from_str::<CreateCustomer>(&request).unwrap_err().to_string().contains("extra"));
    let request = with_extra(include_str!("../samples/access-token.request.json"));
    assert!(serde_json::from_str::<AccessTokenRequest>(&request).unwrap_err().to_string().contains("extra"));
    let request = with_extra(include_str!("../samples/refresh-token.request.json"));
    assert!(serde_json::from_str::<RefreshTokenRequest>(&request).unwrap_err().to_string().contains("extra"));

    let text = include_str!("../samples/customer.created.json");
    let extended = text.replace('{', r#"{"extra": {"deep": [1]},"#);
    assert_eq!(
        serde_json::from_str::<Customer>(&extended).unwrap(),
        serde_json::from_str::<Customer>(text).unwrap(),
        "the vendor adds fields within a version"
    );
    let with_debug = with_extra(include_str!("../samples/error.json"));
    serde_json::from_str::<ErrorBody>(&with_debug).unwrap();
    serde_json::from_str::<AccessToken>(&with_extra(include_str!("../samples/access-token.json"))).unwrap();
}

#[test]
fn null_in_place_of_an_optional_field_means_absent() {
    let request: CreateCustomer = serde_json::from_str(
        r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [], "email": null, "shown_sub_realms": null}"#,
    )
    .unwrap();
    assert_eq!((request.email, request.shown_sub_realms), (None, None));
}

#[test]
fn debug_shows_no_secret() {
    let request: AccessTokenRequest =
        serde_json::from_str(include_str!("../samples/access-token.request.json")).unwrap();
    let refresh: RefreshTokenRequest =
        serde_json::from_str(include_str!("../samples/refresh-token.request.json")).unwrap();
    let token: AccessToken = serde_json::from_str(include_str!("../samples/access-token.json")).unwrap();
    let shown = format!("{request:?} {refresh:?} {token:?} {request:#?} {refresh:#?} {token:#?}");
    for secret in ["example-secret", "0123456789abcdef", "76543210fedcba98"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("example-client"), "what is no secret is shown");
}

/// Requests with the fields of the sample: other texts, other ids, and without some of those that may be absent.
fn requests() -> impl Strategy<Value = CreateCustomer> {
    const REQUIRED: [&str; 4] = ["name", "currency_iso", "country_iso", "realms"];
    let sample: Map<String, Value> =
        serde_json::from_str(include_str!("../samples/create-customer.request.json")).expect("an object");
    let fields: Vec<_> = sample
        .into_iter()
        .map(|(name, value)| {
            let texts = prop_oneof![1 => Just("Admin".to_owned()), 9 => ".*"].prop_map(Value::from);
            let ids = prop::collection::vec(1..=cloudlx_model::id::MAX, 0..5).prop_map(Value::from);
            let content = if value.is_array() { ids.boxed() } else { texts.boxed() };
            let required = REQUIRED.contains(&name.as_str());
            let field = content.prop_map(move |content| (name.clone(), content));
            if required { field.prop_map(Some).boxed() } else { prop::option::of(field).boxed() }
        })
        .collect();
    fields.prop_map(|fields| {
        let fields: Map<_, _> = fields.into_iter().flatten().collect();
        serde_json::from_value(fields.into()).expect("a request")
    })
}

proptest! {
    #[test]
    fn any_request_is_read_as_it_was_written(request in requests()) {
        let text = serde_json::to_string(&request).unwrap();
        prop_assert_eq!(&serde_json::from_str::<CreateCustomer>(&text).unwrap(), &request);
    }
}
