//! What is said of an expectation that was not met.

use std::fmt;

use cloudlx_model::EndpointInfo;

use super::difference::{Difference, cut};
use super::watch::{Content, Seen, Times, Wanted};
use crate::RecordedRequest;

/// How many differences of a miss are kept.
const DIFFERENCES_KEPT: usize = 20;

/// How many of the violations that a miss was refused for are kept.
const VIOLATIONS_KEPT: usize = 5;

/// How much of a request in words, of a violation and of the expected content is shown, in bytes.
const SHOWN: usize = 1024;

/// Why an expectation was not met: fewer or more requests than expected, and what came instead.
///
/// [`Display`](fmt::Display) explains it: of the requests that missed by least, where each was different and why the stub
/// refused it. [`Debug`](fmt::Debug) says the same, so that `verify().unwrap()` can be read.
#[derive(thiserror::Error)]
#[error("{explanation}")]
#[non_exhaustive]
pub struct Unmet {
    /// How many fitting requests there were.
    pub count: u64,
    explanation: String,
}

/// A request that was not one of those expected.
pub(super) struct Miss {
    /// How far off: the number of differences, or more.
    pub(super) distance: usize,
    request: String,
    differences: Vec<Difference>,
    /// How many differences there are beyond these.
    more: usize,
    refused_for: Vec<String>,
}

impl Miss {
    /// A request to the endpoint.
    pub(super) fn of(request: &RecordedRequest, distance: usize, mut differences: Vec<Difference>) -> Self {
        let more = differences.len().saturating_sub(DIFFERENCES_KEPT);
        differences.truncate(DIFFERENCES_KEPT);
        let violations = request.violations.iter().take(VIOLATIONS_KEPT);
        let refused_for = violations.map(|violation| cut(violation.to_string(), SHOWN)).collect();
        Self { distance, request: in_a_line(request), differences, more, refused_for }
    }

    /// A request that found no endpoint.
    pub(super) fn astray(request: &RecordedRequest, endpoint: EndpointInfo) -> Self {
        let mut differences = Vec::new();
        if request.method != endpoint.method.as_str() {
            differences.push(Difference::of("the method", endpoint.method, &request.method));
        }
        if request.path != endpoint.path {
            differences.push(Difference::of("the path", endpoint.path, &request.path));
        }
        Self {
            distance: usize::MAX,
            request: in_a_line(request),
            differences,
            more: 0,
            refused_for: Vec::new(),
        }
    }
}

impl Unmet {
    pub(super) fn of(wanted: &Wanted, times: Times, seen: &Seen) -> Self {
        let mut paragraphs =
            vec![format!("expected {wanted} {}, and found {}", times.in_words(), found(seen.count))];
        paragraphs.extend(seen.fitting.iter().map(|request| format!("came: {request}")));
        paragraphs.extend(more(seen).map(|more| format!("came: {more} more")));
        // When too many fit, those that do not are beside the point.
        let misses = if seen.count < times.least { &seen.nearest[..] } else { &[] };
        let ranks = std::iter::once("nearest").chain(std::iter::repeat("then"));
        paragraphs.extend(ranks.zip(misses).map(|(rank, miss)| format!("{rank}: {miss}")));
        paragraphs.extend(besides(seen, misses.len()).map(|others| format!("besides: {others}")));
        paragraphs.push(format!("expected at {}:{}", wanted.at.file(), wanted.at.line()));
        Self { count: seen.count, explanation: paragraphs.join("\n\n") }
    }
}

impl fmt::Debug for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EndpointInfo { name, method, path, .. } = self.endpoint;
        write!(f, "{name} ({method} {})", self.path.as_deref().unwrap_or(path))?;
        match &self.content {
            Content::Any => {}
            Content::Whole(value) => write!(f, " with {}", cut(value.to_string(), SHOWN))?,
            Content::Fields(value) => write!(f, " with {} among others", cut(value.to_string(), SHOWN))?,
        }
        self.status.map_or(Ok(()), |status| write!(f, " answered {status}"))
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.request)?;
        for difference in &self.differences {
            write!(f, "\n  {difference}")?;
        }
        if self.more > 0 {
            write!(f, "\n  … and {} more", self.more)?;
        }
        self.refused_for.iter().try_for_each(|violation| write!(f, "\n  refused for {violation}"))
    }
}

/// A request and its answer in words.
pub(super) fn in_a_line(request: &RecordedRequest) -> String {
    cut(request.in_a_line(), SHOWN)
}

fn found(count: u64) -> String {
    if count == 0 { "none".to_owned() } else { count.to_string() }
}

/// How many requests fit beyond those that are kept in words.
fn more(seen: &Seen) -> Option<u64> {
    let kept = u64::try_from(seen.fitting.len()).unwrap_or(u64::MAX);
    seen.count.checked_sub(kept).filter(|more| *more > 0)
}

/// The requests that are not `shown` one by one.
fn besides(seen: &Seen, shown: usize) -> Option<String> {
    let others = seen.elsewhere.iter().map(|(endpoint, count)| format!("{count} {endpoint}"));
    let missed = seen.missed.saturating_sub(u64::try_from(shown).unwrap_or(u64::MAX));
    let missed = (missed > 0).then(|| format!("{missed} that do not fit"));
    let all: Vec<_> = others.chain(missed).collect();
    if all.is_empty() { None } else { Some(all.join(", ")) }
}
