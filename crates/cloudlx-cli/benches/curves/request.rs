//! The size of a request.

use cloudlx_bench::{Curve, Line, Measure, Plot, Ratios};
use cloudlx_model::{CreateCustomer, SubRealmId};
use cloudlx_validate::from_json;

use crate::{PAGE, parse};

/// How many sub-realms are shown, and as many enabled.
const IDS: [u32; 6] = [1, 10, 100, 1_000, 10_000, 100_000];

/// A step through the ids that visits all: a prime, and no factor of any of [`IDS`].
const STEP: u32 = 7_919;

pub(crate) fn curve(measure: Measure) -> Curve {
    let ids = if measure.quick { &IDS[..3] } else { &IDS };
    let [least, ..] = IDS;
    let reference = with_sub_realms(least, 1);
    let line = |name, step, call: fn(&[u8]) -> CreateCustomer| {
        let point = |&count| (count, time_of_a_byte(measure, &with_sub_realms(count, step), call, &reference));
        Line::new(name, ids.iter().map(point))
    };
    let lines = vec![
        line("parse alone", 1, parse),
        line("parse and check, ids in order", 1, parse_and_check),
        line("parse and check, ids out of order", STEP, parse_and_check),
    ];
    Curve {
        name: "request".to_owned(),
        title: "The size of a request".to_owned(),
        about: "A request with so many shown and as many enabled sub-realms, from bytes: parsed by serde_json alone, \
                and parsed and checked. Where a line is level, the cost grows as the request does."
            .to_owned(),
        x: "ids shown, and as many enabled".to_owned(),
        plots: vec![Plot { y: "time a byte (parse alone of the smallest = 1)".to_owned(), lines }],
    }
}

fn time_of_a_byte(
    measure: Measure,
    request: &[u8],
    call: fn(&[u8]) -> CreateCustomer,
    reference: &[u8],
) -> Ratios {
    let bytes = |request: &[u8]| u32::try_from(request.len()).unwrap();
    measure.calls(|| call(request), || parse(reference)).by_piece(bytes(request), bytes(reference))
}

fn parse_and_check(request: &[u8]) -> CreateCustomer {
    from_json(request).unwrap().into_inner()
}

fn with_sub_realms(count: u32, step: u32) -> Vec<u8> {
    let id = |index| SubRealmId(u64::from(index) * u64::from(step) % u64::from(count) + 1);
    let ids = || Some((0..count).map(id).collect());
    let page = parse(PAGE.as_bytes());
    serde_json::to_vec(&CreateCustomer { shown_sub_realms: ids(), enabled_sub_realms: ids(), ..page }).unwrap()
}
