//! `/api/realms`: the realms that a customer can be given.

pub mod list;
