//! How soon it answers: from the start of the process to the first answer.

use std::time::Instant;

use xtask_measure::{Goal, Measure, Ratios, Row};

use crate::GROUP;
use crate::peer::Peer;
use crate::running::Running;

/// How many starts of the stub there are in a round.
const STARTS: usize = 20;

const WHAT: &str = "from the start of the process to the first answer";

/// In milliseconds.
pub(crate) fn alone(measure: Measure) -> Row {
    let starts = if measure.quick { 1 } else { STARTS * measure.rounds };
    let milliseconds = (0..starts).map(|_| seconds(Running::stub) * 1_000.0).collect();
    Row::figure(GROUP, WHAT, "ms", &Ratios::new(milliseconds), Goal::AtMost(10.0))
}

/// Against a mock server of another language.
pub(crate) fn against(measure: Measure, peer: &Peer) -> Row {
    let starts = if measure.quick { 1 } else { STARTS };
    let ours = || Ratios::new((0..starts).map(|_| seconds(Running::stub)).collect()).median();
    let ratios = measure.sides(ours, || seconds(|| peer.start()));
    Row::new(GROUP, WHAT, peer.name, &ratios, Goal::AtMost(1.0 / 50.0))
}

fn seconds(start: impl Fn() -> Running) -> f64 {
    let begun = Instant::now();
    let running = start();
    running.first_answer();
    begun.elapsed().as_secs_f64()
}
