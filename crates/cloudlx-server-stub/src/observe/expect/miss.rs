//! A request that did not fit an expectation.

use std::fmt;

use cloudlx_model::EndpointInfo;

use super::difference::{Difference, TEXT_SHOWN, cut};
use crate::RecordedRequest;

/// How many differences of a miss are kept.
const DIFFERENCES_KEPT: usize = 20;

/// How many of the violations that a miss was refused for are kept.
const VIOLATIONS_KEPT: usize = 5;

/// A request that did not fit, and why.
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
    /// A request to the expectation's endpoint.
    pub(super) fn new(request: &RecordedRequest, distance: usize, mut differences: Vec<Difference>) -> Self {
        let more = differences.len().saturating_sub(DIFFERENCES_KEPT);
        differences.truncate(DIFFERENCES_KEPT);
        let violations = request.violations.iter().take(VIOLATIONS_KEPT);
        let refused_for = violations.map(|violation| cut(violation.to_string(), TEXT_SHOWN)).collect();
        Self { distance, request: in_a_line(request), differences, more, refused_for }
    }

    /// A request that found no endpoint.
    pub(super) fn without_endpoint(
        distance: usize,
        request: &RecordedRequest,
        endpoint: EndpointInfo,
    ) -> Self {
        let mut differences = Vec::new();
        if request.method != endpoint.method.as_str() {
            differences.push(Difference::new("the method", endpoint.method, &request.method));
        }
        if request.path != endpoint.path {
            differences.push(Difference::new("the path", endpoint.path, &request.path));
        }
        Self { distance, request: in_a_line(request), differences, more: 0, refused_for: Vec::new() }
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

/// A request and its answer in one line.
pub(super) fn in_a_line(request: &RecordedRequest) -> String {
    cut(request.in_a_line(), TEXT_SHOWN)
}
