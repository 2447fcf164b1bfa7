//! Finds ids that an array has twice, and ids that another array does not have.
//!
//! A request has a handful of ids, and then comparing all with all is fastest. Large arrays are mostly sorted, and then one
//! pass is enough. Only large unsorted ones are worth a set.

use std::collections::HashSet;

use cloudlx_model::{RealmId, SubRealmId};

/// Up to here all ids are compared with all others.
const FEW: usize = 16;

/// An id that a set can hold as a number.
pub(crate) trait Id: Copy + Ord {
    fn number(self) -> u64;
}

impl Id for RealmId {
    fn number(self) -> u64 {
        self.0
    }
}

impl Id for SubRealmId {
    fn number(self) -> u64 {
        self.0
    }
}

impl Id for u64 {
    fn number(self) -> u64 {
        self
    }
}

/// Whether `ids` has no id twice.
pub(crate) fn distinct<T: Id>(ids: &[T]) -> bool {
    if ids.len() <= FEW {
        let mut rest = ids;
        while let [id, others @ ..] = rest {
            if others.contains(id) {
                return false;
            }
            rest = others;
        }
        return true;
    }
    is_ascending(ids) || {
        let mut seen = Set::with_room_for(ids);
        ids.iter().all(|id| seen.insert(id.number()))
    }
}

/// Whether each is larger than the one before.
fn is_ascending<T: Id>(ids: &[T]) -> bool {
    ids.is_sorted_by(|a, b| a < b)
}

/// The ids that `ids` has already earlier, with their positions.
pub(crate) fn repeated<T: Id>(ids: &[T]) -> impl Iterator<Item = (usize, T)> {
    let mut seen = Set::with_room_for(ids);
    ids.iter().copied().enumerate().filter(move |(_, id)| !seen.insert(id.number()))
}

/// Whether `all` has every one of `ids`.
pub(crate) fn subset<T: Id>(ids: &[T], all: &[T]) -> bool {
    if all.len() <= FEW {
        return ids.iter().all(|id| all.contains(id));
    }
    if is_ascending(ids) && all.is_sorted() {
        let mut others = all.iter();
        return ids.iter().all(|id| others.find(|other| *other >= id) == Some(id));
    }
    let set = Set::from_ids(all);
    ids.iter().all(|id| set.contains(id.number()))
}

/// The ids of `ids` that `all` does not have, with their positions.
pub(crate) fn missing<'a, T: Id>(ids: &'a [T], all: &[T]) -> impl Iterator<Item = (usize, T)> + use<'a, T> {
    let set = Set::from_ids(all);
    ids.iter().copied().enumerate().filter(move |(_, id)| !set.contains(id.number()))
}

/// A set of numbers whose largest is known beforehand.
enum Set {
    /// A bit for each number up to the largest: ids are counted up from one, and so lie close together.
    Dense(Vec<u64>),
    Sparse(HashSet<u64>),
}

impl Set {
    fn from_ids<T: Id>(ids: &[T]) -> Self {
        let mut set = Self::with_room_for(ids);
        for id in ids {
            set.insert(id.number());
        }
        set
    }

    /// An empty set with room for these. It takes about a word for each of `ids` at most, which is less than a hash set
    /// does: large ids in a request cannot make it large.
    fn with_room_for<T: Id>(ids: &[T]) -> Self {
        let largest = ids.iter().map(|id| id.number()).max().unwrap_or_default();
        match usize::try_from(largest / u64::from(u64::BITS)) {
            Ok(words) if words <= ids.len() => Self::Dense(vec![0; words + 1]),
            _ => Self::Sparse(HashSet::with_capacity(ids.len())),
        }
    }

    /// Whether `number`, which is the largest or a smaller one, was not there yet.
    fn insert(&mut self, number: u64) -> bool {
        match self {
            Self::Sparse(set) => set.insert(number),
            Self::Dense(words) => {
                let (word, bit) = place(number);
                let Some(word) = words.get_mut(word) else { return false };
                let is_new = *word & bit == 0;
                *word |= bit;
                is_new
            }
        }
    }

    fn contains(&self, number: u64) -> bool {
        match self {
            Self::Sparse(set) => set.contains(&number),
            Self::Dense(words) => {
                let (word, bit) = place(number);
                words.get(word).is_some_and(|word| word & bit != 0)
            }
        }
    }
}

/// The word that has the bit of `number`, and the bit.
fn place(number: u64) -> (usize, u64) {
    let bits = u64::from(u64::BITS);
    (usize::try_from(number / bits).unwrap_or(usize::MAX), 1 << (number % bits))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Few values, so that arrays often repeat and often contain one another; some sorted, some longer than `FEW`, and some
    /// with an id far from the others.
    fn arrays() -> impl Strategy<Value = Vec<u64>> {
        let far = prop::option::of(prop::sample::select(vec![1_000, 1 << 20, u64::MAX]));
        (prop::collection::vec(0_u64..60, 0..50), any::<bool>(), far).prop_map(|(mut ids, sorted, far)| {
            ids.splice(ids.len() / 2..ids.len() / 2, far);
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
