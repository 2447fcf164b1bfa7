//! Columns of a header, and the JSON of a request out of the cells below them.
//!
//! A column has the name of a request's field. An empty cell leaves its field out. Ids are written in one cell, separated by
//! semicolons: `1;2;7`. Only `cloudlx_validate` knows which fields there are and which of them hold ids: this file asks it.

use std::fmt;

use cloudlx_validate::{Rule, Violation, from_json};
use serde_json::Value;

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its number, from 1 as in spreadsheets.
    pub number: usize,
    /// The name in the header, which is the name of a field; empty where the header has none.
    pub name: String,
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            "" => write!(f, "{} (without a name)", self.number),
            name => write!(f, "{} ({name})", self.number),
        }
    }
}

/// The columns of a file, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    columns: Vec<Column>,
    /// Whether the field of each column is a list of ids.
    are_ids: Vec<bool>,
}

/// A mistake in the header: a name that is not a field's, a name that appears twice, or one that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderMistake {
    /// The line of the header.
    pub line: u64,
    /// The column; none where a column is missing.
    pub column: Option<Column>,
    /// The rule that it breaks. The rules about a request's fields apply to a file's columns.
    pub rule: Rule,
    /// What was expected and what was found.
    pub message: String,
    /// The name to write instead, where there is a similar one.
    pub suggestion: Option<String>,
}

impl Columns {
    /// The columns that a header names, on the given line of the file.
    ///
    /// # Errors
    ///
    /// All mistakes in the header.
    pub(super) fn from_header<'a>(
        line: u64,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Vec<HeaderMistake>> {
        let columns: Vec<_> = names
            .into_iter()
            .enumerate()
            .map(|(index, name)| Column { number: index + 1, name: name.trim().to_owned() })
            .collect();
        let mistakes = mistakes(&columns, line);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let are_ids = columns.iter().map(|column| is_list(&column.name)).collect();
        Ok(Self { columns, are_ids })
    }

    /// The number of columns.
    #[must_use]
    pub fn count(&self) -> usize {
        self.columns.len()
    }

    /// The column with this index, from 0.
    pub(super) fn at(&self, index: usize) -> Column {
        self.columns.get(index).cloned().unwrap_or_else(|| Column { number: index + 1, name: String::new() })
    }

    /// The column that a violation of a row is about; none where the file has no such column.
    #[must_use]
    pub fn of(&self, violation: &Violation) -> Option<&Column> {
        let field = violation.pointer.split('/').nth(1)?;
        self.columns.iter().find(|column| column.name == field)
    }

    /// A violation's message, worded for a cell: the field of a request is a column here.
    #[must_use]
    pub fn message(&self, violation: &Violation) -> String {
        match violation.rule {
            Rule::MissingField => "expected a value, found an empty cell: fill it in".to_owned(),
            // A cell holds a text or ids, so the cell has something that is not an id.
            Rule::WrongType => {
                format!("{}: write ids with semicolons between them, such as 1;2;7", violation.message)
            }
            _ => violation.message.clone(),
        }
    }

    /// All violations of a row, each with its column, in one line.
    pub(crate) fn describe<'a>(&self, violations: impl IntoIterator<Item = &'a Violation>) -> String {
        let words = violations.into_iter().map(|violation| match self.of(violation) {
            Some(column) => format!("column {column}: {}", self.message(violation)),
            None => self.message(violation),
        });
        words.collect::<Vec<_>>().join("; ")
    }

    /// The JSON of the request that a row of `cells` stands for; none when all cells are empty.
    pub(super) fn request<'a>(&self, cells: impl IntoIterator<Item = &'a str>) -> Option<Vec<u8>> {
        let mut json = Vec::new();
        let columns = self.columns.iter().zip(&self.are_ids);
        for ((column, is_ids), cell) in columns.zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let value = if *is_ids {
                Value::Array(cell.trim().trim_end_matches(';').split(';').map(id).collect())
            } else {
                Value::from(cell)
            };
            push_field(&mut json, &column.name, &value);
        }
        if json.is_empty() {
            return None;
        }
        close(&mut json);
        Some(json)
    }
}

/// The mistakes in a header. Whether a name is a field's is not known here: `from_json` gets a request that has every
/// column as a field, and reports unknown, repeated and missing ones.
fn mistakes(columns: &[Column], line: u64) -> Vec<HeaderMistake> {
    let (named, unnamed): (Vec<_>, Vec<_>) = columns.iter().partition(|column| !column.name.is_empty());
    let mut json = Vec::new();
    for column in named {
        push_field(&mut json, &column.name, &Value::Null);
    }
    close(&mut json);
    let violations = from_json(&json).err().into_iter().flatten();
    let mut seen = Vec::new();
    let mut mistakes: Vec<_> = violations
        .filter(|violation| {
            matches!(violation.rule, Rule::UnknownField | Rule::RepeatedField | Rule::MissingField)
        })
        .map(|violation| {
            let name = violation.field();
            // A repeated name is reported once for each further column that has it.
            let skip = match violation.rule {
                Rule::RepeatedField => 1 + seen.iter().filter(|repeated| **repeated == name).count(),
                _ => 0,
            };
            if violation.rule == Rule::RepeatedField {
                seen.push(name.clone());
            }
            let column = columns.iter().filter(|column| column.name == name).nth(skip).cloned();
            let Violation { rule, message, suggestion, .. } = violation;
            HeaderMistake { line, column, rule, message: message.replace("field", "column"), suggestion }
        })
        .collect();
    mistakes.extend(unnamed.into_iter().map(|column| HeaderMistake {
        line,
        column: Some(column.clone()),
        rule: Rule::UnknownField,
        message: "expected a name for the column, found none: write one, or remove the column".to_owned(),
        suggestion: None,
    }));
    mistakes.sort_by_key(|mistake| mistake.column.as_ref().map_or(usize::MAX, |column| column.number));
    mistakes
}

/// Whether a field is a list: `from_json` reports the wrong type for a text, and not for a list.
fn is_list(field: &str) -> bool {
    let is_wrong_type = |value: Value| {
        let mut json = Vec::new();
        push_field(&mut json, field, &value);
        close(&mut json);
        let violations = from_json(&json).err();
        violations.iter().flatten().any(|violation| violation.rule == Rule::WrongType)
    };
    is_wrong_type(Value::from("")) && !is_wrong_type(Value::Array(Vec::new()))
}

/// An id. Anything else stays a text, so that the check reports it.
fn id(text: &str) -> Value {
    let text = text.trim();
    text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from)
}

fn push_field(json: &mut Vec<u8>, name: &str, value: &Value) {
    json.push(if json.is_empty() { b'{' } else { b',' });
    // A map would lose the order, and repeated names.
    json.extend_from_slice(format!("{}:{value}", Value::from(name)).as_bytes());
}

fn close(json: &mut Vec<u8>) {
    if json.is_empty() {
        json.push(b'{');
    }
    json.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&str; 4] = ["name", "currency_iso", "country_iso", "realms"];

    fn mistakes(names: &[&str]) -> Vec<(Option<usize>, Rule, Option<String>)> {
        let mistakes = Columns::from_header(1, names.iter().copied()).unwrap_err();
        mistakes
            .into_iter()
            .map(|it| (it.column.map(|column| column.number), it.rule, it.suggestion))
            .collect()
    }

    #[test]
    fn a_header_names_fields_once_and_all_that_must_be_there() {
        assert_eq!(Columns::from_header(1, ALL).unwrap().count(), 4);
        assert_eq!(
            Columns::from_header(1, [" name ", "currency_iso", "country_iso", "realms"]).unwrap().count(),
            4
        );
        assert_eq!(
            mistakes(&["name", "curency_iso", "realms", "name", "name"]),
            [
                (Some(2), Rule::UnknownField, Some("currency_iso".to_owned())),
                (Some(4), Rule::RepeatedField, None),
                (Some(5), Rule::RepeatedField, None),
                (None, Rule::MissingField, None),
                (None, Rule::MissingField, None),
            ]
        );
    }

    #[test]
    fn a_column_without_a_name_is_said_to_be_one() {
        let names = ["name", "", "currency_iso", "country_iso", "realms", " "];
        let mistakes = Columns::from_header(1, names).unwrap_err();
        let said: Vec<_> = mistakes.iter().map(|it| it.column.as_ref().unwrap().to_string()).collect();
        assert_eq!(said, ["2 (without a name)", "6 (without a name)"]);
        assert!(
            mistakes.iter().all(|it| it.message.starts_with("expected a name for the column")),
            "{mistakes:?}"
        );
    }

    #[test]
    fn a_mistake_of_the_header_speaks_of_columns() {
        let mistakes =
            Columns::from_header(1, ["name", "currency_iso", "country_iso", "realms", "emial"]).unwrap_err();
        assert_eq!(mistakes[0].message.matches("field").count(), 0, "{mistakes:?}");
        assert!(mistakes[0].message.contains("did you mean email?"), "{mistakes:?}");
    }

    #[test]
    fn realms_and_sub_realms_are_lists_and_no_other_field_is() {
        let lists: Vec<_> = cloudlx_validate::field_names().filter(|field| is_list(field)).collect();
        assert_eq!(lists, ["realms", "shown_sub_realms", "enabled_sub_realms"]);
    }

    #[test]
    fn cells_become_a_request() {
        let columns =
            Columns::from_header(1, ["realms", "name", "currency_iso", "country_iso", "email"]).unwrap();
        let request = columns.request(["1; 2;x;", "Caf\"é;", "GBP", "GB", ""]).unwrap();
        assert_eq!(
            String::from_utf8(request).unwrap(),
            r#"{"realms":[1,2,"x"],"name":"Caf\"é;","currency_iso":"GBP","country_iso":"GB"}"#
        );
        assert_eq!(columns.request(["", "", "", "", ""]), None);
    }

    #[test]
    fn violations_know_their_column() {
        let columns = Columns::from_header(1, ["name", "currency_iso", "country_iso", "realms"]).unwrap();
        let request = columns.request(["", "GBP", "GB", "1;x"]).unwrap();
        let violations = from_json(&request).unwrap_err();
        let numbers: Vec<_> =
            violations.iter().map(|violation| columns.of(violation).map(|column| column.number)).collect();
        assert_eq!(numbers, [Some(4), Some(1)]);
        assert_eq!(
            columns.describe(&violations),
            "column 4 (realms): expected a whole number, found the string \"x\": write ids with semicolons between \
             them, such as 1;2;7; column 1 (name): expected a value, found an empty cell: fill it in"
        );
    }
}
