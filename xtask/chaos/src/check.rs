//! Compares the import's report with the customers that exist: a pure function.

pub(crate) mod content;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use crate::faults::gateways;
use crate::world::Nature;

/// A row in the import's report.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Reported {
    /// The row's line in the input.
    pub(crate) line: usize,
    pub(crate) outcome: String,
    pub(crate) customer_id: Option<u64>,
    pub(crate) reason: String,
}

/// What a request asks for, in a canonical form for comparison.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Content {
    /// All fields.
    pub(crate) sent: String,
    /// The fields that a customer shows.
    pub(crate) shown: String,
    pub(crate) name: String,
}

/// A customer that exists.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) id: u64,
    /// The request that the stub received.
    pub(crate) asked_for: Content,
    /// The fields that the customer shows.
    pub(crate) shown: String,
    pub(crate) name: String,
}

/// What the import was given, and what others may have created.
#[derive(Debug)]
pub(crate) struct Expected {
    /// The rows, in order.
    pub(crate) rows: Vec<Content>,
    /// The line of the first row; each row is one line.
    pub(crate) first_line: usize,
    /// Customers that others may have created.
    pub(crate) foreign: Vec<Content>,
    pub(crate) nature: Nature,
}

/// The differences.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Customers that exist more often than they were asked for.
    pub(crate) duplicates: Vec<String>,
    /// Rows that are neither uncertain nor refused, and have no customer with all their content.
    pub(crate) holes: Vec<String>,
    /// Other statements of the report, or content of the stub, that are wrong.
    pub(crate) contradictions: Vec<String>,
    /// Rows that are uncertain though the import could have decided them.
    pub(crate) decidable: Vec<String>,
    /// The lines of rows that are reported as uncertain.
    pub(crate) uncertain: Vec<usize>,
    /// How many rows were refused before they were processed.
    pub(crate) refused: usize,
}

impl Expected {
    /// The row that a report is about, if it exists.
    fn row(&self, report: &Reported) -> Option<&Content> {
        report.line.checked_sub(self.first_line).and_then(|index| self.rows.get(index))
    }

    /// Whether a customer may be the row's: it has all the row's content. Equal shown fields are enough if the report says
    /// that ids may be interchanged, or if others created such a customer: no list can tell these apart.
    fn is_of(&self, customer: &Customer, row: &Content, report: &Reported) -> bool {
        let asked_for = &customer.asked_for;
        let by_others = || self.foreign.iter().any(|foreign| foreign.sent == asked_for.sent);
        asked_for.sent == row.sent
            || asked_for.shown == row.shown && (report.reason.contains("may be interchanged") || by_others())
    }
}

impl Findings {
    pub(crate) fn is_kept(&self) -> bool {
        self.broken().next().is_none()
    }

    pub(crate) fn broken(&self) -> impl Iterator<Item = &String> {
        [&self.duplicates, &self.holes, &self.contradictions, &self.decidable].into_iter().flatten()
    }
}

/// Whether a row was refused for a permitted reason. Such a row created nothing.
fn is_refused(report: &Reported) -> bool {
    report.outcome == "refused" && report.customer_id.is_none() && gateways::is_refusal(&report.reason)
}

/// Compares the report and the customers with what was expected.
pub(crate) fn check(expected: &Expected, reported: &[Reported], customers: &[Customer]) -> Findings {
    let mut findings = Findings::default();
    let mut by_line = HashMap::new();
    for report in reported {
        if by_line.insert(report.line, report).is_some() {
            findings.contradictions.push(format!("line {} is reported twice", report.line));
        }
    }
    check_kept_as_asked(expected, customers, &mut findings);
    check_duplicates(expected, reported, customers, &mut findings);

    let there = State::new(expected, reported, customers);
    let mut used = HashSet::new();
    for (line, row) in (expected.first_line..).zip(&expected.rows) {
        let name = &row.name;
        let Some(report) = by_line.remove(&line) else {
            findings.holes.push(format!("line {line} ({name}) is not in the report"));
            continue;
        };
        match (report.outcome.as_str(), report.customer_id) {
            ("created" | "settled", Some(id)) => {
                match there.by_id.get(&id) {
                    Some(customer) if expected.is_of(customer, row, report) => {}
                    Some(customer) => findings.holes.push(format!(
                        "line {line} ({name}) is {id} by the report, which is {}",
                        customer.asked_for.sent
                    )),
                    None => findings
                        .holes
                        .push(format!("line {line} ({name}) is {id} by the report, which is not there")),
                }
                if !used.insert(id) {
                    findings
                        .contradictions
                        .push(format!("customer {id} is reported twice, once for line {line}"));
                }
            }
            ("uncertain", None) => {
                findings.uncertain.push(line);
                if let Some(why) = there.is_decidable(expected, row, report) {
                    let reason = &report.reason;
                    findings
                        .decidable
                        .push(format!("line {line} ({name}) is uncertain: {reason}. But {why}"));
                }
            }
            _ if is_refused(report) => findings.refused += 1,
            (outcome, id) => {
                let reason = &report.reason;
                findings.holes.push(format!("line {line} ({name}) ended as {outcome}, id {id:?}: {reason}"));
            }
        }
    }
    findings
        .contradictions
        .extend(by_line.keys().map(|line| format!("line {line} is reported and not in the input")));
    check_unreported(expected, reported, customers, &mut findings);
    findings
}

/// How often each text occurs.
fn counted<'a>(shown: impl Iterator<Item = &'a str>) -> HashMap<&'a str, usize> {
    let mut counts = HashMap::new();
    for shown in shown {
        *counts.entry(shown).or_default() += 1;
    }
    counts
}

/// The ASCII letters of a name: a server may have replaced all other characters.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphabetic).collect()
}

/// Whether the server may store another name than was sent.
fn renames(nature: Nature) -> bool {
    nature == Nature::Alters || nature.has(Nature::Renames)
}

/// Checks that the stub stored what was sent, apart from names where the world's nature changes them.
fn check_kept_as_asked(expected: &Expected, customers: &[Customer], findings: &mut Findings) {
    let may_rename = renames(expected.nature);
    for Customer { id, asked_for, shown, name } in customers {
        if *shown != asked_for.shown && !(may_rename && *name != asked_for.name) {
            findings
                .contradictions
                .push(format!("customer {id} is kept as {shown}, asked for was {}", asked_for.shown));
        }
    }
}

/// Checks that no content has more customers than rows that were not refused.
fn check_duplicates(
    expected: &Expected,
    reported: &[Reported],
    customers: &[Customer],
    findings: &mut Findings,
) {
    let mut most: HashMap<&str, usize> = HashMap::new();
    for wanted in expected.rows.iter().chain(&expected.foreign) {
        *most.entry(&wanted.sent).or_default() += 1;
    }
    for row in reported.iter().filter(|report| is_refused(report)).filter_map(|report| expected.row(report)) {
        most.entry(&row.sent).and_modify(|most| *most = most.saturating_sub(1));
    }
    let mut there: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for customer in customers {
        there.entry(&customer.asked_for.sent).or_default().push(customer.id);
    }
    for (content, ids) in there {
        let most = most.get(content).copied().unwrap_or_default();
        if ids.len() > most {
            findings.duplicates.push(format!("{content}: customers {ids:?}, {most} were asked for"));
        }
    }
}

/// Checks that the report has every customer, apart from those of uncertain rows.
fn check_unreported(
    expected: &Expected,
    reported: &[Reported],
    customers: &[Customer],
    findings: &mut Findings,
) {
    let mut left: BTreeMap<&str, isize> = BTreeMap::new();
    for customer in customers {
        *left.entry(&customer.asked_for.shown).or_default() += 1;
    }
    for foreign in &expected.foreign {
        *left.entry(&foreign.shown).or_default() -= 1;
    }
    for report in
        reported.iter().filter(|report| report.customer_id.is_some() || report.outcome == "uncertain")
    {
        if let Some(row) = expected.row(report) {
            *left.entry(&row.shown).or_default() -= 1;
        }
    }
    for (content, left) in left.into_iter().filter(|(_, left)| *left > 0) {
        findings
            .contradictions
            .push(format!("{content}: {left} customers are there that are not in the report"));
    }
}

/// The existing customers, indexed to tell whether an uncertain row could have been decided.
struct State<'a> {
    by_id: HashMap<u64, &'a Customer>,
    /// The shown fields of customers that no row has, with their number.
    unbound: HashMap<&'a str, usize>,
    bound: HashSet<u64>,
    /// The different contents of rows with the same shown fields.
    contents: HashMap<&'a str, HashSet<&'a str>>,
    /// The number of uncertain rows with the same shown fields.
    uncertain: HashMap<&'a str, usize>,
    foreign: HashSet<&'a str>,
}

impl<'a> State<'a> {
    fn new(expected: &'a Expected, reported: &[Reported], customers: &'a [Customer]) -> Self {
        let bound: HashSet<_> = reported.iter().filter_map(|report| report.customer_id).collect();
        let unbound = customers.iter().filter(|customer| !bound.contains(&customer.id));
        let uncertain = reported.iter().filter(|report| report.outcome == "uncertain");
        let uncertain = uncertain.filter_map(|report| expected.row(report));
        let mut contents: HashMap<_, HashSet<_>> = HashMap::new();
        for row in &expected.rows {
            contents.entry(row.shown.as_str()).or_default().insert(row.sent.as_str());
        }
        Self {
            by_id: customers.iter().map(|customer| (customer.id, customer)).collect(),
            unbound: counted(unbound.map(|customer| customer.shown.as_str())),
            bound,
            contents,
            uncertain: counted(uncertain.map(|row| row.shown.as_str())),
            foreign: expected.foreign.iter().map(|foreign| foreign.shown.as_str()).collect(),
        }
    }

    /// Why the import could have decided an uncertain row; `None` if it could not. The reason in the report must be possible
    /// in this world and must fit the customers that exist.
    fn is_decidable(&self, expected: &Expected, row: &Content, report: &Reported) -> Option<&'static str> {
        let is = |words: &str| report.reason.contains(words);
        let shown = row.shown.as_str();
        let there = self.unbound.get(shown).copied().unwrap_or_default();
        let is_there = there > 0;
        if is("somebody else creates the same") {
            (!self.foreign.contains(shown)).then_some("nobody else made such")
        } else if is("that differ in what the list does not show") {
            let several = self.contents.get(shown).is_some_and(|contents| contents.len() > 1);
            // Only if lists are complete and nobody else creates customers.
            let counts = ![Nature::LeavesOut, Nature::Foreign].into_iter().any(|it| expected.nature.has(it));
            let uncertain = self.uncertain.get(shown).copied().unwrap_or_default();
            if !several {
                Some("no other row differs from it so")
            } else if counts && !(1..uncertain).contains(&there) {
                Some("none of such rows was created, or each")
            } else {
                None
            }
        } else if is("a success that could not be read") {
            let acts = expected.nature == Nature::Acts;
            if acts {
                is_there.then_some("the customer is there")
            } else if expected.nature.has(Nature::LeavesOut) {
                // It may be the customer that could not be read.
                None
            } else {
                Some("whatever was answered so was done")
            }
        } else if is("and nearly is") {
            (!self.is_nearly(expected, row, report)).then_some("that one is another's, or of another name")
        } else if is("with other content than was sent") {
            let alters = expected.nature == Nature::Alters;
            if alters { is_there.then_some("the customer is there") } else { Some("no content was changed") }
        } else if is("customers that are known to exist") {
            (!expected.nature.has(Nature::LeavesOut)).then_some("every list showed all")
        } else if is("cannot be read: the server may have made it of the row") {
            (!expected.nature.has(Nature::LeavesOut)).then_some("every customer could be read")
        } else {
            Some("that is no reason that this checker knows")
        }
    }

    /// Whether the customer that an uncertain row names may be the row's: no row has it, and the server changed its name; or
    /// others created it with nearly the row's name.
    fn is_nearly(&self, expected: &Expected, row: &Content, report: &Reported) -> bool {
        let number = report.reason.strip_prefix("the new customer ").and_then(|rest| rest.split(' ').next());
        let id = number.and_then(|number| number.parse().ok()).filter(|id| !self.bound.contains(id));
        let Some(customer) = id.and_then(|id| self.by_id.get(&id)) else { return false };
        let by_others = expected.foreign.iter().any(|foreign| foreign.sent == customer.asked_for.sent);
        renames(expected.nature) && customer.name != customer.asked_for.name
            || by_others && letters(&customer.name) == letters(&row.name)
    }
}

#[cfg(test)]
mod tests;
