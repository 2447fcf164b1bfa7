//! `/api/customers`: create, list and read customers.

pub mod create;
pub mod get;
pub mod list;
