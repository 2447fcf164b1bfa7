//! Explains an expectation that was not met.

use std::fmt;

use super::pattern::{Pattern, Times};
use super::tally::Tally;

/// Why an expectation was not met: fewer or more requests than expected, and what came instead.
///
/// [`Display`](fmt::Display) explains it: for the requests that missed by least, where each was different and why the stub
/// refused it. [`Debug`](fmt::Debug) prints the same, so that `verify().unwrap()` can be read.
#[derive(thiserror::Error)]
#[error("{explanation}")]
#[non_exhaustive]
pub struct Unmet {
    /// How many fitting requests there were.
    pub count: u64,
    explanation: String,
}

impl Unmet {
    pub(super) fn new(pattern: &Pattern, times: Times, tally: &Tally) -> Self {
        let found = if tally.count == 0 { "none".to_owned() } else { tally.count.to_string() };
        let mut paragraphs = vec![format!("expected {pattern} {}, and found {found}", times.describe())];
        paragraphs.extend(tally.fitting.iter().map(|request| format!("came: {request}")));
        paragraphs.extend(tally.more_fitting().map(|more| format!("came: {more} more")));
        // Where too many requests fit, the misses explain nothing.
        let misses = if tally.count < times.least { &tally.nearest[..] } else { &[] };
        let ranks = std::iter::once("nearest").chain(std::iter::repeat("then"));
        paragraphs.extend(ranks.zip(misses).map(|(rank, miss)| format!("{rank}: {miss}")));
        paragraphs.extend(tally.others(misses.len()).map(|others| format!("besides: {others}")));
        paragraphs.push(format!("expected at {}:{}", pattern.at.file(), pattern.at.line()));
        Self { count: tally.count, explanation: paragraphs.join("\n\n") }
    }
}

impl fmt::Debug for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
