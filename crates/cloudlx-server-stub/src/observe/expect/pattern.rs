//! Which requests a test expects, and how a request differs from them.

use std::cell::OnceCell;
use std::fmt;
use std::panic::Location;

use cloudlx_model::EndpointInfo;
use serde_json::Value;

use super::difference::{Difference, TEXT_SHOWN, cut, differences};
use crate::RecordedRequest;

/// The distance of a request whose body is unknown: more than that of any known body.
const BODY_UNKNOWN: usize = usize::MAX / 2;

/// A request on its way into the request log.
pub(crate) struct ObservedRequest<'a> {
    pub(super) endpoint: Option<&'static str>,
    pub(super) request: &'a RecordedRequest,
    body: &'a [u8],
    json: OnceCell<Option<Value>>,
}

/// Which requests are expected.
pub(super) struct Pattern {
    pub(super) endpoint: EndpointInfo,
    pub(super) path: Option<String>,
    pub(super) content: Content,
    pub(super) status: Option<u16>,
    /// Where in the test they are expected.
    pub(super) at: &'static Location<'static>,
}

/// What a body must contain.
pub(super) enum Content {
    Any,
    Whole(Value),
    Fields(Value),
}

/// How many requests are expected.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) least: u64,
    pub(super) most: Option<u64>,
}

impl<'a> ObservedRequest<'a> {
    /// A request as it is recorded, with all of the body that was read.
    pub(crate) fn new(endpoint: Option<&'static str>, request: &'a RecordedRequest, body: &'a [u8]) -> Self {
        Self { endpoint, request, body, json: OnceCell::new() }
    }

    fn json(&self) -> Option<&Value> {
        self.json.get_or_init(|| serde_json::from_slice(self.body).ok()).as_ref()
    }
}

impl Times {
    pub(super) fn describe(self) -> String {
        match (self.least, self.most) {
            (0, Some(0)) => "never".to_owned(),
            (1, Some(1)) => "once".to_owned(),
            (1, None) => "at least once".to_owned(),
            (least, None) => format!("at least {least} times"),
            (times, Some(_)) => format!("{times} times"),
        }
    }

    pub(super) fn allow(self, count: u64) -> bool {
        count >= self.least && self.most.is_none_or(|most| count <= most)
    }
}

impl Pattern {
    /// The distance of a request to the endpoint, and its differences. A request that fits has distance 0.
    pub(super) fn differences(&self, observed: &ObservedRequest<'_>) -> (usize, Vec<Difference>) {
        let request = observed.request;
        let (mut distance, mut differences) = self.content.differences(observed);
        if let Some(path) = self.path.as_ref().filter(|path| **path != request.path) {
            differences.push(Difference::new("the path", path, &request.path));
            distance += 1;
        }
        if let Some(status) = self.status.filter(|status| *status != request.status) {
            let found = match request.status {
                0 => "no answer".to_owned(),
                answered => answered.to_string(),
            };
            differences.push(Difference::new("the status", status, found));
            distance += 1;
        }
        (distance, differences)
    }
}

impl Content {
    fn differences(&self, observed: &ObservedRequest<'_>) -> (usize, Vec<Difference>) {
        let (expected, whole) = match self {
            Self::Any => return (0, Vec::new()),
            Self::Whole(value) => (value, true),
            Self::Fields(value) => (value, false),
        };
        let unknown = |found: &str| (BODY_UNKNOWN, vec![Difference::new("the body", "JSON", found)]);
        let Some(found) = observed.json() else {
            return if observed.body.is_empty() {
                unknown("none that the stub read")
            } else {
                unknown(&format!("{} bytes that are not JSON", observed.body.len()))
            };
        };
        let differences = differences(expected, found, whole);
        if !differences.is_empty() && observed.request.hides_its_body() {
            let hidden = "one that is not shown, for it could hold a secret";
            return (differences.len(), vec![Difference::new("the body", "another", hidden)]);
        }
        (differences.len(), differences)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EndpointInfo { name, method, path, .. } = self.endpoint;
        write!(f, "{name} ({method} {})", self.path.as_deref().unwrap_or(path))?;
        match &self.content {
            Content::Any => {}
            Content::Whole(value) => write!(f, " with {}", cut(value.to_string(), TEXT_SHOWN))?,
            Content::Fields(value) => write!(f, " with {} among others", cut(value.to_string(), TEXT_SHOWN))?,
        }
        self.status.map_or(Ok(()), |status| write!(f, " answered {status}"))
    }
}
