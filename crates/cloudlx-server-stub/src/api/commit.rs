//! How a create stores its customer, which a fault can change.

use std::fmt;
use std::time::Duration;

/// How a customer is kept. By default at once, and under the name that was sent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Commit<'a> {
    /// How much later others see it.
    pub(crate) later: Duration,
    /// What the server makes of its name.
    pub(crate) rename: Option<&'a dyn Renames>,
}

/// Something that gives a customer another name than the one that was sent.
pub(crate) trait Renames: fmt::Debug + Sync {
    fn renamed(&self, name: &str) -> String;
}
