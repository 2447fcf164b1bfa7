//! Imports by lists that come in pages, are not whole, or show customers that cannot be read.

use cloudlx_import::journal::State;
use cloudlx_model::{CreateCustomer, Customer, CustomerId};
use serde_json::{Value, json};

use crate::support::{Api, Fault, Storage, status};
use crate::{reason, states};

/// The list, with what stands beside it.
fn list(customers: &[Customer], beside: Value) -> (String, String) {
    let mut list = beside;
    list["customers"] = json!(customers);
    (status(200), list.to_string())
}

/// The answer to every row but A and Z is lost, though its customer is made.
fn lost(create: &CreateCustomer, nth: usize) -> Fault {
    if nth > 0 || ["A", "Z"].contains(&create.name.as_str()) { Fault::None } else { Fault::LostAfter }
}

const NAMES: [&str; 4] = ["A", "B", "C", "Z"];

async fn what_another_page_shows_is_there<S: Storage>() {
    // Two to a page, in the form of the framework.
    let pages = |query: &str, _, customers: Vec<Customer>| {
        let page = query.strip_prefix("?page=").map_or(1, |page| page.parse::<usize>().unwrap());
        let pages = customers.len().div_ceil(2).max(1);
        let next = (page < pages).then(|| format!("/api/customers?page={}", page + 1));
        let links = next.map_or(json!([]), |next| json!({"next": next}));
        let shown: Vec<_> = customers.iter().skip((page - 1) * 2).take(2).cloned().collect();
        let pagination = json!({"total": customers.len(), "count": shown.len(), "per_page": 2,
            "current_page": page, "total_pages": pages, "links": links});
        list(&shown, json!({"meta": {"pagination": pagination}}))
    };
    let api = Api::with_answers(lost, pages).await;
    let Some(folder) = S::with_names(&NAMES).await else { return };
    let summary = folder.run(&api.client()).await;
    assert_eq!((summary.counts.created, summary.counts.settled, summary.ended_early), (2, 2, None));
    assert_eq!(api.names(), NAMES, "and no row was made twice");
}

async fn a_part_of_a_list_settles_nothing<S: Storage>() {
    type Part = fn(&[Customer]) -> (String, String);
    let parts: [Part; 4] = [
        |shown| {
            list(
                shown,
                json!({"meta": {"pagination": {"total": 7, "links": {"next": "https://other.example/"}}}}),
            )
        },
        |shown| (format!("{}\r\nx-total-count: 7", status(200)), list(shown, json!({})).1),
        |shown| (format!("{}\r\nlink: </other>; rel=next", status(200)), list(shown, json!({})).1),
        |shown| list(shown, json!({"has_more": true})),
    ];
    for part in parts {
        // It begins with a whole list, and what the lost rows made is on no page that can be read.
        let lists = move |_: &str, nth, customers: Vec<Customer>| match nth {
            0 => list(&customers, json!({})),
            _ => part(&customers[..1]),
        };
        let api = Api::with_answers(lost, lists).await;
        let Some(folder) = S::with_names(&NAMES).await else { return };
        for run in 0..2 {
            let summary = folder.run(&api.client()).await;
            assert_eq!((summary.counts.created, summary.counts.unknown), (2, 2), "run {run}");
            let ended = summary.ended_early.unwrap();
            assert!(ended.reason.contains("expected the whole list"), "{ended:?}");
        }
        assert_eq!(api.names(), NAMES, "and no row was sent again");
    }
}

async fn an_import_does_not_begin_with_a_part_of_a_list<S: Storage>() {
    let api = Api::with_answers(lost, |_, _, _| list(&[], json!({"total": 1}))).await;
    let Some(folder) = S::with_names(&NAMES).await else { return };
    let summary = folder.run(&api.client()).await;
    let ended = summary.ended_early.unwrap();
    assert!(
        ended.reason.starts_with("the customers could not be listed: expected the whole list"),
        "{ended:?}"
    );
    assert_eq!((summary.counts.pending, api.names().len(), ended.again), (4, 0, false));
}

/// A list in which this customer cannot be read, but for its id perhaps.
fn with_unreadable(customers: &[Customer], name: &str, keeps_id: bool) -> (String, String) {
    let (status, body) = list(customers, json!({}));
    let mut body: Value = serde_json::from_str(&body).unwrap();
    for customer in body["customers"].as_array_mut().unwrap() {
        if customer["name"] == name {
            customer["name"] = Value::Null;
            if !keeps_id {
                customer["id"] = Value::Null;
            }
        }
    }
    (status, body.to_string())
}

async fn a_new_customer_that_cannot_be_read_may_be_any_rows<S: Storage>() {
    for keeps_id in [true, false] {
        // B was made and cannot be read; C was not made.
        let script = |create: &CreateCustomer, _| match create.name.as_str() {
            "B" => Fault::LostAfter,
            "C" => Fault::LostBefore,
            _ => Fault::None,
        };
        let lists = move |_: &str, _, customers: Vec<Customer>| with_unreadable(&customers, "B", keeps_id);
        let api = Api::with_answers(script, lists).await;
        let Some(folder) = S::with_names(&NAMES).await else { return };
        for _ in 0..2 {
            let summary = folder.run(&api.client()).await;
            assert_eq!((summary.counts.created, summary.counts.uncertain, summary.ended_early), (2, 2, None));
        }
        assert_eq!(
            states(&folder).await,
            [State::Created, State::Uncertain, State::Uncertain, State::Created]
        );
        for row in [1, 2] {
            let reason = reason(&folder, row).await;
            assert!(reason.contains("of the list") && reason.contains("cannot be read"), "{reason}");
            assert_eq!(reason.contains("(id "), keeps_id, "{reason}");
        }
        assert_eq!((api.sends("B"), api.sends("C")), (1, 1));
    }
}

async fn a_known_customer_that_cannot_be_read_is_no_obstacle<S: Storage>() {
    let script = |create: &CreateCustomer, nth| match create.name.as_str() {
        "B" if nth == 0 => Fault::LostBefore,
        _ => Fault::None,
    };
    let lists = |_: &str, _, customers: Vec<Customer>| with_unreadable(&customers, "Old", true);
    let api = Api::with_answers(script, lists).await;
    let old: CreateCustomer = serde_json::from_value(
        json!({"name": "Old", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}),
    )
    .unwrap();
    assert_eq!(api.make(&old), CustomerId(100));
    let Some(folder) = S::with_names(&NAMES).await else { return };
    let summary = folder.run(&api.client()).await;
    assert_eq!((summary.counts.created, summary.ended_early), (4, None));
    assert_eq!(api.sends("B"), 2, "that it was not made is certain");
}

of_each_journal! {
    what_another_page_shows_is_there
    a_part_of_a_list_settles_nothing
    an_import_does_not_begin_with_a_part_of_a_list
    a_new_customer_that_cannot_be_read_may_be_any_rows
    a_known_customer_that_cannot_be_read_is_no_obstacle
}
