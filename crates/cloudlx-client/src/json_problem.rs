//! What is wrong with JSON of a server, in words that quote nothing of it.
//!
//! serde's words name a value that has the wrong type, and in a list of customers that is other people's data. They are
//! taken apart here, and what is not one of the known forms is left out: the line and the column say where to look.

use std::fmt;

/// Shown as what is wrong and where: `invalid type: string, expected struct Currency at line 1 column 73`.
pub(crate) struct JsonProblem<'a>(pub(crate) &'a serde_json::Error);

impl fmt::Display for JsonProblem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = self.0;
        let words = error.to_string();
        if !error.is_data() {
            // The parser's words about what is no JSON quote nothing.
            return f.write_str(&words);
        }
        let (line, column) = (error.line(), error.column());
        let place = format!("at line {line} column {column}");
        let words = words.strip_suffix(&place).unwrap_or(&words).trim_end();
        match without_value(words) {
            Some(words) => write!(f, "{words} {place}"),
            None => f.write_str(&place),
        }
    }
}

/// serde's `words` without the value that they quote; none where they may quote one that cannot be told apart.
fn without_value(words: &str) -> Option<String> {
    if words.starts_with("missing field ") || words.starts_with("duplicate field ") {
        // The names of our own fields.
        return Some(words.to_owned());
    }
    let (problem, rest) = ["invalid type", "invalid value"]
        .into_iter()
        .find_map(|problem| Some((problem, words.strip_prefix(problem)?.strip_prefix(": ")?)))?;
    // What was expected are our own words, so the last of these is none of the value.
    let (found, expected) = rest.rsplit_once(", expected ")?;
    let kind = found.split(['"', '`']).next().unwrap_or_default().trim_end();
    Some(format!("{problem}: {kind}, expected {expected}"))
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
            "invalid type: boolean, expected a string at line 1 column 37"
        );
        assert!(said("{}").starts_with("missing field `customers` at line 1 column 2"), "{}", said("{}"));
        assert_eq!(said("{"), "EOF while parsing an object at line 1 column 1");
    }

    #[test]
    fn words_of_an_unknown_form_are_left_out() {
        for words in ["Anna Example", "invalid type Anna", "unknown variant `Anna`", "invalid type: Anna"] {
            assert_eq!(without_value(words), None, "{words}");
        }
    }
}
