//! The places that a rule looks at.

use std::collections::BTreeSet;

use crate::change::Change;

/// The changes for a rule that looks at more places, or at fewer.
pub(super) fn more_places(code: &str, were: &BTreeSet<String>, are: &BTreeSet<String>) -> Vec<Change> {
    let named =
        |places: Vec<&String>| places.into_iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    let more: Vec<_> = are.difference(were).collect();
    let less: Vec<_> = were.difference(are).collect();
    let mut changes = Vec::new();
    if !more.is_empty() {
        let reason = "whether the rule refuses anything there that was accepted, its code cannot show";
        changes.push(Change::unproved(place_of(code), format!("looks at {} too", named(more)), reason));
    }
    if !less.is_empty() {
        changes.push(Change::compatible(place_of(code), format!("looks at {} no more", named(less))));
    }
    changes
}

/// How a report names a rule.
pub(super) fn place_of(code: &str) -> String {
    format!("rule {code}")
}
