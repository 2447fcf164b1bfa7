//! Compares the rows of a run with those of an earlier one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use xtask_measure::Row;

/// The least spread of a row, as a part of its median: values that are measured once or counted have no spread.
const LEAST_REACH: f64 = 0.01;

/// Why the rows of an earlier run cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RepeatError {
    #[error("could not read {}: name the target/bench/rows.json of an earlier run, or a copy", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("expected rows as target/bench/rows.json has them, in {}", path.display())]
    Rows { path: PathBuf, source: serde_json::Error },
}

/// The rows of an earlier run.
#[derive(Debug, Deserialize)]
pub(super) struct Earlier {
    rows: Vec<Row>,
}

/// A row of this run, and the same row of the earlier one.
struct Repeated<'a> {
    now: &'a Row,
    before: Row,
}

/// How the rows of two runs compare.
pub(super) struct Comparison<'a> {
    repeated: Vec<Repeated<'a>>,
    /// How many rows of this run the earlier one did not have.
    new: usize,
    /// How many of its rows this run does not have.
    gone: usize,
}

impl Earlier {
    /// Reads the rows that a run wrote to a file.
    pub(super) fn read(path: &Path) -> Result<Self, RepeatError> {
        let named = || path.to_owned();
        let json = fs::read(path).map_err(|source| RepeatError::Read { path: named(), source })?;
        serde_json::from_slice(&json).map_err(|source| RepeatError::Rows { path: named(), source })
    }

    /// Finds each row among the earlier ones.
    pub(super) fn compare<'a>(&self, rows: &'a [Row]) -> Comparison<'a> {
        let mut left: Vec<_> = self.rows.iter().collect();
        let mut new = 0;
        let mut repeated = Vec::new();
        for now in rows {
            let exactly = left.iter().position(|before| exact_name(before) == exact_name(now));
            if let Some(at) = exactly.or_else(|| left.iter().position(|before| name(before) == name(now))) {
                repeated.push(Repeated { now, before: left.remove(at).clone() });
            } else {
                new += 1;
            }
        }
        Comparison { repeated, new, gone: left.len() }
    }
}

impl Repeated<'_> {
    /// Whether the spreads overlap.
    fn agrees(&self) -> bool {
        let ([least, most], [earlier_least, earlier_most]) = (reach(self.now), reach(&self.before));
        least <= earlier_most && earlier_least <= most
    }
}

impl Comparison<'_> {
    /// How many rows agree, and those that do not, as a list.
    pub(super) fn describe(&self) -> String {
        let agree = self.repeated.iter().filter(|row| row.agrees()).count();
        let counted = |count: usize, words: &str| match count {
            0 => String::new(),
            count => format!("; {count} {words}"),
        };
        let (new, gone) =
            (counted(self.new, "were not in it"), counted(self.gone, "of its rows are not in this one"));
        let counts = format!(
            "{agree} of {} rows agree with those of an earlier run, within the spread of both{new}{gone}",
            self.repeated.len()
        );
        let differ = self.repeated.iter().filter(|row| !row.agrees());
        let lines: Vec<_> = differ.map(|row| format!("\n- {}", row.describe())).collect();
        if lines.is_empty() {
            format!("{counts}.\n")
        } else {
            format!("{counts}. The others:\n{}\n", lines.concat())
        }
    }
}

impl Repeated<'_> {
    fn describe(&self) -> String {
        let Row { group, what, against, .. } = self.now;
        let against = if against.is_empty() { String::new() } else { format!(", against {against}") };
        let found = |row: &Row| {
            let [least, most] = row.spread;
            format!("{:.3} ({least:.3} to {most:.3})", row.ratio)
        };
        format!("{group}: {what}{against}: {}, and before {}", found(self.now), found(&self.before))
    }
}

fn exact_name(row: &Row) -> [&str; 3] {
    [&row.group, &row.what, &row.against]
}

/// The name of a row, without digits: some counts differ from run to run.
fn name(row: &Row) -> String {
    exact_name(row).join("\n").replace(|c: char| c.is_ascii_digit(), "")
}

fn reach(row: &Row) -> [f64; 2] {
    let [least, most] = row.spread;
    let reach = row.ratio.abs() * LEAST_REACH;
    [least.min(row.ratio - reach), most.max(row.ratio + reach)]
}

#[cfg(test)]
mod tests {
    use xtask_measure::{Goal, Ratios};

    use super::*;

    fn row(what: &str, found: &[f64]) -> Row {
        Row::new("g", what, "a", &Ratios::new(found.to_vec()), Goal::None)
    }

    fn describe(before: &[Row], now: &[Row]) -> String {
        Earlier { rows: before.to_vec() }.compare(now).describe()
    }

    #[test]
    fn spreads_that_meet_agree() {
        let agree = "1 of 1 rows agree with those of an earlier run, within the spread of both.\n";
        assert_eq!(describe(&[row("w", &[1.0, 1.1, 1.2])], &[row("w", &[1.2, 1.3, 1.4])]), agree);
        assert_eq!(
            describe(&[row("w", &[1.0])], &[row("w", &[1.015])]),
            agree,
            "what has no spread reaches a little"
        );
    }

    #[test]
    fn a_row_that_differs_is_shown_with_both() {
        let differ = "0 of 1 rows agree with those of an earlier run, within the spread of both. The others:\n\n\
                      - g: w, against a: 1.300 (1.250 to 1.400), and before 1.100 (1.000 to 1.200)\n";
        assert_eq!(describe(&[row("w", &[1.0, 1.1, 1.2])], &[row("w", &[1.25, 1.3, 1.4])]), differ);
    }

    #[test]
    fn counts_do_not_make_another_row() {
        let before = [row("1000 ids", &[1.0]), row("100000 ids", &[5.0]), row("gone", &[1.0])];
        let now = [row("100000 ids", &[5.0]), row("1001 ids", &[1.0]), row("new", &[1.0])];
        assert_eq!(
            describe(&before, &now),
            "2 of 2 rows agree with those of an earlier run, within the spread of both; 1 were not in it; 1 of its rows are not in this one.\n"
        );
    }

    #[test]
    fn a_file_without_rows_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.json");
        let refused = Earlier::read(&path).unwrap_err().to_string();
        assert!(refused.contains(&path.display().to_string()), "{refused}");
        fs::write(&path, "{}").unwrap();
        let refused = Earlier::read(&path).unwrap_err().to_string();
        assert!(refused.ends_with(&path.display().to_string()), "{refused}");
    }
}
