//! One difference between two versions of the contract.

use serde::Serialize;
use serde_json::Value;

use crate::written::from_to;

/// What a change means for those who use the version before it, by the vendor's policy; the worst comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing that a program could notice.
    None,
    /// Something was added; a minor version.
    Compatible,
    /// Somebody's program may stop working; needs v2.
    Breaking,
}

impl Verdict {
    /// The word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }
}

/// One difference between two versions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The file or operation, and the place in its documents: `create-customer.request /realms/*`.
    #[serde(rename = "where")]
    pub place: String,
    /// What is different.
    pub what: String,
    /// What it means.
    pub verdict: Verdict,
    /// False when the verdict is only the careful one, since nothing could be proved.
    pub proved: bool,
    /// For a break: a document (of an endpoint, a call) that one version takes and the other does not.
    pub document: Option<Value>,
    /// Why the document shows it, why nothing is proved, or why the change was accepted all the same.
    pub note: Option<String>,
}

impl Change {
    pub(super) fn none(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self::proved(place, what, Verdict::None)
    }

    pub(super) fn compatible(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self::proved(place, what, Verdict::Compatible)
    }

    pub(super) fn breaking(place: impl Into<String>, what: impl Into<String>, document: Value) -> Self {
        Self { document: Some(document), ..Self::proved(place, what, Verdict::Breaking) }
    }

    /// `what` has both values, so that an entry that accepts this change does not accept a later, different one.
    pub(super) fn not_proved(
        place: impl Into<String>,
        what: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        reason: impl Into<String>,
    ) -> Self {
        Self::unproved(place, format!("{what}: {}", from_to(old, new)), reason)
    }

    /// The same for a text that has the values already.
    pub(super) fn unproved(
        place: impl Into<String>,
        what: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        let change = Self::proved(place, what, Verdict::Breaking);
        Self { proved: false, note: Some(reason.into()), ..change }
    }

    /// Documentation.
    pub(super) fn without_effect(
        place: impl Into<String>,
        what: &str,
        old: Option<&Value>,
        new: Option<&Value>,
    ) -> Self {
        Self::none(place, format!("{what}: {}", from_to(old, new)))
    }

    pub(super) fn noting(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    fn proved(place: impl Into<String>, what: impl Into<String>, verdict: Verdict) -> Self {
        Self { place: place.into(), what: what.into(), verdict, proved: true, document: None, note: None }
    }
}
