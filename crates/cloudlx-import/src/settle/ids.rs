//! A set of customer ids.

use cloudlx_model::CustomerId;

/// A set of customer ids: eight bytes an id, so that a million take 8 MB.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids(Vec<CustomerId>);

impl Ids {
    /// Whether `id` is in the set.
    #[must_use]
    pub fn contains(&self, id: CustomerId) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    /// All ids, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = CustomerId> + '_ {
        self.0.iter().copied()
    }

    /// Keeps only the ids for which `keep` returns true.
    pub fn retain(&mut self, mut keep: impl FnMut(CustomerId) -> bool) {
        self.0.retain(|id| keep(*id));
    }
}

/// The ids may be in any order and repeat.
impl From<Vec<CustomerId>> for Ids {
    fn from(mut ids: Vec<CustomerId>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        Self(ids)
    }
}

impl FromIterator<CustomerId> for Ids {
    fn from_iter<I: IntoIterator<Item = CustomerId>>(ids: I) -> Self {
        ids.into_iter().collect::<Vec<_>>().into()
    }
}

/// In ascending order.
impl From<Ids> for Vec<CustomerId> {
    fn from(ids: Ids) -> Self {
        ids.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_there_once() {
        let mut ids: Ids = [3, 1, 2, 3].map(CustomerId).into_iter().collect();
        assert_eq!(ids.iter().map(|id| id.0).collect::<Vec<_>>(), [1, 2, 3]);
        ids.retain(|id| id.0 != 2);
        assert!(ids.contains(CustomerId(3)) && !ids.contains(CustomerId(2)));
    }
}
