//! Applies the armed faults to the stub's listening socket, connections and requests.

use super::armed::{Armed, Report};
use super::schedule::Schedule;
use super::strike::Strike;
use crate::wire::listener::Listener;

/// The armed faults, and the listening socket that some of them refuse connections at.
pub(crate) struct Injector {
    armed: Armed,
    listener: Listener,
    /// The faults that the stub starts with, also after a reset.
    at_start: Schedule,
}

impl Injector {
    /// Arms the faults that the stub starts with.
    pub(crate) fn new(at_start: Schedule, listener: Listener) -> Self {
        let injector = Self { armed: Armed::default(), listener, at_start };
        injector.rearm();
        injector
    }

    /// Arms these faults and disarms all others. The socket refuses connections from now on, or accepts them again.
    pub(crate) fn arm(&self, schedule: Schedule) {
        self.armed.arm(schedule, |refused| match refused {
            Some(lasts) => self.listener.refuse(lasts),
            None => self.listener.listen(),
        });
    }

    /// Disarms all faults. A request that a fault has hit already still ends by that fault.
    pub(crate) fn disarm(&self) {
        self.arm(Schedule::default());
    }

    /// Arms the faults that the stub started with. Counting restarts.
    pub(crate) fn rearm(&self) {
        self.arm(self.at_start.clone());
    }

    pub(crate) fn report(&self) -> Report {
        self.armed.report()
    }

    /// Refuses connections from now on, if a fault refuses the next one. Returns whether it does.
    pub(crate) fn refuse_next(&self) -> bool {
        self.armed.refuse_next(|lasts| self.listener.refuse(lasts))
    }

    /// Counts a connection that was accepted, and decides whether to close it.
    pub(crate) fn should_close(&self) -> bool {
        self.armed.should_close()
    }

    /// Counts a request, and decides which fault hits it.
    pub(crate) fn strike(&self, endpoint: Option<&str>) -> Strike {
        Strike::new(self.armed.strike(endpoint))
    }
}
