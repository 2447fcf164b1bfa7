//! The report, for people and for programs. Both name the parts of a change as entries of accepted changes do.

use std::fmt::Write as _;

use serde::Serialize;

use crate::change::{Change, Verdict};
use crate::contract::base::Base;
use crate::written;

/// The changes and their verdicts.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    changes: Vec<Change>,
    remarks: Vec<String>,
    base: Option<Base>,
}

#[derive(Serialize)]
struct Printed<'a> {
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<&'a Base>,
    changes: &'a [Change],
    remarks: &'a [String],
}

/// The heading of a kind of changes, and which changes belong to it.
type Kind = (&'static str, fn(&Change) -> bool);

/// The worst first.
const KINDS: [Kind; 5] = [
    ("breaking: a document or a call shows it", |it| it.proved && it.verdict == Verdict::Breaking),
    (
        "not proved: counts as breaking until `schemas/v1/accepted-changes.toml` says why it is not; see CONTRIBUTING.md",
        |it| !it.proved && it.verdict == Verdict::Breaking,
    ),
    ("accepted: not proved, and `schemas/v1/accepted-changes.toml` says why it breaks nobody", |it| {
        !it.proved && it.verdict < Verdict::Breaking
    }),
    ("compatible: a minor version; say it in CHANGELOG.md", |it| {
        it.proved && it.verdict == Verdict::Compatible
    }),
    ("none: nothing that a program could notice", |it| it.proved && it.verdict == Verdict::None),
];

impl Report {
    pub(super) fn new(mut changes: Vec<Change>, remarks: Vec<String>) -> Self {
        let kind = |change: &Change| KINDS.iter().position(|(_, is_kind)| is_kind(change));
        changes.sort_by_key(|change| kind(change));
        Self { changes, remarks, base: None }
    }

    /// The report with the revision that was compared with.
    pub(super) fn with_base(self, base: Base) -> Self {
        let mut remarks = self.remarks;
        if base.itself {
            let remark = "compared with itself: nothing was checked; name an earlier revision with --base";
            remarks.push(remark.to_owned());
        }
        Self { remarks, base: Some(base), ..self }
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

    /// Remarks: entries that accept nothing, a base that equals the working tree.
    #[must_use]
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// The report for programs.
    ///
    /// # Errors
    ///
    /// When it cannot be printed as JSON; none is known.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        let Self { changes, remarks, base } = self;
        serde_json::to_string_pretty(&Printed {
            verdict: self.verdict(),
            base: base.as_ref(),
            changes,
            remarks,
        })
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
        if let Some(base) = &self.base {
            let _ = writeln!(text, "compared with {} ({})", base.revision, base.why);
        }
        for (header, is_kind) in KINDS {
            let mut changes = self.changes.iter().filter(|change| is_kind(change)).peekable();
            if changes.peek().is_some() {
                let _ = writeln!(text, "\n── {header}");
                changes.for_each(|change| text.push_str(&lines(change)));
            }
        }
        for remark in &self.remarks {
            let _ = writeln!(text, "\nnote: {}", written::visible(remark));
        }
        text
    }
}

/// A change in lines; one that is not proved has the form of the entry that would accept it.
fn lines(change: &Change) -> String {
    let mut text = String::from("\n");
    let note = change.note.as_deref().map(written::visible);
    if !change.proved && change.verdict == Verdict::Breaking {
        if let Some(note) = note {
            let _ = writeln!(text, "# {note}");
        }
        let (place, what) = (written::toml(&change.place), written::toml(&change.what));
        let _ = writeln!(text, "[[accepted]]\nwhere = {place}\nwhat = {what}\nreason = \"\"");
        return text;
    }
    let _ = writeln!(text, "where: {}", written::visible(&change.place));
    let _ = writeln!(text, "what: {}", written::visible(&change.what));
    if let Some(document) = &change.document {
        let _ = writeln!(text, "document: {}", written::for_people(document));
    }
    if let Some(note) = note {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_with_itself_is_said_to_check_nothing() {
        let base = Base { revision: "a".into(), commit: "b".into(), why: "c".into(), itself: true };
        let report = Report::new(Vec::new(), Vec::new()).with_base(base);
        assert_eq!(report.verdict(), Verdict::None);
        let said = "compared with itself: nothing was checked";
        assert!(report.human().contains(said) && report.human().contains("compared with a (c)"));
        let json: serde_json::Value = serde_json::from_str(&report.json().unwrap()).unwrap();
        assert!(json["remarks"][0].as_str().unwrap().starts_with(said));
        assert_eq!(json["base"]["itself"], true);
    }
}
