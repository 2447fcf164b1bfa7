//! Where in a text a violation's pointer points.

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

/// The bytes of `text` to point at for each of `violations`. A field that is missing is pointed at where its object
/// begins, an unknown or repeated one by its name.
pub(crate) fn ranges(text: &str, violations: &Violations) -> Vec<Range<usize>> {
    let value = parse(text);
    let range = |violation: &Violation| match violation.rule {
        Rule::JsonSyntax => syntax_error(text),
        rule => value.as_ref().and_then(|value| in_value(value, &violation.pointer, rule)),
    };
    violations.iter().map(|violation| range(violation).unwrap_or(0..text.len().min(1))).collect()
}

fn in_value(value: &Value<'_>, pointer: &str, rule: Rule) -> Option<Range<usize>> {
    let mut at = value;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        at = match at {
            Value::Object(object) => match (rule, property(object, &token, rule)) {
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

/// The property called `name`: the first one, or the second where the rule is that there be one.
fn property<'a, 'b>(object: &'b Object<'a>, name: &str, rule: Rule) -> Option<&'b ObjectProp<'a>> {
    let mut properties = object.properties.iter().filter(|property| property.name.as_str() == name);
    if rule == Rule::RepeatedField { properties.nth(1) } else { properties.next() }
}

fn bytes(range: jsonc_parser::common::Range) -> Range<usize> {
    range.start..range.end
}

/// Where the parser stopped: one character.
fn syntax_error(text: &str) -> Option<Range<usize>> {
    let error = serde_json::from_str::<serde_json::Value>(text).err()?;
    let line_start: usize = text.split_inclusive('\n').take(error.line().checked_sub(1)?).map(str::len).sum();
    let start = text.floor_char_boundary((line_start + error.column().saturating_sub(1)).min(text.len()));
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
        ranges(text, &violations).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn values_names_and_beginnings() {
        let text =
            r#"{"náme": 1, "currency_iso": "GB", "country_iso": "UK", "realms": [1, 0], "realms": []}"#;
        assert_eq!(pointed_at(text), [r#""náme""#, r#""GB""#, r#""UK""#, r#""realms""#, "0", "{"]);
    }

    #[test]
    fn the_second_of_two_equal_names() {
        let text = r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [], "name": "B"}"#;
        let violations = from_json(text.as_bytes()).unwrap_err();
        assert_eq!(ranges(text, &violations)[0].start, text.rfind("\"name\"").unwrap());
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
