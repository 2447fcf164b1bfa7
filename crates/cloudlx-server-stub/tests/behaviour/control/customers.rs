//! Customers that are there without a create.

use cloudlx_model::id::MAX;
use serde_json::{Value, json};

use super::stub;
use crate::support::{Ask, SAMPLE, token};

const CUSTOMERS: &str = "/__stub/customers";

fn sample() -> Value {
    serde_json::from_str(SAMPLE).unwrap()
}

fn seeds(ids: &[Option<u64>]) -> String {
    let seed = |id: &Option<u64>| match id {
        Some(id) => json!({ "id": id, "create": sample() }),
        None => json!({ "create": sample() }),
    };
    json!({ "customers": ids.iter().map(seed).collect::<Vec<_>>() }).to_string()
}

fn ids(reply: &Value) -> Vec<u64> {
    let customers = reply["customers"].as_array().unwrap();
    customers.iter().map(|customer| customer["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn they_are_there_and_no_id_comes_twice() {
    let stub = stub().await;
    let token = token(&stub).await;
    let reply = Ask::post(CUSTOMERS, &seeds(&[None, Some(7001), None, Some(12)])).to(&stub).await;
    assert_eq!((reply.status, ids(&reply.json())), (200, vec![7002, 7001, 7003, 12]));

    let created = Ask::create(&token, SAMPLE).to(&stub).await;
    assert_eq!(created.json()["id"], 7004);
    let listed = Ask::get("/api/customers", &token).to(&stub).await;
    assert_eq!(ids(&listed.json()), [12, 7001, 7002, 7003, 7004]);
    // As if it had been created: in the details with realm ids.
    let seeded = Ask::get("/api/customers/12", &token).to(&stub).await;
    assert_eq!(seeded.json()["realms"][0]["id"], 1);

    let again = Ask::post(CUSTOMERS, &seeds(&[None])).to(&stub).await;
    assert_eq!((again.json()["total"].clone(), ids(&again.json())), (json!(6), vec![7005]));
}

#[tokio::test]
async fn put_takes_the_place_of_all() {
    let stub = stub().await;
    Ask::post(CUSTOMERS, &seeds(&[None, None])).to(&stub).await;
    let reply = Ask::put(CUSTOMERS, &seeds(&[Some(3), None])).to(&stub).await;
    assert_eq!((reply.json()["total"].clone(), ids(&reply.json())), (json!(2), vec![3, 6918]));
    let reply = Ask::put(CUSTOMERS, &seeds(&[])).to(&stub).await;
    assert_eq!((reply.json()["total"].clone(), stub.customers().len()), (json!(0), 0));
    let reply = Ask::put(CUSTOMERS, &seeds(&[None])).to(&stub).await;
    assert_eq!(ids(&reply.json()), [6918], "the first id again");
}

#[tokio::test]
async fn an_id_that_is_taken_changes_nothing() {
    let stub = stub().await;
    Ask::post(CUSTOMERS, &seeds(&[Some(7001)])).to(&stub).await;
    for ids in [[Some(5), Some(7001)], [Some(5), Some(5)]] {
        let reply = Ask::post(CUSTOMERS, &seeds(&ids)).to(&stub).await;
        assert_eq!(reply.status, 422);
        let violation = &reply.json()["violations"][0];
        assert_eq!(violation["pointer"], "/customers/1/id");
        assert_eq!((&violation["rule"], &violation["suggestion"]), (&json!("repeated-id"), &json!("7002")));
        assert_eq!(stub.customers().len(), 1);
    }
}

#[tokio::test]
async fn what_breaks_the_contract_is_refused_with_its_place() {
    let stub = stub().await;
    let body = r#"{"customers": [
        {"create": {"name": "A", "currency_iso": "GB", "country_iso": "GB", "realms": [1, 3]}},
        {"id": 1, "create": {"name": "B", "name": "B", "currency_iso": "GBP", "country_iso": "GB", "realms": []}}
    ]}"#;
    let reply = Ask::post(CUSTOMERS, body).to(&stub).await;
    assert_eq!(reply.status, 422);
    let violations = reply.json()["violations"].clone();
    let found: Vec<_> = violations
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["pointer"].as_str().unwrap(), it["rule"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("/customers/0/create/currency_iso", "currency-format"),
            ("/customers/0/create/realms/1", "realm-unknown"),
            ("/customers/1/create/name", "repeated-field"),
        ]
    );
    assert_eq!(violations[0]["suggestion"], "GBP");
    assert!(stub.customers().is_empty());
}

#[tokio::test]
async fn ids_leave_room_for_customers_to_come() {
    let stub = stub().await;
    let reply = Ask::post(CUSTOMERS, &seeds(&[Some(MAX - 1_000_000_000)])).to(&stub).await;
    assert_eq!(reply.status, 200);
    let reply = Ask::post(CUSTOMERS, &seeds(&[Some(MAX)])).to(&stub).await;
    assert_eq!(reply.json()["violations"][0]["rule"], "id-out-of-range");
    for id in ["0", "9007199254740992", "\"1\""] {
        let body = seeds(&[Some(1)]).replace("\"id\":1", &format!("\"id\":{id}"));
        let reply = Ask::post(CUSTOMERS, &body).to(&stub).await;
        assert_eq!(reply.status, 422, "{id}");
        assert!(reply.text().contains("/customers/0/id"), "{}", reply.text());
    }
}

#[tokio::test]
async fn the_last_are_shown() {
    let stub = stub().await;
    Ask::post(CUSTOMERS, &seeds(&[Some(1), Some(2), Some(3)])).to(&stub).await;
    let shown = Ask::new("GET", "/__stub/customers?limit=2").to(&stub).await.json();
    assert_eq!((shown["total"].clone(), ids(&shown)), (json!(3), vec![2, 3]));
    assert_eq!(ids(&Ask::new("GET", CUSTOMERS).to(&stub).await.json()).len(), 3);
    let refused = Ask::new("GET", "/__stub/customers?limit=-1").to(&stub).await;
    assert_eq!(refused.status, 422);
}
