//! What the import says held against what is there: a pure function.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

/// What the import says of a row.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Reported {
    /// The row's number, from 1: the input has a row a line.
    #[serde(rename = "line")]
    pub(crate) row: usize,
    pub(crate) outcome: String,
    pub(crate) customer_id: Option<u64>,
}

/// A customer that is there.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) content: String,
}

/// A row of the input. Rows with one name have one content.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// What a customer shows of it, as a customer's own content is written.
    pub(crate) content: String,
}

/// What differs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Customers beyond those that were asked for.
    pub(crate) duplicates: Vec<String>,
    /// Rows without a customer that are not reported as uncertain.
    pub(crate) holes: Vec<String>,
    /// Other things that the report says and that are not so.
    pub(crate) lies: Vec<String>,
    /// Rows that are uncertain and need not be.
    pub(crate) decidable: Vec<String>,
    /// Rows that are reported as uncertain.
    pub(crate) uncertain: Vec<usize>,
}

impl Findings {
    pub(crate) fn is_kept(&self) -> bool {
        self.broken().next().is_none()
    }

    pub(crate) fn broken(&self) -> impl Iterator<Item = &String> {
        [&self.duplicates, &self.holes, &self.lies, &self.decidable].into_iter().flatten()
    }
}

/// Holds the report and the customers against the rows, in order. `foreign` says how many customers of a
/// name somebody else may have made.
pub(crate) fn check(
    rows: &[Row],
    reported: &[Reported],
    customers: &[Customer],
    foreign: &HashMap<String, usize>,
) -> Findings {
    let mut findings = Findings::default();
    let mut by_row = HashMap::new();
    for report in reported {
        if by_row.insert(report.row, report).is_some() {
            findings.lies.push(format!("row {} is reported twice", report.row));
        }
    }
    let contents: HashMap<_, _> = rows.iter().map(|row| (row.name.as_str(), &row.content)).collect();
    let mut there: BTreeMap<&str, HashSet<u64>> = BTreeMap::new();
    for customer in customers {
        there.entry(&customer.name).or_default().insert(customer.id);
        if contents.get(customer.name.as_str()).is_some_and(|content| **content != customer.content) {
            findings.lies.push(format!("customer {} is not what {} asks for", customer.id, customer.name));
        }
    }
    let mut wanted: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        wanted.entry(&row.name).or_default().push(index + 1);
    }

    let mut used = HashSet::new();
    for (name, rows) in &wanted {
        let ids = there.remove(name).unwrap_or_default();
        let others = foreign.get(*name).copied().unwrap_or_default();
        if ids.len() > rows.len() + others {
            findings.duplicates.push(format!("{name}: {} customers for {} rows", ids.len(), rows.len()));
        }
        let (mut created, mut uncertain) = (0, 0);
        for row in rows {
            let Some(report) = by_row.remove(row) else {
                findings.holes.push(format!("row {row} ({name}) is not in the report"));
                continue;
            };
            match (report.outcome.as_str(), report.customer_id) {
                ("created" | "settled", Some(id)) => {
                    created += 1;
                    if !ids.contains(&id) {
                        findings
                            .holes
                            .push(format!("row {row} ({name}) is {id} by the report, which is not there"));
                    }
                    if !used.insert(id) {
                        findings
                            .lies
                            .push(format!("customer {id} is reported for two rows, {row} is one of them"));
                    }
                }
                ("uncertain", None) => {
                    uncertain += 1;
                    findings.uncertain.push(*row);
                    if others == 0 {
                        findings
                            .decidable
                            .push(format!("row {row} ({name}) is uncertain, and nobody else made such"));
                    }
                }
                (outcome, id) => {
                    findings.holes.push(format!("row {row} ({name}) ended as {outcome}, id {id:?}"));
                }
            }
        }
        if ids.len() > created + uncertain + others {
            findings.lies.push(format!("{name}: {} customers, and the report has {created}", ids.len()));
        }
    }
    findings.lies.extend(by_row.keys().map(|row| format!("row {row} is in the report and not in the input")));
    findings.duplicates.extend(there.keys().map(|name| format!("{name}: in no row")));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(row: usize, outcome: &str, customer_id: Option<u64>) -> Reported {
        Reported { row, outcome: outcome.to_owned(), customer_id }
    }

    fn found(
        names: &[&str],
        reported: &[Reported],
        customers: &[(u64, &str)],
        foreign: &[&str],
    ) -> [usize; 5] {
        let row = |name: &&str| Row { name: (*name).to_owned(), content: "GBP".to_owned() };
        let names: Vec<_> = names.iter().map(row).collect();
        let customer = |(id, name): &(u64, &str)| Customer {
            id: *id,
            name: (*name).to_owned(),
            content: if *id < 100 { "GBP".to_owned() } else { "EUR".to_owned() },
        };
        let customers: Vec<_> = customers.iter().map(customer).collect();
        let foreign = foreign.iter().map(|name| ((*name).to_owned(), 1)).collect();
        let found = check(&names, reported, &customers, &foreign);
        [
            found.duplicates.len(),
            found.holes.len(),
            found.lies.len(),
            found.decidable.len(),
            found.uncertain.len(),
        ]
    }

    #[test]
    fn what_is_as_reported_is_kept() {
        let created = [reported(1, "created", Some(7)), reported(2, "settled", Some(8))];
        assert_eq!(found(&["a", "b"], &created, &[(7, "a"), (8, "b")], &[]), [0; 5]);
        assert_eq!(found(&["a", "a"], &created, &[(7, "a"), (8, "a")], &[]), [0; 5]);
    }

    #[test]
    fn every_broken_promise_is_seen() {
        let both = [reported(1, "created", Some(7)), reported(2, "created", Some(8))];
        // A customer too many: a duplicate, and one that the report does not have.
        assert_eq!(found(&["a", "b"], &both, &[(7, "a"), (8, "b"), (9, "b")], &[]), [1, 0, 1, 0, 0]);
        assert_eq!(found(&["a", "b"], &both, &[(7, "a"), (8, "b"), (9, "c")], &[]), [1, 0, 0, 0, 0]);
        // One too few, however it is reported.
        assert_eq!(found(&["a", "b"], &both, &[(7, "a")], &[]), [0, 1, 0, 0, 0]);
        for outcome in ["pending", "sending", "unknown", "refused", "skipped", "created"] {
            let row = [both.first().cloned().unwrap(), reported(2, outcome, None)];
            assert_eq!(found(&["a", "b"], &row, &[(7, "a")], &[]), [0, 1, 0, 0, 0], "{outcome}");
        }
        assert_eq!(found(&["a", "b"], &both[..1], &[(7, "a")], &[]), [0, 1, 0, 0, 0]);
        // One with other content.
        let other = [reported(1, "created", Some(100))];
        assert_eq!(found(&["a"], &other, &[(100, "a")], &[]), [0, 0, 1, 0, 0]);
        // The wrong one, or one for two.
        assert_eq!(found(&["a", "b"], &both, &[(7, "b"), (8, "a")], &[]), [0, 2, 0, 0, 0]);
        let one = [reported(1, "created", Some(7)), reported(2, "created", Some(7))];
        assert_eq!(found(&["a", "a"], &one, &[(7, "a")], &[]), [0, 0, 1, 0, 0]);
        let twice = [both.as_slice(), &both[..1]].concat();
        assert_eq!(found(&["a", "b"], &twice, &[(7, "a"), (8, "b")], &[]), [0, 0, 1, 0, 0]);
    }

    #[test]
    fn uncertain_is_right_only_where_somebody_else_made_the_same() {
        let uncertain = [reported(1, "uncertain", None)];
        for there in [&[] as &[_], &[(7, "a")], &[(7, "a"), (8, "a")]] {
            assert_eq!(found(&["a"], &uncertain, there, &["a"]), [0, 0, 0, 0, 1]);
        }
        assert_eq!(found(&["a"], &uncertain, &[(7, "a")], &[]), [0, 0, 0, 1, 1]);
        assert_eq!(found(&["a"], &uncertain, &[(7, "a"), (8, "a"), (9, "a")], &["a"]), [1, 0, 1, 0, 1]);
    }
}
