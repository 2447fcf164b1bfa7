//! What an expectation has seen.

use std::collections::BTreeMap;

use super::miss::Miss;

/// The requests since the expectation began. Its memory is bounded.
#[derive(Default)]
pub(super) struct Tally {
    /// How many requests fit.
    pub(super) count: u64,
    /// The first requests that fit, as text.
    pub(super) fitting: Vec<String>,
    /// The requests that missed by least, nearest first.
    pub(super) nearest: Vec<Miss>,
    /// How many missed.
    pub(super) missed: u64,
    /// How many requests there were to other endpoints, by their names.
    pub(super) other_endpoints: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// How many requests fit beyond those that are kept as text.
    pub(super) fn more_fitting(&self) -> Option<u64> {
        let kept = u64::try_from(self.fitting.len()).unwrap_or(u64::MAX);
        self.count.checked_sub(kept).filter(|more| *more > 0)
    }

    /// The requests that did not fit, but for the `shown` nearest, as text.
    pub(super) fn others(&self, shown: usize) -> Option<String> {
        let elsewhere = self.other_endpoints.iter().map(|(endpoint, count)| format!("{count} {endpoint}"));
        let missed = self.missed.saturating_sub(u64::try_from(shown).unwrap_or(u64::MAX));
        let missed = (missed > 0).then(|| format!("{missed} that do not fit"));
        let all: Vec<_> = elsewhere.chain(missed).collect();
        if all.is_empty() { None } else { Some(all.join(", ")) }
    }
}
