//! `/api/sub-realms`: the sub-realms that a customer can be shown and given.

pub mod list;
