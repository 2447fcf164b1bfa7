//! Prints the table of languages and checks with their counts, and below it every disagreement.

use serde::Deserialize;

/// A row of the table: the result of one check.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    language: String,
    check: String,
    /// How many had the expected verdict at the expected places.
    agreed: usize,
    /// How many the tool cannot judge.
    not_checkable: usize,
    total: usize,
    disagreements: Vec<Disagreement>,
}

/// A vector or file on which a tool disagrees.
#[derive(Debug, Deserialize)]
struct Disagreement {
    /// The vector, or the file.
    name: String,
    expected: String,
    found: String,
}

impl Row {
    /// The row of a check with one item, which failed if `wrong` is given.
    pub(crate) fn for_one(language: &str, check: &str, name: &str, wrong: Option<String>) -> Self {
        let disagreement = |found| Disagreement {
            name: name.to_owned(),
            expected: "a program that ends well".to_owned(),
            found,
        };
        Self {
            language: language.to_owned(),
            check: check.to_owned(),
            agreed: usize::from(wrong.is_none()),
            not_checkable: 0,
            total: 1,
            disagreements: wrong.map(disagreement).into_iter().collect(),
        }
    }

    /// Whether everything that can be checked agrees. A check with a wrong count does not agree, nor one that can judge less
    /// than half.
    pub(crate) fn agrees(&self) -> bool {
        self.agreed > 0
            && self.agreed >= self.not_checkable
            && self.disagreements.is_empty()
            && self.agreed.checked_add(self.not_checkable) == Some(self.total)
    }
}

/// Prints the table and the disagreements.
pub(crate) fn print(rows: &[Row]) {
    println!("{}", table(rows));
    for row in rows.iter().filter(|row| !row.agrees()) {
        println!("\n{}, {}: disagreement", row.language, row.check);
        for Disagreement { name, expected, found } in &row.disagreements {
            println!("  {name}\n    expected {expected}\n    found    {found}");
        }
    }
}

fn table(rows: &[Row]) -> String {
    let heads = ["language", "check", "agreed", "not checkable"].map(str::to_owned);
    let cells = rows.iter().map(|row| {
        [
            row.language.clone(),
            row.check.clone(),
            format!("{}/{}", row.agreed, row.total),
            row.not_checkable.to_string(),
        ]
    });
    let lines: Vec<_> = std::iter::once(heads).chain(cells).collect();
    let width = |cell: fn(&[String; 4]) -> &String| {
        lines.iter().map(|line| cell(line).chars().count()).max().unwrap_or_default()
    };
    let (language, check, agreed) =
        (width(|[cell, ..]| cell), width(|[_, cell, ..]| cell), width(|[_, _, cell, _]| cell));
    let line = |[a, b, c, d]: &[String; 4]| format!("{a:<language$}  {b:<check$}  {c:>agreed$}  {d:>13}");
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Row, table};

    fn row(text: &str) -> Row {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_row_agrees_when_all_that_can_be_checked_was_and_agrees() {
        let agrees = |agreed, not_checkable, total, disagreements| {
            row(&format!(
                r#"{{"language": "Python", "check": "c", "agreed": {agreed}, "not_checkable": {not_checkable},
                    "total": {total}, "disagreements": {disagreements}}}"#
            ))
            .agrees()
        };
        assert!(agrees(3, 0, 3, "[]"));
        assert!(agrees(2, 1, 3, "[]"));
        assert!(!agrees(2, 0, 3, "[]"), "one was lost");
        assert!(!agrees(0, 0, 0, "[]"), "nothing was looked at");
        assert!(!agrees(0, 3, 3, "[]"), "nothing could be checked");
        assert!(!agrees(1, 2, 3, "[]"), "most could not be checked");
        assert!(!agrees(2, 0, 3, r#"[{"name": "n", "expected": "e", "found": "f"}]"#));
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [
            Row::for_one("Python", "a check", "n", None),
            Row::for_one("TypeScript", "an", "n", Some("it broke".to_owned())),
        ];
        let expected = "language    check    agreed  not checkable\n\
                        Python      a check     1/1              0\n\
                        TypeScript  an          0/1              0";
        assert_eq!(table(&rows), expected);
    }
}
