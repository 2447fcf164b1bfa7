//! Measures two sides alternately.

use std::env;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The rounds of a benchmark, unless `BENCH_ROUNDS` is set.
const ROUNDS: usize = 5;

/// How often the two sides of short calls take turns in a round.
const TURNS: usize = 40;

/// The approximate length of a turn of short calls: long for the clock, short compared to disturbances.
const TURN: Duration = Duration::from_millis(2);

/// How thoroughly is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// How many ratios to measure.
    pub rounds: usize,
    /// Whether the run only shows that the benchmark works, as with `cargo test --benches`.
    pub quick: bool,
}

impl Measure {
    /// Reads the arguments and `BENCH_ROUNDS` of this process: under `cargo bench` that many rounds, or five; otherwise quick.
    #[must_use]
    pub fn from_environment() -> Self {
        let quick = !env::args().any(|argument| argument == "--bench");
        let rounds = env::var("BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
        Self { rounds: if quick { 1 } else { rounds.max(1) }, quick }
    }

    /// The ratios of the cost of `ours` to that of `reference`, one for each round. The sides take turns in going first.
    #[must_use]
    pub fn sides(self, mut ours: impl FnMut() -> f64, mut reference: impl FnMut() -> f64) -> Ratios {
        let ratio = |round| {
            let (ours, reference) = take_turns(round % 2 == 0, &mut ours, &mut reference);
            ours / reference
        };
        Ratios::new((0..self.rounds).map(ratio).collect())
    }

    /// The ratios of the times of one call, for calls too short for the clock. A round has many short turns of each side and
    /// compares the shortest ones: other programs can only make a turn longer.
    #[must_use]
    pub fn calls<T, U>(self, mut ours: impl FnMut() -> T, mut reference: impl FnMut() -> U) -> Ratios {
        let (turns, turn) = if self.quick { (1, Duration::ZERO) } else { (TURNS, TURN) };
        let our_calls = calls_in(turn, &mut ours);
        let reference_calls = calls_in(turn, &mut reference);
        let ratio = |_| {
            let (mut of_ours, mut of_reference) = (f64::INFINITY, f64::INFINITY);
            for number in 0..turns {
                let (our_time, reference_time) =
                    take_turns(number % 2 == 0, &mut || seconds_a_call(our_calls, &mut ours), &mut || {
                        seconds_a_call(reference_calls, &mut reference)
                    });
                of_ours = of_ours.min(our_time);
                of_reference = of_reference.min(reference_time);
            }
            of_ours / of_reference
        };
        Ratios::new((0..self.rounds).map(ratio).collect())
    }
}

/// The ratios of a benchmark's rounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratios(Vec<f64>);

impl Ratios {
    /// At least one ratio, in any order.
    #[must_use]
    pub fn new(mut ratios: Vec<f64>) -> Self {
        ratios.sort_unstable_by(f64::total_cmp);
        Self(ratios)
    }

    /// The ratios per piece of work, for sides that did different amounts: `ours` and `reference` are their numbers of pieces.
    #[must_use]
    pub fn by_piece(self, ours: u32, reference: u32) -> Self {
        let scale = f64::from(reference) / f64::from(ours);
        Self(self.0.into_iter().map(|ratio| ratio * scale).collect())
    }

    /// The median.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// The least and the greatest ratio.
    #[must_use]
    pub fn spread(&self) -> [f64; 2] {
        [self.0.first(), self.0.last()].map(|ratio| ratio.copied().unwrap_or(f64::NAN))
    }
}

/// The costs of both sides, measured one after the other.
fn take_turns(
    ours_first: bool,
    ours: &mut impl FnMut() -> f64,
    reference: &mut impl FnMut() -> f64,
) -> (f64, f64) {
    if ours_first {
        let ours = ours();
        (ours, reference())
    } else {
        let reference = reference();
        (ours(), reference)
    }
}

/// The number of calls that take about `time`, at least one. Warms up the caches.
fn calls_in<T>(time: Duration, call: &mut impl FnMut() -> T) -> u32 {
    let mut calls = 1_u32;
    loop {
        let taken = seconds_a_call(calls, call) * f64::from(calls);
        if taken >= time.as_secs_f64() || calls > u32::MAX / 2 {
            return calls;
        }
        calls *= 2;
    }
}

fn seconds_a_call<T>(calls: u32, call: &mut impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(call());
    }
    start.elapsed().as_secs_f64() / f64::from(calls)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn sides_take_turns_and_so_does_who_begins() {
        let order = RefCell::new(String::new());
        let side = |name, cost| {
            let order = &order;
            move || {
                order.borrow_mut().push(name);
                cost
            }
        };
        let measure = Measure { rounds: 3, quick: false };
        let ratios = measure.sides(side('o', 3.0), side('r', 2.0));
        assert_eq!(*order.borrow(), "orroor");
        assert_eq!((ratios.median(), ratios.spread()), (1.5, [1.5, 1.5]));
    }

    #[test]
    fn the_median_and_the_ends() {
        let ratios = Ratios::new(vec![3.0, 1.0, 2.0]);
        assert_eq!((ratios.median(), ratios.spread()), (2.0, [1.0, 3.0]));
        assert_eq!(ratios.by_piece(100, 50), Ratios::new(vec![0.5, 1.0, 1.5]));
    }

    #[test]
    fn a_quick_run_calls_both_sides() {
        let (mut ours, mut reference) = (0, 0);
        let ratios = Measure { rounds: 1, quick: true }.calls(|| ours += 1, || reference += 1);
        assert!(ratios.spread().iter().all(|ratio| !ratio.is_sign_negative()));
        assert_eq!((ours, reference), (2, 2), "once to count the calls of a turn, and once to measure");
    }
}
