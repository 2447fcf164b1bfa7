//! The size of a request.

use cloudlx_model::{CreateCustomer, SubRealmId};
use cloudlx_validate::from_json;
use xtask_measure::{Curve, Line, Measure, Plot, Ratios};

use crate::{PAGE, parse};

/// How many sub-realms are shown, and as many enabled.
const IDS: [u32; 6] = [1, 10, 100, 1_000, 10_000, 100_000];

/// A step through the ids that visits all: a prime, and no factor of any of [`IDS`].
const STEP: u32 = 7_919;

/// What is done with a request.
type Call = fn(&[u8]) -> CreateCustomer;

pub(crate) fn curve(measure: Measure) -> Curve {
    let counts = if measure.quick { &IDS[..3] } else { &IDS };
    let beside_parse = |step| {
        counts.iter().map(move |&count| {
            let request = with_sub_realms(count, step);
            (count, measure.calls(|| parse_and_check(&request), || parse(&request)))
        })
    };
    let growth =
        |call, step| counts.iter().map(move |&count| (count, time_of_a_byte(measure, call, count, step)));
    let growths = vec![
        Line::new("parse and check, ids in order", growth(parse_and_check, 1)),
        Line::new("parse and check, ids out of order", growth(parse_and_check, STEP)),
        Line::new("parse alone", growth(parse, 1)),
    ];
    let shares = vec![
        Line::new("parse and check, ids in order", beside_parse(1)),
        Line::new("parse and check, ids out of order", beside_parse(STEP)),
    ];
    Curve {
        name: "request".to_owned(),
        title: "The size of a request".to_owned(),
        about: "A request with so many shown and as many enabled sub-realms, from bytes: parsed by serde_json alone, \
                and parsed and checked. Where a line of the first plot is level, the cost grows as the request does."
            .to_owned(),
        x: "ids shown, and as many enabled".to_owned(),
        plots: vec![
            Plot { y: "time a byte (with 1 id each = 1)".to_owned(), lines: growths },
            Plot { y: "time (parse alone of the same = 1)".to_owned(), lines: shares },
        ],
    }
}

/// Of a request with `count` ids, against the same with one.
fn time_of_a_byte(measure: Measure, call: Call, count: u32, step: u32) -> Ratios {
    let (request, reference) = (with_sub_realms(count, step), with_sub_realms(1, step));
    let [bytes, of_reference] = [&request, &reference].map(|it| u32::try_from(it.len()).unwrap());
    measure.calls(|| call(&request), || call(&reference)).by_piece(bytes, of_reference)
}

fn parse_and_check(request: &[u8]) -> CreateCustomer {
    from_json(request).unwrap().into_inner()
}

fn with_sub_realms(count: u32, step: u32) -> Vec<u8> {
    let id = |index| SubRealmId(u64::from(index) * u64::from(step) % u64::from(count) + 1);
    let ids = || (0..count).map(id);
    let page = parse(PAGE.as_bytes());
    serde_json::to_vec(&page.shown_sub_realms(ids()).enabled_sub_realms(ids())).unwrap()
}
