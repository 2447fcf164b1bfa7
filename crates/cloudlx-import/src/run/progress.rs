//! What a run is doing, for whoever watches it.

use std::time::Duration;

use tokio::sync::watch;

use crate::journal::Counts;

/// The progress of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The number of rows in each state.
    pub counts: Counts,
    /// What the run is doing.
    pub phase: Phase,
}

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The run has not begun.
    Starting,
    /// The run sends rows.
    Sending,
    /// The run sends nothing for a while, because the API asked for that or processes no requests.
    Holding {
        /// How long, from when this phase begins.
        time: Duration,
        /// Whether the API asked for it (`Retry-After`).
        asked: bool,
    },
    /// The run waits for the settle time to pass.
    Waiting {
        /// How long, from when this phase begins.
        time: Duration,
    },
    /// The run lists the customers.
    Listing,
    /// The run waits for rows that other workers are sending.
    Others,
}

/// The channel through which an import reports its progress.
///
/// [`import`](crate::import()) takes the sender. The receiver sees each change; it may be dropped.
#[must_use]
pub fn progress() -> (watch::Sender<Progress>, watch::Receiver<Progress>) {
    watch::channel(Progress { counts: Counts::default(), phase: Phase::Starting })
}
