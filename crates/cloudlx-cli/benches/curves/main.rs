//! How cost grows: with the size of a request, the rules, the customers that a stub holds, and the rows of an import.
//!
//! `cargo xtask bench curves` runs it, prints the points and draws them. A file here has one curve. Memory is read from
//! `/proc`, which Linux has.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot run says so by panicking"
)]

mod import;
mod list;
#[path = "../support/process.rs"]
mod process;
mod program;
mod request;
mod rules;

use cloudlx_model::CreateCustomer;
use xtask_measure::Measure;

/// The page's request.
const PAGE: &str = include_str!("../../../../examples/create-customer.json");

fn main() {
    let measure = Measure::from_environment();
    let curves =
        [request::curve(measure), rules::curve(measure), list::curve(measure), import::curve(measure)];
    xtask_measure::print(&curves).unwrap();
}

fn parse(request: &[u8]) -> CreateCustomer {
    serde_json::from_slice(request).unwrap()
}
