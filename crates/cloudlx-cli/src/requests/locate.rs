//! Where in a text a violation's pointer points.

use std::collections::HashMap;
use std::ops::Range;

use cloudlx_validate::{Rule, Violation, Violations};
use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

/// Parses strict JSON with the places of its values; `None` for what is no JSON.
///
/// `serde_json` has the first word: it bounds how deep a document may nest.
pub(crate) fn parse(text: &str) -> Option<Value<'_>> {
    serde_json::from_str::<serde_json::Value>(text).ok()?;
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        ..ParseOptions::default()
    };
    parse_to_ast(text, &CollectOptions::default(), &strict).ok()?.value
}

/// What to point at for each of `violations`, as bytes of the document's text. A field that is missing is pointed at
/// where its object begins, an unknown or repeated one by its name.
pub(crate) fn ranges(document: &[u8], violations: &Violations) -> Vec<Range<usize>> {
    let text = String::from_utf8_lossy(document);
    let value = parse(&text);
    let mut repeated = HashMap::new();
    let range = |violation: &Violation| {
        let nth = match violation.rule {
            Rule::JsonSyntax => return syntax_error(document),
            // The first one is no mistake; each further one has its own violation.
            Rule::RepeatedField => {
                let nth = repeated.entry(violation.pointer.clone()).or_insert(0);
                *nth += 1;
                *nth
            }
            _ => 0,
        };
        in_value(value.as_ref()?, &violation.pointer, violation.rule, nth)
    };
    violations.iter().map(range).map(|range| range.unwrap_or(0..text.len().min(1))).collect()
}

fn in_value(value: &Value<'_>, pointer: &str, rule: Rule, nth: usize) -> Option<Range<usize>> {
    let mut at = value;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        at = match at {
            Value::Object(object) => match (rule, property(object, &token, nth)) {
                (Rule::UnknownField | Rule::RepeatedField, Some(property)) => {
                    return Some(bytes(property.name.range()));
                }
                (_, Some(property)) => &property.value,
                (_, None) => return Some(object.range.start..object.range.start + 1),
            },
            Value::Array(array) => array.elements.get(token.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(bytes(at.range()))
}

/// The property called `name`; where there are several, the one that `nth` others of them come before.
fn property<'a, 'b>(object: &'b Object<'a>, name: &str, nth: usize) -> Option<&'b ObjectProp<'a>> {
    object.properties.iter().filter(|property| property.name.as_str() == name).nth(nth)
}

fn bytes(range: jsonc_parser::common::Range) -> Range<usize> {
    range.start..range.end
}

/// Where the parser stopped: one character. Lines and columns count bytes of the document, which are not those of its
/// text where it is not UTF-8.
fn syntax_error(document: &[u8]) -> Option<Range<usize>> {
    let error = serde_json::from_slice::<serde_json::Value>(document).err()?;
    let lines = document.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(error.line().checked_sub(1)?).map(<[u8]>::len).sum();
    let at = (before + error.column().saturating_sub(1)).min(document.len());
    let start = String::from_utf8_lossy(document.get(..at)?).len();
    let text = String::from_utf8_lossy(document);
    let start = text.floor_char_boundary(start);
    let length = text.get(start..)?.chars().next().map_or(0, char::len_utf8);
    Some(start..start + length)
}

#[cfg(test)]
mod tests {
    use cloudlx_validate::from_json;

    use super::*;

    /// What each violation of `text` points at.
    fn pointed_at(text: &str) -> Vec<&str> {
        let violations = from_json(text.as_bytes()).unwrap_err();
        ranges(text.as_bytes(), &violations).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn values_names_and_beginnings() {
        let text =
            r#"{"náme": 1, "currency_iso": "GB", "country_iso": "UK", "realms": [1, 0], "realms": []}"#;
        assert_eq!(pointed_at(text), [r#""náme""#, r#""GB""#, r#""UK""#, r#""realms""#, "0", "{"]);
    }

    #[test]
    fn each_further_of_equal_names() {
        let text = r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [], "name": 2, "name": 3}"#;
        let violations = from_json(text.as_bytes()).unwrap_err();
        let starts: Vec<_> =
            ranges(text.as_bytes(), &violations).into_iter().map(|range| range.start).collect();
        assert_eq!(starts, [text.find("\"name\": 2").unwrap(), text.find("\"name\": 3").unwrap()]);
    }

    #[test]
    fn the_place_of_bytes_that_are_no_text() {
        let document = b"{\"name\": \"caf\xe9\"}";
        let violations = from_json(document).unwrap_err();
        let text = String::from_utf8_lossy(document);
        let range = ranges(document, &violations).remove(0);
        assert!(text[..range.end].contains("caf"), "{range:?}");
    }

    #[test]
    fn the_place_of_a_syntax_error() {
        assert_eq!(pointed_at("{\n  \"name\": \"é\",,\n}"), [","]);
        assert_eq!(pointed_at(""), [""]);
        assert_eq!(pointed_at("{"), ["{"]);
        assert_eq!(pointed_at("[[["), ["["]);
    }

    #[test]
    fn nesting_without_end_is_no_json() {
        assert!(parse(&"[".repeat(100_000)).is_none());
        assert!(parse(&("[".repeat(100_000) + &"]".repeat(100_000))).is_none());
    }
}
