//! An expectation on the stub's side: it sees every request, and keeps a count and the nearest misses.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::{Arc, Mutex};

use cloudlx_model::EndpointInfo;
use serde_json::Value;
use tokio::sync::watch;

use super::Unmet;
use super::difference::{Difference, differences};
use super::unmet::{Miss, in_a_line};
use crate::RecordedRequest;
use crate::lock::locked;

/// How many misses, and how many requests that fit, are kept.
const KEPT: usize = 3;

/// How far off is a body that is not known: further than any that is.
const BODY_UNKNOWN: usize = usize::MAX / 2;

/// How far off is a request that found no endpoint.
const ASTRAY: usize = usize::MAX;

/// All expectations of a stub.
#[derive(Default)]
pub(crate) struct Expectations(Mutex<Vec<Arc<Watch>>>);

/// A request on its way into the journal.
pub(crate) struct Came<'a> {
    endpoint: Option<&'static str>,
    request: &'a RecordedRequest,
    body: &'a [u8],
    json: OnceCell<Option<Value>>,
}

/// Which requests are meant.
pub(super) struct Wanted {
    pub(super) endpoint: EndpointInfo,
    pub(super) path: Option<String>,
    pub(super) content: Content,
    pub(super) status: Option<u16>,
    /// Where in the test they are expected.
    pub(super) at: &'static Location<'static>,
}

/// What a body must have.
pub(super) enum Content {
    Any,
    Whole(Value),
    Fields(Value),
}

/// How often.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) least: u64,
    pub(super) most: Option<u64>,
}

/// One expectation, and what came of it so far.
pub(crate) struct Watch {
    pub(super) wanted: Wanted,
    times: Times,
    seen: watch::Sender<Seen>,
}

/// What came so far.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) count: u64,
    /// The first requests that fit, in words.
    pub(super) fitting: Vec<String>,
    /// The requests that missed by least, nearest first.
    pub(super) nearest: Vec<Miss>,
    /// How many missed.
    pub(super) missed: u64,
    /// How many requests there were to other endpoints, by their names.
    pub(super) elsewhere: BTreeMap<&'static str, u64>,
}

impl Expectations {
    pub(super) fn add(&self, watch: Arc<Watch>) {
        locked(&self.0).push(watch);
    }

    pub(super) fn remove(&self, watch: &Arc<Watch>) {
        locked(&self.0).retain(|there| !Arc::ptr_eq(there, watch));
    }

    /// Shows a request to all of them.
    pub(crate) fn see(&self, came: &Came<'_>) {
        locked(&self.0).iter().for_each(|watch| watch.see(came));
    }
}

impl<'a> Came<'a> {
    /// A request as it is recorded, with the whole of the body that was read.
    pub(crate) fn new(endpoint: Option<&'static str>, request: &'a RecordedRequest, body: &'a [u8]) -> Self {
        Self { endpoint, request, body, json: OnceCell::new() }
    }

    fn json(&self) -> Option<&Value> {
        self.json.get_or_init(|| serde_json::from_slice(self.body).ok()).as_ref()
    }
}

impl Times {
    pub(super) fn in_words(self) -> String {
        match (self.least, self.most) {
            (0, Some(0)) => "never".to_owned(),
            (1, Some(1)) => "once".to_owned(),
            (1, None) => "at least once".to_owned(),
            (least, None) => format!("at least {least} times"),
            (times, Some(_)) => format!("{times} times"),
        }
    }

    fn hold(self, count: u64) -> bool {
        count >= self.least && self.most.is_none_or(|most| count <= most)
    }
}

impl Watch {
    pub(super) fn new(wanted: Wanted, times: Times) -> Self {
        Self { wanted, times, seen: watch::Sender::default() }
    }

    pub(super) fn count(&self) -> u64 {
        self.seen.borrow().count
    }

    pub(super) async fn reached(&self) {
        // The sender lives as long as this does, so the wait ends with the count alone.
        let _ = self.seen.subscribe().wait_for(|seen| seen.count >= self.times.least).await;
    }

    pub(super) fn verify(&self) -> Result<(), Unmet> {
        let seen = self.seen.borrow();
        if self.times.hold(seen.count) {
            return Ok(());
        }
        Err(Unmet::of(&self.wanted, self.times, &seen))
    }

    fn see(&self, came: &Came<'_>) {
        let here = came.endpoint == Some(self.wanted.endpoint.name);
        match came.endpoint {
            Some(elsewhere) if !here => self.seen.send_modify(|seen| {
                *seen.elsewhere.entry(elsewhere).or_default() += 1;
            }),
            None => self.missed(ASTRAY, || Miss::astray(came.request, self.wanted.endpoint)),
            Some(_) => self.see_own(came),
        }
    }

    /// A request to the endpoint.
    fn see_own(&self, came: &Came<'_>) {
        let (distance, differences) = self.wanted.differences(came);
        if distance == 0 {
            self.seen.send_modify(|seen| {
                seen.count = seen.count.saturating_add(1);
                if seen.fitting.len() < KEPT {
                    seen.fitting.push(in_a_line(came.request));
                }
            });
        } else {
            self.missed(distance, || Miss::of(came.request, distance, differences));
        }
    }

    fn missed(&self, distance: usize, miss: impl FnOnce() -> Miss) {
        self.seen.send_modify(|seen| {
            seen.missed = seen.missed.saturating_add(1);
            // Of those that are equally near, the first.
            let place = seen.nearest.partition_point(|there| there.distance <= distance);
            if place < KEPT {
                seen.nearest.insert(place, miss());
                seen.nearest.truncate(KEPT);
            }
        });
    }
}

impl Wanted {
    /// How far off a request to the endpoint is, and where: nowhere when it fits.
    fn differences(&self, came: &Came<'_>) -> (usize, Vec<Difference>) {
        let (mut distance, mut differences) = self.content.differences(came);
        if let Some(path) = self.path.as_ref().filter(|path| **path != came.request.path) {
            differences.push(Difference::of("the path", path, &came.request.path));
            distance += 1;
        }
        if let Some(status) = self.status.filter(|status| *status != came.request.status) {
            let found = match came.request.status {
                0 => "no answer".to_owned(),
                answered => answered.to_string(),
            };
            differences.push(Difference::of("the status", status, found));
            distance += 1;
        }
        (distance, differences)
    }
}

impl Content {
    fn differences(&self, came: &Came<'_>) -> (usize, Vec<Difference>) {
        let (expected, whole) = match self {
            Self::Any => return (0, Vec::new()),
            Self::Whole(value) => (value, true),
            Self::Fields(value) => (value, false),
        };
        let unknown = |found: &str| (BODY_UNKNOWN, vec![Difference::of("the body", "JSON", found)]);
        let Some(found) = came.json() else {
            return if came.body.is_empty() {
                unknown("none that the stub read")
            } else {
                unknown(&format!("{} bytes that are not JSON", came.body.len()))
            };
        };
        let differences = differences(expected, found, whole);
        if !differences.is_empty() && came.request.hides_its_body() {
            let hidden = "one that is not shown, for it could hold a secret";
            return (differences.len(), vec![Difference::of("the body", "another", hidden)]);
        }
        (differences.len(), differences)
    }
}
