//! Keeps requests off connections that the server closed while the program did something else.
//!
//! A close reaches the operating system by itself, but the HTTP client learns of it only when tokio has asked the system
//! which sockets are ready. A program that blocks between two calls, on a runtime of one thread or on all threads of a
//! larger one, keeps tokio from asking: the next call would find the connection open, and write into it. So before a request
//! is sent, tokio gets to ask once. The connection then reads before it writes, sees the close, and gives the request back
//! unsent, for another connection.
//!
//! That costs two microseconds, and an answer that came just now makes it unnecessary: for that answer, tokio has asked.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// So long after an answer, nothing is asked again: no time for a program to block, and less than a close takes on most
/// networks, which no question could bring forward.
const JUST_NOW: Duration = Duration::from_micros(50);

/// What is known of the connections of a client.
#[derive(Debug)]
pub(crate) struct Connections {
    /// By the clock of the machine, whatever a test does with tokio's: sockets know no other.
    since: Instant,
    /// When an answer began to come last, in nanoseconds after `since`.
    answered: AtomicU64,
}

impl Connections {
    pub(crate) fn new() -> Self {
        Self { since: Instant::now(), answered: AtomicU64::new(0) }
    }

    /// An answer begins to come: so far, nothing is unseen.
    pub(crate) fn answered(&self) {
        self.answered.store(self.now(), Ordering::Relaxed);
    }

    /// Returns when no close is unseen that reached this machine before.
    pub(crate) async fn notice_closed(&self) {
        let since_answer = self.now().saturating_sub(self.answered.load(Ordering::Relaxed));
        if Duration::from_nanos(since_answer) > JUST_NOW {
            // Tokio wakes a task that yields after it has asked the system, and not before.
            tokio::task::yield_now().await;
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
