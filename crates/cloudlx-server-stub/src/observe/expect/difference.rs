//! Where two JSON documents differ, field by field.

use std::fmt;

use serde_json::{Map, Value};

/// How much of a value is shown, in bytes.
const VALUE_SHOWN: usize = 200;

/// How much of a request's line, of a violation and of the expected content is shown, in bytes.
pub(super) const TEXT_SHOWN: usize = 1024;

/// One place where a request is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// An RFC 6901 pointer, or the part of the request, such as `the status`.
    place: String,
    expected: String,
    found: String,
}

impl Difference {
    pub(super) fn new(place: &str, expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        let [place, expected, found] =
            [place.to_owned(), expected.to_string(), found.to_string()].map(|text| cut(text, VALUE_SHOWN));
        Self { place, expected, found }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.place, self.expected, self.found)
    }
}

/// Where `found` differs from `expected`. Further fields of an object count only where `expected` is the `whole` object.
pub(super) fn differences(expected: &Value, found: &Value, whole: bool) -> Vec<Difference> {
    let mut differences = Vec::new();
    compare("", Some(expected), Some(found), whole, &mut differences);
    differences
}

/// The first `shown` bytes of a text.
pub(super) fn cut(mut text: String, shown: usize) -> String {
    if text.len() > shown {
        text.truncate(text.floor_char_boundary(shown));
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

fn compare(
    place: &str,
    expected: Option<&Value>,
    found: Option<&Value>,
    whole: bool,
    differences: &mut Vec<Difference>,
) {
    let [expected, found] = [expected, found].map(|value| value.filter(|value| !value.is_null()));
    match (expected, found) {
        (Some(Value::Object(expected)), Some(Value::Object(found))) => {
            for name in names(expected, found, whole) {
                let place = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
                compare(&place, expected.get(name), found.get(name), whole, differences);
            }
        }
        (Some(Value::Array(expected)), Some(Value::Array(found))) if expected.len() == found.len() => {
            for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                compare(&format!("{place}/{index}"), Some(expected), Some(found), true, differences);
            }
        }
        (expected, found) if same(expected, found) => {}
        (expected, found) => {
            let place = if place.is_empty() { "the body" } else { place };
            differences.push(Difference::new(place, shown(expected), shown(found)));
        }
    }
}

/// The fields to compare: the expected ones and, for a whole object, those that were found besides.
fn names<'a>(
    expected: &'a Map<String, Value>,
    found: &'a Map<String, Value>,
    whole: bool,
) -> impl Iterator<Item = &'a String> {
    let besides = found.keys().filter(move |name| whole && !expected.contains_key(*name));
    expected.keys().chain(besides)
}

fn same(expected: Option<&Value>, found: Option<&Value>) -> bool {
    match (expected, found) {
        // Whole numbers are compared exactly. A number with a fraction, also of zero, is compared by its value.
        (Some(Value::Number(expected)), Some(Value::Number(found)))
            if expected.is_f64() || found.is_f64() =>
        {
            expected.as_f64() == found.as_f64()
        }
        (expected, found) => expected == found,
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(expected: &Value, found: &Value, whole: bool) -> Vec<String> {
        differences(expected, found, whole).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_difference_says_where_and_what() {
        let expected = json!({"name": "A", "realms": [1, 2], "shown": [3], "email": "x", "a/b": {"c~d": 1}});
        let came = json!({"name": "B", "realms": [1, 3], "shown": [3, 4], "a/b": {"c~d": 2}, "more": true});
        let fields = [
            r#"/name: expected "A", found "B""#,
            "/realms/1: expected 2, found 3",
            "/shown: expected [3], found [3,4]",
            r#"/email: expected "x", found nothing"#,
            "/a~1b/c~0d: expected 1, found 2",
        ];
        let mut in_fields = found(&expected, &came, false);
        in_fields.sort();
        let mut sorted = fields.to_vec();
        sorted.sort_unstable();
        assert_eq!(in_fields, sorted);
        let in_whole = found(&expected, &came, true);
        assert_eq!(in_whole.len(), fields.len() + 1);
        assert_eq!(in_whole.last().unwrap(), "/more: expected nothing, found true");
        assert_eq!(found(&json!({}), &json!([1]), false), ["the body: expected {}, found [1]"]);
    }

    #[test]
    fn what_means_the_same_is_the_same() {
        for (one, other) in [
            (json!({"email": null}), json!({})),
            (json!({}), json!({"email": null})),
            (json!([1, 2]), json!([1.0, 2])),
        ] {
            assert_eq!(found(&one, &other, true), [""; 0], "{one} {other}");
        }
        assert_eq!(
            found(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992_u64), true).len(),
            1
        );
    }

    #[test]
    fn long_values_are_cut() {
        let [difference] = &differences(&json!("ü".repeat(1_000)), &json!(1), true)[..] else { panic!() };
        assert!(difference.expected.len() <= VALUE_SHOWN + '…'.len_utf8());
    }
}
