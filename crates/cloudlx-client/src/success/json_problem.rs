//! What is wrong with a server's JSON, in words that quote nothing of it.
//!
//! serde's messages quote a value of the wrong type, and in a list of customers that is other people's data. This module parses
//! the messages and omits those of an unknown form: the line and the column show where to look.

use std::fmt;

/// Displays a problem and its position: `expected struct Currency, found string at line 1 column 73`.
pub(crate) struct JsonProblem<'a>(pub(crate) &'a serde_json::Error);

impl fmt::Display for JsonProblem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = self.0;
        if !error.is_data() {
            // The parser's messages about text that is not JSON quote nothing.
            return write!(f, "{error}");
        }
        if let Some(words) = without_values(error) {
            write!(f, "{words} ")?;
        }
        write!(f, "at line {} column {}", error.line(), error.column())
    }
}

/// The parser's message without the position and without the value that it quotes. None where the message has an unknown form,
/// and may quote the value.
pub(crate) fn without_values(error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = text.strip_suffix(&place).unwrap_or(&text);
    for begins in ["invalid type: ", "invalid value: "] {
        // The text after the last ", expected " is this workspace's own, never a part of the value.
        if let Some((found, expected)) =
            message.strip_prefix(begins).and_then(|found| found.rsplit_once(", expected "))
        {
            return Some(format!("expected {expected}, found {}", json_type(found)));
        }
    }
    let is_ours = ["missing field ", "duplicate field ", "expected a list, ", "invalid length "];
    is_ours.iter().any(|begins| message.starts_with(begins)).then(|| message.to_owned())
}

/// The JSON type of what the parser found. Only the first word of its description counts.
fn json_type(found: &str) -> &'static str {
    match found.split([' ', '`', '"']).next() {
        Some("map") => "object",
        Some("sequence") => "array",
        Some("integer" | "floating") => "number",
        Some("boolean") => "boolean",
        Some("string") => "string",
        Some("null" | "unit") => "null",
        _ => "something else",
    }
}

#[cfg(test)]
mod tests {
    use cloudlx_model::CustomerList;

    use super::*;

    fn shown(json: &str) -> String {
        let error = serde_json::from_str::<CustomerList>(json).unwrap_err();
        JsonProblem(&error).to_string()
    }

    #[test]
    fn what_is_wrong_is_named_by_kind_and_place_and_never_by_value() {
        for json in [
            r#"{"customers": [{"id": "Anna, expected Example"}]}"#,
            r#"{"customers": [{"id": 1, "name": 44207946}]}"#,
            r#"{"customers": [{"id": 44207946.5}]}"#,
            r#"{"customers": [{"id": -44207946}]}"#,
            r#"{"customers": "Anna \"Example\" at line 1 column 2"}"#,
            r#"{"customers": [{"id": 1, "name": "Anna", "currency": "anna@example.com"}]}"#,
            r#"{"Anna": "Example"}"#,
            r#""Anna""#,
        ] {
            let shown = shown(json);
            for value in ["Anna", "Example", "anna", "4420"] {
                assert!(!shown.contains(value), "{json}: {shown}");
            }
            assert!(shown.contains("at line 1 column ") && shown.len() < 120, "{json}: {shown}");
        }
    }

    #[test]
    fn the_kind_that_came_and_what_was_expected_stay() {
        assert_eq!(
            shown(r#"{"customers": [{"id": 1, "name": true}]}"#),
            "expected a string, found boolean at line 1 column 37"
        );
        assert!(shown("{}").starts_with("missing field `customers` at line 1 column 2"), "{}", shown("{}"));
        assert_eq!(shown("{"), "EOF while parsing an object at line 1 column 1");
    }

    #[test]
    fn words_of_an_unknown_form_are_left_out() {
        use serde::de::Error as _;

        for words in ["Anna Example", "invalid type Anna", "unknown variant `Anna`", "invalid type: Anna"] {
            assert_eq!(without_values(&serde_json::Error::custom(words)), None, "{words}");
        }
    }
}
