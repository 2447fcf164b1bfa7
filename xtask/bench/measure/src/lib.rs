//! Measures the benchmarks of this workspace.
//!
//! Machines are noisy, and a time of one machine means nothing on another. So a benchmark measures two sides alternately in
//! one process and reports their ratio over several rounds: the median, the least and the greatest. `cargo xtask bench` runs
//! the benchmarks, prints their [`Row`]s as one table, and draws their [`Curve`]s.
//!
//! This package is apart from `xtask-bench` so that the crates whose benchmarks use it build nothing but `serde_json`.
#![forbid(unsafe_code)]

mod curve;
mod measure;
mod row;

pub use curve::{Curve, Line, Plot, Point};
pub use measure::{Measure, Ratios};
pub use row::{Goal, Row, print};
