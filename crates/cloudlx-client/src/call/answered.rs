//! What came of an attempt that was answered as it should be.

use reqwest::StatusCode;

/// The answer, and which attempt it came to.
pub(crate) struct Answered<T> {
    /// Which attempt it was.
    pub(crate) attempt: u32,
    pub(crate) status: StatusCode,
    pub(crate) body: T,
}
