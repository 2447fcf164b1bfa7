//! Random decisions, which a seed repeats.

use std::fmt;

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;
use serde::{Deserialize, Serialize};

/// A chance, from 0 (never) to 1 (always), in steps of 2^-32.
///
/// ```
/// use cloudlx_server_stub::faults::Probability;
///
/// assert!(Probability::new(0.25).is_ok());
/// assert_eq!(
///     Probability::new(25.0).unwrap_err().to_string(),
///     "expected a probability from 0 to 1, found 25: write 0.25 for 25 %"
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Probability(f64);

/// A number that is not a probability.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("expected a probability from 0 to 1, found {found}: write 0.25 for 25 %")]
pub struct NoProbability {
    found: f64,
}

impl Probability {
    /// A probability.
    ///
    /// # Errors
    ///
    /// When the number is not from 0 to 1.
    pub fn new(number: f64) -> Result<Self, NoProbability> {
        if (0.0..=1.0).contains(&number) { Ok(Self(number)) } else { Err(NoProbability { found: number }) }
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> f64 {
        self.0
    }
}

impl Default for Probability {
    /// Always.
    fn default() -> Self {
        Self(1.0)
    }
}

impl TryFrom<f64> for Probability {
    type Error = NoProbability;

    fn try_from(number: f64) -> Result<Self, NoProbability> {
        Self::new(number)
    }
}

impl From<Probability> for f64 {
    fn from(Probability(number): Probability) -> Self {
        number
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Probability {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Probability".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "minimum": 0, "maximum": 1 })
    }

    fn inline_schema() -> bool {
        true
    }
}

/// The random numbers of one fault: a stream of its own, so that other faults' draws do not change it.
pub(super) struct Chance(Pcg32);

impl Chance {
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        Self(Pcg32::new(seed, stream))
    }

    /// The next decision. Draws one number for any probability.
    pub(super) fn draw(&mut self, probability: Probability) -> bool {
        f64::from(self.0.next_u32()) < probability.0 * (f64::from(u32::MAX) + 1.0)
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chance")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decisions(seed: u64, stream: u64, probability: f64) -> Vec<bool> {
        let (mut chance, probability) = (Chance::new(seed, stream), Probability::new(probability).unwrap());
        (0..1_000).map(|_| chance.draw(probability)).collect()
    }

    #[test]
    fn a_seed_decides_the_same_again() {
        assert_eq!(decisions(7, 0, 0.5), decisions(7, 0, 0.5));
        assert_ne!(decisions(7, 0, 0.5), decisions(8, 0, 0.5));
        assert_ne!(decisions(7, 0, 0.5), decisions(7, 1, 0.5));
        // And the same in the next version: reports name seeds.
        let decided = decisions(7, 0, 0.25);
        let hit: Vec<_> = (0..20).filter(|place| decided[*place]).collect();
        assert_eq!(hit, [5, 8, 11, 19]);
    }

    #[test]
    fn never_always_and_in_between() {
        assert!(decisions(1, 1, 1.0).iter().all(|hit| *hit));
        assert!(decisions(1, 1, 0.0).iter().all(|hit| !*hit));
        let hits = decisions(1, 1, 0.1).iter().filter(|hit| **hit).count();
        assert!((70..130).contains(&hits), "{hits}");
    }

    #[test]
    fn faults_side_by_side_do_not_decide_alike() {
        for (seed, stream) in (0..20).flat_map(|seed| [(seed, 0), (seed, 1 << 32)]) {
            let (one, next) = (decisions(seed, stream, 0.5), decisions(seed, stream + 1, 0.5));
            let alike = one.iter().zip(&next).filter(|(one, next)| one == next).count();
            assert!((400..600).contains(&alike), "{alike} of 1000 with {seed}, {stream}");
        }
    }

    #[test]
    fn what_is_no_probability() {
        for number in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Probability::new(number).is_err(), "{number}");
        }
    }
}
