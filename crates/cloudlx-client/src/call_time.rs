//! The time that a whole call has.

use std::time::Duration;

use tokio::time::Instant;

/// The time of one call, from its start to its end, whatever happens in between.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallTime {
    pub(crate) started: Instant,
    pub(crate) limit: Duration,
}

impl CallTime {
    pub(crate) fn start(limit: Duration) -> Self {
        Self { started: Instant::now(), limit }
    }

    /// What is left; zero once the time has run out.
    pub(crate) fn left(&self) -> Duration {
        self.limit.saturating_sub(self.started.elapsed())
    }
}
