//! The armed faults: which requests and connections each has matched and hit.

use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::sync::Mutex;
use std::time::Duration;

use serde::Serialize;

use super::action::{Action, ConnectionAction};
use super::chance::{Chance, Probability};
use super::schedule::{ConnectionFault, RequestFault, Schedule};
use crate::lock::locked;

/// How many numbers of hit requests or connections are kept for one fault: the last ones.
const HITS_KEPT: usize = 10_000;

/// The first random stream of request faults. Those of connection faults come before.
const FIRST_REQUEST_STREAM: u64 = 1 << 32;

/// What is armed, and how often each fault has acted.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "FaultReport"))]
#[non_exhaustive]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// How many connections there were since the faults were armed, each refusal being one.
    pub connections_total: u64,
    /// How many requests there were since the faults were armed.
    pub requests_total: u64,
    /// The faults of connections.
    pub connections: Vec<ReportedFault<ConnectionFault>>,
    /// The faults of requests.
    pub requests: Vec<ReportedFault<RequestFault>>,
}

/// How often a fault has acted.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Reported{F}"))]
#[non_exhaustive]
pub struct ReportedFault<F> {
    /// The fault, as it stands in a faults file. Read what you know: there may come kinds that are not known yet.
    // A closed list of kinds in an answer would make each new kind a break for whoever reads it.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Map<String, serde_json::Value>"))]
    pub fault: F,
    /// How many matched it. A refusal is decided ahead, so the connection to come is among them.
    pub matched: u64,
    /// How many it hit.
    pub hit: u64,
    /// The numbers of those that it hit, counted from 1 since the faults were armed: the last 10,000.
    pub hits: Vec<u64>,
}

/// The armed faults.
#[derive(Debug, Default)]
pub(crate) struct Armed(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    seed: u64,
    connections_total: u64,
    requests_total: u64,
    connections: Vec<Counted<ConnectionFault>>,
    requests: Vec<Counted<RequestFault>>,
}

#[derive(Debug)]
struct Counted<F> {
    fault: F,
    chance: Chance,
    matched: u64,
    hit: u64,
    hits: VecDeque<u64>,
    /// The number of the last request or connection that it decided about.
    last_decided: u64,
}

impl Armed {
    /// Arms these faults and disarms all others. Calls `then` with the time for which the next connection is refused; none when
    /// it is not.
    ///
    /// `then` runs under the lock, before other faults can be armed: so no refusal outlives its fault.
    pub(crate) fn arm(&self, schedule: Schedule, then: impl FnOnce(Option<Duration>)) {
        let Schedule { seed, connections, requests } = schedule;
        let connections = (0..).zip(connections).map(|(stream, fault)| Counted::new(fault, seed, stream));
        let requests =
            (FIRST_REQUEST_STREAM..).zip(requests).map(|(stream, fault)| Counted::new(fault, seed, stream));
        let mut inner = locked(&self.0);
        *inner = Inner {
            seed,
            connections_total: 0,
            requests_total: 0,
            connections: connections.collect(),
            requests: requests.collect(),
        };
        then(inner.next_refusal());
    }

    pub(crate) fn report(&self) -> Report {
        let inner = locked(&self.0);
        Report {
            seed: inner.seed,
            connections_total: inner.connections_total,
            requests_total: inner.requests_total,
            connections: inner.connections.iter().map(Counted::report).collect(),
            requests: inner.requests.iter().map(Counted::report).collect(),
        }
    }

    /// Calls `refuse` with the time of the refusal, when the next connection is refused.
    pub(crate) fn refuse_next(&self, refuse: impl FnOnce(Duration)) -> bool {
        let mut inner = locked(&self.0);
        inner.next_refusal().map(refuse).is_some()
    }

    /// Counts an accepted connection, and decides whether to close it.
    pub(crate) fn should_close(&self) -> bool {
        let mut inner = locked(&self.0);
        let number = inner.connections_total.saturating_add(1);
        inner.connections_total = number;
        inner.connections.iter_mut().fold(false, |closed, counted| match counted.fault.action {
            ConnectionAction::Close => counted.decide(number, !closed) || closed,
            ConnectionAction::Refuse(_) => closed,
        })
    }

    /// Counts a request, and decides which fault hits it.
    pub(crate) fn strike(&self, endpoint: Option<&str>) -> Option<Action> {
        let mut inner = locked(&self.0);
        let number = inner.requests_total.saturating_add(1);
        inner.requests_total = number;
        let mut action = None;
        for counted in inner.requests.iter_mut().filter(|counted| counted.fault.matches(endpoint)) {
            if counted.decide(number, action.is_none()) {
                action = Some(counted.fault.action.clone());
            }
        }
        action
    }
}

impl Inner {
    /// The time for which the next connection is refused; none when it is not. May be called repeatedly: each fault decides
    /// once for each connection.
    fn next_refusal(&mut self) -> Option<Duration> {
        let number = self.connections_total.saturating_add(1);
        let mut refused = None;
        for counted in &mut self.connections {
            let Counted { fault: ConnectionFault { action: ConnectionAction::Refuse(refusal), .. }, .. } =
                counted
            else {
                continue;
            };
            let lasts = refusal.lasts;
            if counted.last_decided != number && counted.decide(number, refused.is_none()) {
                refused = Some(lasts);
            }
        }
        if refused.is_some() {
            self.connections_total = number;
        }
        refused
    }
}

/// The limits of faults of both kinds.
trait Limited {
    fn limits(&self) -> (NonZeroU64, Option<NonZeroU64>, Probability);
}

impl Limited for ConnectionFault {
    fn limits(&self) -> (NonZeroU64, Option<NonZeroU64>, Probability) {
        (self.from, self.times, self.probability)
    }
}

impl Limited for RequestFault {
    fn limits(&self) -> (NonZeroU64, Option<NonZeroU64>, Probability) {
        (self.from, self.times, self.probability)
    }
}

impl<F: Limited + Clone> Counted<F> {
    fn new(fault: F, seed: u64, stream: u64) -> Self {
        let chance = Chance::new(seed, stream);
        Self { fault, chance, matched: 0, hit: 0, hits: VecDeque::new(), last_decided: 0 }
    }

    /// Counts a match, and decides whether to act on it. The fault acts only on a `free` match, which no other fault hits.
    fn decide(&mut self, number: u64, free: bool) -> bool {
        let (from, times, probability) = self.fault.limits();
        self.last_decided = number;
        self.matched = self.matched.saturating_add(1);
        // Drawn for every match, so that the decision depends only on the seed and the number of matches before.
        let is_drawn = self.chance.draw(probability);
        let acts = is_drawn
            && free
            && self.matched >= from.get()
            && times.is_none_or(|times| self.hit < times.get());
        if acts {
            self.hit = self.hit.saturating_add(1);
            self.hits.push_back(number);
            if self.hits.len() > HITS_KEPT {
                self.hits.pop_front();
            }
        }
        acts
    }

    fn report(&self) -> ReportedFault<F> {
        ReportedFault {
            fault: self.fault.clone(),
            matched: self.matched,
            hit: self.hit,
            hits: self.hits.iter().copied().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use cloudlx_model::{CreateCustomer, Endpoint, ListCustomers};

    use super::super::action::{After, Before};
    use super::*;

    fn armed(schedule: impl Into<Schedule>) -> Armed {
        let armed = Armed::default();
        armed.arm(schedule.into(), |refused| assert_eq!(refused, None));
        armed
    }

    /// The numbers of the requests that are hit, with one request for each endpoint.
    fn hits(armed: &Armed, endpoints: &[&str]) -> Vec<usize> {
        let hit = |(at, name): (usize, &&str)| armed.strike(Some(name)).map(|_| at + 1);
        endpoints.iter().enumerate().filter_map(hit).collect()
    }

    const CREATE: &str = CreateCustomer::NAME;
    const LIST: &str = ListCustomers::NAME;

    #[test]
    fn the_nth_match_of_an_endpoint_is_hit() {
        let armed = armed(RequestFault::on::<CreateCustomer>(Before::Reset).nth(2));
        assert_eq!(hits(&armed, &[LIST, CREATE, LIST, CREATE, CREATE]), [4]);
        let report = armed.report();
        assert_eq!(report.requests_total, 5);
        assert_eq!((report.requests[0].matched, report.requests[0].hit), (3, 1));
        assert_eq!(report.requests[0].hits, [4]);
    }

    #[test]
    fn a_fault_acts_as_often_as_it_may_or_without_an_end() {
        let fault = RequestFault::any(Before::Reset);
        assert_eq!(hits(&armed(fault.clone().times(2)), &[LIST; 5]), [1, 2]);
        assert_eq!(hits(&armed(fault.clone()), &[LIST; 4]), [1, 2, 3, 4]);
        assert_eq!(hits(&armed(fault.from_nth(3).times(2)), &[LIST; 6]), [3, 4]);
    }

    #[test]
    fn the_first_fault_acts_and_the_others_wait() {
        let schedule = Schedule::from(RequestFault::any(Before::Reset).nth(2))
            .and_request(RequestFault::any(After::Close).nth(2));
        let armed = armed(schedule);
        let actions: Vec<_> = (0..4).map(|_| armed.strike(Some(LIST))).collect();
        assert_eq!(actions, [None, Some(Before::Reset.into()), Some(After::Close.into()), None]);
    }

    #[test]
    fn a_seed_replays_the_run() {
        let half = Probability::new(0.5).unwrap();
        let schedule = |seed| {
            Schedule::from(RequestFault::on::<CreateCustomer>(Before::Reset).with_probability(half))
                .and_request(RequestFault::any(After::Close).with_probability(half))
                .with_seed(seed)
        };
        let run = |seed| {
            let armed = armed(schedule(seed));
            let actions = [CREATE, LIST].repeat(100).into_iter().map(|name| armed.strike(Some(name)));
            actions.collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }

    #[test]
    fn one_fault_does_not_change_what_another_draws() {
        let half = Probability::new(0.5).unwrap();
        let closes = RequestFault::on::<ListCustomers>(After::Close).with_probability(half);
        let nothing = RequestFault::on::<CreateCustomer>(Before::Reset).with_probability(half);
        let alone = armed(Schedule::from(nothing.clone()).and_request(closes.clone()));
        let among = armed(Schedule::from(nothing).and_request(closes));
        let of_lists = |armed: &Armed| armed.report().requests[1].hits.len();
        hits(&alone, &[LIST; 100]);
        hits(&among, &[LIST, CREATE].repeat(100));
        assert_eq!(of_lists(&alone), of_lists(&among));
    }

    #[test]
    fn a_refusal_is_decided_once_for_each_connection() {
        let refuse = ConnectionAction::refuse_for(Duration::from_secs(1));
        let armed = armed(ConnectionFault::new(refuse).nth(2));
        for _ in 0..3 {
            assert!(!armed.refuse_next(|_| panic!("too early")));
        }
        assert!(!armed.should_close());
        assert!(armed.refuse_next(|lasts| assert_eq!(lasts, Duration::from_secs(1))));
        assert!(!armed.refuse_next(|_| panic!("once only")));
        let report = armed.report();
        assert_eq!((report.connections_total, report.connections[0].hits.clone()), (2, vec![2]));
    }

    #[test]
    fn a_connection_is_closed() {
        let armed = armed(ConnectionFault::new(ConnectionAction::Close).times(1));
        assert!(armed.should_close());
        assert!(!armed.should_close());
    }
}
