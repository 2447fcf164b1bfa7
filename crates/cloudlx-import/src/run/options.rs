//! The settings of an import.

use std::time::Duration;

use super::pace::Rate;

/// The default number of requests on the wire at once.
pub const DEFAULT_CONCURRENCY: usize = 4;

/// The default settle time: twice the timeout of common gateways (inferred).
pub const DEFAULT_SETTLE_TIME: Duration = Duration::from_mins(2);

/// The settings of an import.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The most requests on the wire at once, at least one.
    pub concurrency: usize,
    /// The most requests for customers per second; no limit when none.
    pub rate: Option<Rate>,
    /// How long after a lost answer the API may still create the customer. An import waits that long before it looks for the
    /// customer in the list.
    pub settle_time: Duration,
    /// Describes an error of the client, or one of its causes, for the journal and the report. The default is the error's own
    /// message, which gives advice to programmers.
    pub describe: fn(&(dyn std::error::Error + 'static)) -> String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: DEFAULT_CONCURRENCY,
            rate: None,
            settle_time: DEFAULT_SETTLE_TIME,
            describe: ToString::to_string,
        }
    }
}
