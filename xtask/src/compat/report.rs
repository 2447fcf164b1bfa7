//! The report, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use super::change::{Change, Verdict};
use super::written;

/// What changed, and what it means.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    changes: Vec<Change>,
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct Printed<'a> {
    verdict: Verdict,
    changes: &'a [Change],
}

impl Report {
    pub(super) fn new(mut changes: Vec<Change>, remarks: Vec<String>) -> Self {
        changes.sort_by_key(|change| std::cmp::Reverse(change.verdict));
        Self { changes, remarks }
    }

    /// The worst verdict of all changes.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.changes.iter().map(|change| change.verdict).max().unwrap_or(Verdict::None)
    }

    /// All changes, the worst first.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The report for programs.
    ///
    /// # Errors
    ///
    /// When it cannot be printed as JSON; none is known.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&Printed { verdict: self.verdict(), changes: &self.changes })
    }

    /// The report for people.
    #[must_use]
    pub fn human(&self) -> String {
        let meaning = match self.verdict() {
            Verdict::None => "none: nothing that a program could notice",
            Verdict::Compatible => "compatible: a minor version",
            Verdict::Breaking => "breaking: needs v2",
        };
        let mut text = format!("{meaning}\n");
        for change in &self.changes {
            text.push_str(&lines(change));
        }
        for remark in &self.remarks {
            let _ = writeln!(text, "\nnote: {remark}");
        }
        text
    }
}

fn lines(change: &Change) -> String {
    let verdict = if change.proved { change.verdict.as_str() } else { "not proved" };
    let verdict = if change.proved || change.verdict == Verdict::Breaking { verdict } else { "accepted" };
    let mut text = format!("\n{verdict}: {}\n  {}\n", change.place, change.change);
    if let Some(document) = &change.document {
        let _ = writeln!(text, "  document: {}", written::for_people(document));
    }
    if let Some(note) = &change.note {
        let _ = writeln!(text, "  {note}");
    }
    text
}
