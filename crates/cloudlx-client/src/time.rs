//! The time of a call: its deadline, and which limit ended a wait.

pub(crate) mod deadline;
pub(crate) mod time_limit;
