//! The number of rules: those that are looked at and hold, and those that are broken and explained.

use cloudlx_validate::from_json;
use serde_json::{Map, Value, json};
use xtask_measure::{Curve, Line, Measure, Plot, Ratios};

use crate::{PAGE, parse};

const RULES: &str = include_str!("../../../../schemas/v1/rules.json");

/// The fields that a request must have.
const REQUIRED: usize = 4;

/// A value for each field, in the page's order, that breaks one rule.
fn mistakes() -> [(&'static str, Value); 10] {
    [
        ("name", json!(" ")),
        ("currency_iso", json!("HRK")),
        ("country_iso", json!("UK")),
        ("realms", json!([1, 2, 1])),
        ("shown_sub_realms", json!([313, 328, 313])),
        ("enabled_sub_realms", json!([329])),
        ("email", json!("j.smith at example.com")),
        ("first_name", json!("")),
        ("last_name", json!("")),
        ("role_group", json!("")),
    ]
}

pub(crate) fn curve(measure: Measure) -> Curve {
    let page: Map<String, Value> = serde_json::from_str(PAGE).unwrap();
    let lines = vec![
        Line::new("rules that hold", hold(measure, &page)),
        Line::new("rules that are broken", broken(measure, &page)),
    ];
    Curve {
        name: "rules".to_owned(),
        title: "The number of rules".to_owned(),
        about: format!(
            "A request is parsed and checked, from bytes. The rules that hold are those that `rules.json` has for the \
             fields which are there: from the {REQUIRED} that must be to all {}, of which each is valid. The rules that \
             are broken are one a field, in the page's order, of a request with all fields; each is explained.",
            page.len()
        ),
        x: "number of rules".to_owned(),
        plots: vec![Plot { y: "time (parse alone of the same request = 1)".to_owned(), lines }],
    }
}

/// Valid requests, each with one field more than the last.
fn hold(measure: Measure, page: &Map<String, Value>) -> Vec<(u32, Ratios)> {
    let fields = mistakes().map(|(field, _)| field);
    let with_fields = |count| -> Map<_, _> {
        fields.iter().take(count).map(|&field| (field.to_owned(), page.get(field).unwrap().clone())).collect()
    };
    let point = |count| {
        let request = with_fields(count);
        (rules_for(&request), beside_parse(measure, &request, 0))
    };
    (REQUIRED..=fields.len()).map(point).collect()
}

/// Requests with all fields, each with one mistake more than the last.
fn broken(measure: Measure, page: &Map<String, Value>) -> Vec<(u32, Ratios)> {
    let mut request = page.clone();
    let none = (0, beside_parse(measure, &request, 0));
    let mistakes = mistakes().into_iter().zip(1..).map(|((field, mistake), violations)| {
        request.insert(field.to_owned(), mistake);
        (violations, beside_parse(measure, &request, violations))
    });
    std::iter::once(none).chain(mistakes).collect()
}

/// How many rules there are for the fields of `request`, without a catalogue of realms.
fn rules_for(request: &Map<String, Value>) -> u32 {
    const NEED_A_CATALOGUE: [&str; 2] = ["realm-unknown", "sub-realm-unknown"];
    let rules: Value = serde_json::from_str(RULES).unwrap();
    let places = |rule: &Value| {
        let looks_at = |path: &&Value| {
            let field = path.as_str().unwrap().split('/').nth(1);
            field.is_some_and(|field| request.contains_key(field))
        };
        let paths = rule.get("path").and_then(Value::as_array).unwrap();
        paths.iter().filter(looks_at).count()
    };
    let rules = rules.get("rules").and_then(Value::as_array).unwrap();
    let checked = rules.iter().filter(|rule| {
        let code = rule.get("code").and_then(Value::as_str).unwrap();
        !NEED_A_CATALOGUE.contains(&code)
    });
    u32::try_from(checked.map(places).sum::<usize>()).unwrap()
}

fn beside_parse(measure: Measure, request: &Map<String, Value>, violations: u32) -> Ratios {
    let request = serde_json::to_vec(request).unwrap();
    let found = from_json(&request).err().map_or(0, |violations| violations.total());
    assert_eq!(found, usize::try_from(violations).unwrap());
    measure.calls(|| from_json(&request).is_ok(), || parse(&request))
}
