//! Collects the violations of one document: the first in its order, and a count of all.
//!
//! A small document can be wrong in very many places: a mebibyte of ids that do not exist is half a million of them. So
//! the collector makes only the violations that it may give, and counts the others.

use crate::rules::definition::Explanation;
use crate::violation::{MOST_VIOLATIONS, pointer};
use crate::{Rule, Violation, Violations};

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
pub(crate) struct Collector<'a> {
    /// Where a field stands in the document; one that stands nowhere comes last.
    position: &'a dyn Fn(&str) -> Option<usize>,
    /// Twice as many as are kept in the end, at most: so that they are sorted now and then, and not each time.
    kept: Vec<(Key, Violation)>,
    /// A violation that stands after this one is not among the first, whatever else is found.
    last: Option<Key>,
    total: usize,
}

impl<'a> Collector<'a> {
    /// A collector that sorts by the position of each field in the document.
    pub(crate) fn new(position: &'a dyn Fn(&str) -> Option<usize>) -> Self {
        Self { position, kept: Vec::new(), last: None, total: 0 }
    }

    /// Counts a violation, and makes it when it may be one of the first.
    pub(crate) fn add(&mut self, place: Place<'_>, rule: Rule, explain: impl FnOnce() -> Explanation) {
        self.total = self.total.saturating_add(1);
        let key = ((self.position)(place.field).unwrap_or(usize::MAX), place.index, rule);
        if self.last.is_some_and(|last| key >= last) {
            return;
        }
        self.kept.push((key, Violation::new(rule, place.pointer(), explain())));
        if self.kept.len() >= 2 * MOST_VIOLATIONS {
            self.keep_the_first();
            self.last = self.kept.last().map(|(key, _)| *key);
        }
    }

    /// The violations in document order. `refusal` describes why the document was refused, should there be none.
    pub(crate) fn finish(mut self, refusal: impl FnOnce() -> String) -> Violations {
        self.keep_the_first();
        let first = self.kept.into_iter().map(|(_, violation)| violation).collect();
        Violations::new(first, self.total, refusal)
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

    proptest! {
        /// As if all had been made, sorted and cut.
        #[test]
        fn the_first_are_kept_in_whichever_order_they_come(
            places in prop::collection::vec((0_usize..3, 0_usize..2_000), 0..5_000),
        ) {
            let fields = ["a", "b", "c"];
            let position = |field: &str| fields.iter().position(|other| *other == field);
            let mut collector = Collector::new(&position);
            for (field, index) in &places {
                let place = Place::element(fields[*field], *index);
                collector.add(place, Rule::RepeatedId, Explanation::default);
            }
            let none = places.is_empty();
            let violations = collector.finish(String::new);
            prop_assert_eq!(violations.total(), places.len() + usize::from(none));

            let mut all = places;
            all.sort_unstable();
            all.truncate(MOST_VIOLATIONS);
            let expected: Vec<_> =
                all.iter().map(|(field, index)| format!("/{}/{index}", fields[*field])).collect();
            let found = violations.into_iter().filter(|_| !none);
            let pointers: Vec<_> = found.map(|violation| violation.pointer).collect();
            prop_assert_eq!(pointers, expected);
        }
    }
}
