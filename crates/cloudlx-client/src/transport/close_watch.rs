//! Keeps requests off connections that the server closed while the program did something else.
//!
//! The operating system learns of a close by itself, but the HTTP client only when tokio polls the system for sockets that are
//! ready. A program that blocks between two calls, on a runtime of one thread or on all threads of a larger one, keeps tokio
//! from polling. The next call would find the connection open and write into it. So before a request is sent, tokio polls once.
//! The connection then reads before it writes, sees the close, and returns the request unsent, for another connection.
//!
//! This costs two microseconds. It is unnecessary just after a response, for which tokio has polled.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Within this time after a response, tokio does not poll again. It is too short for a program to block, and shorter than a
/// close takes to arrive on most networks.
const JUST_NOW: Duration = Duration::from_micros(50);

/// Knows when a response last showed that tokio has polled the connections of a client.
#[derive(Debug)]
pub(crate) struct CloseWatch {
    /// By the machine's clock, because sockets ignore a paused tokio clock.
    since: Instant,
    /// When the last response began, in nanoseconds after `since`.
    answered: AtomicU64,
}

impl CloseWatch {
    pub(crate) fn new() -> Self {
        Self { since: Instant::now(), answered: AtomicU64::new(0) }
    }

    /// Notes that a response begins: tokio has polled for it.
    pub(crate) fn answered(&self) {
        self.answered.store(self.now(), Ordering::Relaxed);
    }

    /// Returns when tokio has noticed every close that reached this machine before.
    pub(crate) async fn notice_closed(&self) {
        let since_response = self.now().saturating_sub(self.answered.load(Ordering::Relaxed));
        if Duration::from_nanos(since_response) > JUST_NOW {
            // Tokio wakes a task that yields only after it has polled the system.
            tokio::task::yield_now().await;
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
