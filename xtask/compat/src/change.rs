//! One difference between two versions of the contract.

use serde::Serialize;
use serde_json::Value;

use crate::written::from_to;

/// What a change means for those who use the old version, by the vendor's policy. Ordered: the worst is the greatest.
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
    /// Its consequence.
    pub verdict: Verdict,
    /// False when the verdict is breaking only because nothing could be proved.
    pub proved: bool,
    /// For a break: a document that one version accepts and the other refuses; for an endpoint, a call.
    pub document: Option<Value>,
    /// Why the document shows the break, why nothing is proved, or why the change was accepted.
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

    /// A change that is not proved. Its `what` contains both values: an entry that accepts this change must not accept a
    /// later change of the same place.
    pub(super) fn not_proved(
        place: impl Into<String>,
        what: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        reason: impl Into<String>,
    ) -> Self {
        Self::unproved(place, format!("{what}: {}", from_to(old, new)), reason)
    }

    /// The same for a `what` that already contains both values.
    pub(super) fn unproved(
        place: impl Into<String>,
        what: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        let change = Self::proved(place, what, Verdict::Breaking);
        Self { proved: false, note: Some(reason.into()), ..change }
    }

    /// A change of documentation.
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
