//! What checking costs beside parsing: requests as bytes, checked and only parsed, in one process, alternately.
//!
//! `cargo xtask bench check` runs it and prints the table.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run says so by panicking")]

use cloudlx_model::{CreateCustomer, SubRealmId};
use cloudlx_validate::from_json;
use serde_json::{Value, json};
use xtask_measure::{Goal, Measure, Row};

const GROUP: &str = "check";
const PARSE_ALONE: &str = "serde_json alone, into the same struct";

const PAGE: &[u8] = include_bytes!("../../cloudlx-model/samples/create-customer.request.json");
const SCHEMA: &[u8] = include_bytes!("../../../schemas/v1/create-customer.request.schema.json");

fn main() {
    let measure = Measure::from_environment();
    let rows = [
        page(measure),
        page_as_text(measure),
        page_by_schema(measure),
        ids(measure, 1_000, Order::Sorted),
        ids(measure, 100_000, Order::Sorted),
        id_by_id(measure),
        ids(measure, 1_000, Order::Shuffled),
        ids(measure, 100_000, Order::Shuffled),
        ten_violations(measure),
    ];
    xtask_measure::print(&rows).unwrap();
}

fn page(measure: Measure) -> Row {
    let ratios = measure.calls(|| from_json(PAGE).unwrap(), || parse(PAGE));
    Row::new(GROUP, "the page's request, from bytes", PARSE_ALONE, &ratios, Goal::AtMost(1.2))
}

/// What the check parses with, so that the rest of the check is seen alone.
fn page_as_text(measure: Measure) -> Row {
    let parse = || serde_json::from_str::<CreateCustomer>(str::from_utf8(PAGE).unwrap()).unwrap();
    let ratios = measure.calls(|| from_json(PAGE).unwrap(), parse);
    let against = "serde_json alone, from bytes that are known to be text, as the check parses";
    Row::new(GROUP, "the page's request, from bytes", against, &ratios, Goal::None)
}

fn page_by_schema(measure: Measure) -> Row {
    let schema = jsonschema::validator_for(&serde_json::from_slice(SCHEMA).unwrap()).unwrap();
    let by_schema = || {
        let request: Value = serde_json::from_slice(PAGE).unwrap();
        assert!(schema.is_valid(&request));
        request
    };
    let ratios = measure.calls(|| from_json(PAGE).unwrap(), by_schema);
    let against =
        "serde_json into a Value, and the jsonschema crate on our schema, which cannot say the subset rule";
    Row::new(GROUP, "the page's request, from bytes", against, &ratios, Goal::AtMost(0.4))
}

fn ids(measure: Measure, count: u64, order: Order) -> Row {
    let request = with_sub_realms(count, order);
    let ratios = measure.calls(|| from_json(&request).unwrap(), || parse(&request));
    let what = format!("{count} shown and {count} enabled sub-realms, {}", order.name());
    Row::new(GROUP, &what, PARSE_ALONE, &ratios, Goal::AtMost(1.3))
}

fn id_by_id(measure: Measure) -> Row {
    let (many, few) = (with_sub_realms(100_000, Order::Sorted), with_sub_realms(1_000, Order::Sorted));
    let ratios = measure.calls(|| from_json(&many).unwrap(), || from_json(&few).unwrap());
    let what = "time an id, of 100000 shown and 100000 enabled sub-realms";
    let against = "time an id, of 1000 and 1000";
    Row::new(GROUP, what, against, &ratios.by_piece(100_000, 1_000), Goal::AtMost(1.5))
}

fn ten_violations(measure: Measure) -> Row {
    let request = serde_json::to_vec(&json!({
        "name": " ",
        "currency_iso": "HRK",
        "country_iso": "UK",
        "realms": [1, 2, 1],
        "shown_sub_realms": [313, 328, 313],
        "enabled_sub_realms": [329],
        "email": "j.smith at example.com",
        "first_name": "",
        "last_name": "",
        "role_group": "",
    }))
    .unwrap();
    assert_eq!(from_json(&request).unwrap_err().total(), 10);
    let ratios = measure.calls(|| from_json(&request).unwrap_err(), || parse(&request));
    Row::new(GROUP, "a request with 10 violations, explained", PARSE_ALONE, &ratios, Goal::AtMost(15.0))
}

/// How the ids of an array follow one another.
#[derive(Debug, Clone, Copy)]
enum Order {
    /// As programs write them.
    Sorted,
    /// As a person clicked on them.
    Shuffled,
}

impl Order {
    fn name(self) -> &'static str {
        match self {
            Self::Sorted => "in order",
            Self::Shuffled => "out of order",
        }
    }

    /// `count` ids without a repetition: a step that has no factor in common with `count` visits all.
    fn ids(self, count: u64) -> Vec<u64> {
        let step = match self {
            Self::Sorted => 1,
            Self::Shuffled => 7_919,
        };
        (0..count).map(|index| index * step % count + 1).collect()
    }
}

fn with_sub_realms(count: u64, order: Order) -> Vec<u8> {
    let ids = || order.ids(count).into_iter().map(SubRealmId);
    serde_json::to_vec(&parse(PAGE).shown_sub_realms(ids()).enabled_sub_realms(ids())).unwrap()
}

fn parse(request: &[u8]) -> CreateCustomer {
    serde_json::from_slice(request).unwrap()
}
