//! Checking a valid request allocates nothing beyond what parsing it allocates.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use allocation_counter::measure;
use cloudlx_model::{CreateCustomer, Realm, RealmId, SubRealm, SubRealmId};
use cloudlx_validate::{Catalogue, from_json, from_json_against, validate};

const PAGE: &[u8] = include_bytes!("../../cloudlx-model/samples/create-customer.request.json");

fn parse(text: &[u8]) -> CreateCustomer {
    serde_json::from_slice(text).unwrap()
}

#[test]
fn the_pages_request() {
    let parsing = measure(|| drop(parse(PAGE))).count_total;
    assert!(parsing > 0, "the counter counts");
    assert_eq!(measure(|| drop(from_json(PAGE).unwrap())).count_total, parsing);

    let realm = |id| Realm::new("").id(RealmId(id));
    let sub_realm = |id| SubRealm::new(SubRealmId(id), "");
    let catalogue = Catalogue::new([1, 2, 7].map(realm), [313, 328].map(sub_realm)).unwrap();
    assert_eq!(measure(|| drop(from_json_against(PAGE, &catalogue).unwrap())).count_total, parsing);

    let mut request = Some(parse(PAGE));
    assert_eq!(measure(|| drop(validate(request.take().unwrap()).unwrap())).count_total, 0);
}

/// Thousands of ids in order, as programs write them.
#[test]
fn a_large_sorted_request() {
    let mut request = parse(PAGE);
    request.shown_sub_realms = Some((1..5_000).map(SubRealmId).collect());
    request.enabled_sub_realms = Some((1..5_000).step_by(3).map(SubRealmId).collect());
    let mut request = Some(request);
    assert_eq!(measure(|| drop(validate(request.take().unwrap()).unwrap())).count_total, 0);
}

/// What a mebibyte of mistakes costs, which a stranger may send to a server: memory by what was sent and not by what is
/// wrong with it.
#[test]
fn a_mebibyte_of_wrong_ids() {
    let catalogue = Catalogue::new([], []).unwrap();
    let ids = "9,".repeat(512 * 1024 - 100);
    let text = format!(
        r#"{{"name":"A","currency_iso":"GBP","country_iso":"GB","realms":[{}]}}"#,
        ids.trim_end_matches(',')
    );
    let mut total = 0;
    let used = measure(|| total = from_json_against(text.as_bytes(), &catalogue).unwrap_err().total());
    assert_eq!(total, 2 * (512 * 1024 - 100) - 1, "none of them exists, and all but the first are repeated");
    println!("{} MiB at once", used.bytes_max / 1024 / 1024);
    assert!(used.bytes_max < 48 * 1024 * 1024, "{} bytes", used.bytes_max);
}
