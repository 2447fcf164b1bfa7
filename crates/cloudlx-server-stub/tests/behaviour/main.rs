//! What the stub does, seen through its socket and its public API.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

#[path = "../support/mod.rs"]
mod support;

mod connections;
mod control;
mod customers;
mod documented;
#[cfg(feature = "documents")]
mod documents;
mod expectations;
mod faults;
#[cfg(feature = "http2")]
mod http2;
mod journal;
mod long_lists;
mod order_of_checks;
#[cfg(feature = "page")]
mod page;
mod pages;
mod permissions;
mod protocol;
mod served;
#[cfg(feature = "sqlite")]
mod state;
mod tokens;
