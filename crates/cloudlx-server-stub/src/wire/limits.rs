//! What one connection and one request may take.

use std::time::Duration;

/// The limits of a stub, for each connection and each request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The longest body, in bytes.
    pub(crate) body: usize,
    /// The time for the head of a request to arrive.
    pub(crate) header_time: Duration,
    /// The time for a body to arrive.
    pub(crate) body_time: Duration,
    /// The time for the next bytes of a body to arrive.
    pub(crate) body_pause: Duration,
    /// How many connections may be open at once.
    pub(crate) connections: usize,
    /// How long a shutdown waits for active requests.
    pub(crate) shutdown_time: Duration,
    /// The pause between the end of a request and its answer.
    pub(crate) latency: Duration,
}
