//! The handlers: a checked call in, an answer out. One file for each group of the model's endpoints.

pub(crate) mod created;
pub(crate) mod customers;
pub(crate) mod oauth2;
pub(crate) mod realms;
