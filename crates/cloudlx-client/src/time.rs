//! The time limits of a call: how much of its time is left, and which limit ended a wait.

pub(crate) mod call_time;
pub(crate) mod time_limit;
