//! The faults of one stub: armed, counted, and put into effect on its port and its requests.

use super::armed::{Armed, Report};
use super::schedule::Schedule;
use super::strike::Strike;
use crate::wire::listener::Listener;

/// Which faults are armed, and the listener that some of them close for a while.
pub(crate) struct Injector {
    armed: Armed,
    listener: Listener,
    /// What the stub starts with, also after a reset.
    at_start: Schedule,
}

impl Injector {
    /// Arms the faults that the stub starts with.
    pub(crate) fn new(at_start: Schedule, listener: Listener) -> Self {
        let injector = Self { armed: Armed::default(), listener, at_start };
        injector.rearm();
        injector
    }

    /// Arms these faults in the place of all others. The port may refuse connections from now on, or accept them again.
    pub(crate) fn arm(&self, schedule: Schedule) {
        self.armed.arm(schedule, |refused| match refused {
            Some(lasts) => self.listener.refuse(lasts),
            None => self.listener.listen(),
        });
    }

    /// Disarms all faults. Requests that one has hit already still end as it says.
    pub(crate) fn disarm(&self) {
        self.arm(Schedule::default());
    }

    /// Arms the faults that the stub started with, counting anew.
    pub(crate) fn rearm(&self) {
        self.arm(self.at_start.clone());
    }

    pub(crate) fn report(&self) -> Report {
        self.armed.report()
    }

    /// Refuses connections from now on, when a fault hits the next one.
    pub(crate) fn refuse_next(&self) -> bool {
        self.armed.refuse_next(|lasts| self.listener.refuse(lasts))
    }

    /// Counts a connection that was accepted, and decides whether to close it.
    pub(crate) fn closes_this(&self) -> bool {
        self.armed.closes_this()
    }

    /// Counts a request, and decides which fault hits it.
    pub(crate) fn strike(&self, endpoint: Option<&str>) -> Strike {
        Strike::new(self.armed.of_request(endpoint))
    }
}
