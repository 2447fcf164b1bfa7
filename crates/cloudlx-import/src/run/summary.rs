//! How a run ended.

use serde::Serialize;

use crate::journal::Counts;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The number of rows in each state.
    #[serde(flatten)]
    pub counts: Counts,
    /// Why the run ended before every row was done; none when nothing more can be done.
    pub ended_early: Option<EndedEarly>,
}

/// Why a run ended before every row was done. Another run continues the import in any case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndedEarly {
    /// The reason, for people.
    pub reason: String,
    /// Whether another run can help although nobody changes anything.
    pub again: bool,
}
