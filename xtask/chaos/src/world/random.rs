//! Numbers that a seed decides.

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

/// A generator whose numbers are the same in every version.
pub(crate) struct Random(Pcg32);

impl Random {
    /// The numbers of one of the many streams of `seed`.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self(Pcg32::new(seed, stream))
    }

    /// A number below `limit`, which is not large; 0 where that is 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        usize::try_from(u64::from(self.0.next_u32()).saturating_mul(limit) >> 32).unwrap_or_default()
    }

    pub(crate) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}
