//! Sets of ids: distinct ones, and one inside another.
//!
//! A request has a handful of ids, and then comparing all with all is the fastest there is. Large arrays are mostly
//! sorted, and then one walk is enough. Only large unsorted ones are worth a set.

use std::collections::HashSet;
use std::hash::Hash;

/// Up to here all ids are compared with all others.
const FEW: usize = 16;

/// Whether no id stands twice in `ids`.
pub(crate) fn distinct<T: Copy + Ord + Hash>(ids: &[T]) -> bool {
    if ids.len() <= FEW {
        return ids.iter().enumerate().all(|(i, id)| !ids.iter().take(i).any(|earlier| earlier == id));
    }
    ids.is_sorted_by(|a, b| a < b) || repeated(ids).next().is_none()
}

/// The positions, and the ids, that stand earlier in `ids` too.
pub(crate) fn repeated<T: Copy + Ord + Hash>(ids: &[T]) -> impl Iterator<Item = (usize, T)> {
    let mut seen = HashSet::with_capacity(ids.len());
    ids.iter().copied().enumerate().filter(move |(_, id)| !seen.insert(*id))
}

/// Whether every one of `ids` stands in `all`.
pub(crate) fn subset<T: Copy + Ord + Hash>(ids: &[T], all: &[T]) -> bool {
    if all.len() <= FEW {
        return ids.iter().all(|id| all.contains(id));
    }
    if ids.is_sorted() && all.is_sorted() {
        let mut rest = all;
        return ids.iter().all(|id| {
            let smaller = rest.iter().take_while(|other| *other < id).count();
            rest = rest.get(smaller..).unwrap_or_default();
            rest.first() == Some(id)
        });
    }
    missing(ids, all).next().is_none()
}

/// The positions, and the ids, of `ids` that do not stand in `all`.
pub(crate) fn missing<'a, T: Copy + Ord + Hash>(
    ids: &'a [T],
    all: &[T],
) -> impl Iterator<Item = (usize, T)> + use<'a, T> {
    let all: HashSet<T> = all.iter().copied().collect();
    ids.iter().copied().enumerate().filter(move |(_, id)| !all.contains(id))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Few values, so that arrays often repeat and often contain one another; some sorted, some longer than `FEW`.
    fn arrays() -> impl Strategy<Value = Vec<u64>> {
        (prop::collection::vec(0_u64..60, 0..50), any::<bool>()).prop_map(|(mut ids, sorted)| {
            if sorted {
                ids.sort_unstable();
            }
            ids
        })
    }

    proptest! {
        #[test]
        fn distinct_says_what_a_set_says(ids in arrays()) {
            let set: HashSet<_> = ids.iter().collect();
            prop_assert_eq!(distinct(&ids), set.len() == ids.len());
            prop_assert_eq!(repeated(&ids).count(), ids.len() - set.len());
        }

        #[test]
        fn subset_says_what_a_set_says(ids in arrays(), all in arrays()) {
            let set: HashSet<_> = all.iter().collect();
            prop_assert_eq!(subset(&ids, &all), ids.iter().all(|id| set.contains(id)));
            prop_assert_eq!(missing(&ids, &all).next().is_none(), subset(&ids, &all));
        }

        #[test]
        fn an_array_is_a_subset_of_itself(ids in arrays()) {
            prop_assert!(subset(&ids, &ids));
        }
    }
}
