//! The result of an attempt that succeeded.

use reqwest::StatusCode;

/// What the response contained, and which attempt it belongs to.
pub(crate) struct Answered<T> {
    /// The number of the attempt, from 1.
    pub(crate) attempt: u32,
    pub(crate) status: StatusCode,
    pub(crate) body: T,
}
