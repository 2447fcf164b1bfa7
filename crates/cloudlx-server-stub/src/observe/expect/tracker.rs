//! Compares every request with every expectation, and keeps a count and the nearest misses of each.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::miss::{Miss, in_a_line};
use super::pattern::{ObservedRequest, Pattern, Times};
use super::tally::Tally;
use super::unmet::Unmet;
use crate::lock::locked;

/// How many misses, and how many requests that fit, are kept.
const KEPT: usize = 3;

/// The distance of a request that found no endpoint.
const NO_ENDPOINT: usize = usize::MAX;

/// All expectations of a stub.
#[derive(Default)]
pub(crate) struct Expectations(Mutex<Vec<Arc<Tracker>>>);

/// One expectation, and what it has seen.
pub(crate) struct Tracker {
    pub(super) pattern: Pattern,
    times: Times,
    tally: watch::Sender<Tally>,
}

impl Expectations {
    pub(super) fn add(&self, tracker: Arc<Tracker>) {
        locked(&self.0).push(tracker);
    }

    pub(super) fn remove(&self, tracker: &Arc<Tracker>) {
        locked(&self.0).retain(|other| !Arc::ptr_eq(other, tracker));
    }

    /// Compares a request with all of them.
    pub(crate) fn observe(&self, observed: &ObservedRequest<'_>) {
        locked(&self.0).iter().for_each(|tracker| tracker.observe(observed));
    }
}

impl Tracker {
    pub(super) fn new(pattern: Pattern, times: Times) -> Self {
        Self { pattern, times, tally: watch::Sender::default() }
    }

    pub(super) fn count(&self) -> u64 {
        self.tally.borrow().count
    }

    pub(super) async fn reached(&self) {
        // The sender lives as long as `self`, so only the count can end the wait.
        let _ = self.tally.subscribe().wait_for(|tally| tally.count >= self.times.least).await;
    }

    pub(super) fn verify(&self) -> Result<(), Unmet> {
        let tally = self.tally.borrow();
        if self.times.allow(tally.count) {
            return Ok(());
        }
        Err(Unmet::new(&self.pattern, self.times, &tally))
    }

    fn observe(&self, observed: &ObservedRequest<'_>) {
        match observed.endpoint {
            Some(endpoint) if endpoint == self.pattern.endpoint.name => self.observe_own(observed),
            Some(endpoint) => self.tally.send_modify(|tally| {
                *tally.other_endpoints.entry(endpoint).or_default() += 1;
            }),
            None => self.add_miss(NO_ENDPOINT, || {
                Miss::without_endpoint(NO_ENDPOINT, observed.request, self.pattern.endpoint)
            }),
        }
    }

    /// Counts a request to the expectation's endpoint.
    fn observe_own(&self, observed: &ObservedRequest<'_>) {
        let (distance, differences) = self.pattern.differences(observed);
        if distance == 0 {
            self.tally.send_modify(|tally| {
                tally.count = tally.count.saturating_add(1);
                if tally.fitting.len() < KEPT {
                    tally.fitting.push(in_a_line(observed.request));
                }
            });
        } else {
            self.add_miss(distance, || Miss::new(observed.request, distance, differences));
        }
    }

    fn add_miss(&self, distance: usize, miss: impl FnOnce() -> Miss) {
        self.tally.send_modify(|tally| {
            tally.missed = tally.missed.saturating_add(1);
            // Among equally near ones, the first is kept.
            let index = tally.nearest.partition_point(|other| other.distance <= distance);
            if index < KEPT {
                tally.nearest.insert(index, miss());
                tally.nearest.truncate(KEPT);
            }
        });
    }
}
