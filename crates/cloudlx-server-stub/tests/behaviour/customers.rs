//! Customers: created, listed, read.

use std::collections::BTreeSet;

use cloudlx_model::{Customer, CustomerId, CustomerList, ErrorBody, Realm, RealmId, RealmList, SubRealmList};
use cloudlx_server_stub::{Stub, catalogue};
use cloudlx_validate::Catalogue;
use serde_json::json;

use crate::support::{Ask, SAMPLE, token};

#[tokio::test]
async fn the_sample_makes_a_customer_with_networking_and_voice() {
    let stub = Stub::start().await.unwrap();
    let reply = Ask::create(&token(&stub).await, SAMPLE).to(&stub).await;
    assert_eq!(reply.status, 200);
    let customer = reply.json();
    assert_eq!(customer["id"], 6918);
    assert_eq!(customer["currency"], json!({"name": "GBP - British Pound", "iso_2": "GB", "iso_3": "GBP"}));
    assert_eq!(customer["country"], json!({"iso_2": "GB", "name": "United Kingdom"}));
    let realms = customer["realms"].as_array().unwrap();
    assert_eq!(realms.len(), 3);
    for realm in [
        json!({"name": "Networking", "description": "Cloud Link Exchange"}),
        json!({
            "name": "Voice",
            "description": "Use the Voice app to buy geographic, toll free, mobile, and premium rate numbers globally.",
        }),
    ] {
        assert!(realms.contains(&realm), "{realm}");
    }
    assert_eq!(
        customer["sub_realms"],
        json!([
            {"id": 313, "name": "SD WAN", "description": null, "has_access": true},
            {"id": 328, "name": "Cloud SBC & Conversion", "description": null, "has_access": false},
        ])
    );
}

#[tokio::test]
async fn list_and_details_show_realms_with_ids() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let created: Customer = Ask::create(&token, SAMPLE).to(&stub).await.read();
    assert!(created.realms.iter().all(|realm| realm.id.is_none()));

    let details: Customer = Ask::get("/api/customers/6918", &token).to(&stub).await.read();
    let ids: Vec<_> = details.realms.iter().map(|realm| realm.id).collect();
    assert_eq!(ids, [Some(RealmId(1)), Some(RealmId(2)), Some(RealmId(7))]);
    let list: CustomerList = Ask::get("/api/customers", &token).to(&stub).await.read();
    assert_eq!(list.customers, std::slice::from_ref(&details));
    assert_eq!(stub.customers(), [details]);
}

#[tokio::test]
async fn shown_sub_realms_come_in_the_requests_order() {
    let stub = Stub::start().await.unwrap();
    let body = json!({
        "name": "N", "currency_iso": "EUR", "country_iso": "DE", "realms": [7, 2],
        "shown_sub_realms": [328, 313], "enabled_sub_realms": [328],
    });
    let customer: Customer = Ask::create(&token(&stub).await, &body.to_string()).to(&stub).await.read();
    let shown: Vec<_> = customer.sub_realms.iter().map(|shown| (shown.id.0, shown.has_access)).collect();
    assert_eq!(shown, [(328, true), (313, false)]);
    let realms: Vec<_> = customer.realms.iter().map(|realm| realm.name.as_str()).collect();
    assert_eq!(realms, ["Voice", "Networking"]);
    assert_eq!(customer.currency.iso_2, "EU");
}

#[tokio::test]
async fn a_body_that_breaks_rules_is_refused_by_field_in_document_order() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let body = r#"{"enabled_sub_realms":[328],"name":"","currency_iso":"GB","country_iso":"GB","realms":[99],"shown_sub_realms":[313]}"#;
    let reply = Ask::create(&token, body).to(&stub).await;
    assert_eq!(reply.status, 422);
    let error: cloudlx_model::ErrorBody = reply.read();
    let fields: Vec<_> = error.errors.unwrap().0.into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["enabled_sub_realms.0", "name", "currency_iso", "realms.0"]);
    assert!(stub.customers().is_empty());
}

#[tokio::test]
async fn of_very_many_errors_the_first_are_said() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    for (body, fields, said) in [
        (format!(r#"{{"realms":[{}1.5]}}"#, "0,".repeat(96)), 100, "see errors"),
        (format!(r#"{{"realms":[{}1.5]}}"#, "0,".repeat(97)), 101, "the first 100 are in errors"),
    ] {
        let reply = Ask::create(&token, &body).to(&stub).await;
        let error: ErrorBody = reply.read();
        assert_eq!(error.message, format!("the request is invalid in {fields} fields, {said}"));
        assert_eq!(error.errors.unwrap().0.len(), 100);
    }

    // A field that comes very often is one field with very many messages.
    let body = format!(r#"{{{}"name":1}}"#, r#""name":1,"#.repeat(50_000));
    let reply = Ask::create(&token, &body).to(&stub).await;
    assert_eq!(reply.status, 422);
    assert!(reply.body.len() < 1024 * 1024, "{}", reply.body.len());
}

#[tokio::test]
async fn a_customer_that_is_not_there_is_not_found() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    for path in
        ["/api/customers/6918", "/api/customers/1", "/api/customers/x", "/api/customers/", "//api/customers"]
    {
        let reply = Ask::get(path, &token).to(&stub).await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(reply.json()["status_code"], 404);
    }
    // A target that names the host as well has the same path.
    let reply = Ask::get("http://stub/api/customers", &token).to(&stub).await;
    assert_eq!(reply.status, 200);
    // Whether an id is taken is for callers with a token; whether a path exists is not.
    assert_eq!(Ask::new("GET", "/api/customers/6918").to(&stub).await.status, 401);
    assert_eq!(Ask::new("GET", "/api/customers/x").to(&stub).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creates_at_the_same_time_get_ids_of_their_own() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let stub = std::sync::Arc::new(stub);
    let mut creates = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (stub, ask) = (stub.clone(), Ask::create(&token, SAMPLE));
        creates.spawn(async move { ask.to(&stub).await.read::<Customer>().id });
    }
    let ids: BTreeSet<_> = creates.join_all().await.into_iter().collect();
    assert_eq!(ids, (6918..6968).map(CustomerId).collect());
}

#[tokio::test]
async fn the_catalogue_is_a_setting() {
    let realm = Realm::new("Own").id(RealmId(5));
    let own = Catalogue::new([realm.clone()], []).unwrap();
    let stub = Stub::builder().catalogue(own).start().await.unwrap();
    let token = token(&stub).await;
    let realms: RealmList = Ask::get("/api/realms", &token).to(&stub).await.read();
    assert_eq!(realms.realms, [realm]);
    let sub_realms: SubRealmList = Ask::get("/api/sub-realms", &token).to(&stub).await.read();
    assert!(sub_realms.sub_realms.is_empty());
    assert_eq!(Ask::create(&token, SAMPLE).to(&stub).await.status, 422);
    assert_eq!(stub.catalogue().realms().count(), 1);
}

#[test]
fn a_catalogue_is_read_from_a_file() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/catalogue.json");
    let read = catalogue::from_file(shipped).unwrap();
    assert_eq!(read.realms().count(), catalogue::built_in().unwrap().realms().count());
    let error = catalogue::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap_err();
    assert!(matches!(error, catalogue::CatalogueFileError::Content { .. }), "{error:?}");
}
