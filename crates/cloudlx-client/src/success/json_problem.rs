//! What is wrong with JSON of a server, in words that quote nothing of it.
//!
//! serde's words name a value that has the wrong type, and in a list of customers that is other people's data. They are
//! taken apart here, and what is not one of the known forms is left out: the line and the column say where to look.

use std::fmt;

/// Shown as what is wrong and where: `expected struct Currency, found string at line 1 column 73`.
pub(crate) struct JsonProblem<'a>(pub(crate) &'a serde_json::Error);

impl fmt::Display for JsonProblem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = self.0;
        if !error.is_data() {
            // The parser's words about what is no JSON quote nothing.
            return write!(f, "{error}");
        }
        if let Some(words) = without_values(error) {
            write!(f, "{words} ")?;
        }
        write!(f, "at line {} column {}", error.line(), error.column())
    }
}

/// What a parser says of a value that it did not expect, without the place and without what it quotes of the value; none
/// where the words are of no known form, and may quote it.
pub(crate) fn without_values(error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let said = text.strip_suffix(&place).unwrap_or(&text);
    for begins in ["invalid type: ", "invalid value: "] {
        // What was expected are this workspace's words, so the last of these is none of the value.
        if let Some((found, expected)) =
            said.strip_prefix(begins).and_then(|found| found.rsplit_once(", expected "))
        {
            return Some(format!("expected {expected}, found {}", as_json_calls_it(found)));
        }
    }
    let is_ours = ["missing field ", "duplicate field ", "expected a list, ", "invalid length "];
    is_ours.iter().any(|begins| said.starts_with(begins)).then(|| said.to_owned())
}

/// What JSON calls what a parser found, of which only the first word counts.
fn as_json_calls_it(found: &str) -> &'static str {
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

    fn said(json: &str) -> String {
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
            let said = said(json);
            for value in ["Anna", "Example", "anna", "4420"] {
                assert!(!said.contains(value), "{json}: {said}");
            }
            assert!(said.contains("at line 1 column ") && said.len() < 120, "{json}: {said}");
        }
    }

    #[test]
    fn the_kind_that_came_and_what_was_expected_stay() {
        assert_eq!(
            said(r#"{"customers": [{"id": 1, "name": true}]}"#),
            "expected a string, found boolean at line 1 column 37"
        );
        assert!(said("{}").starts_with("missing field `customers` at line 1 column 2"), "{}", said("{}"));
        assert_eq!(said("{"), "EOF while parsing an object at line 1 column 1");
    }

    #[test]
    fn words_of_an_unknown_form_are_left_out() {
        use serde::de::Error as _;

        for words in ["Anna Example", "invalid type Anna", "unknown variant `Anna`", "invalid type: Anna"] {
            assert_eq!(without_values(&serde_json::Error::custom(words)), None, "{words}");
        }
    }
}
