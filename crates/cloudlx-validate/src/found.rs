//! What is found in one document: the first violations in its order, and a count of all.
//!
//! A small document can be wrong in very many places: a mebibyte of ids that do not exist is half a million of them. So
//! what nobody will read is counted and not written down.

use crate::violation::{MOST_VIOLATIONS, pointer};
use crate::{Rule, Violation};

/// Where a field stands, which element of it, and which rule: what violations are sorted by.
type Key = (usize, Option<usize>, Rule);

/// A field, or an element of one that is an array.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) field: &'a str,
    pub(crate) index: Option<usize>,
}

impl<'a> Place<'a> {
    pub(crate) fn field(field: &'a str) -> Self {
        Self { field, index: None }
    }

    pub(crate) fn element(field: &'a str, index: usize) -> Self {
        Self { field, index: Some(index) }
    }

    fn pointer(self) -> String {
        let field = pointer("", self.field);
        match self.index {
            Some(index) => format!("{field}/{index}"),
            None => field,
        }
    }
}

/// The violations of one document, so far.
pub(crate) struct Found<'a> {
    /// Where a field stands in the document; one that stands nowhere comes last.
    position: &'a dyn Fn(&str) -> Option<usize>,
    /// Twice as many as are kept in the end, at most: so that they are sorted now and then, and not each time.
    kept: Vec<(Key, Violation)>,
    /// What comes after this is not among the first, whatever else is found.
    last: Option<Key>,
    total: usize,
}

impl<'a> Found<'a> {
    pub(crate) fn in_order_of(position: &'a dyn Fn(&str) -> Option<usize>) -> Self {
        Self { position, kept: Vec::new(), last: None, total: 0 }
    }

    /// Counts a violation, and makes it with its pointer when it may be one of the first.
    pub(crate) fn add(&mut self, place: Place<'_>, rule: Rule, make: impl FnOnce(String) -> Violation) {
        self.total = self.total.saturating_add(1);
        let key = ((self.position)(place.field).unwrap_or(usize::MAX), place.index, rule);
        if self.last.is_some_and(|last| key >= last) {
            return;
        }
        self.kept.push((key, make(place.pointer())));
        if self.kept.len() >= 2 * MOST_VIOLATIONS {
            self.keep_the_first();
            self.last = self.kept.last().map(|(key, _)| *key);
        }
    }

    /// The first violations in document order, and how many there are in all.
    pub(crate) fn first(mut self) -> (Vec<Violation>, usize) {
        self.keep_the_first();
        (self.kept.into_iter().map(|(_, violation)| violation).collect(), self.total)
    }

    fn keep_the_first(&mut self) {
        self.kept.sort_by_key(|(key, _)| *key);
        self.kept.truncate(MOST_VIOLATIONS);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(pointer: String) -> Violation {
        Violation { pointer, rule: Rule::RepeatedId, message: String::new(), suggestion: None }
    }

    proptest! {
        /// As if all had been made, sorted and cut.
        #[test]
        fn the_first_are_kept_in_whichever_order_they_come(
            places in prop::collection::vec((0_usize..3, 0_usize..2_000), 0..5_000),
        ) {
            let fields = ["a", "b", "c"];
            let position = |field: &str| fields.iter().position(|other| *other == field);
            let mut found = Found::in_order_of(&position);
            for (field, index) in &places {
                found.add(Place::element(fields[*field], *index), Rule::RepeatedId, named);
            }
            let (first, total) = found.first();
            prop_assert_eq!(total, places.len());

            let mut all = places;
            all.sort_unstable();
            all.truncate(MOST_VIOLATIONS);
            let expected: Vec<_> =
                all.iter().map(|(field, index)| format!("/{}/{index}", fields[*field])).collect();
            let pointers: Vec<_> = first.into_iter().map(|violation| violation.pointer).collect();
            prop_assert_eq!(pointers, expected);
        }
    }
}
